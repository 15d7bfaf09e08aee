"""The traps of the `ovh` package, each shut."""

import asyncio
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OutcomeUnknown, RateLimitTimeout, RegistrarRefused, RegistrarUnavailable
from ordering.model.money import Money
from registrars.ovh import OvhConfig, OvhGateway
from registrars.ovh.api.client import Client, segment
from registrars.ovh.throttling.scheduler import Priority
from tests.builders import LATER
from tests.refusing import refuses
from tests.registrars.ovh.money import check_out, do

LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")


def ask(client: Client, path: str = "/me", **more):
    return client.ask(path, priority=Priority.PEOPLE, **more)


def test_a_late_poll_is_neither_sent_nor_retried(stub, monkeypatch):
    """A look that nobody waits for is not sent late and not tried again."""
    stub.says(200, b'"notPaid"')
    monkeypatch.setattr("registrars.ovh.api.client._LONGEST_WAITS", {Priority.POLLING: 0.05})
    client = stub.client(concurrency=1)
    with client.scheduler.acquire(Priority.SEARCH):
        begun = time.monotonic()
        with pytest.raises(RateLimitTimeout):
            client.ask("/me/order/1/status", priority=Priority.POLLING)
        assert time.monotonic() - begun < 0.25
    assert stub.calls == []
    assert client.ask("/me/order/1/status", priority=Priority.POLLING) == "notPaid"


def test_a_deed_that_gets_no_turn_in_time_is_not_sent(stub, monkeypatch):
    stub.says(200)
    monkeypatch.setattr("registrars.ovh.api.client._MONEY_CALL_WAITS", 0.05)
    client = stub.client(concurrency=1)
    with client.scheduler.acquire(Priority.SEARCH), pytest.raises(RegistrarUnavailable):
        do(client, "/me/order/1/pay")
    assert stub.calls == []


def test_no_money_call_is_opened_in_the_trial(stub):
    """Whatever the rules above decide: not even a connection to OVH is made for one."""
    stub.says(200)
    for path in ("/order/cart/a-cart/checkout", "/me/order/1/pay"):
        with pytest.raises(RegistrarRefused, match="trial_is_on"):
            do(stub.client(trial=True), path)
    assert stub.calls == []


# Answers that the package loses


def test_the_status_of_a_page_in_html_is_not_lost(stub):
    stub.says(429, b"<html>slow down</html>", Retry_After="0")
    client = stub.client()
    with pytest.raises(RegistrarUnavailable):
        do(client, "/order/cart/c/checkout")
    assert client.scheduler.rate < 600  # half of it


@pytest.mark.parametrize("status", [502, 408])
def test_html_is_retried_for_reads_and_unknown_for_money(stub, status, monkeypatch):
    """A page in HTML is asked again but is no answer to a money call."""
    monkeypatch.setattr("registrars.ovh.throttling.rate_limiter._LONGEST_PAUSE", 0.01)
    stub.says(status, b"<html>Bad Gateway</html>")
    stub.says(200, b'{"nichandle": "fake"}')
    client = stub.client()
    assert ask(client) == {"nichandle": "fake"}
    stub.script = [(status, b"<html>Bad Gateway</html>", {})]
    with pytest.raises(OutcomeUnknown):
        do(client, "/me/order/1/pay")
    assert stub.calls.count(("POST", "/1.0/me/order/1/pay")) == 1


def test_null_with_an_error_status_does_not_escape_as_a_bug(stub):
    stub.says(403, b"null")
    client = stub.client()
    with refuses("ovh_forbidden", RegistrarRefused, ovh={"status": 403, "code": "", "said": ""}):
        ask(client)
    with pytest.raises(OutcomeUnknown):
        do(client, "/me/order/1/pay")


def test_null_is_what_a_void_deed_answers(stub):
    stub.says(200, b"null")
    assert do(stub.client(), "/me/order/1/pay") is None


def test_an_empty_answer_to_a_deed_is_no_answer(stub):
    stub.says(200, b"")
    with pytest.raises(OutcomeUnknown):
        do(stub.client(), "/me/order/1/pay")


def test_a_redirect_is_not_followed(stub):
    stub.says(302, b"", Location="/1.0/elsewhere")
    client = stub.client()
    with pytest.raises(OutcomeUnknown):
        do(client, "/order/cart/c/checkout")
    assert stub.calls == [("POST", "/1.0/order/cart/c/checkout")]


def test_amounts_are_as_exact_as_on_the_wire(stub):
    stub.says(200, b'{"value": 19.99}')
    assert ask(stub.client()) == {"value": Decimal("19.99")}


def test_a_number_that_is_none_is_no_answer(stub, monkeypatch):
    monkeypatch.setattr("registrars.ovh.api.client._TRIES", 1)
    stub.says(200, b'{"value": NaN}')
    with pytest.raises(RegistrarUnavailable):
        ask(stub.client())


def test_text_is_utf_8_whatever_the_header_says(stub):
    stub.says(400, '{"message": "Numéro erroné"}'.encode(), Content_Type="text/plain; charset=iso-8859-1")
    with pytest.raises(RegistrarRefused, match="Numéro erroné"):
        ask(stub.client())


def test_a_question_is_not_asked_for_ever(stub, monkeypatch):
    monkeypatch.setattr("registrars.ovh.api.client._TRIES", 2)
    stub.says(500, b'{"message": "Internal server error"}')
    with pytest.raises(RegistrarUnavailable):
        ask(stub.client())
    assert len(stub.calls) == 2


# Reaching OVH


def test_a_name_in_a_path_is_quoted():
    assert segment("café.fr/../x") == "caf%C3%A9.fr%2F..%2Fx"


async def test_a_non_ascii_path_keeps_the_signature_valid(ovh_config):
    """A letter outside ASCII in a path does not break the signature."""
    client = Client(ovh_config)
    with pytest.raises(RegistrarRefused, match="does not exist"):
        await asyncio.to_thread(ask, client, f"/domain/{segment('café.fr')}")
    client.close()


async def test_the_clock_is_read_once_however_many_threads_begin(ovh, gateway):
    names = [DomainName.parse(f"name-{number}.ovh") for number in range(32)]
    assert len(await asyncio.to_thread(lambda: list(gateway.look_up(names)))) == 32
    assert ovh.count("GET", "/auth/time") == 1


async def test_a_deed_is_not_repeated_over_a_clock_that_drifted(ovh, gateway):
    prepared = await asyncio.to_thread(gateway.prepare, [LINE])
    ovh.clock_offset = 600
    with pytest.raises(OutcomeUnknown):
        await asyncio.to_thread(check_out, gateway, prepared.registrar_cart)
    assert ovh.count("POST", "/order/cart/*/checkout") == 1

    def signed_with_ovhs_time():
        ahead = gateway.clock_ahead()
        with gateway.ready_to_check_out(prepared.registrar_cart, waive_retraction=True) as call:
            return call.send(signed_at=datetime.now(UTC) + ahead, not_after=LATER)

    assert (await asyncio.to_thread(signed_with_ovhs_time)).total == prepared.quote.total


def test_plain_http_leads_to_this_machine_only():
    for url in ("http://example.com/1.0", "ftp://127.0.0.1/1.0"):
        with pytest.raises(ValueError, match="https"):
            OvhGateway(OvhConfig(application_key="fake", application_secret="fake", api_url=url))


@pytest.mark.parametrize("keys", [{}, dict.fromkeys(("application_key", "application_secret", "consumer_key"))])
def test_how_far_ovhs_clock_is_ahead_is_known_with_a_token_too(stub, keys):
    stub.ahead = 90
    client = stub.client(**({"client_id": "fake", "client_secret": "fake"} | keys if keys else {}))
    assert 88 <= client.clock_ahead().total_seconds() <= 91


def test_reads_the_clock_difference_each_time(stub):
    """How far it is ahead is read again each time as ours may be put right."""
    stub.ahead = 90
    client = stub.client()
    client.clock_ahead()
    stub.ahead = 690
    assert 688 <= client.clock_ahead().total_seconds() <= 691


# Keys


@pytest.fixture
def _no_other_keys(monkeypatch, tmp_path):
    for name in ("APPLICATION_KEY", "APPLICATION_SECRET", "CONSUMER_KEY", "CLIENT_ID", "CLIENT_SECRET", "ENDPOINT"):
        monkeypatch.delenv(f"OVH_{name}", raising=False)
    monkeypatch.setattr("ovh.config.CONFIG_PATH", [str(tmp_path / "ovh.conf")])


@pytest.mark.usefixtures("_no_other_keys")
@pytest.mark.parametrize(
    ("ovh_config", "sentence"),
    [
        (OvhConfig(), "The OVH_… keys: Missing"),
        (OvhConfig(application_key="fake", application_secret="fake", client_id="i", client_secret="s"), "use both"),
        (OvhConfig(endpoint="ovh-mars", application_key="fake", application_secret="fake"), "OVH_ENDPOINT: ovh-mars"),
    ],
)
def test_keys_that_cannot_be_used_are_told_at_once(ovh_config, sentence):
    with pytest.raises(ValueError, match=sentence):
        OvhGateway(ovh_config)


@pytest.mark.usefixtures("_no_other_keys")
def test_a_missing_consumer_key_is_told_without_a_call(stub):
    stub.says(200)
    with refuses("ovh_keys_incomplete", RegistrarRefused):
        ask(stub.client(consumer_key=None))
    assert stub.calls == []


def test_secrets_do_not_show_in_the_access():
    shown = repr(OvhConfig(application_secret="FAKE-1", consumer_key="FAKE-2", client_secret="FAKE-3"))
    assert "FAKE" not in shown


async def test_logs_name_the_call_but_no_secret(ovh, gateway):
    with capture_logs() as logs:
        prepared = await asyncio.to_thread(gateway.prepare, [LINE])
        order = await asyncio.to_thread(check_out, gateway, prepared.registrar_cart)
        link = await asyncio.to_thread(gateway.order_link, order.id)
    money_calls = [entry for entry in logs if entry["log_level"] == "info"]
    assert [(d["method"], d["status"]) for d in money_calls] == [("POST", 200)]
    assert all(entry["query_id"] for entry in logs)
    keys = ovh.credentials
    for secret in (keys.application_secret, keys.consumer_key, link, link.rpartition("=")[2], "$1$"):
        assert secret not in repr(logs)
