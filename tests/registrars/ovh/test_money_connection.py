"""A call that buys or pays: prepared before its intent, written at most once, on a connection of its own."""

import asyncio
import hashlib
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from ordering.model.errors import NotSent, OutcomeUnknown, RateLimitTimeout, RegistrarRefused, RegistrarUnavailable
from registrars.ovh.api import money
from registrars.ovh.api.uptime import uptime
from registrars.ovh.throttling.scheduler import Priority
from tests.builders import LATER
from tests.refusing import refuses
from tests.registrars.ovh import peer as peers
from tests.registrars.ovh.money import PAY, SIGNED_AT, check_out, send
from tests.registrars.ovh.peer import answers, listening
from tests.registrars.ovh.test_gateway import LINE

pytestmark = pytest.mark.usefixtures("clean_environment")


# What is written


def test_the_request_is_signed_with_the_intents_time(opened):
    """A process that slept does not sign afresh: OVH can refuse what is too old."""
    with listening(answers()) as peer:
        send(opened(peer), signed_at=SIGNED_AT)
    head, _, body = peer.requests[0].decode().partition("\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    url = f"http://127.0.0.1:{peer.port}/1.0{PAY}"
    stamp = str(int(SIGNED_AT.timestamp()))
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
        call.send(signed_at=SIGNED_AT, not_after=LATER)
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
                call.send(signed_at=SIGNED_AT, not_after=LATER)
        assert (peer.connections, peer.requests) == (1, [])


def test_tls_tickets_are_no_end_of_the_connection(opened, certificate):
    """TLS 1.3 servers send tickets after the handshake, so there is something to read on a healthy connection."""
    with listening(answers(), tls=certificate.server) as peer, opened(peer, tls=True).money_call(PAY, {}) as call:
        time.sleep(0.2)
        assert call.send(signed_at=SIGNED_AT, not_after=LATER) is None


def test_what_is_too_late_does_not_leave(opened):
    with listening(answers()) as peer, refuses("too_late_to_send", NotSent):
        send(opened(peer), not_after=datetime.now(UTC))
    assert peer.requests == []


def test_a_wall_clock_put_back_does_not_make_it_early(opened, monkeypatch):
    """The process slept for a minute, and its wall clock was put back: the steady clock shows it."""
    with listening(answers()) as peer, opened(peer).money_call(PAY, {}) as call:
        now = uptime()
        monkeypatch.setattr(money, "uptime", lambda: now + 60)
        with refuses("too_late_to_send", NotSent):
            call.send(signed_at=SIGNED_AT, not_after=LATER)
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
        with refuses("ovh_keys_incomplete", RegistrarRefused), client.money_call(PAY, {}):
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
        changes = {"api_url": f"https://127.0.0.1:{_free_port()}/1.0"} if kind == "nobody listens" else {}
        client = opened(peer, tls=True, **changes)
        begun = time.monotonic()
        with pytest.raises(RegistrarUnavailable), client.money_call(PAY, {}):
            pytest.fail("the caller could commit an intent")
        assert time.monotonic() - begun < 3


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening_for_a_moment:
        port: int = listening_for_a_moment.getsockname()[1]
    return port


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


@pytest.mark.parametrize("stops", [False, True])
def test_a_call_that_is_given_up_is_reset(opened, stops):
    """At its time-out and at a stop: a close alone would have the kernel deliver what is still on its way."""
    with listening(peers.never_answers) as peer, ThreadPoolExecutor(1) as pool:
        client = opened(peer, read_timeout=8.0 if stops else 0.5)
        sending = pool.submit(send, client)
        assert peer.came.wait(5)
        if stops:
            client.stop_money_calls(within=2.0)
        assert peer.cut.wait(3)
        assert isinstance(sending.exception(), OutcomeUnknown)


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
        sock = call._call._connection._socket  # noqa: SLF001 - what the kernel was set to shows nowhere else
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000


async def test_a_proxy_that_holds_the_call_delivers_it_once(ovh, gateway):
    """The client gives up and resets, the proxy delivers later all the same: nothing else is ever sent."""
    prepared = await asyncio.to_thread(gateway.prepare, [LINE])
    ovh.faults.add("POST", "/order/cart/*/checkout", "held")
    with pytest.raises(OutcomeUnknown):
        await asyncio.to_thread(check_out, gateway, prepared.registrar_cart)
    assert ovh.orders.all == {}
    await ovh.deliver_held()
    assert (len(ovh.orders.all), ovh.count("POST", "/order/cart/*/checkout")) == (1, 1)


# A process that stops


def test_a_stop_aborts_the_call_and_waits_for_its_result(opened):
    """The sender learns at once that its call ended, and the stop goes on when it has committed that."""
    with listening(peers.answers_late) as peer, ThreadPoolExecutor(1) as pool:
        client, committed = opened(peer, read_timeout=8.0), threading.Event()

        def pays() -> None:
            with client.money_call(PAY, {}) as call:
                try:
                    call.send(signed_at=SIGNED_AT, not_after=LATER)
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
                call.send(signed_at=SIGNED_AT, not_after=LATER)
        assert client.stop_money_calls(within=0.0)
        with pytest.raises(RateLimitTimeout), client.money_call(PAY, {}):
            pytest.fail("a stopping process could pay")
        assert peer.requests == []


def test_reads_go_on_while_the_calls_are_stopped(stub):
    """The step that was cut off still reads OVH's time, to write down when its call ended."""
    stub.says(200)
    client = stub.client()
    client.stop_money_calls(within=0.0)
    assert client.clock_ahead() < timedelta(seconds=5)


# Next to other calls


def test_a_ready_call_holds_one_permit_until_it_is_sent(opened):
    """With one call at once, what follows the call can be read inside the same block."""
    with listening(answers()) as peer:
        client = opened(peer, concurrency=1)
        with client.money_call(PAY, {}) as call:
            call.send(signed_at=SIGNED_AT, not_after=LATER)
            with client.scheduler.acquire(Priority.MONEY, within=1.0):
                pass
