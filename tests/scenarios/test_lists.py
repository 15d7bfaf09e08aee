"""What is waiting and for whom, and what happened, as those read it who may act and those who may not."""

import pytest

from sandbox.slack.messages import elements
from tests.refusing import said
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


def links(message) -> list[str]:
    return [str(element["url"]) for _, element in elements(message.blocks) if element.get("url")]


async def test_pending_says_for_whom_and_opens_the_card(scenario: Scenario):
    """Who may act gets a link to the card; others read whom the request is waiting for."""
    card = await scenario.requested()
    await scenario.ben.command("pending")
    seen = await scenario.sees(scenario.ben, "Approval: <@U0CLEO> or <@U0DAN>, since")
    assert links(seen) == []
    await scenario.cleo.command("pending")
    mine = await scenario.sees(scenario.cleo, "Approval: <@U0CLEO> or <@U0DAN>, since")
    assert links(mine) == [f"https://sandbox.slack.com/archives/C0APPROVALS/p{card.ts.replace('.', '')}"]
    await scenario.cleo.click(mine, "Open card")  # Slack tells of it; nothing happens
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    await scenario.cleo.command("pending")
    assert links(await scenario.sees(scenario.cleo, "Payment: <@U0DAN>, since")) == []


async def test_show_tells_the_story_in_sentences(scenario: Scenario):
    """One sentence an event, people as subjects, and what was refused on the way."""
    scenario.ovh.refuse_card(8120045, "The card is blocked.")
    card = await scenario.ordered()
    await scenario.dan.click(card, "Pay")
    await scenario.card("was refused")
    await scenario.dan.click(card, "Pay")
    await scenario.sees(scenario.ada, "· Registered ·")
    await scenario.ada.command("show 1")
    shown = (await scenario.sees(scenario.ada, "<@U0ADA> requested approval")).plain_text()
    sentences = [
        "<@U0ADA> started the cart", "<@U0ADA> added name.ovh", "<@U0ADA> requested approval", "<@U0CLEO> approved",
        "Ordered as 256900123", "<@U0DAN> pressed *Pay* with VISA •••• 1234", "was refused",
        "<@U0DAN> pressed *Pay* with SEPA •••• 4321", "OVH received the payment", "The name registered",
    ]  # fmt: skip
    places = [shown.find(sentence) for sentence in sentences]
    assert -1 not in places
    assert places == sorted(places)
    assert "*#1 · Registered · 1 name · €3.59*" in shown


async def test_show_offers_what_works_for_its_reader(scenario: Scenario):
    """The requester withdraws from it; nobody else has that button."""
    await scenario.requested()
    await scenario.ben.command("show 1")
    assert "Withdraw" not in (await scenario.sees(scenario.ben, "requested approval")).plain_text()
    await scenario.ada.command("show 1")
    mine = await scenario.sees(scenario.ada, "<@U0ADA> requested approval")
    await scenario.ada.click(mine, "Withdraw")
    await scenario.sees(scenario.ada, "*#1 · Withdrawn*")


async def test_show_knows_a_name(scenario: Scenario):
    """In a cart, waiting, and bought; any writing of it; and a name that nobody wanted yet."""
    await scenario.search_and_add("name.ovh")
    await scenario.ben.command("show NAME.ovh")
    await scenario.sees(scenario.ben, "In cart #1")
    await scenario.request("For the launch")
    await scenario.cleo.click(await scenario.card("Approve"), "Approve")
    await scenario.dan.click(await scenario.payable(), "Pay")
    await scenario.sees(scenario.ada, "· Registered ·")
    await scenario.ben.command("show <http://name.ovh|name.ovh>")
    known = (await scenario.sees(scenario.ben, "*name.ovh* · yours")).plain_text()
    assert "For the launch" in known
    assert "€3.59 a year before tax" in known
    assert "order 256900123" in known
    await scenario.ben.command("show other.ovh")
    await scenario.sees(scenario.ben, said("name_not_on_record", name="other.ovh"))


async def test_history_pages_by_a_button(scenario: Scenario, monkeypatch: pytest.MonkeyPatch):
    """*Older* shows those before, in the same message."""
    monkeypatch.setattr("handlers.requests._PAGE", 1)
    await scenario.requested("name.ovh")
    await scenario.ada.click(await scenario.sees(scenario.ada, "<@U0CLEO>"), "Withdraw")
    await scenario.sees(scenario.ada, "*#1 · Withdrawn*")
    scenario.ada.close_modal()
    await scenario.search_and_add("other.ovh")
    await scenario.ada.click(await scenario.sees(scenario.ada, "*Cart #2*"), "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    await scenario.ada.submit(purpose="Another")
    await scenario.sees(scenario.ada, "*#2 · Waiting for approval")
    await scenario.ben.command("history")
    page = await scenario.sees(scenario.ben, "other.ovh\nWaiting for approval")
    await scenario.ben.click(page, "Older")
    await scenario.sees(scenario.ben, "name.ovh\nWithdrawn")
    assert "other.ovh" not in page.plain_text()
