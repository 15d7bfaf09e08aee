"""A call that buys or pays: prepared before its intent, written at most once, on a connection of its own."""

import hashlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from ordering.model.errors import NotAsked, NotSent, OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from registrars.ovh import Access
from registrars.ovh.api import money
from registrars.ovh.api.client import Client
from registrars.ovh.api.session import check
from registrars.ovh.api.uptime import uptime
from registrars.ovh.throttling.scheduler import Priority
from tests.builders import LATER
from tests.registrars.ovh import peer as peers
from tests.registrars.ovh.peer import Peer, answers, listening

PAY = "/me/order/1/pay"
HOST = "api.ovh.test"
NOW = datetime(2026, 11, 28, 12, 0, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Certificate:
    server: ssl.SSLContext
    authority: str


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "proxy.test", HOST).configure_cert(server)
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return Certificate(server, str(file))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, certificate):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate.authority)


@pytest.fixture
def hosts(monkeypatch):
    """Names that end in .test lead to this machine, which none of them is called."""
    resolve = socket.getaddrinfo

    def resolved(host, *args, **kwargs):
        return resolve("127.0.0.1" if str(host).endswith(".test") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.fixture
def opened():
    """Return a client of a peer; it is closed at the end of the test."""
    clients: list[Client] = []

    def client(peer: Peer, *, tls: bool = False, host: str = "127.0.0.1", **changes: object) -> Client:
        values: dict[str, object] = {
            "application_key": "fake-key",
            "application_secret": "fake-secret",
            "consumer_key": "fake-consumer",
            "api_url": f"{'https' if tls else 'http'}://{host}:{peer.port}/1.0",
            "requests_per_second": 1000.0,
            "burst": 1000,
            "connect_timeout": 1.0,
            "read_timeout": 0.6,
        }
        clients.append(Client(Access(**(values | changes))))  # type: ignore[arg-type] # plain values by name
        return clients[-1]

    yield client
    for each in clients:
        each.close()


def send(client: Client, *, signed_at: datetime = NOW, not_after: datetime = LATER) -> object:
    with client.money_call(PAY, {"paymentMethod": {"id": 7}}) as call:
        return call.send(signed_at=signed_at, not_after=not_after)


# What is written


def test_the_request_is_signed_with_the_intents_time(opened):
    """A process that slept does not sign afresh: OVH can refuse what is too old."""
    with listening(answers()) as peer:
        send(opened(peer), signed_at=NOW)
    head, _, body = peer.requests[0].decode().partition("\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    url = f"http://127.0.0.1:{peer.port}/1.0{PAY}"
    stamp = str(int(NOW.timestamp()))
    text = f"fake-secret+fake-consumer+POST+{url}+{body}+{stamp}"
    assert body == '{"paymentMethod":{"id":7}}'
    assert lines["X-Ovh-Timestamp"] == stamp
    assert lines["X-Ovh-Signature"] == "$1$" + hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - OVH's own scheme
    assert (lines["X-Ovh-Application"], lines["X-Ovh-Consumer"]) == ("fake-key", "fake-consumer")


def test_the_connection_is_open_before_the_intent(opened):
    """What takes time, such as TCP and TLS, is done when the caller commits its intent."""
    with listening(answers()) as peer, opened(peer).money_call(PAY, {}) as call:
        assert peer.opened.wait(2)
        assert peer.requests == []
        call.send(signed_at=NOW, not_after=LATER)
        assert (peer.connections, len(peer.requests)) == (1, 1)


def test_two_calls_share_no_connection(opened):
    with listening(answers()) as peer:
        client = opened(peer)
        send(client)
        send(client)
    assert (peer.connections, len(peer.requests)) == (2, 2)


def test_a_key_of_two_lines_is_not_sent(opened):
    with listening(answers()) as peer, pytest.raises(ValueError, match="single line"):
        send(opened(peer, consumer_key="fake\r\nX-Evil: 1"))
    assert peer.requests == []


def test_an_answer_in_chunks_is_read(opened):
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"o\r\n6\r\n": 1.1\r\n1\r\n}\r\n0\r\n\r\n'
    with listening(answers(chunked)) as peer:
        assert str(send(opened(peer))) == "{'o': Decimal('1.1')}"


# Before the first byte


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("ends", [peers.says_goodbye, peers.vanishes, peers.speaks_first])
def test_a_connection_that_ended_while_idle_is_not_reopened(opened, certificate, ends, tls):
    """The call is not sent: `requests` would open another connection and send it there."""
    with listening(ends, answers(), tls=certificate.server if tls else None) as peer:
        client = opened(peer, tls=tls)
        with client.money_call(PAY, {}) as call:
            peer.go_on.set()
            peer.closed.wait(0.5)
            time.sleep(0.1)
            with pytest.raises(NotSent):
                call.send(signed_at=NOW, not_after=LATER)
        assert (peer.connections, peer.requests) == (1, [])


def test_tls_tickets_are_no_end_of_the_connection(opened, certificate):
    """TLS 1.3 servers send tickets after the handshake, so there is something to read on a healthy connection."""
    with listening(answers(), tls=certificate.server) as peer, opened(peer, tls=True).money_call(PAY, {}) as call:
        time.sleep(0.2)
        assert call.send(signed_at=NOW, not_after=LATER) is None


def test_what_is_too_late_does_not_leave(opened):
    with listening(answers()) as peer, pytest.raises(NotSent, match="too late"):
        send(opened(peer), not_after=datetime.now(UTC))
    assert peer.requests == []


def test_a_wall_clock_put_back_does_not_make_it_early(opened, monkeypatch):
    """The process slept for a minute, and its wall clock was put back: the steady clock shows it."""
    with listening(answers()) as peer, opened(peer).money_call(PAY, {}) as call:
        now = uptime()
        monkeypatch.setattr(money, "uptime", lambda: now + 60)
        with pytest.raises(NotSent, match="too late"):
            call.send(signed_at=NOW, not_after=LATER)
    assert peer.requests == []


def test_a_stopped_process_sends_nothing_when_it_wakes(tmp_path):
    """SIGSTOP between the committed intent and the write, until after the latest moment."""
    with listening(answers()) as peer:
        script = Path(__file__).with_name("sleeper.py")
        with subprocess.Popen(
            [sys.executable, script, str(peer.port)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "the intent is committed\n"
            _wait_until_stopped(process.pid)
            time.sleep(1.2)
            process.send_signal(signal.SIGCONT)
            assert process.stdout.read().splitlines()[-1] == "NotSent"
    assert (peer.connections, peer.requests) == (1, [])


def _wait_until_stopped(pid: int) -> None:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                return
        time.sleep(0.02)
    raise TimeoutError


def test_what_was_not_sent_costs_nothing_of_the_rate(opened):
    with listening(answers()) as peer:
        client = opened(peer, burst=3, requests_per_second=0.001)
        for _ in range(5):
            with pytest.raises(NotSent):
                send(client, not_after=datetime.now(UTC))
        send(client)


def test_a_missing_key_is_refused_before_the_intent(opened, monkeypatch, tmp_path):
    for name in ("OVH_CONSUMER_KEY", "OVH_APPLICATION_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("ovh.config.CONFIG_PATH", [str(tmp_path / "ovh.conf")])
    with listening(answers()) as peer:
        client = opened(peer, consumer_key=None)
        with pytest.raises(RegistrarRefused, match="incomplete"), client.money_call(PAY, {}):
            pytest.fail("the caller could commit an intent")
    assert peer.connections == 0


@pytest.mark.parametrize("kind", ["nobody listens", "no TLS there", "unknown authority", "silent at TLS"])
def test_no_connection_means_no_intent(opened, certificate, monkeypatch, kind, tmp_path):
    """A connection that cannot be opened ends the call before the caller commits its intent, within the time-outs."""
    if kind == "unknown authority":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
        trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    silent = kind == "silent at TLS"
    with listening(
        peers.answers_late if silent else answers(),
        tls=certificate.server if kind == "unknown authority" else None,
    ) as peer:
        client = opened(peer, tls=True)
        if kind == "nobody listens":
            peer.close()
        begun = time.monotonic()
        with pytest.raises(RegistrarUnavailable), client.money_call(PAY, {}):
            pytest.fail("the caller could commit an intent")
        assert time.monotonic() - begun < 3


# After the first byte


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    "breaks", [peers.resets_after_reading, peers.resets_within_the_answer, peers.closes_within_the_answer]
)
def test_a_call_cut_after_the_write_is_unknown_and_not_repeated(opened, certificate, breaks, tls):
    with listening(breaks, answers(), tls=certificate.server if tls else None) as peer:
        with pytest.raises(OutcomeUnknown):
            send(opened(peer, tls=tls))
        assert (peer.connections, len(peer.requests)) == (1, 1)


def test_an_answer_after_the_read_time_out_is_unknown(opened):
    """The call ends at its time-out, and the server learns of it by a reset."""
    with listening(peers.answers_late, answers()) as peer:
        begun = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            send(opened(peer))
        assert 0.5 < time.monotonic() - begun < 2
        peer.go_on.set()
        assert peer.cut.wait(2)
        assert (peer.connections, len(peer.requests)) == (1, 1)


def test_an_answer_that_drips_ends_at_the_time_out_too(opened):
    """A time-out of the socket starts again with each byte; the call as a whole has an end."""
    with listening(peers.drips) as peer:
        begun = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            send(opened(peer))
        assert time.monotonic() - begun < 2
        assert peer.cut.wait(2)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux has it")
def test_the_kernel_gives_up_with_the_caller(opened):
    with listening(answers()) as peer, opened(peer, read_timeout=10.0).money_call(PAY, {}) as call:
        sock = call._call._connection._socket  # noqa: SLF001 - what the kernel was told shows nowhere else
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000


# A process that stops


def test_a_stop_aborts_the_call_and_waits_for_its_result(opened):
    """The sender learns at once that its call ended, and the stop goes on when it has committed that."""
    with listening(peers.answers_late) as peer, ThreadPoolExecutor(1) as pool:
        client, committed = opened(peer, read_timeout=8.0), threading.Event()

        def pays() -> None:
            with client.money_call(PAY, {}) as call:
                try:
                    call.send(signed_at=NOW, not_after=LATER)
                except OutcomeUnknown:
                    time.sleep(0.2)
                    committed.set()

        paying = pool.submit(pays)
        assert peer.came.wait(5)
        begun = time.monotonic()
        assert client.stop_money_calls(within=4.0)
        assert committed.is_set()
        assert time.monotonic() - begun < 2
        paying.result()


def test_a_stop_ends_what_is_ready_before_it_is_sent(opened):
    with listening(answers()) as peer:
        client = opened(peer)
        with client.money_call(PAY, {}) as call:
            assert not client.stop_money_calls(within=0.05)
            with pytest.raises(NotSent):
                call.send(signed_at=NOW, not_after=LATER)
        assert client.stop_money_calls(within=0.0)
        with pytest.raises(NotAsked), client.money_call(PAY, {}):
            pytest.fail("a stopping process could pay")
        assert peer.requests == []


def test_reads_go_on_while_the_calls_are_stopped(stub):
    """The step that was cut off still reads OVH's time, to write down when its call ended."""
    stub.says(200)
    client = stub.client()
    client.stop_money_calls(within=0.0)
    assert client.clock_ahead() < timedelta(seconds=5)


# Through a proxy


@pytest.mark.parametrize("proxy_tls", [False, True])
@pytest.mark.usefixtures("hosts")
def test_a_proxy_is_tunnelled_through(opened, certificate, monkeypatch, proxy_tls):
    """The proxy of the environment carries the call as a tunnel, and reads none of it."""
    with (
        listening(answers(), tls=certificate.server) as ovh,
        listening(peers.tunnels(("127.0.0.1", ovh.port)), tls=certificate.server if proxy_tls else None) as proxy,
    ):
        scheme = "https" if proxy_tls else "http"
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:word@proxy.test:{proxy.port}")
        assert send(opened(ovh, tls=True, host=HOST)) is None
        assert [line.rpartition(" ")[0] for line in proxy.lines] == [f"CONNECT {HOST}:{ovh.port}"]
        assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in proxy.requests[0]
        assert ovh.lines == [f"POST /1.0{PAY} HTTP/1.1"]
        assert b"Proxy-Authorization" not in ovh.requests[0]


@pytest.mark.usefixtures("hosts")
def test_a_proxy_that_refuses_means_no_intent(opened, certificate, monkeypatch):
    with listening(answers(), tls=certificate.server) as ovh, listening(peers.tunnels(("", 0), refuses=True)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://proxy.test:{proxy.port}")
        with pytest.raises(RegistrarUnavailable), opened(ovh, tls=True, host=HOST).money_call(PAY, {}):
            pytest.fail("the caller could commit an intent")
        assert ovh.connections == 0


@pytest.mark.usefixtures("hosts")
def test_no_proxy_is_respected(opened, certificate, monkeypatch):
    with listening(answers(), tls=certificate.server) as ovh:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:9")
        monkeypatch.setenv("NO_PROXY", HOST)
        assert send(opened(ovh, tls=True, host=HOST)) is None


@pytest.mark.parametrize("tls", [False, True])
def test_this_machine_is_reached_without_a_proxy(opened, certificate, monkeypatch, tls):
    with listening(answers(), tls=certificate.server if tls else None) as peer:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        assert send(opened(peer, tls=tls)) is None


def test_a_socks_proxy_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy.test:1080")
    with pytest.raises(ValueError, match="HTTPS_PROXY or ALL_PROXY: a proxy of kind socks5"):
        check(Access(application_key="fake", application_secret="fake", consumer_key="fake"))


# Beside other calls


def test_a_ready_call_holds_one_permit_until_it_is_sent(opened):
    """With one call at once, what follows the call can be read inside the same block."""
    with listening(answers()) as peer:
        client = opened(peer, concurrency=1)
        with client.money_call(PAY, {}) as call:
            call.send(signed_at=NOW, not_after=LATER)
            with client.lane.turn(Priority.MONEY, within=1.0):
                pass
