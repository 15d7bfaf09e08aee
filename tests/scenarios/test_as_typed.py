"""What people type first, over the wire: it is understood, or one line says what was wrong."""

import asyncio

import pytest

from handlers.messages import words as catalogue
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from tests.builders import euros
from tests.refusing import said
from tests.saying import added, result_of
from tests.scenarios.conftest import Scenario

N = DomainName.parse


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


@pytest.mark.parametrize("typed", ["otter.com", "<http://otter.com|otter.com>", "https://www.otter.com/path?x=1"])
async def test_a_name_alone_is_searched(scenario: Scenario, typed: str):
    """Without a word for what to do; an address is the name in it, and what was cut is said."""
    await scenario.ada.command(typed)
    found = await scenario.sees(scenario.ada, result_of("otter.com"))
    assert (catalogue.search.searched_inside("www.otter.com", "otter.com") in found.plain_text()) == ("www" in typed)


async def test_a_bare_word_gets_one_line_and_a_button(scenario: Scenario):
    """It may be a word to search; the whole help is a click away, not in the way."""
    await scenario.ada.command("otter")
    answer = await scenario.sees(scenario.ada, catalogue.commands.no_such_command("otter"))
    assert len(answer.plain_text()) < 120
    await scenario.ada.click(answer, "Help")
    await scenario.sees(scenario.ada, catalogue.commands.HOW_IT_WORKS)
    await scenario.ada.click(answer, "Search otter")
    await scenario.sees(scenario.ada, "otter.com")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("hlep", catalogue.commands.no_such_command("hlep", meant="help")),
        ("serach otter.com", catalogue.commands.no_such_command("serach otter.com", meant="search otter.com")),
        ("search ;;;", catalogue.commands.nothing_to_search(";;;")),
        ("search", catalogue.commands.nothing_to_search("")),
        ("buy otter.com", catalogue.buying.how_to("otter.com")),
        ("buy for the launch", catalogue.buying.how_to("")),
    ],
)
async def test_a_slip_gets_one_line(scenario: Scenario, typed: str, line: str):
    await scenario.ada.command(typed)
    answer = await scenario.sees(scenario.ada, line)
    assert len(answer.plain_text().splitlines()) <= 3
    assert catalogue.commands.HOW_IT_WORKS not in answer.plain_text()


async def test_prose_is_skipped_and_searched_on_request(scenario: Scenario):
    """Only the names of a pasted list are looked up; the words are offered."""
    await scenario.ada.command("search Please check:\n• one.ovh and\n• two.ovh")
    found = await scenario.sees(scenario.ada, catalogue.search.some_available(2, 2))
    assert catalogue.search.skipped(["please", "check", "and"]) in found.plain_text()
    await scenario.ada.click(found, "Search them too")
    every = await scenario.sees(scenario.ada, "please.com")
    assert "one.ovh" in every.plain_text()


async def test_a_taken_name_comes_with_what_is_free(scenario: Scenario):
    scenario.ovh.names.taken.add("otter-club.com")
    await scenario.ada.command("otter-club.com")
    found = await scenario.sees(scenario.ada, catalogue.search.one_taken(N("otter-club.com"), free=True))
    assert "otter-club.fr" in found.plain_text()
    await scenario.ada.click(found, "More ideas")
    await scenario.sees(scenario.ada, "*otterclub.")


async def test_accents_are_told_and_the_plain_spelling_is_offered(scenario: Scenario):
    await scenario.ada.command("search warm --ideas")  # the price list is there: the hint would not wait for it
    await scenario.sees(scenario.ada, "warm")
    await scenario.ada.command("café-otter.ovh")
    found = await scenario.sees(scenario.ada, catalogue.search.one_without_accents(N("café-otter.ovh"), free=True))
    assert "*cafe-otter.ovh*" in found.plain_text()


async def test_a_row_knows_that_it_is_in_the_cart(scenario: Scenario):
    """After the click the result shows it, and the note has the next step."""
    await scenario.ada.command("search one.ovh two.ovh")
    found = await scenario.sees(scenario.ada, catalogue.search.some_available(2, 2))
    await scenario.ada.click(found, "Add to cart")
    note = await scenario.sees(scenario.ada, catalogue.cart.added([N("one.ovh")], 1, 1, euros("2.99")))
    shown = await scenario.sees(scenario.ada, catalogue.search.in_cart(1))
    assert shown.plain_text().count("Add to cart") == 1
    await scenario.ada.click(note, "Open cart")
    cart = await scenario.sees(scenario.ada, "*Cart #1*")
    assert "Remove" in str(cart.blocks)


async def test_a_name_of_ours_is_ours(scenario: Scenario):
    """Who bought it and for what, to those who may read it; to others that it is ours."""
    await scenario.ordered("blue-otter.ovh")
    await scenario.dan.click(await scenario.payable(), "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    await scenario.ben.command("blue-otter.ovh")
    found = await scenario.sees(scenario.ben, "*blue-otter.ovh is yours*")
    assert "For the launch" in found.plain_text()
    assert "<@U0ADA>" in found.plain_text()
    assert "Add to cart" not in str(found.blocks)


async def test_a_guest_has_no_button_that_always_refuses(scenario: Scenario):
    await scenario.gwen.command("search one.ovh")
    found = await scenario.sees(scenario.gwen, result_of("one.ovh"))
    assert "Add to cart" not in str(found.blocks)
    assert said("person_guest", to="decide") in found.plain_text()


@pytest.mark.parametrize("settings", [{"DESK_REQUESTERS": "U0ADA"}], indirect=True)
async def test_who_may_not_request_reads_who_may(scenario: Scenario):
    await scenario.ben.command("search one.ovh")
    found = await scenario.sees(scenario.ben, result_of("one.ovh"))
    assert "Add to cart" not in str(found.blocks)
    assert f"{said('not_requester')} {catalogue.failures.ask(['<@U0ADA>'])}" in found.plain_text()
    await scenario.ben.command("add one.ovh")
    await scenario.sees(scenario.ben, said("not_requester"))


@pytest.mark.parametrize(
    "settings", [{"DESK_ALLOWED_EXTENSIONS": "com", "NAMING": '{"acme.*": "ask Legal"}'}], indirect=True
)
async def test_what_is_not_bought_here_has_its_reason(scenario: Scenario):
    await scenario.ada.command("search one.ovh acme.com two.com")
    found = await scenario.sees(scenario.ada, catalogue.search.some_available(1, 3))
    assert said("extension_not_allowed", name="one.ovh", extension="ovh", allowed=["com"]) in found.plain_text()
    assert said("name_against_rule", name="acme.com", reason="ask Legal") in found.plain_text()


async def test_a_slip_is_asked_about_once(scenario: Scenario):
    await scenario.search_and_add("blue-otter.ovh")
    await scenario.ada.command("add blue-oter.ovh")
    asked = await scenario.sees(
        scenario.ada, said("name_nearly_there", name="blue-oter.ovh", other="blue-otter.ovh", where="cart")
    )
    await scenario.ada.click(asked, "Add anyway")
    await scenario.sees(scenario.ada, added("blue-oter.ovh"))


async def test_a_slip_in_the_purpose_is_asked_about_once(scenario: Scenario):
    await scenario.search_and_add("blue-oter.ovh")
    await scenario.request("The blue-otter page")
    doubt = said("name_nearly_there", name="blue-oter.ovh", other="blue-otter", where="purpose")
    await scenario.form_says(doubt)
    assert await scenario.ada.submit(purpose="The blue-otter page") == {}
    await scenario.card(catalogue.card.TO_APPROVE)


async def test_nobody_else_reads_a_private_channels_cart(scenario: Scenario):
    """Finding 1: Ben, who is not in #secret, reads neither its names nor its purpose anywhere."""
    await scenario.ada.command("add secret-otter.com", channel="secret")
    await scenario.sees(scenario.ada, added("secret-otter.com"), channel="secret")
    await scenario.ada.command("cart", channel="secret")
    cart = await scenario.sees(scenario.ada, "*Cart #", channel="secret")
    await scenario.ada.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    await scenario.ada.submit(purpose="secret things")
    await scenario.card(catalogue.card.TO_APPROVE)
    for typed, seen in [
        ("show 1", said("private_cart", cart=1, total={"amount": "10.79", "currency": "EUR"})),
        ("pending", "(private)"),
        ("history", "(private)"),
    ]:
        await scenario.ben.command(typed)
        await scenario.sees(scenario.ben, seen)
    read = "\n".join(m.plain_text() for m in scenario.ben.messages("domains"))
    assert "secret-otter" not in read
    assert "secret things" not in read
    await scenario.cleo.command("show 1")
    assert "secret-otter.com" in (await scenario.sees(scenario.cleo, "secret things")).plain_text()


async def test_a_preview_puts_the_names_into_the_cart_instead(scenario: Scenario):
    """*Open cart* under the preview: for other years or another owner."""
    await scenario.ada.command("buy one.ovh two.ovh for the launch")
    shown = await scenario.sees(scenario.ada, catalogue.buying.title(euros("7.18")))
    await scenario.ada.click(shown, "Open cart")
    await scenario.sees(scenario.ada, "*Cart #1*  2 names")


async def test_what_cannot_be_bought_says_why(scenario: Scenario):
    await scenario.ada.command("buy taken-otter.ovh for the launch")
    await scenario.sees(scenario.ada, said("name_taken", name="taken-otter.ovh"))


async def test_a_requester_takes_a_request_back(scenario: Scenario):
    """By its number, or by the button in the answer to the request; nobody else can."""
    await scenario.requested("one.ovh")
    await scenario.ben.command("withdraw 1")
    await scenario.sees(scenario.ben, said("not_the_requester", cart=1))
    await scenario.ada.command("withdraw #1")
    await scenario.sees(scenario.ada, catalogue.decisions.withdrawn(1))
    await scenario.requested("two.ovh")
    sent = await scenario.sees(scenario.ada, catalogue.cart.requested(2, "C0APPROVALS", euros("3.59"), here=False))
    await scenario.ada.click(sent, "Withdraw")
    await scenario.sees(scenario.ada, catalogue.decisions.withdrawn(2))


async def test_a_cart_that_only_one_person_sees_says_so(scenario: Scenario, bot):
    """The bot is not in #secret, so Slack takes no message there: the cart is for Ada's eyes until it is invited."""
    await scenario.ada.command("add name.ovh", channel="secret")
    await scenario.sees(scenario.ada, added("name.ovh"), channel="secret")
    async with asyncio.timeout(10):
        while not bot.services.workflow.queries.is_shown_nowhere(CartId(1)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    await scenario.ada.command("cart", channel="secret")
    await scenario.sees(scenario.ada, catalogue.cart.ONLY_YOU, channel="secret")
