"""The bot answers to whatever its command is called, and its messages name that command."""

import re
from pathlib import Path

import pytest

from handlers.messages import words as catalogue
from handlers.text.command_name import CommandNames
from tests.refusing import said
from tests.saying import result_of
from tests.scenarios.conftest import Scenario

ROOT = Path(__file__).parents[2]
MANIFESTS = re.compile(r"(?<![\w.])/domain(?![\w-])")
TYPED = [
    *("", "help", "serch name.ovh", "name.ovh", "request 1", "search", "search name.ovh", "add"),
    *("add taken-name.com", "remove name.ovh", "cart", "pending", "show", "show 99", "history", "history 1"),
]


@pytest.fixture(params=["/domains"])
def named(scenario: Scenario, request: pytest.FixtureRequest) -> str:
    """The one command that the app has in this workspace."""
    scenario.slack.state.world.commands = (request.param,)
    return str(request.param)


def unnamed(sentence: str) -> str:
    """Return a sentence up to the command that it names."""
    return sentence.partition("`")[0].strip()


def seen(scenario: Scenario) -> str:
    """All that anybody was ever shown: messages, edits, forms and Homes."""
    return str([payload for _, payload in scenario.slack.state.archive])


@pytest.mark.parametrize("named", ["/domains", "/dd", "/domain-test", "/names_2", "/домены"], indirect=True)
async def test_answers_to_any_command_name(scenario: Scenario, named: str):
    """In Socket Mode and over HTTP, help and searches are answered, and the help names the command typed."""
    help_text = str(await scenario.ada.command("help"))
    assert f"`{named} search name.ovh`" in help_text
    assert not MANIFESTS.search(help_text)
    await scenario.ada.command("search name.ovh")
    await scenario.sees(scenario.ada, result_of("name.ovh"))


async def test_names_the_command_in_every_answer(scenario: Scenario, named: str):
    """Whatever is typed, no hint names a command that this workspace lacks."""
    for typed in TYPED:
        await scenario.ada.command(typed)
    await scenario.sees(scenario.ada, unnamed(catalogue.requests.none_before(1)))
    await scenario.sees(scenario.ada, f"`{named} show 12`")
    assert not MANIFESTS.search(seen(scenario))


async def test_a_whole_purchase_never_names_another_command(scenario: Scenario, named: str):
    """From the search to the delivery, with Home, forms, cards and refusals, only the typed name appears."""
    for who in (scenario.ada, scenario.cleo, scenario.dan):
        await who.command("cart")
    await scenario.sees(scenario.ada, unnamed(catalogue.cart.none_open()))
    await scenario.ada.open_home()
    home = await scenario.home_says(scenario.ada, unnamed(catalogue.home.no_carts()))
    assert f"`{named} help`" in home.plain_text()
    card = await scenario.ordered("name.ovh", "other.ovh")
    await scenario.ben.command("add name.ovh")
    await scenario.sees(scenario.ben, f"`{named} show 1` shows it.")
    await scenario.clicks_in_vain(scenario.ben, card, "Pay", said("not_payer"))
    await scenario.dan.open_home()
    await scenario.dan.click(card, "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    await scenario.ada.command("show 1")
    await scenario.sees(scenario.ada, "*#1 · Registered ·")
    assert not MANIFESTS.search(seen(scenario))


async def test_answers_with_the_name_that_was_typed(scenario: Scenario):
    """Where two commands are registered, each answer names the one typed, also when they come at once."""
    scenario.slack.state.world.commands = ("/domain", "/dd")
    assert "`/dd search" in str(await scenario.ada.command("help", command="/dd"))
    assert "`/domain search" in str(await scenario.ben.command("help", command="/domain"))
    await scenario.ada.command("show", command="/dd")
    await scenario.ben.command("show", command="/domain")
    with CommandNames().in_use("/dd"):
        await scenario.sees(scenario.ada, said("number_missing"))
    await scenario.sees(scenario.ben, said("number_missing"))
    assert "`/dd show 12`" in str(scenario.ada.messages("domains"))


async def test_names_the_manifests_command_before_any_is_typed(scenario: Scenario):
    """Home of a fresh start names what the manifest registers; after a command, Home names that one."""
    await scenario.ada.open_home()
    await scenario.home_says(scenario.ada, catalogue.home.commands())
    await scenario.ada.command("help", command="/domains")
    await scenario.ada.open_home()
    await scenario.home_says(scenario.ada, catalogue.home.commands().replace("/domain", "/domains"))


def test_no_code_that_talks_to_people_fixes_the_name():
    """Only the module of the name holds the manifest's; everything else asks it."""
    files = [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "ordering").rglob("*.py"), *(ROOT / "store").glob("*.py")]
    found = [str(path.relative_to(ROOT)) for path in files if MANIFESTS.search(path.read_text())]
    assert found == ["handlers/text/command_name.py"]
