"""The gateway over the wire: OVH's quirks and the package's traps end here."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import amount
from ordering.model.money import Money
from ordering.model.offer import Verdict
from ordering.model.preflight_findings import Finding, FindingCode, Fix, LinesRefused
from ordering.model.sales_order import Attempt, DeliveryProgress, OrderStatus, Outcome
from registrars.ovh.markers import Descriptions
from sandbox.ovh.quotes import Layout
from tests.fakes import belonging
from tests.refusing import refuses
from tests.registrars.ovh.money import check_out, pay

NAME = DomainName.parse("name.ovh")
LINE = Line(NAME, 1, "create-default", Money(299, "EUR"), added_by="U0ADA")


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


async def look_up(gateway, *names):
    return {a.domain.ascii: a for a in await ask(lambda: list(gateway.look_up([DomainName.parse(n) for n in names])))}


async def ordered(gateway):
    prepared = await ask(gateway.prepare, [LINE])
    return prepared, await ask(check_out, gateway, prepared.registrar_cart)


def attempt(cart: str) -> Attempt:
    return Attempt(1, cart, datetime.now(UTC))


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("free.ovh", Verdict.AVAILABLE),
        ("premium-x.fr", Verdict.PREMIUM),
        ("taken-x.com", Verdict.TAKEN),
        ("empty-x.com", Verdict.NOT_OFFERED),
        ("reserved-x.com", Verdict.NOT_OFFERED),
        ("odd-x.com", Verdict.UNKNOWN),
        ("aftermarket-x.io", Verdict.AFTERMARKET),
        ("x.zz", Verdict.NOT_SOLD),
        ("café.fr", Verdict.AVAILABLE),
    ],
)
async def test_each_kind_of_offer_is_read(gateway, name, verdict):
    assert [a.verdict for a in (await look_up(gateway, name)).values()] == [verdict]


async def test_a_discount_shows_the_price_before_it(gateway):
    offer = (await look_up(gateway, "promo-x.com"))["promo-x.com"].offer
    assert (str(offer.price), str(offer.regular), str(offer.renewal)) == ("€4.50", "€8.99", "€13.49")


async def test_one_failing_name_fails_alone(ovh, gateway, monkeypatch):
    monkeypatch.setattr("registrars.ovh.api.client._TRIES", 1)
    found = await look_up(gateway, "free.ovh", "broken-x.com")
    assert found["free.ovh"].verdict is Verdict.AVAILABLE
    assert found["broken-x.com"].verdict is Verdict.UNKNOWN


async def test_a_question_is_asked_again_while_ovh_is_busy(ovh, gateway):
    for kind in ("error500", "html502", "check_timeout"):
        ovh.faults.add("GET", "/order/cart/*/domain", kind)
    assert (await look_up(gateway, "free.ovh"))["free.ovh"].verdict is Verdict.AVAILABLE


async def test_an_expired_search_cart_is_replaced(ovh, gateway):
    await look_up(gateway, "one.ovh")
    ovh.carts.all.clear()
    assert (await look_up(gateway, "two.ovh"))["two.ovh"].verdict is Verdict.AVAILABLE


async def test_a_clock_that_drifted_is_read_again(ovh, gateway):
    await ask(gateway.probe)
    ovh.clock_offset = 600
    await ask(gateway.probe)


async def test_forty_threads_share_the_session(gateway, recwarn):
    """Forty threads share the session without dropping a connection."""
    names = [f"name-{number}.ovh" for number in range(40)]
    assert len(await look_up(gateway, *names)) == 40
    assert [str(w.message) for w in recwarn if "pool" in str(w.message)] == []


async def test_a_cart_is_built_configured_and_quoted(ovh, gateway):
    prepared = await ask(gateway.prepare, [LINE])
    assert str(prepared.quote.total) == "€3.59"
    assert [(c.label, c.value) for c in prepared.quote.configuration] == [("OWNER_LEGAL_AGE", "true")]
    assert ovh.carts.all[prepared.registrar_cart].description == Descriptions("unnamed").checkout(["name.ovh"])


async def test_a_question_that_nobody_answered_is_refused(gateway):
    line = Line(DomainName.parse("reason-x.fr"), 1, "create-default", Money(649, "EUR"), added_by="U0ADA")
    with pytest.raises(LinesRefused) as refused:
        await ask(gateway.prepare, [line])
    unanswered = Finding(FindingCode.QUESTION_OPEN, line.domain, Fix.ANSWER, {"label": "REASON"})
    assert refused.value.findings == (unanswered,)


async def test_ordering_paying_and_delivery(ovh, gateway):
    _, order = await ordered(gateway)
    assert (await ask(gateway.order, order.id)).status is OrderStatus.NOT_PAID
    methods = await ask(gateway.payment_methods, order.id)
    assert [(m.id, m.default) for m in methods] == [(8120045, True), (8120046, False)]
    await ask(pay, gateway, order.id, 8120045)
    assert (await ask(gateway.order, order.id)).status.is_paid
    assert (await ask(gateway.delivery, NAME)).progress is DeliveryProgress.UNDER_WAY
    ovh.deliver_now()
    assert (await ask(gateway.delivery, NAME)).progress is DeliveryProgress.DELIVERED


@pytest.mark.parametrize(
    ("state", "progress", "comment"),
    [
        ("ok", DeliveryProgress.DELIVERED, None),
        ("autorenew_in_progress", DeliveryProgress.DELIVERED, None),
        ("autorenew_registry_in_progress", DeliveryProgress.DELIVERED, None),
        ("pending_create", DeliveryProgress.UNDER_WAY, None),
        ("pending_installation", DeliveryProgress.UNDER_WAY, None),
        ("dispute", DeliveryProgress.UNDER_WAY, "dispute"),
        ("technical_suspended", DeliveryProgress.UNDER_WAY, "technical_suspended"),
        ("a_word_of_next_year", DeliveryProgress.UNDER_WAY, "a_word_of_next_year"),
        ("", DeliveryProgress.UNDER_WAY, None),
    ],
)
async def test_a_names_state_is_delivered_or_ovhs_own_word(ovh, gateway, state, progress, comment):
    ovh.names.owned.add("name.ovh")
    ovh.registry.states["name.ovh"] = state
    delivery = await ask(gateway.delivery, NAME)
    assert (delivery.progress, delivery.comment) == (progress, comment)


@pytest.mark.parametrize("shuffle", range(6))
async def test_prices_are_at_their_names_however_ovh_lists_them(ovh, gateway, shuffle):
    """OVH's guide shows lines without cart items and in another order than the cart's."""
    ovh.carts.layout = Layout(shuffle=shuffle, zones_first=True, without_items=True)
    dear = replace(LINE, domain=DomainName.parse("name.com"))
    quote = (await ask(gateway.prepare, [LINE, dear])).quote
    ovh.carts.layout = Layout()
    usual = (await ask(gateway.prepare, [LINE, dear])).quote
    prices = [quote.price_of(line.domain) for line in (LINE, dear)]
    assert prices == [usual.price_of(line.domain) for line in (LINE, dear)]
    assert prices[0] < prices[1]


@pytest.mark.parametrize("times", [1, 2])
async def test_no_cart_is_built_with_a_key_that_cannot_list_orders(ovh, gateway, times):
    """The right to `GET /me/order` is checked before OVH has a cart, and again until it is there."""
    ovh.faults.add("GET", "/me/order", "refuse", times=times, message="This call has not been granted")
    for _ in range(times):
        with refuses("orders_not_listable", RegistrarRefused, reason="ovh_right_missing"):
            await ask(gateway.prepare, [LINE])
    assert ovh.count("POST", "/order/cart") == 0
    for _ in range(2):
        await ask(gateway.prepare, [LINE])
    assert ovh.count("GET", "/me/order") == times + 1


async def test_a_right_that_was_lost_is_checked_again(ovh, gateway):
    """A refusal at the checkout ends the belief in the right, so the next try builds no cart."""
    await ask(gateway.prepare, [LINE])
    ovh.faults.add("GET", "/me/order", "refuse", times=2, message="This call has not been granted")
    with pytest.raises(RegistrarRefused):
        await ask(gateway.orders_since, datetime.now(UTC), urgent=True)
    with refuses("orders_not_listable", RegistrarRefused):
        await ask(gateway.prepare, [LINE])
    assert ovh.count("POST", "/order/cart") == 1


async def test_a_registration_in_error_is_told_in_ovhs_words(ovh, gateway):
    _, order = await ordered(gateway)
    ovh.orders.task_errors["name.ovh"] = "A justification is required"
    await ask(pay, gateway, order.id, 8120045)
    ovh.deliver_now()
    delivery = await ask(gateway.delivery, NAME)
    assert (delivery.progress, delivery.comment) == (DeliveryProgress.FAILED, "A justification is required")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("lost_before", OutcomeUnknown),
        ("lost_after", OutcomeUnknown),
        ("hang", OutcomeUnknown),
        ("error500", OutcomeUnknown),
        ("html502", OutcomeUnknown),
        ("html408", OutcomeUnknown),
        ("null", OutcomeUnknown),
        ("check_timeout", OutcomeUnknown),
        ("rate_limit", RegistrarUnavailable),
        ("refuse", RegistrarRefused),
    ],
)
async def test_a_checkout_is_sent_once_and_sorted(ovh, gateway, kind, error):
    prepared = await ask(gateway.prepare, [LINE])
    ovh.faults.add("POST", "/order/cart/*/checkout", kind, seconds=1.5)
    with pytest.raises(error):
        await ask(check_out, gateway, prepared.registrar_cart)
    assert ovh.count("POST", "/order/cart/*/checkout") <= 1


@pytest.mark.parametrize("kind", ["lost_after", "html502", "check_timeout", "rate_limit", "refuse"])
async def test_a_payment_is_sent_once_and_sorted(ovh, gateway, kind):
    _, order = await ordered(gateway)
    ovh.faults.add("POST", "/me/order/*/pay", kind)
    expected = {"rate_limit": RegistrarUnavailable, "refuse": RegistrarRefused}.get(kind, OutcomeUnknown)
    with pytest.raises(expected):
        await ask(pay, gateway, order.id, 8120045)
    assert ovh.count("POST", "/me/order/*/pay") == 1


async def test_an_ovh_that_is_not_there_was_never_reached(ovh, gateway):
    prepared = await ask(gateway.prepare, [LINE])
    await ovh.stop()
    with pytest.raises(RegistrarUnavailable):
        await ask(check_out, gateway, prepared.registrar_cart)


async def test_an_order_whose_answer_was_lost_is_found(ovh, gateway):
    prepared = await ask(gateway.prepare, [LINE])
    tried = attempt(prepared.registrar_cart)
    quote = prepared.quote
    assert (await ask(gateway.find_order, tried, [LINE], quote, known=belonging())).outcome is Outcome.ABSENT
    ovh.faults.add("POST", "/order/cart/*/checkout", "lost_after")
    with pytest.raises(OutcomeUnknown):
        await ask(check_out, gateway, prepared.registrar_cart)
    seen = await ask(gateway.find_order, tried, [LINE], quote, known=belonging())
    assert seen.order.id == next(iter(ovh.orders.all))
    known = belonging(*ovh.orders.all)
    assert (await ask(gateway.find_order, tried, [LINE], quote, known=known)).outcome is Outcome.UNDECIDED


async def test_an_order_of_other_names_is_not_ours(ovh, gateway):
    prepared, order = await ordered(gateway)
    other = Line(DomainName.parse("other.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")
    tried = attempt(prepared.registrar_cart)
    seen = await ask(gateway.find_order, tried, [other], prepared.quote, known=belonging())
    assert (seen.outcome, seen.candidates, seen.closed) == (Outcome.UNDECIDED, (), True)
    assert (await ask(gateway.order_of, order.id, [other], prepared.quote, attempt=tried)).outcome is Outcome.ABSENT


async def test_a_dearer_order_may_be_ours_so_none_is_added(ovh, gateway):
    """A dearer order may be ours so that none is made next to it."""
    prepared, order = await ordered(gateway)
    tried, cheaper = attempt(prepared.registrar_cart), replace(prepared.quote, total=Money(100, "EUR"))
    seen = await ask(gateway.find_order, tried, [LINE], cheaper, known=belonging())
    assert (seen.order, seen.candidates) == (None, (order.id,))
    total = {"term": "total", "shown": amount(Money(359, "EUR")), "approved": amount(Money(100, "EUR"))}
    assert (seen.seen["seen"], total in seen.seen["different"]) == ("order_differs", True)


async def test_an_order_that_does_not_show_its_names_yet_may_be_ours(ovh, gateway):
    ovh.orders.details_after = 60.0
    prepared, order = await ordered(gateway)
    tried = attempt(prepared.registrar_cart)
    seen = await ask(gateway.find_order, tried, [LINE], prepared.quote, known=belonging())
    assert (seen.outcome, seen.candidates) == (Outcome.UNDECIDED, (order.id,))


async def test_a_wrong_key_is_told_to_the_operator(ovh, gateway):
    ovh.credentials.consumer_key = "another"
    assert (await ask(gateway.health)).code == "ovh_key_refused"


async def test_health_is_fine_when_ovh_answers(gateway):
    assert await ask(gateway.health) is None


async def test_two_equal_look_ups_at_once_are_asked_once(ovh, gateway):
    await look_up(gateway, "warm.ovh")
    ovh.faults.add("GET", "/order/cart/*/domain", "slow", seconds=0.3)
    before = ovh.count("GET", "/order/cart/*/domain")
    await asyncio.gather(look_up(gateway, "same.ovh"), look_up(gateway, "same.ovh"))
    assert ovh.count("GET", "/order/cart/*/domain") == before + 1
