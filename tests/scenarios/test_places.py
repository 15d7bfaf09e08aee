"""Carts in other places: one's own conversation, a channel without the bot, and the team's own rules."""

from dataclasses import replace

import pytest

from handlers.messages import words as catalogue
from ordering.model.cart import Cart, CartState
from ordering.model.ids import CartId
from sandbox.slack import server
from sandbox.slack.world import Channel
from tests.builders import NOW, a_line, euros
from tests.refusing import said
from tests.saying import added, removed, result_of
from tests.scenarios.conftest import Scenario

CART = Cart(
    CartId(1), "C0SECRET", "U0ADA", CartState.SUBMITTED, NOW, (a_line(),), requester="U0ADA"
)  # as people read of it


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


ELSEWHERE = [
    Channel("C0ELSE", "elsewhere", {"U0ADA", "U0BEN"}),
    Channel("C0CLOSED", "closed", {"U0ADA", "U0BEN"}, private=True),
    Channel("G0OLD", "old-private", {"U0ADA", "U0BEN"}, private=True),
    Channel("D0ADABEN", "directmessage", {"U0ADA", "U0BEN"}),
    Channel("G0TRIO", "mpdm-ada--ben--cleo-1", {"U0ADA", "U0BEN", "U0CLEO"}, private=True),
    Channel("C0SHARED", "shared", {"U0ADA", "U0KIM", "U0DESK"}),
]


@pytest.mark.parametrize("place", ELSEWHERE, ids=lambda place: place.id)
@pytest.mark.parametrize("url_life", [1800.0, -1.0], ids=["answer there", "answer directly"])
async def test_answers_commands_wherever_they_are_typed(
    scenario: Scenario, place: Channel, url_life: float, monkeypatch: pytest.MonkeyPatch
):
    """Without the bot in it, between two people, shared or private: the answer comes there, or else directly."""
    scenario.slack.state.world.channels[place.id] = replace(place, members=set(place.members))
    monkeypatch.setattr(server, "URL_LIFE", url_life)
    for typed, answer in [
        ("search name.ovh", result_of("name.ovh")),
        ("add name.ovh", added("name.ovh")),
        ("cart", "*Cart #1*"),
        ("show 99", said("no_such_cart", cart=99)),
        ("nonsense", catalogue.commands.no_such_command("nonsense")),
    ]:
        await scenario.ada.command(typed, channel=place.id)
        await scenario.slack.until(
            lambda answer=answer: [  # type: ignore[misc] # mypy infers no lambda with a default
                m for c in (place.id, "ada") for m in scenario.ada.messages(c) if answer in m.plain_text()
            ],
            10,
        )


async def test_a_cart_of_a_dm_goes_to_the_approval_channel(scenario: Scenario):
    """A cart in one's own conversation goes to the approval channel."""
    await scenario.ada.command("add name.ovh", channel="ada")
    cart = await scenario.sees(scenario.ada, "*Cart #", channel="ada")
    await scenario.ada.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    await scenario.ada.submit(purpose="Mine")
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert "<#D" not in card.plain_text()


async def test_a_private_channel_without_the_bot_gets_its_answers(scenario: Scenario):
    """A private channel without the bot still gets its answers."""
    await scenario.ada.command("add name.ovh", channel="secret")
    await scenario.sees(scenario.ada, added("name.ovh"), channel="secret")
    await scenario.ada.command("cart", channel="secret")
    cart = await scenario.sees(scenario.ada, "*Cart #", channel="secret")
    assert cart.ephemeral
    await scenario.ada.click(cart, "Remove")
    await scenario.sees(scenario.ada, catalogue.cart.empty(1), channel="secret")


@pytest.mark.parametrize("settings", [{"DESK_APPROVAL_CHANNEL": "C0SECRET"}], indirect=True)
async def test_a_card_that_cannot_be_posted_goes_to_the_requester(scenario: Scenario):
    """A card that cannot be posted is brought to the requester."""
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    await scenario.sees(scenario.ada, catalogue.news.not_in_channel("C0SECRET", 1), channel="ada")
    card = await scenario.sees(scenario.ada, catalogue.card.TO_APPROVE, channel="ada")
    await scenario.clicks_in_vain(scenario.ada, card, "Approve", said("not_approver"))


async def test_a_requester_without_the_card_gets_direct_messages(scenario: Scenario):
    """A requester who does not see the card gets direct messages about the outcome."""
    await scenario.ada.command("add name.ovh", channel="secret")
    await scenario.sees(scenario.ada, added("name.ovh"), channel="secret")
    await scenario.ada.command("cart", channel="secret")
    await scenario.ada.click(await scenario.sees(scenario.ada, "*Cart #", channel="secret"), "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    await scenario.ada.submit(purpose="Mine")
    # The bot is not in the channel, so not even an ephemeral message reaches Ada there.
    await scenario.sees(
        scenario.ada, catalogue.cart.requested(1, "C0APPROVALS", euros("3.59"), here=False), channel="ada"
    )
    assert scenario.ada.modal is None  # the form closed by itself
    await scenario.cleo.click(await scenario.card(catalogue.card.TO_APPROVE), "Reject")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    await scenario.cleo.submit(reason="Too dear")
    told = await scenario.sees(scenario.ada, catalogue.news.rejected(CART, "U0CLEO", "Too dear"), channel="ada")
    await scenario.ada.click(told, "Copy to a new cart")
    await scenario.sees(scenario.ada, catalogue.cart.copied(2, 1), channel="ada")


async def test_a_delivery_is_told_to_the_requester_once(scenario: Scenario):
    card = await scenario.requested()
    await scenario.cleo.click(card, "Approve")
    await scenario.dan.click(await scenario.payable(), "Pay")
    await scenario.sees(scenario.ada, catalogue.news.delivered(CART), channel="ada")
    assert len([m for m in scenario.ada.messages("ada") if catalogue.card.DELIVERED in m.plain_text()]) == 1


async def test_what_the_team_buys_is_for_its_members_eyes(scenario: Scenario):
    await scenario.requested()
    for typed in ("show 1", "pending", "history"):
        await scenario.gwen.command(typed)
        await scenario.sees(scenario.gwen, said("person_guest", to="look"))


@pytest.mark.parametrize("settings", [{"DESK_APPROVERS": "S0APPROVERS", "DESK_APPROVAL_CHANNEL": ""}], indirect=True)
async def test_a_user_group_approves_in_the_carts_own_channel(scenario: Scenario):
    await scenario.search_and_add("name.ovh")
    await scenario.request()
    card = await scenario.sees(scenario.cleo, f"<!subteam^S0APPROVERS>, {catalogue.card.TO_APPROVE}")
    await scenario.cleo.click(card, "Approve")
    await scenario.sees(scenario.cleo, catalogue.paying.KEEPS_OPEN)


@pytest.mark.parametrize("settings", [{"DESK_APPROVERS": "S0GONE"}], indirect=True)
async def test_names_the_operator_for_a_deleted_user_group(scenario: Scenario):
    """Waiting does not bring a deleted group back, so the refusal says who can."""
    card = await scenario.requested()
    hidden = said("group_hidden", why="not_approver", groups=["S0GONE"])
    await scenario.clicks_in_vain(scenario.cleo, card, "Approve", hidden)
    assert scenario.checkouts() == 0


@pytest.mark.parametrize("settings", [{"DESK_APPROVERS": "S0APPROVERS"}], indirect=True)
@pytest.mark.usefixtures("nothing_cached")  # the start has read the group
async def test_refuses_kindly_while_a_user_group_is_unread(scenario: Scenario):
    """An unanswered read of the group is no right, and a retry may help."""
    scenario.slack.faults.add("usergroups.users.list", "empty", times=100)
    card = await scenario.requested()
    await scenario.clicks_in_vain(scenario.cleo, card, "Approve", said("group_not_read"))
    assert scenario.checkouts() == 0


@pytest.mark.parametrize(
    "settings",
    [{"DESK_SECOND_APPROVAL_OVER": "3", "DESK_LIMIT_PER_ORDER": "5", "DESK_ALLOW_PREMIUM": "true"}],
    indirect=True,
)
async def test_the_teams_rules_hold(scenario: Scenario):
    await scenario.search_and_add("premium-name.ovh")
    await scenario.request()
    five = {"amount": "5.00", "currency": "EUR"}
    await scenario.form_says(said("order_limit_exceeded", total=five, limit=five).partition("€5.00")[2])
    scenario.ada.close_modal()
    await scenario.ada.command("remove premium-name.ovh")
    await scenario.sees(scenario.ada, removed("premium-name.ovh"))
    card = await scenario.requested("name.ovh")
    assert "<@U0CLEO> and <@U0DAN>, " in card.plain_text()
    await scenario.cleo.click(card, "Approve")
    card = await scenario.card("✓ <@U0CLEO> approved.")
    await scenario.clicks_in_vain(scenario.cleo, card, "Approve", catalogue.decisions.approved_already(1))
    await scenario.dan.click(card, "Approve")
    await scenario.payable()


async def test_the_record_can_be_followed_in_slack(scenario: Scenario):
    await scenario.ordered()
    await scenario.ben.command("pending")
    await scenario.sees(scenario.ben, catalogue.requests.waiting(1))
    await scenario.ben.command("show #1")
    shown = await scenario.sees(scenario.ben, "<@U0CLEO> approved\n")
    assert "*#1 · Waiting for payment · €3.59*" in shown.plain_text()
    await scenario.ben.command("show name.ovh")
    await scenario.sees(scenario.ben, "*name.ovh* · 🟡 Waiting for payment")
    for typed in ("history", "history AME.ov"):
        await scenario.ben.command(typed)
        await scenario.sees(scenario.ben, "name.ovh\nWaiting for payment · <@U0ADA>")


async def test_a_long_search_shows_progress_in_five_answers(scenario: Scenario):
    """A search of many names shows progress within five answers."""
    scenario.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=100, seconds=0.6)
    names = " ".join(f"name-{number}.ovh" for number in range(60))
    await scenario.ada.command(f"search {names}")
    await scenario.sees(scenario.ada, "/60", seconds=15)
    done = await scenario.sees(scenario.ada, catalogue.search.some_available(60, 60), seconds=30)
    assert not done.text.endswith("…")
    assert len([m for m in scenario.ada.messages("domains") if m.ephemeral]) == 1
