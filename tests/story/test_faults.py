"""Answers get lost, services stumble, forms die: nothing is bought twice, and people are told."""

import json
from datetime import timedelta

import pytest

from handlers.messages import blocked
from handlers.messages import words as catalogue
from handlers.messages.en.findings import finding
from ordering.model.cart import Trouble
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, EventKind
from ordering.model.offer import Verdict
from ordering.model.preflight_findings import Finding, FindingCode
from ordering.process.floors import Floors
from sandbox.ovh.faults import Kind
from sandbox.slack import NotAcknowledged
from tests.builders import NOW
from tests.refusing import said
from tests.saying import result_of
from tests.story.conftest import Story
from tests.story.saying import on_card


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
async def test_a_lost_answer_of_the_checkout_never_orders_twice(story: Story, kind: Kind):
    card = await story.requested()
    story.ovh.faults.add("POST", "/order/cart/*/checkout", kind)
    await story.cleo.click(card, "Approve")
    await story.payable(seconds=30)
    assert len(story.orders) == 1


@pytest.mark.parametrize("kind", ["lost_after", "html502", "lost_before"])
async def test_a_lost_answer_of_the_payment_never_pays_twice(story: Story, kind: Kind):
    card = await story.ordered()
    story.ovh.faults.add("POST", "/me/order/*/pay", kind)
    await story.dan.click(card, "Pay")
    if kind == "lost_after":
        await story.card(catalogue.card.DELIVERED, seconds=30)
        assert story.orders[0].payments == [8120045]
        return
    await story.dan.click(await story.card("It was not paid", seconds=30), "It was not paid")
    card = await story.card(catalogue.paying.KEEPS_OPEN, seconds=30)
    assert story.orders[0].payments == []
    await story.dan.click(card, "Pay")
    await story.card(catalogue.card.DELIVERED, seconds=30)
    assert story.orders[0].payments == [8120045]


@pytest.mark.parametrize("kind", ["empty", "no_content", "empty_html"])
async def test_void_routes_without_words_block_nothing(story: Story, kind: Kind):
    """Where each assign and DELETE answers nothing, a request comes to its order as usual."""
    story.ovh.faults.add("POST", "/order/cart/*/assign", kind, times=99)
    story.ovh.faults.add("DELETE", "*", kind, times=99)
    await story.ordered()
    assert len(story.orders) == 1


@pytest.mark.parametrize("kind", ["empty", "no_content", "empty_text"])
async def test_a_payment_without_words_pays_once(story: Story, kind: Kind):
    """An empty answer to a payment is neither paid nor refused: the order tells, and nothing is paid twice."""
    card = await story.ordered()
    story.ovh.faults.add("POST", "/me/order/*/pay", kind)
    await story.dan.click(card, "Pay")
    await story.card(catalogue.card.DELIVERED, seconds=30)
    assert story.orders[0].payments == [8120045]


async def test_a_total_that_rose_after_the_approval_asks_the_approvers_again(story: Story):
    card = await story.requested()
    story.ovh.names.rise("name.ovh", "5.00")
    await story.cleo.click(card, "Approve")
    card = await story.card("was €3.59, now €9.59", seconds=15)
    assert story.orders == []
    await story.cleo.click(card, "Approve")
    await story.payable()
    assert [str(order.total) for order in story.orders] == ["9.59"]


async def test_a_name_taken_meanwhile_needs_a_person_and_nothing_is_ordered(story: Story):
    card = await story.requested()
    story.ovh.names.taken.add("name.ovh")
    await story.cleo.click(card, "Approve")
    card = await story.card("Close without ordering", seconds=15)
    assert story.orders == []
    await story.dan.click(card, "Close without ordering")
    await story.card(catalogue.card.not_bought(on_card(EventKind.CLOSED, order=None)))
    (record,) = json.loads(await story.stage.bot.run_command("export"))
    refused, closed = (event["kind"] for event in record["history"][-2:])
    assert (refused, closed) == (EventKind.CHECKOUT_REFUSED, EventKind.CLOSED)


async def test_documents_and_registry_errors_are_told(story: Story):
    story.ovh.orders.task_errors["name.ovh"] = "A justification is required"
    card = await story.ordered()
    await story.dan.click(card, "Pay")
    failed: Data = {"name": "name.ovh", "ovh": {"comment": "A justification is required"}}
    await story.card(on_card(EventKind.REGISTRATION_FAILED, **failed), seconds=20)


async def test_a_failing_pre_flight_shows_the_form_again_and_loses_nothing(story: Story):
    await story.search_and_add("reason-name.fr")
    await story.request("For the launch")
    form = await story.form_says(catalogue.cart.FIX_THESE)
    unanswered = Finding(FindingCode.QUESTION_OPEN, DomainName("reason-name.fr"), params={"label": "REASON"})
    assert finding(unanswered.data).text in form.plain_text()
    assert "For the launch" in str(form.blocks)
    await story.ada.command("cart")
    await story.sees(story.ada, "reason-name.fr")


async def test_the_desk_survives_a_disconnect(story: Story):
    before = story.slack.server.sockets[-1]
    await story.slack.server.disconnect("refresh_requested")
    await story.slack.until(lambda: story.slack.server.sockets and story.slack.server.sockets[-1] is not before, 10)
    await story.ada.command("search name.ovh")
    await story.sees(story.ada, result_of("name.ovh"))


async def test_slack_saying_wait_only_delays_a_message(story: Story):
    story.slack.faults.add("chat.postMessage", "ratelimited", retry_after=1)
    await story.requested()


async def test_slack_failing_repeatedly_only_delays_a_message(story: Story):
    story.slack.faults.add("chat.postMessage", "500", times=2)
    await story.requested()


async def test_a_slow_ovh_never_delays_an_acknowledgement(story: Story):
    story.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=12, seconds=4)
    for number in range(12):
        try:
            await story.ada.command(f"search slow-{number}.ovh")
        except NotAcknowledged:
            pytest.fail("a command was not acknowledged while OVH was slow")


async def test_a_dead_trigger_is_told(story: Story):
    await story.search_and_add("name.ovh")
    cart = await story.sees(story.ada, "Request approval")
    story.slack.faults.add("views.open", "error", error="expired_trigger_id")
    await story.ada.click(cart, "Request approval")
    await story.sees(story.ada, said("form_too_late", button="Request approval"))


async def test_a_deleted_card_comes_back(story: Story):
    card = await story.requested()
    story.slack.state.messages["C0APPROVALS"].clear()
    await story.cleo.click(card, "Approve")
    await story.payable()


async def test_an_order_that_cannot_be_told_from_none_is_for_a_person(story: Story):
    """OVH closed the cart, but shows no order with its names: a payer looks there and says which one it is."""
    card = await story.requested()
    story.ovh.faults.add("POST", "/order/cart/*/checkout", "lost_after")
    hidden = story.ovh.faults.add("GET", "/me/order/*/details", "refuse", times=999, status=404)
    await story.cleo.click(card, "Approve")
    card = await story.card("It is this order…", seconds=30)
    unclear = {"seen": "order_unclear", "cart": "closed", "order": story.orders[0].id}
    assert on_card(EventKind.ORDER_UNKNOWN, evidence=unclear) in card.plain_text()
    await story.dan.click(card, "It is this order…")
    await story.slack.until(lambda: story.dan.modal)
    assert await story.dan.submit(order="4711") == {}
    await story.sees(story.dan, said("not_this_carts_order", order=4711), channel="dan")
    await story.clicks_in_vain(story.ben, card, "Nothing was ordered, try again", said("not_approver_or_payer"))
    await story.dan.click(card, "It is this order…")
    await story.slack.until(lambda: story.dan.modal)
    story.ovh.faults.remove(hidden)
    assert await story.dan.submit(order=str(story.orders[0].id)) == {}
    await story.payable()
    assert len(story.orders) == 1


async def test_an_ovh_that_is_away_is_told_on_the_card_until_it_is_back(story: Story):
    card = await story.requested()
    away = story.ovh.faults.add("*", "*", "error500", times=999)
    unanswered = Trouble(NOW, "registrar_unavailable")
    await story.cleo.click(card, "Approve")
    await story.card(f"{blocked(unanswered)} I've been retrying since", seconds=30)
    story.ovh.faults.remove(away)
    card = await story.payable(seconds=40)
    assert "been retrying" not in card.plain_text()
    assert len(story.orders) == 1


async def test_an_empty_answer_is_never_read_as_no(story: Story):
    story.ovh.faults.add("GET", "/order/cart/*/domain", "null")
    await story.ada.command("search name.ovh")
    await story.sees(story.ada, result_of("name.ovh", Verdict.UNKNOWN))
