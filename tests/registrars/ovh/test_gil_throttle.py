"""Threads that speak with OVH run one after the other, and none of them waits for another's answer."""

import threading
import time

import pytest
import requests

from registrars.ovh.api.gil_throttle import GIL_THROTTLE, Adapter, GilThrottle
from tests.registrars.ovh.wire import Gate, serving

PATIENCE = 1.0  # seconds: who does not get the floor at once waits so long, and is told apart from who does
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def test_one_thread_at_a_time_has_the_floor():
    throttle, inside, most = GilThrottle(), [], []

    def speak() -> None:
        for _ in range(20):
            with throttle.running():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0005)
                inside.pop()

    _all(speak, 4)
    assert max(most) == 1


def test_who_waits_for_the_wire_lets_others_speak(monkeypatch):
    # A thread that did not release the throttle would keep the others from coming, for longer than they are waited for.
    monkeypatch.setattr("registrars.ovh.api.gil_throttle._PATIENCE", 10.0)
    throttle, met = GilThrottle(), []
    all_wait = threading.Barrier(8)

    def wait() -> None:
        with throttle.running(), throttle.waiting():
            all_wait.wait(timeout=5)
            met.append(1)
            time.sleep(0.2)

    begun = time.monotonic()
    _all(wait, 8)
    assert len(met) == 8
    assert time.monotonic() - begun < 1.0  # one after the other they would need 1.6 s


def test_a_thread_that_holds_the_floor_too_long_holds_up_nobody():
    throttle, has_it, go_on = GilThrottle(), threading.Event(), threading.Event()

    def stuck() -> None:
        with throttle.running():
            has_it.set()
            go_on.wait(5)

    thread = threading.Thread(target=stuck)
    thread.start()
    has_it.wait(5)
    begun = time.monotonic()
    with throttle.running(), throttle.waiting():
        pass
    assert time.monotonic() - begun < 2
    go_on.set()
    thread.join()


def test_waiting_without_the_floor_does_not_take_it():
    throttle = GilThrottle()
    with throttle.waiting():
        pass
    assert _seconds_to(throttle) < 0.09  # it was free


def test_nested_waits_release_the_throttle_until_the_last(monkeypatch):
    """Waiting within waiting leaves the throttle to others until all of it ends."""
    monkeypatch.setattr("registrars.ovh.api.gil_throttle._PATIENCE", PATIENCE)
    throttle = GilThrottle()
    with throttle.running():
        with throttle.waiting():
            with throttle.waiting():
                pass
            assert _seconds_to(throttle) < PATIENCE / 2
        assert _seconds_to(throttle) > PATIENCE / 2
    assert _seconds_to(throttle) < PATIENCE / 2


# The wire


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def session(certificate):
    with requests.Session() as opened:
        connections = Adapter(pool_maxsize=4, max_retries=0)
        opened.mount("http://", connections)
        opened.mount("https://", connections)
        opened.verify = certificate.authority
        yield opened


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # of an http address, by a proxy over TLS
@pytest.mark.parametrize("proxy", [None, "http", "https"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_waits_for_an_answer_lets_others_speak(session, certificate, monkeypatch, scheme, proxy):
    """Straight, and by a proxy: an http address is asked of it as a whole, for https it opens a tunnel."""
    monkeypatch.setattr("registrars.ovh.api.gil_throttle._PATIENCE", PATIENCE)
    with (
        serving(OK, tls=certificate.server if scheme == "https" else None) as server,
        serving(OK, tls=certificate.server if proxy == "https" else None) as between,
    ):
        way = [server]
        if proxy is not None:
            monkeypatch.setenv(f"{scheme.upper()}_PROXY", between.url)
            way = [between, server] if scheme == "https" else [between]
        told: list[str] = []
        asking = threading.Thread(target=lambda: told.append(_ask_under_the_throttle(session, f"{server.url}/1.0/me")))
        asking.start()
        for each in way:
            assert each.gate.is_reached()
            assert _seconds_to(GIL_THROTTLE) < PATIENCE / 2
            each.gate.open()
        asking.join()
        assert told == ["hello, on the floor"]
        assert _seconds_to(GIL_THROTTLE) < PATIENCE / 2
        asked = [line.split()[:2] for each in way for line in each.heads]
    plain = [["GET", f"{server.url}/1.0/me" if proxy else "/1.0/me"]]
    tunnel = [["CONNECT", server.url.removeprefix("https://")], ["GET", "/1.0/me"]]
    assert asked == (tunnel if proxy and scheme == "https" else plain)


def test_who_waits_for_a_connection_lets_others_speak(session, certificate, monkeypatch):
    monkeypatch.setattr("registrars.ovh.api.gil_throttle._PATIENCE", PATIENCE)
    with serving(OK, tls=certificate.server) as server:
        server.door = Gate()
        server.gate.open()
        asking = threading.Thread(target=_ask_under_the_throttle, args=(session, server.url))
        asking.start()
        assert server.door.is_reached()
        assert _seconds_to(GIL_THROTTLE) < PATIENCE / 2
        server.door.open()
        asking.join()


def test_an_answer_is_read_on_the_floor(session, monkeypatch):
    """Each piece is waited for without it, and what is done with it is done on it."""
    monkeypatch.setattr("registrars.ovh.api.gil_throttle._PATIENCE", 0.3)
    waits: list[float] = []

    def look(*_: object, **__: object) -> None:
        waits.append(_seconds_to(GIL_THROTTLE))

    with serving(OK) as server:
        server.gate.open()
        with GIL_THROTTLE.running():
            session.get(server.url, hooks={"response": look})  # its head is read, its body is not
            look()
    assert min(waits) >= 0.29


@pytest.mark.parametrize(("answer", "text"), [(OK, "hello"), (CHUNKED, "hello"), (NO_CONTENT, "")])
@pytest.mark.parametrize("tls", [False, True])
def test_one_connection_serves_one_request_after_the_other(session, certificate, tls, answer, text):
    with serving(answer, OK, tls=certificate.server if tls else None) as server:
        server.gate.open()
        assert session.get(server.url).text == text
        assert session.get(server.url).text == "hello"
        assert (len(server.heads), server.connections) == (2, 1)


@pytest.mark.parametrize("told", [b"", OK[:6], OK[:-2], CHUNKED[:-7]])
@pytest.mark.parametrize("tls", [False, True])
def test_an_answer_that_is_cut_off_fails_as_it_does_without_us(session, certificate, tls, told):
    def failure(asking: requests.Session) -> list[type]:
        with serving(told, tls=certificate.server if tls else None, closes=True) as server:
            server.gate.open()
            with pytest.raises(requests.RequestException) as raised:
                asking.get(server.url, timeout=5)
        return [type(raised.value), *map(type, raised.value.args)]

    with requests.Session() as plain:
        plain.verify = certificate.authority
        assert failure(session) == failure(plain)


def test_a_timeout_fails_as_it_does_without_the_throttle(session):
    """An answer that does not come in time fails as it does without us."""
    with serving(OK) as server, pytest.raises(requests.ReadTimeout):
        session.get(server.url, timeout=0.1)


def _ask_under_the_throttle(session: requests.Session, url: str) -> str:
    with GIL_THROTTLE.running():
        text = session.get(url).text
        return f"{text}, {'on' if _seconds_to(GIL_THROTTLE) > PATIENCE / 2 else 'without'} the floor"


def _seconds_to(throttle: GilThrottle) -> float:
    """How long another thread waits for the floor."""
    waits: list[float] = []

    def speak() -> None:
        begun = time.monotonic()
        with throttle.running():
            waits.append(time.monotonic() - begun)

    _all(speak, 1)
    return waits[0]


def _all(work, count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
