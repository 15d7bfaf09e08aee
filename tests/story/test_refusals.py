"""Whoever may not do something is told so, kindly, and nothing changes."""

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from ordering.model.facts import EventKind
from ordering.model.offer import Verdict
from tests.refusing import said
from tests.saying import added, removed, result_of
from tests.story.conftest import Story
from tests.story.saying import on_card


@pytest.fixture
def mode() -> str:
    return "socket"


async def test_a_non_approver_cannot_approve(story: Story):
    card = await story.requested()
    await story.ben.click(card, "Approve")
    told = await story.slack.until(
        lambda: [m for m in story.slack.state.messages["C0APPROVALS"] if m.only_for == "U0BEN"]
    )
    assert told[0].text == "Only approvers can do this. Ask <@U0CLEO>, <@U0DAN>."
    assert catalogue.card.TO_APPROVE in card.plain_text()
    assert story.checkouts() == 0


async def test_whoever_added_a_name_cannot_approve_it(story: Story):
    await story.cleo.command("add hers.ovh")
    await story.sees(story.cleo, added("hers.ovh"))
    await story.request()
    card = await story.card(catalogue.card.TO_APPROVE)
    await story.cleo.click(card, "Approve")
    await story.sees(story.cleo, "You added a name to cart #1, so another approver decides.", channel="approvals")
    assert story.checkouts() == 0
    await story.dan.click(card, "Approve")
    await story.payable()


async def test_an_approver_who_is_no_payer_cannot_pay(story: Story):
    card = await story.ordered()
    await story.cleo.click(card, "Pay")
    await story.sees(story.cleo, f"{said('not_payer')} Ask <@U0DAN>.", channel="approvals")
    await story.cleo.click(card, "Open order")
    assert story.orders[0].payments == []


async def test_a_guest_can_search_but_not_add(story: Story):
    await story.gwen.command("search name.ovh")
    found = await story.sees(story.gwen, "available.")
    await story.gwen.click(found, "Add to cart")
    await story.sees(story.gwen, said("person_guest", to="decide"))
    assert story.slack.messages("domains") == []


@pytest.mark.parametrize("typed", ["cart", "pending", "show 1", "history", "remove name.ovh"])
async def test_carts_are_not_for_guests(story: Story, typed: str):
    await story.search_and_add("name.ovh")
    await story.gwen.command(typed)
    await story.sees(story.gwen, said("person_guest", to="look"))


async def test_a_rejection_tells_why_and_its_names_can_be_copied(story: Story):
    card = await story.requested()
    await story.cleo.click(card, "Reject")
    await story.slack.until(lambda: story.cleo.modal)
    assert await story.cleo.submit(reason="  ") == {"reason": catalogue.card.REASON_MISSING}
    assert await story.cleo.submit(reason="Too <!channel> *long*") == {}
    card = await story.card(catalogue.card.rejected("U0CLEO", "").rstrip(": "))
    assert "Too &lt;!channel&gt; *long*" in card.plain_text()
    await story.cleo.click(card, "Copy to open cart")
    await story.sees(story.ada, "*Cart #2*  1 name")
    assert story.checkouts() == 0


async def test_a_reason_that_comes_too_late_goes_back_to_who_wrote_it(story: Story):
    card = await story.requested()
    await story.cleo.click(card, "Reject")
    await story.slack.until(lambda: story.cleo.modal)
    await story.dan.click(card, "Approve")
    await story.payable()
    assert await story.cleo.submit(reason="Too <!channel> ```long\nand too dear") == {}
    told = await story.sees(story.cleo, said("already_decided", cart=1, state="checked_out"), channel="cleo")
    assert "Your reason was:\n```Too &lt;!channel&gt; '''long\nand too dear```" in told.plain_text()


async def test_the_requester_can_withdraw_and_nobody_else(story: Story):
    card = await story.requested()
    await story.cleo.click(card, "Withdraw")
    await story.sees(story.cleo, said("not_the_requester", cart=1), channel="approvals")
    await story.ada.click(card, "Withdraw")
    await story.card(catalogue.card.not_bought(on_card(EventKind.REQUEST_WITHDRAWN)))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", catalogue.commands.alone(catalogue.commands.HOW_IT_WORKS)),
        ("serch name.ovh", catalogue.commands.no_such_command("serch name.ovh", meant="search")),
        ("name.ovh", catalogue.commands.no_such_command("name.ovh", meant="search name.ovh")),
        ("<!channel>", catalogue.commands.no_such_command("&lt;!channel&gt;")),
    ],
)
async def test_anything_unknown_gets_the_help(story: Story, typed: str, answer: str):
    ack = await story.ada.command(typed)
    assert answer in f"{ack['text']} {ack['blocks']}"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("search -bad-.com", said("name_with_outer_hyphen", typed="-bad-.com")),
        ("search --speed name.ovh", catalogue.search.no_such_option("--speed")),
        ("search name --tlds", catalogue.search.extensions_missing("--tlds")),
        ("search name --tlds -x-", catalogue.search.not_an_extension("-x-")),
        ("search otter name.fr --tlds com,😀", catalogue.search.not_an_extension("😀")),
        ("search\nname.ovh\u00a0other.ovh", catalogue.search.some_available(2, 2)),
        ("search name.zz", result_of("name.zz", Verdict.NOT_SOLD)),
        ("search premium-name.com", result_of("premium-name.com", Verdict.PREMIUM)),
        ("search aftermarket-name.com", result_of("aftermarket-name.com", Verdict.AFTERMARKET)),
        ("search timeout-name.com", result_of("timeout-name.com", Verdict.UNKNOWN)),
        ("search <http://name.ovh|name.ovh>", result_of("name.ovh")),
        ("search CAFÉ.fr", result_of("café.fr")),
        ("search otter --tlds com,ovh", catalogue.search.some_available(2, 2)),
        ("add", said("name_missing", command="add")),
        ("add taken-name.com", refused("name_taken", {"name": "taken-name.com"}).text),
        ("add premium-name.com", "is a premium name"),
        ("add nothing", said("name_without_extension", typed="nothing")),
        ("add `bad_name.ovh`", said("name_with_odd_characters", typed="bad_name.ovh", characters="_")),
        ("remove name.ovh", said("no_open_cart")),
        ("approve 1", catalogue.commands.approve_by_button()),
        ("cart", catalogue.cart.none_open()),
        ("pending", catalogue.cart.none_waiting()),
        ("show", said("number_missing")),
        ("show 99", said("no_such_cart", cart=99)),
        ("history", catalogue.cart.none_requested()),
        ("history 1", catalogue.cart.none_before(1)),
    ],
)
async def test_whatever_is_typed_gets_an_answer_in_words(story: Story, typed: str, answer: str):
    await story.ada.command(typed)
    seen = await story.sees(story.ada, answer)
    assert not seen.text.endswith("…")


async def test_a_refused_search_stands_where_the_wait_stood(story: Story):
    await story.ada.command("search " + " ".join(f"n{number}.ovh" for number in range(501)))
    await story.sees(story.ada, said("too_many_lookups", lookups=501, most=500))
    assert not any("Asking OVH" in message.text for message in story.ada.messages("domains"))


async def test_one_bad_name_holds_no_other_back(story: Story):
    await story.ada.command("add one.ovh bad_name.ovh two.ovh")
    told = await story.sees(story.ada, added("one.ovh", "two.ovh"))
    assert said("name_with_odd_characters", typed="bad_name.ovh", characters="_") in told.plain_text()
    await story.ada.command("remove one.ovh nothere.ovh two.ovh")
    told = await story.sees(story.ada, removed("one.ovh", "two.ovh"))
    assert said("name_not_in_cart", cart=1, name="nothere.ovh") in told.plain_text()


async def test_a_purpose_that_nobody_can_see_is_none(story: Story):
    await story.search_and_add("name.ovh")
    cart = await story.sees(story.ada, "Request approval")
    await story.ada.click(cart, "Request approval")
    await story.slack.until(lambda: story.ada.modal)
    errors = await story.ada.submit(purpose="\u200b\u202e\u2060")
    assert errors == {"purpose": catalogue.cart.PURPOSE_MISSING}


async def test_one_person_searches_three_times_at_once_and_no_more(story: Story):
    story.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=3, seconds=2)
    for number in range(4):
        await story.ada.command(f"search slow-{number}.ovh")
    await story.sees(story.ada, catalogue.search.must_wait(3, 1, button="Search now"))
    await story.ben.command("search name.ovh")
    await story.sees(story.ben, result_of("name.ovh"))
