"""Following an order: found again, paid, refused, cancelled, and what the account's list shows."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.money import Money
from ordering.model.offer import Verdict
from ordering.model.sales_order import Attempt, Outcome
from registrars.ovh.cache import Cache
from tests.fakes import belonging
from tests.refusing import refuses
from tests.registrars.ovh.money import check_out

LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


async def ordered(gateway):
    prepared = await ask(gateway.prepare, [LINE])
    return prepared, await ask(check_out, gateway, prepared.registrar_cart)


async def look(gateway, prepared, *, started=None):
    tried = Attempt(1, prepared.registrar_cart, started or datetime.now(UTC))
    return await ask(gateway.find_order, tried, [LINE], prepared.quote, known=belonging())


async def test_an_order_with_late_lines_is_not_absent(ovh, gateway):
    """An order is not taken for absent while its lines are late."""
    ovh.orders.details_after = 60.0
    prepared, order = await ordered(gateway)
    assert (await look(gateway, prepared)).outcome is Outcome.UNDECIDED
    ovh.clock.advance(61)
    assert (await look(gateway, prepared)).order.id == order.id


TWO = [LINE, replace(LINE, domain=DomainName.parse("other.ovh"))]


@pytest.mark.parametrize("path", ["/me/order/*", "/me/order/*/details", "/me/order/*/details/*"])
async def test_an_order_that_is_listed_and_not_there_yet_may_be_ours(ovh, gateway, path):
    prepared, order = await ordered(gateway)
    ovh.faults.add("GET", path, "refuse", status=404, message="This service does not exist", times=1)
    reconciliation = await look(gateway, prepared)
    assert (reconciliation.outcome, reconciliation.candidates) == (Outcome.UNDECIDED, (order.id,))


async def test_an_order_that_shows_some_of_the_names_may_be_ours(gateway):
    prepared, order = await ordered(gateway)
    tried = Attempt(1, prepared.registrar_cart, datetime.now(UTC))
    reconciliation = await ask(gateway.find_order, tried, TWO, prepared.quote, known=belonging())
    assert (reconciliation.outcome, reconciliation.candidates) == (Outcome.UNDECIDED, (order.id,))
    assert reconciliation.seen == {"seen": "order_unclear", "cart": "closed", "order": order.id}


async def test_a_checkout_that_is_too_late_does_not_leave(ovh, gateway):
    prepared = await ask(gateway.prepare, [LINE])
    late = partial(check_out, gateway, not_after=datetime.now(UTC))
    with refuses("too_late_to_send", RegistrarUnavailable):
        await ask(late, prepared.registrar_cart)
    assert ovh.count("POST", "/order/cart/*/checkout") == 0


async def test_an_order_is_found_though_ovh_forgot_the_cart(ovh, gateway):
    prepared, order = await ordered(gateway)
    ovh.carts.all.clear()
    reconciliation = await look(gateway, prepared)
    assert reconciliation.order.id == order.id
    assert reconciliation.seen == {"seen": "order_found", "cart": "gone", "order": order.id}


async def test_a_lost_cart_without_an_order_proves_nothing(ovh, gateway):
    prepared = await ask(gateway.prepare, [LINE])
    ovh.carts.all.clear()
    reconciliation = await look(gateway, prepared)
    assert reconciliation.outcome is Outcome.UNDECIDED
    assert reconciliation.seen == {"seen": "no_new_order", "cart": "gone", "orders": 0}


async def test_two_orders_that_fit_are_for_a_person_to_tell_apart(ovh, gateway):
    prepared, first = await ordered(gateway)
    _, second = await ordered(gateway)
    reconciliation = await look(gateway, prepared)
    assert reconciliation.outcome is Outcome.UNDECIDED
    assert reconciliation.seen == {"seen": "several_orders", "cart": "closed", "orders": [first.id, second.id]}


async def test_an_attempt_that_is_dated_too_late_hides_no_order(gateway):
    """OVH's clocks may differ: such an order is not adopted by itself, and no second one is made."""
    prepared, order = await ordered(gateway)
    started = datetime.now(UTC) + timedelta(minutes=5)
    found = await look(gateway, prepared, started=started)
    assert (found.outcome, found.candidates) == (Outcome.UNDECIDED, (order.id,))


async def test_an_expired_cart_is_refused_at_checkout(ovh, gateway):
    """A cart that expired is refused at checkout and nothing is ordered."""
    prepared = await ask(gateway.prepare, [LINE])
    ovh.clock.advance(3 * 86_400)

    def check_out_by_ovhs_clock():
        signed_at = datetime.now(UTC) + gateway.clock_ahead()
        with gateway.ready_to_check_out(prepared.registrar_cart, waive_retraction=True) as call:
            return call.send(signed_at=signed_at, not_after=datetime.now(UTC) + timedelta(minutes=1))

    with refuses("ovh_not_found", RegistrarRefused):
        await ask(check_out_by_ovhs_clock)
    assert ovh.orders.all == {}


async def test_a_checkout_twice_makes_one_order(ovh, gateway):
    prepared, _ = await ordered(gateway)
    with pytest.raises(RegistrarRefused, match="read only"):
        await ask(check_out, gateway, prepared.registrar_cart)
    assert len(ovh.orders.all) == 1


async def test_a_discarded_cart_is_certainly_gone_or_said_not_to_be(ovh, gateway):
    prepared = await ask(gateway.prepare, [LINE])
    ovh.faults.add("DELETE", "/order/cart/*", "error500")
    assert not await ask(gateway.discard, prepared.registrar_cart)
    assert await ask(gateway.discard, prepared.registrar_cart)
    assert await ask(gateway.discard, prepared.registrar_cart)
    with pytest.raises(RegistrarRefused):
        await ask(check_out, gateway, prepared.registrar_cart)


async def test_the_link_is_ovhs_own(ovh, gateway):
    _, order = await ordered(gateway)
    assert await ask(gateway.order_link, order.id) == ovh.orders.all[order.id].url
    ovh.orders.all[order.id].url = ""
    with pytest.raises(RegistrarUnavailable):
        await ask(gateway.order_link, order.id)


async def test_lists_of_extensions_are_asked_once_an_hour(ovh, gateway):
    for _ in range(2):
        assert "ovh" in await ask(gateway.every_extension)
        assert 1 <= len(await ask(gateway.extensions)) <= 10
    assert ovh.count("GET", "/domain/extensions*") == 2


async def test_health_costs_no_call_while_ovh_answers_others(ovh, gateway):
    await ask(lambda: list(gateway.look_up([LINE.domain])))
    before = len(ovh.calls)
    assert await ask(gateway.health) is None
    assert len(ovh.calls) == before


async def test_health_costs_one_call_while_ovh_refuses(ovh, gateway):
    ovh.faults.add("GET", "/me", "html502")
    assert (await ask(gateway.health)).code == "registrar_unavailable"
    before = len(ovh.calls)
    assert (await ask(gateway.health)).code == "registrar_unavailable"
    assert len(ovh.calls) == before


async def test_health_says_why_not_and_is_well_again_soon(ovh, gateway, monkeypatch):
    monkeypatch.setattr(gateway, "_failed", Cache(size=1, fresh=0.0))
    ovh.faults.add("GET", "/me", "html502")
    assert (await ask(gateway.health)).code == "registrar_unavailable"
    assert await ask(gateway.health) is None


async def test_a_search_goes_on_though_the_account_could_not_be_read(ovh, gateway, monkeypatch):
    monkeypatch.setattr("registrars.ovh.api.client._TRIES", 1)
    ovh.faults.add("GET", "/me", "null")
    first, second = [[a.verdict for a in await ask(lambda: list(gateway.look_up([LINE.domain])))] for _ in range(2)]
    assert (first, second) == ([Verdict.UNKNOWN], [Verdict.AVAILABLE])
