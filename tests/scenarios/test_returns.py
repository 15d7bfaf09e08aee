"""Ask for changes: the requester hears why, edits the request from its own message, and approval is asked again."""

from random import Random

import pytest

from handlers.messages import words as catalogue
from prove.team import Team
from sandbox.slack import Actor, Message, OpenView
from tests.builders import euros
from tests.refusing import said
from tests.saying import added
from tests.scenarios.conftest import Scenario

CHANGES = catalogue.returns.CHANGES_REQUESTED


@pytest.fixture
def mode() -> str:
    return "socket"


async def returned(scenario: Scenario, *names: str, reason: str = "Drop other.fr") -> Message:
    """Cleo asks for changes to Ada's request; return the card that she did it on."""
    card = await scenario.requested(*names)
    await scenario.cleo.click(card, "Ask for changes")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    assert await scenario.cleo.submit(reason=reason) == {}
    await scenario.card(CHANGES)
    return card


async def edits(scenario: Scenario, who: Actor) -> OpenView:
    """Open the form of the returned request from the message in its channel."""
    await who.click(await scenario.sees(who, "Edit request"), "Edit request")
    return await scenario.form_says(catalogue.cart.PURPOSE, who=who)


async def test_a_returned_request_is_edited_and_bought(scenario: Scenario):
    """The reason reaches the requester; what is removed is not ordered; the approvers are mentioned again."""
    await returned(scenario, "name.ovh", "other.fr")
    told = await scenario.sees(scenario.ada, CHANGES, channel="ada")
    assert "Drop other.fr" in told.plain_text()
    form = await edits(scenario, scenario.ada)
    assert "Drop other.fr" in form.plain_text()
    assert "For the launch" in str(form.blocks)
    other = next(block for block in form.blocks if "*other.fr*" in str(block))
    await scenario.ada.press(form, other["block_id"], other["accessory"])
    form = await scenario.slack.until(lambda: form if "*other.fr*" not in str(form.blocks) else None)
    assert await scenario.ada.submit(purpose="One is enough") == {}
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert "Drop other.fr" in card.plain_text()  # what was to change
    assert ">One is enough" in card.plain_text()
    await scenario.slack.until(
        lambda: any("<@U0CLEO>" in m.text and "changes" in m.text for m in scenario.slack.thread(card))
    )
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    assert [order.domains for order in scenario.orders] == [["name.ovh"]]


async def test_the_first_card_approves_nothing_after_a_return(scenario: Scenario):
    """A copy of the card from before the return, pressed late, decides nothing, also in the next round."""
    card = await scenario.requested()
    button = scenario.cleo._find(card, "Approve")  # noqa: SLF001 - the button as it was on the first card
    await scenario.cleo.click(card, "Ask for changes")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    assert await scenario.cleo.submit(reason="Later") == {}
    await scenario.card(CHANGES)
    await scenario.cleo.press(card, *button)
    await scenario.sees(scenario.cleo, said("already_decided", cart=1, state="returned"), channel="approvals")
    await edits(scenario, scenario.ada)
    assert await scenario.ada.submit(purpose="Again") == {}
    again = await scenario.card(">Again")
    await scenario.cleo.press(again, *button)
    await scenario.sees(scenario.cleo, said("card_outdated", cart=1), channel="approvals")
    assert scenario.checkouts() == 0


async def test_others_read_who_may_edit(scenario: Scenario):
    """A colleague who has no part in it has the button in the channel, and reads why not."""
    await returned(scenario)
    message = await scenario.sees(scenario.ben, "Edit request")
    await scenario.clicks_in_vain(scenario.ben, message, "Edit request", said("not_a_contributor", cart=1))


async def test_a_name_goes_to_the_open_cart_beside_it(scenario: Scenario):
    """The returned request is not the channel's cart."""
    await returned(scenario)
    await scenario.ada.command("add next.ovh")
    await scenario.sees(scenario.ada, added("next.ovh"))
    await scenario.sees(scenario.ada, "Cart #2")


async def test_a_returned_request_is_withdrawn(scenario: Scenario):
    """From the direct message that told of it."""
    await returned(scenario)
    told = await scenario.sees(scenario.ada, CHANGES, channel="ada")
    await scenario.ada.click(told, "Withdraw")
    await scenario.sees(scenario.ada, catalogue.decisions.withdrawn(1), channel="ada")
    await scenario.card(catalogue.card.NOT_BOUGHT)


async def test_the_requester_hears_of_each_step_once(scenario: Scenario):
    """Approved, ordered and registered: one direct message each."""
    card = await scenario.ordered()
    await scenario.dan.click(card, "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    told = lambda: [m.text for m in scenario.ada.messages("ada")]  # noqa: E731 - read again until all are there
    await scenario.slack.until(lambda: len(told()) == 3 or None)
    assert ["approved" in told()[0], "ordered" in told()[1], "registered" in told()[2]] == [True] * 3
    assert str(euros("3.59")) in told()[1]


async def test_what_they_did_themselves_is_not_told(scenario: Scenario):
    """A requester who edits and withdraws hears of the return alone."""
    await returned(scenario)
    await edits(scenario, scenario.ada)
    assert await scenario.ada.submit(purpose="Again") == {}
    await scenario.card(">Again")
    await scenario.ada.click(await scenario.sees(scenario.ada, "Withdraw"), "Withdraw")
    await scenario.card(catalogue.card.NOT_BOUGHT)
    assert [m.text for m in scenario.ada.messages("ada") if CHANGES not in m.text] == []


async def test_a_team_that_asks_for_changes_still_buys_once(scenario: Scenario):
    """The campaign's users return a request, edit it, approve and pay it."""
    ending = await Team(scenario.stage, Random(1), returns=True).buy("name.ovh")
    assert catalogue.card.DELIVERED in ending
    assert [len(order.payments) for order in scenario.orders] == [1]
