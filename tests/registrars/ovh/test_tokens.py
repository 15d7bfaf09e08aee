"""Tokens of a service account: fetched ahead of the calls that carry them, and never longer than the time-outs."""

import asyncio
import threading
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from ovh.client import OAUTH2_TOKEN_URLS
from structlog.testing import capture_logs

from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from registrars.ovh import OvhConfig, OvhGateway
from registrars.ovh.api.client import Client
from registrars.ovh.throttling.scheduler import Priority
from sandbox.ovh.tokens import TOKEN_PATH
from tests.builders import LATER
from tests.registrars.ovh import peer as peers
from tests.registrars.ovh.money import check_out, pay
from tests.registrars.ovh.peer import listening
from tests.registrars.ovh.test_gateway import LINE

VISA = 8_120_045


@pytest.fixture
def service(ovh, monkeypatch) -> OvhConfig:
    """The access of a service account, whose tokens the simulated OVH gives."""
    parts = urlsplit(ovh.base)
    monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}")
    keys = ovh.credentials
    return OvhConfig(
        client_id=keys.client_id,
        client_secret=keys.client_secret,
        api_url=ovh.base,
        requests_per_second=1000,
        burst=1000,
        read_timeout=1.0,
    )


@pytest.fixture
def client(service):
    opened = Client(service)
    yield opened
    opened.close()


async def read(client: Client) -> float:
    """Read who we are, and return how many seconds that took."""
    begun = time.monotonic()
    await asyncio.to_thread(client.ask, "/me", priority=Priority.PEOPLE, tries=1)
    return time.monotonic() - begun


async def test_one_token_buys_and_pays(ovh, service):
    gateway = OvhGateway(service)
    prepared = await asyncio.to_thread(gateway.prepare, [LINE])
    order = await asyncio.to_thread(check_out, gateway, prepared.registrar_cart)
    await asyncio.to_thread(pay, gateway, order.id, VISA)
    gateway.close()
    assert ovh.orders.all[order.id].payments == [VISA]
    assert ovh.tokens.asked == 1
    assert {call.authorization for call in ovh.calls if call.path != "/auth/time"} == {
        f"Bearer {ovh.credentials.token}"
    }


async def test_threads_that_begin_together_fetch_one_token(ovh, client):
    ovh.tokens.delay = 0.2
    await asyncio.gather(*(read(client) for _ in range(16)))
    assert ovh.tokens.asked == 1


async def test_a_hanging_token_service_holds_no_read(ovh, client):
    """The call ends with the read time-out of one second."""
    ovh.tokens.hangs = True
    begun = time.monotonic()
    with pytest.raises(RegistrarUnavailable):
        await read(client)
    assert time.monotonic() - begun < 3
    ovh.tokens.hangs = False
    await read(client)


async def test_a_hanging_token_service_means_no_intent(ovh, client):
    """A call that pays fails before its caller can commit an intent, and OVH sees nothing of it."""
    ovh.tokens.hangs = True

    def prepares() -> None:
        with client.money_call("/me/order/1/pay", {}):
            pytest.fail("the caller could commit an intent")

    begun = time.monotonic()
    with pytest.raises(RegistrarUnavailable):
        await asyncio.to_thread(prepares)
    assert time.monotonic() - begun < 3
    assert ovh.calls == []
    ovh.tokens.hangs = False


async def test_no_token_is_fetched_between_the_intent_and_the_write(ovh, client):
    """Whatever the token service does then: the call carries the token that it was prepared with."""
    ovh.tokens.lives = 1.2

    def pays() -> float:
        with client.money_call("/me/order/1/pay", {}) as call:
            ovh.tokens.hangs = True
            time.sleep(0.8)  # the token is past the half of its life: any read would renew it
            begun = time.monotonic()
            with pytest.raises(RegistrarRefused):
                call.send(signed_at=datetime.now(UTC), not_after=LATER)
            return time.monotonic() - begun

    assert await asyncio.to_thread(pays) < 0.5
    assert ovh.tokens.asked == 1
    assert [call.path for call in ovh.calls] == ["/me/order/1/pay"]
    ovh.tokens.hangs = False


async def test_a_token_is_renewed_before_it_ends(ovh, client):
    """In the background: no call waits for the new one, and none is refused."""
    ovh.tokens.lives = 2.0
    await read(client)
    ovh.tokens.delay = 0.3
    took = []
    for _ in range(24):
        await asyncio.sleep(0.1)
        took.append(await read(client))
    assert max(took) < 0.25
    assert ovh.tokens.asked >= 2
    assert {call.status for call in ovh.calls} == {200}


async def test_a_renewal_that_hangs_disturbs_no_call(ovh, client):
    """The old token holds until shortly before its end."""
    ovh.tokens.lives = 4.0
    await read(client)
    ovh.tokens.hangs = True
    await asyncio.sleep(2.1)
    assert max([await read(client) for _ in range(3)]) < 0.5
    await asyncio.sleep(0.1)
    assert ovh.tokens.asked == 2
    ovh.tokens.hangs = False


async def test_a_token_that_lives_shorter_than_told_is_replaced(ovh, client):
    ovh.tokens.lives, ovh.tokens.tells = 0.3, 3600
    await read(client)
    await asyncio.sleep(0.5)
    await read(client)
    assert ovh.tokens.asked == 2
    assert [call.status for call in ovh.calls] == [200, 401, 200]


async def test_a_call_that_pays_is_not_repeated_with_another_token(ovh, client):
    """The next call has a new one; this one stands as OVH answered it."""
    ovh.tokens.lives, ovh.tokens.tells = 0.3, 3600

    def pays() -> None:
        with client.money_call("/me/order/1/pay", {}) as call:
            time.sleep(0.5)
            call.send(signed_at=datetime.now(UTC), not_after=LATER)

    with pytest.raises(RegistrarRefused):
        await asyncio.to_thread(pays)
    assert ovh.count("POST", "/me/order/*/pay") == 1
    await read(client)
    assert ovh.tokens.asked == 2


@pytest.mark.parametrize(
    ("switch", "error"),
    [("refuses", RegistrarRefused), ("fails", RegistrarUnavailable), ("empty", RegistrarUnavailable)],
)
async def test_a_token_that_is_not_given_is_sorted(ovh, client, service, switch, error):
    """Refused keys are for the operator; all else may pass. Neither tells a secret."""
    setattr(ovh.tokens, switch, True)
    with capture_logs() as logs, pytest.raises(error) as raised:
        await read(client)
    assert str(service.client_secret) not in f"{raised.value} {logs}"
    assert ovh.calls == []
    setattr(ovh.tokens, switch, False)
    await read(client)


def test_a_token_that_drips_has_an_end(monkeypatch):
    """The service sends a byte now and then: the whole exchange ends with the read time-out."""
    with listening(peers.drips) as peer:
        monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"http://127.0.0.1:{peer.port}/token")
        client = Client(OvhConfig(client_id="fake", client_secret="fake", read_timeout=0.5))
        begun = time.monotonic()
        with pytest.raises(RegistrarUnavailable):
            client.ask("/me", priority=Priority.PEOPLE, tries=1)
        assert time.monotonic() - begun < 3
        client.close()


def test_who_waits_for_the_token_of_another_thread_has_an_end(monkeypatch):
    with listening(peers.answers_late) as peer:
        monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"http://127.0.0.1:{peer.port}/token")
        client = Client(OvhConfig(client_id="fake", client_secret="fake", connect_timeout=0.2, read_timeout=0.5))
        took: list[float] = []

        def asks() -> None:
            begun = time.monotonic()
            with pytest.raises(RegistrarUnavailable):
                client.ask("/me", priority=Priority.PEOPLE, tries=1)
            took.append(time.monotonic() - begun)

        threads = [threading.Thread(target=asks) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.close()
    assert len(took) == 6
    assert max(took) < 3
