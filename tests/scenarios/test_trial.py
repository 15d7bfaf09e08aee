"""A trial in the real Slack with real prices: the whole way, and no call that buys or pays."""

from fnmatch import fnmatchcase

import pytest

from handlers.messages import words as catalogue
from tests.scenarios.conftest import Scenario

BUYS_OR_PAYS = ("/order/cart/*/checkout", "/me/order/*", "/me/payment/*", "/order/*/pay*", "/order/domain/*")
# A key without the rights to order and to pay, and without a single right to change anything but carts.
NO_MONEY = (
    ("GET", "/*"),
    *(("POST", f"/order/cart{rest}") for rest in ("", "/*/assign", "/*/domain", "/*/item/*")),
    ("POST", "/domain/configurationRule/check"),
    ("DELETE", "/order/cart/*"),
)


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_TRIAL": "true"}


def money_calls(scenario: Scenario) -> list[str]:
    """Calls that change something on a route that buys or pays, also those that OVH refused."""
    return [
        f"{call.method} {call.path}"
        for call in scenario.ovh.calls
        if call.method != "GET" and any(fnmatchcase(call.path, route) for route in BUYS_OR_PAYS)
    ]


async def test_a_whole_trial_makes_no_money_call(scenario: Scenario):
    """Cart, form, card, thread and the end say that it is a trial, and OVH is never asked to order or to be paid."""
    scenario.ovh.credentials.rules = NO_MONEY
    says = catalogue.trial.SHORT
    await scenario.search_and_add("name.ovh", "other.fr")
    shared = await scenario.sees(scenario.ada, catalogue.cart.NET_BEFORE_APPROVAL)
    assert says in shared.plain_text()
    await scenario.ada.click(shared, "Request approval")
    form = await scenario.slack.until(lambda: scenario.ada.modal)
    assert says in form.plain_text()
    assert await scenario.ada.submit(purpose="For the launch") == {}
    await scenario.sees(scenario.ada, f"when it's decided. {says}")

    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert says in card.plain_text()
    assert says in card.text
    await scenario.cleo.click(card, "Approve")
    await scenario.sees(scenario.cleo, catalogue.trial.approved(1), channel="approvals")
    card = await scenario.card("This would be ordered now")
    assert says in card.text
    assert "€" in card.plain_text()
    told = await scenario.slack.until(
        lambda: next((m for m in scenario.ada.messages("ada") if "This would be ordered now" in m.text), None)
    )
    assert says in told.text

    await scenario.ada.command("pending")
    await scenario.ada.command("history")
    await scenario.sees(scenario.ada, catalogue.trial.IN_LIST)
    await scenario.ada.command("show 1")
    await scenario.sees(scenario.ada, "requested approval")
    assert scenario.orders == []
    assert money_calls(scenario) == []
    # All of it was granted: a key without the rights to order and to pay is enough.
    assert {call.status for call in scenario.ovh.calls} == {200}


async def test_buying_in_one_go_says_that_it_is_a_trial(scenario: Scenario):
    """The preview, the answer to its button and the card."""
    says = catalogue.trial.SHORT
    await scenario.ada.command("buy name.ovh for the launch")
    preview = await scenario.sees(scenario.ada, catalogue.buttons.OPEN_CART)
    assert says in preview.plain_text()
    assert says in preview.text
    await scenario.ada.click(preview, catalogue.buttons.REQUEST)
    assert says in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()
    assert money_calls(scenario) == []
