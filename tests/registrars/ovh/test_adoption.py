"""An order is adopted where OVH shows all its terms, and all are those of the attempt."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, amount
from ordering.model.money import Money
from ordering.model.quote import Configuration
from ordering.model.sales_order import Attempt, Outcome
from tests.builders import euros
from tests.registrars.ovh.money import check_out

LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")


def other(term: str, shown: str, approved: str) -> Data:
    """A term of the name that the order shows otherwise than it was approved."""
    return {"name": "name.ovh", "term": term, "shown": [shown], "approved": approved}


def other_total(shown: str) -> Data:
    return {"term": "total", "shown": amount(euros(shown)), "approved": amount(euros("3.59"))}


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


@pytest.fixture
async def attempt(gateway):
    """A cart that is about to be checked out, with its quote."""
    prepared = await ask(gateway.prepare, [LINE])
    return prepared, Attempt(1, prepared.registrar_cart, datetime.now(UTC))


async def look(gateway, attempt, *, known=frozenset(), configuration=None):
    """Look for the attempt's order; `known` orders belong to other requests."""
    prepared, tried = attempt
    quote = prepared.quote if configuration is None else replace(prepared.quote, configuration=configuration)
    return await ask(gateway.find_order, tried, [LINE], quote, known=lambda among: known & set(among))


async def ordered(gateway, attempt):
    return await ask(check_out, gateway, attempt[1].registrar_cart)


def ours(ovh, attempt, **terms):
    """An order that another user made with our terms, unless some differ; our own cart is gone."""
    del ovh.carts.all[attempt[1].registrar_cart]
    return ovh.outsider.order("name.ovh", **{"total": "3.59", "owner": None} | terms)


@pytest.mark.parametrize("by", ["checkout", "summary"])
async def test_the_attempts_cart_names_its_order(ovh, gateway, attempt, by):
    """The closed cart is asked first: its order is adopted next to any number of others with these names."""
    order = await ordered(gateway, attempt)
    ovh.outsider.order("name.ovh", total="3.59", owner=None)
    ovh.carts.names_order = {by}
    found = await look(gateway, attempt)
    assert (found.outcome, found.order.id, found.order.owner_hidden) == (Outcome.FOUND, order.id, False)


async def test_the_named_order_shows_late(ovh, gateway, attempt):
    """The cart names an order that cannot be read yet: it is waited for, and no other one is adopted."""
    order = await ordered(gateway, attempt)
    ovh.outsider.order("name.ovh", total="3.59", owner=None)
    ovh.carts.names_order = {"summary"}
    ovh.orders.all[order.id].shows_after = 60.0
    found = await look(gateway, attempt)
    assert (found.outcome, found.candidates, found.closed) == (Outcome.UNDECIDED, (order.id,), True)


async def test_the_order_of_another_request_is_not_adopted(ovh, gateway, attempt):
    """Even where the cart names it: one order never belongs to two requests."""
    order = await ordered(gateway, attempt)
    ovh.carts.names_order = {"summary"}
    assert (await look(gateway, attempt, known=frozenset({order.id}))).order is None


@pytest.mark.parametrize("ago", [11, 30, 240, 590])
async def test_an_order_from_before_the_attempt_is_not_adopted(ovh, gateway, attempt, ago):
    """A colleague ordered the same, with the same terms. It may still be ours: a person decides."""
    theirs = ours(ovh, attempt, ago=ago)
    found = await look(gateway, attempt)
    assert (found.outcome, found.order, found.candidates) == (Outcome.UNDECIDED, None, (theirs.id,))
    assert found.seen == {"seen": "order_made_before", "cart": "gone", "order": theirs.id}


async def test_all_terms_equal(gateway, attempt):
    """An honest lost answer: the order shows at once, and is adopted by itself."""
    order = await ordered(gateway, attempt)
    assert (await look(gateway, attempt)).order.id == order.id


@pytest.mark.parametrize(
    ("terms", "different"),
    [
        ({"total": "3.00"}, other_total("3.00")),
        ({"total": "9.99"}, other_total("9.99")),
        ({"years": 2}, other("duration", "P2Y", "P1Y")),
        ({"mode": "create-premium"}, other("pricingMode", "create-premium", "create-default")),
        ({"mode": "transfer-default"}, other("pricingMode", "transfer-default", "create-default")),
        ({"plan": "ovh-aftermarket"}, other("code", "ovh-aftermarket", "ovh")),
        (
            {"owner": "/me/contact/21009999"},
            {"name": "name.ovh", "term": "owner_not_chosen", "label": "OWNER_CONTACT"},
        ),
    ],
)
async def test_a_different_term_is_for_a_person(ovh, gateway, attempt, terms, different):
    """Names and price alone never make an order ours; the differences are reported."""
    order = ours(ovh, attempt, **terms)
    found = await look(gateway, attempt)
    assert (found.outcome, found.candidates, found.order) == (Outcome.UNDECIDED, (order.id,), None)
    assert (found.seen["seen"], found.seen["order"]) == ("order_differs", order.id)
    assert different in found.seen["different"]


@pytest.mark.parametrize("hides", ["null", "missing"])
async def test_a_term_that_is_not_shown_adopts_nothing(ovh, gateway, attempt, hides):
    """Plan, years and pricing mode must be shown."""
    order = ours(ovh, attempt)
    ovh.orders.extensions = hides
    found = await look(gateway, attempt)
    assert (found.order, found.candidates) == (None, (order.id,))
    hidden = ({"name": "name.ovh", "terms": ["code", "duration", "pricingMode"]},)
    assert found.seen == {"seen": "terms_hidden", "cart": "gone", "order": order.id, "hidden": hidden}


async def test_an_owner_that_is_not_shown_is_marked(ovh, gateway, attempt):
    """The order is adopted, and cannot be paid before its owner shows."""
    ours(ovh, attempt)
    ovh.orders.extensions = "no owner"
    assert (await look(gateway, attempt)).order.owner_hidden
    ovh.orders.extensions = "shown"
    assert not (await look(gateway, attempt)).order.owner_hidden


@pytest.mark.parametrize(("owner", "adopted"), [("/me/contact/7", True), ("7", True), ("/me/contact/71", False)])
async def test_owners_are_compared_by_their_number(ovh, gateway, attempt, owner, adopted):
    """A contact by its path or by its number is the same one; another number is another owner."""
    ours(ovh, attempt, owner=owner)
    asked_for = (Configuration(LINE.domain, "OWNER_CONTACT", "/me/contact/7"),)
    found = await look(gateway, attempt, configuration=asked_for)
    assert (found.order is not None) == adopted
    other_owner = {"name": "name.ovh", "term": "owner", "label": "OWNER_CONTACT"}
    assert adopted or other_owner in found.seen["different"]


async def test_another_configuration_is_for_a_person(ovh, gateway, attempt):
    """Name servers and other answers count like the owner."""
    ours(ovh, attempt)
    asked_for = (Configuration(LINE.domain, "OWNER_LEGAL_AGE", "false"),)
    found = await look(gateway, attempt, configuration=asked_for)
    assert {"name": "name.ovh", "term": "answer", "label": "OWNER_LEGAL_AGE"} in found.seen["different"]


async def test_two_orders_that_fit_are_for_a_person(ovh, gateway, attempt):
    """Nobody can tell which one the attempt made."""
    first = ours(ovh, attempt)
    second = ovh.outsider.order("name.ovh", total="3.59", owner=None)
    found = await look(gateway, attempt)
    assert (found.outcome, found.candidates) == (Outcome.UNDECIDED, (first.id, second.id))


async def test_a_person_names_an_order_from_before_the_attempt(ovh, gateway, attempt):
    """Its terms are equal, and its time is recorded; one of the attempt's own second is taken."""
    prepared, tried = attempt
    for ago, outcome in ((11, Outcome.UNDECIDED), (0, Outcome.FOUND)):
        order = ovh.outsider.order("name.ovh", total="3.59", owner=None, ago=ago)
        seen = await ask(gateway.order_of, order.id, [LINE], prepared.quote, attempt=tried)
        assert seen.outcome is outcome
        assert (seen.seen["seen"] == "order_made_before") is bool(ago)
    old = await ask(gateway.order_of, next(iter(ovh.orders.all)), [LINE], prepared.quote, attempt=tried)
    made_at, tried_at = (datetime.fromisoformat(old.seen[each]) for each in ("made_at", "tried_at"))
    assert (tried_at, made_at < tried_at) == (tried.started_at, True)


async def test_a_person_names_an_order_with_other_terms(ovh, gateway, attempt):
    """A person's word settles which order it is, not that other years or another owner were approved."""
    prepared, tried = attempt
    two_years, dearer = ovh.outsider.order("name.ovh", years=2), ovh.outsider.order("name.ovh", total="9", owner=None)
    theirs = ovh.outsider.order("other.ovh")
    of = [
        await ask(gateway.order_of, each.id, [LINE], prepared.quote, attempt=tried)
        for each in (two_years, dearer, theirs)
    ]
    assert [seen.outcome for seen in of] == [Outcome.UNDECIDED, Outcome.FOUND, Outcome.ABSENT]
    assert other("duration", "P2Y", "P1Y") in of[0].seen["different"]
