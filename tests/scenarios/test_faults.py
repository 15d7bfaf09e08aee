"""Answers get lost, services stumble, forms die: nothing is bought twice, and people are notified."""

import json
from datetime import timedelta

import pytest

from handlers.messages import blocked
from handlers.messages import words as catalogue
from handlers.messages.en.findings import finding
from ordering.model.cart import BlockedReason
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, EventKind
from ordering.model.offer import Verdict
from ordering.model.preflight_findings import Finding, FindingCode
from ordering.process.floors import Floors
from sandbox.ovh.faults import Kind
from sandbox.slack import NotAcknowledged
from tests.builders import NOW
from tests.refusing import said
from tests.saying import before_time, result_of
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import on_card


@pytest.fixture
def floors() -> Floors:
    """Seconds in place of minutes, for the tests that wait for their end."""
    return Floors(ended=timedelta(seconds=2))


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "3"}


@pytest.mark.parametrize("kind", ["lost_after", "html502", "error500", "check_timeout", "null", "lost_before"])
async def test_a_lost_answer_of_the_checkout_never_orders_twice(scenario: Scenario, kind: Kind):
    card = await scenario.requested()
    scenario.ovh.faults.add("POST", "/order/cart/*/checkout", kind)
    await scenario.cleo.click(card, "Approve")
    await scenario.payable(seconds=30)
    assert len(scenario.orders) == 1


@pytest.mark.parametrize("kind", ["lost_after", "html502", "lost_before"])
async def test_a_lost_answer_of_the_payment_never_pays_twice(scenario: Scenario, kind: Kind):
    card = await scenario.ordered()
    scenario.ovh.faults.add("POST", "/me/order/*/pay", kind)
    await scenario.dan.click(card, "Pay")
    if kind == "lost_after":
        await scenario.card(catalogue.card.DELIVERED, seconds=30)
        assert scenario.orders[0].payments == [8120045]
        return
    await scenario.dan.click(await scenario.card("It was not paid", seconds=30), "It was not paid")
    card = await scenario.card(catalogue.paying.KEEPS_OPEN, seconds=30)
    assert scenario.orders[0].payments == []
    await scenario.dan.click(card, "Pay")
    await scenario.card(catalogue.card.DELIVERED, seconds=30)
    assert scenario.orders[0].payments == [8120045]


@pytest.mark.parametrize("kind", ["empty", "no_content", "empty_html"])
async def test_void_routes_without_words_block_nothing(scenario: Scenario, kind: Kind):
    """Where each assign and DELETE answers nothing, a request comes to its order as usual."""
    scenario.ovh.faults.add("POST", "/order/cart/*/assign", kind, times=99)
    scenario.ovh.faults.add("DELETE", "*", kind, times=99)
    await scenario.ordered()
    assert len(scenario.orders) == 1


@pytest.mark.parametrize("kind", ["empty", "no_content", "empty_text"])
async def test_a_payment_without_words_pays_once(scenario: Scenario, kind: Kind):
    """An empty answer to a payment is neither paid nor refused: the order tells, and nothing is paid twice."""
    card = await scenario.ordered()
    scenario.ovh.faults.add("POST", "/me/order/*/pay", kind)
    await scenario.dan.click(card, "Pay")
    await scenario.card(catalogue.card.DELIVERED, seconds=30)
    assert scenario.orders[0].payments == [8120045]


async def test_a_higher_total_asks_the_approvers_again(scenario: Scenario):
    """A total that rose after the approval asks the approvers again."""
    card = await scenario.requested()
    scenario.ovh.names.rise("name.ovh", "5.00")
    await scenario.cleo.click(card, "Approve")
    card = await scenario.card("was €3.59, now €9.59", seconds=15)
    assert scenario.orders == []
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    assert [str(order.total) for order in scenario.orders] == ["9.59"]


async def test_a_name_taken_after_approval_needs_a_person(scenario: Scenario):
    """A name taken in the meantime needs a person and nothing is ordered."""
    card = await scenario.requested()
    scenario.ovh.names.taken.add("name.ovh")
    await scenario.cleo.click(card, "Approve")
    card = await scenario.card("Close without ordering", seconds=15)
    assert scenario.orders == []
    await scenario.dan.click(card, "Close without ordering")
    await scenario.card(catalogue.card.not_bought(on_card(EventKind.CLOSED, order=None)))
    (record,) = json.loads(await scenario.stage.bot.run_command("export"))
    refused, closed = (event["kind"] for event in record["history"][-2:])
    assert (refused, closed) == (EventKind.CHECKOUT_REFUSED, EventKind.CLOSED)


async def test_documents_and_registry_errors_are_told(scenario: Scenario):
    scenario.ovh.orders.task_errors["name.ovh"] = "A justification is required"
    card = await scenario.ordered()
    await scenario.dan.click(card, "Pay")
    failed: Data = {"name": "name.ovh", "ovh": {"comment": "A justification is required"}}
    await scenario.card(on_card(EventKind.REGISTRATION_FAILED, **failed), seconds=20)


async def test_a_failing_pre_flight_shows_the_form_again(scenario: Scenario):
    """A failing pre-flight shows the form again and loses nothing."""
    await scenario.search_and_add("reason-name.fr")
    await scenario.request("For the launch")
    form = await scenario.form_says(catalogue.cart.FIX_THESE)
    unanswered = Finding(FindingCode.QUESTION_OPEN, DomainName("reason-name.fr"), params={"label": "REASON"})
    assert finding(unanswered.data).text in form.plain_text()
    assert "For the launch" in str(form.blocks)
    await scenario.ada.command("cart")
    await scenario.sees(scenario.ada, "reason-name.fr")


async def test_the_desk_survives_a_disconnect(scenario: Scenario):
    before = scenario.slack.server.sockets[-1]
    await scenario.slack.server.disconnect("refresh_requested")
    await scenario.slack.until(
        lambda: scenario.slack.server.sockets and scenario.slack.server.sockets[-1] is not before, 10
    )
    await scenario.ada.command("search name.ovh")
    await scenario.sees(scenario.ada, result_of("name.ovh"))


async def test_slack_saying_wait_only_delays_a_message(scenario: Scenario):
    scenario.slack.faults.add("chat.postMessage", "ratelimited", retry_after=1)
    await scenario.requested()


async def test_slack_failing_repeatedly_only_delays_a_message(scenario: Scenario):
    scenario.slack.faults.add("chat.postMessage", "500", times=2)
    await scenario.requested()


async def test_a_slow_ovh_never_delays_an_acknowledgement(scenario: Scenario):
    scenario.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=12, seconds=4)
    for number in range(12):
        try:
            await scenario.ada.command(f"search slow-{number}.ovh")
        except NotAcknowledged:
            pytest.fail("a command was not acknowledged while OVH was slow")


async def test_a_dead_trigger_is_told(scenario: Scenario):
    await scenario.search_and_add("name.ovh")
    cart = await scenario.sees(scenario.ada, "Request approval")
    scenario.slack.faults.add("views.open", "error", error="expired_trigger_id")
    await scenario.ada.click(cart, "Request approval")
    await scenario.sees(scenario.ada, said("form_too_late", button="Request approval"))


async def test_a_deleted_card_comes_back(scenario: Scenario):
    card = await scenario.requested()
    scenario.slack.state.messages["C0APPROVALS"].clear()
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()


async def test_an_order_that_cannot_be_told_from_none_is_for_a_person(scenario: Scenario):
    """OVH closed the cart, but shows no order with its names: a payer looks there and says which one it is."""
    card = await scenario.requested()
    scenario.ovh.faults.add("POST", "/order/cart/*/checkout", "lost_after")
    hidden = scenario.ovh.faults.add("GET", "/me/order/*/details", "refuse", times=999, status=404)
    await scenario.cleo.click(card, "Approve")
    card = await scenario.card("It is this order…", seconds=30)
    unclear = {"seen": "order_unclear", "cart": "closed", "order": scenario.orders[0].id}
    assert on_card(EventKind.ORDER_UNKNOWN, evidence=unclear) in card.plain_text()
    await scenario.dan.click(card, "It is this order…")
    await scenario.slack.until(lambda: scenario.dan.modal)
    assert await scenario.dan.submit(order="4711") == {}
    await scenario.sees(scenario.dan, said("not_this_carts_order", order=4711), channel="dan")
    await scenario.clicks_in_vain(scenario.ben, card, "Nothing was ordered, try again", said("not_approver_or_payer"))
    await scenario.dan.click(card, "It is this order…")
    await scenario.slack.until(lambda: scenario.dan.modal)
    scenario.ovh.faults.remove(hidden)
    assert await scenario.dan.submit(order=str(scenario.orders[0].id)) == {}
    await scenario.payable()
    assert len(scenario.orders) == 1


async def test_the_card_says_that_ovh_is_down_until_it_is_back(scenario: Scenario):
    """An OVH that is away is reported on the card until it is back."""
    card = await scenario.requested()
    away = scenario.ovh.faults.add("*", "*", "error500", times=999)
    unanswered = BlockedReason(NOW, "registrar_unavailable")
    await scenario.cleo.click(card, "Approve")
    await scenario.card(before_time(catalogue.card.retrying(blocked(unanswered), NOW)), seconds=30)
    scenario.ovh.faults.remove(away)
    card = await scenario.payable(seconds=40)
    assert blocked(unanswered) not in card.plain_text()
    assert len(scenario.orders) == 1


async def test_an_empty_answer_is_never_read_as_no(scenario: Scenario):
    scenario.ovh.faults.add("GET", "/order/cart/*/domain", "null")
    await scenario.ada.command("search name.ovh")
    await scenario.sees(scenario.ada, result_of("name.ovh", Verdict.UNKNOWN))
