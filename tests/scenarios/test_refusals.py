"""A user who may not do something learns so, kindly, and nothing changes."""

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from ordering.model.facts import EventKind, amount
from ordering.model.offer import Verdict
from tests.builders import euros
from tests.refusing import said
from tests.saying import added, removed, result_of
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import on_card

PREMIUM = amount(euros("1250"))  # the sandbox's price of such a name


@pytest.fixture
def mode() -> str:
    return "socket"


async def test_a_non_approver_cannot_approve(scenario: Scenario):
    card = await scenario.requested()
    await scenario.ben.click(card, "Approve")
    told = await scenario.slack.until(
        lambda: [m for m in scenario.slack.state.messages["C0APPROVALS"] if m.only_for == "U0BEN"]
    )
    assert told[0].text == f"{said('not_approver')} Ask <@U0CLEO>, <@U0DAN>."
    assert catalogue.card.TO_APPROVE in card.plain_text()
    assert scenario.checkouts() == 0


async def test_whoever_added_a_name_cannot_approve_it(scenario: Scenario):
    await scenario.cleo.command("add hers.ovh")
    await scenario.sees(scenario.cleo, added("hers.ovh"))
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    await scenario.cleo.click(card, "Approve")
    await scenario.sees(scenario.cleo, said("own_name", cart=1), channel="approvals")
    assert scenario.checkouts() == 0
    await scenario.dan.click(card, "Approve")
    await scenario.payable()


async def test_an_approver_who_is_no_payer_cannot_pay(scenario: Scenario):
    card = await scenario.ordered()
    await scenario.cleo.click(card, "Pay")
    await scenario.sees(scenario.cleo, f"{said('not_payer')} Ask <@U0DAN>.", channel="approvals")
    await scenario.cleo.click(card, "Open order")
    assert scenario.orders[0].payments == []


async def test_a_guest_can_search_but_not_add(scenario: Scenario):
    """A guest's own results have no such button; one of an earlier version refuses."""
    await scenario.ada.command("search name.ovh")
    found = await scenario.sees(scenario.ada, result_of("name.ovh"))
    await scenario.gwen.click(found, "Add to cart")
    await scenario.sees(scenario.gwen, said("person_guest", to="decide"))
    assert scenario.slack.messages("domains") == []


@pytest.mark.parametrize("typed", ["cart", "pending", "show 1", "history", "remove name.ovh"])
async def test_carts_are_not_for_guests(scenario: Scenario, typed: str):
    await scenario.search_and_add("name.ovh")
    await scenario.gwen.command(typed)
    await scenario.sees(scenario.gwen, said("person_guest", to="look"))


async def test_a_rejection_tells_why_and_its_names_can_be_copied(scenario: Scenario):
    card = await scenario.requested()
    await scenario.cleo.click(card, "Reject")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    assert await scenario.cleo.submit(reason="  ") == {"reason": catalogue.card.REASON_MISSING}
    assert await scenario.cleo.submit(reason="Too <!channel> *long*") == {}
    card = await scenario.card(catalogue.card.rejected("U0CLEO", "").rstrip(": "))
    assert "Too &lt;!channel&gt; *long*" in card.plain_text()
    await scenario.cleo.click(card, "Copy to a new cart")
    await scenario.sees(scenario.ada, "*Cart #2*  1 name")
    assert scenario.checkouts() == 0


async def test_a_reason_that_comes_too_late_goes_back_to_who_wrote_it(scenario: Scenario):
    card = await scenario.requested()
    await scenario.cleo.click(card, "Reject")
    await scenario.slack.until(lambda: scenario.cleo.modal)
    await scenario.dan.click(card, "Approve")
    await scenario.payable()
    assert await scenario.cleo.submit(reason="Too <!channel> ```long\nand too dear") == {}
    told = await scenario.sees(scenario.cleo, said("already_decided", cart=1, state="checked_out"), channel="cleo")
    heading = catalogue.failures.your_text(catalogue.decisions.YOUR_REASON)
    assert f"{heading}\n```Too &lt;!channel&gt; '''long\nand too dear```" in told.plain_text()


async def test_the_requester_can_withdraw_and_nobody_else(scenario: Scenario):
    assert "Withdraw" not in (await scenario.requested()).plain_text()  # Ada is no member of that channel
    cart = await scenario.sees(scenario.ada, "Withdraw")
    await scenario.cleo.click(cart, "Withdraw")
    await scenario.sees(scenario.cleo, said("not_the_requester", cart=1))
    await scenario.ada.click(cart, "Withdraw")
    await scenario.card(catalogue.card.not_bought(on_card(EventKind.REQUEST_WITHDRAWN)))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", catalogue.commands.alone(catalogue.commands.HOW_IT_WORKS)),
        ("serch name.ovh", catalogue.commands.no_such_command("serch name.ovh", meant="search name.ovh")),
        ("<!channel>", catalogue.commands.no_such_command("&lt;!channel&gt;")),
    ],
)
async def test_anything_unknown_gets_the_help(scenario: Scenario, typed: str, answer: str):
    ack = await scenario.ada.command(typed)
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
        ("add premium-name.com", said("name_premium", name="premium-name.com", price=PREMIUM)),
        ("add nothing", said("name_without_extension", typed="nothing")),
        ("add `bad_name.ovh`", said("name_with_odd_characters", typed="bad_name.ovh", characters="_")),
        ("remove name.ovh", said("no_open_cart")),
        ("approve 1", catalogue.commands.approve_by_button()),
        ("cart", catalogue.cart.none_open()),
        ("pending", catalogue.requests.none_waiting()),
        ("show", said("number_missing")),
        ("show 99", said("no_such_cart", cart=99)),
        ("history", catalogue.requests.none_requested()),
        ("show never-seen.ovh", said("name_not_on_record", name="never-seen.ovh")),
        ("history never-seen", catalogue.requests.none_with("never-seen")),
        ("history 1", catalogue.requests.none_before(1)),
    ],
)
async def test_whatever_is_typed_gets_an_answer_in_words(scenario: Scenario, typed: str, answer: str):
    await scenario.ada.command(typed)
    seen = await scenario.sees(scenario.ada, answer)
    assert not seen.text.endswith("…")


async def test_a_refused_search_stands_where_the_wait_stood(scenario: Scenario):
    await scenario.ada.command("search " + " ".join(f"n{number}.ovh" for number in range(501)))
    await scenario.sees(scenario.ada, said("too_many_lookups", lookups=501, most=500))
    assert not any("Asking OVH" in message.text for message in scenario.ada.messages("domains"))


async def test_one_bad_name_holds_no_other_back(scenario: Scenario):
    await scenario.ada.command("add one.ovh bad_name.ovh two.ovh")
    told = await scenario.sees(scenario.ada, added("one.ovh", "two.ovh"))
    assert said("name_with_odd_characters", typed="bad_name.ovh", characters="_") in told.plain_text()
    await scenario.ada.command("remove one.ovh nothere.ovh two.ovh")
    told = await scenario.sees(scenario.ada, removed("one.ovh", "two.ovh"))
    assert said("name_not_in_cart", cart=1, name="nothere.ovh") in told.plain_text()


async def test_a_purpose_that_nobody_can_see_is_none(scenario: Scenario):
    await scenario.search_and_add("name.ovh")
    cart = await scenario.sees(scenario.ada, "Request approval")
    await scenario.ada.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    errors = await scenario.ada.submit(purpose="\u200b\u202e\u2060")
    assert errors == {"purpose": catalogue.cart.PURPOSE_MISSING}


async def test_one_person_searches_three_times_at_once_and_no_more(scenario: Scenario):
    scenario.ovh.faults.add("GET", "/order/cart/*/domain", "slow", times=3, seconds=2)
    for number in range(4):
        await scenario.ada.command(f"search slow-{number}.ovh")
    await scenario.sees(scenario.ada, catalogue.search.must_wait(3, 1, button="Search now"))
    await scenario.ben.command("search name.ovh")
    await scenario.sees(scenario.ben, result_of("name.ovh"))
