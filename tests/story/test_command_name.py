"""The bot answers to whatever its command is called, and its messages name that command."""

import re
from pathlib import Path

import pytest

from handlers.messages import words as catalogue
from handlers.toolkit.command_name import CommandNames
from ordering.model.cart import CartState
from tests.refusing import said
from tests.saying import result_of
from tests.story.conftest import Story

ROOT = Path(__file__).parents[2]
MANIFESTS = re.compile(r"(?<![\w.])/domain(?![\w-])")
TYPED = [
    *("", "help", "serch name.ovh", "name.ovh", "request 1", "search", "search name.ovh", "add"),
    *("add taken-name.com", "remove name.ovh", "cart", "pending", "show", "show 99", "history", "history 1"),
]


@pytest.fixture(params=["/domains"])
def named(story: Story, request: pytest.FixtureRequest) -> str:
    """The one command that the app has in this workspace."""
    story.slack.state.world.commands = (request.param,)
    return str(request.param)


def unnamed(sentence: str) -> str:
    """Return a sentence up to the command that it names."""
    return sentence.partition("`")[0].strip()


def seen(story: Story) -> str:
    """All that anybody was ever shown: messages, edits, forms and Homes."""
    return str([payload for _, payload in story.slack.state.archive])


@pytest.mark.parametrize("named", ["/domains", "/dd", "/domain-test", "/names_2", "/домены"], indirect=True)
async def test_answers_to_any_command_name(story: Story, named: str):
    """In Socket Mode and over HTTP, help and searches are answered, and the help names the command typed."""
    help_text = str(await story.ada.command("help"))
    assert f"`{named} search name.ovh`" in help_text
    assert not MANIFESTS.search(help_text)
    await story.ada.command("search name.ovh")
    await story.sees(story.ada, result_of("name.ovh"))


async def test_names_the_command_in_every_answer(story: Story, named: str):
    """Whatever is typed, no hint names a command that this workspace lacks."""
    for typed in TYPED:
        await story.ada.command(typed)
    await story.sees(story.ada, unnamed(catalogue.cart.none_before(1)))
    await story.sees(story.ada, f"`{named} show 12`")
    assert not MANIFESTS.search(seen(story))


async def test_a_whole_purchase_never_names_another_command(story: Story, named: str):
    """From the search to the delivery, with Home, forms, cards and refusals, only the typed name appears."""
    for who in (story.ada, story.cleo, story.dan):
        await who.command("cart")
    await story.sees(story.ada, unnamed(catalogue.cart.none_open()))
    await story.ada.open_home()
    home = await story.home_says(story.ada, unnamed(catalogue.home.no_carts()))
    assert f"`{named} search name.ovh`" in home.plain_text()
    card = await story.ordered("name.ovh", "other.ovh")
    await story.ben.command("add name.ovh")
    await story.sees(story.ben, f"`{named} show 1` shows it.")
    await story.clicks_in_vain(story.ben, card, "Pay", said("not_payer"))
    await story.dan.open_home()
    await story.dan.click(card, "Pay")
    await story.card(catalogue.card.DELIVERED)
    await story.ada.command("show 1")
    await story.sees(story.ada, f"*Cart #1*: {catalogue.cart.state(CartState.DELIVERED)}")
    closed = await story.sees(story.ada, f"`{named} add name.ovh`")
    assert f"`{named} show 1`" in closed.plain_text()
    assert not MANIFESTS.search(seen(story))


async def test_answers_with_the_name_that_was_typed(story: Story):
    """Where two commands are registered, each answer names the one typed, also when they come at once."""
    story.slack.state.world.commands = ("/domain", "/dd")
    assert "`/dd search" in str(await story.ada.command("help", command="/dd"))
    assert "`/domain search" in str(await story.ben.command("help", command="/domain"))
    await story.ada.command("show", command="/dd")
    await story.ben.command("show", command="/domain")
    with CommandNames().in_use("/dd"):
        await story.sees(story.ada, said("number_missing"))
    await story.sees(story.ben, said("number_missing"))
    assert "`/dd show 12`" in str(story.ada.messages("domains"))


async def test_names_the_manifests_command_before_any_is_typed(story: Story):
    """Home of a fresh start names what the manifest registers; after a command, Home names that one."""
    await story.ada.open_home()
    await story.home_says(story.ada, catalogue.home.commands())
    await story.ada.command("help", command="/domains")
    await story.ada.open_home()
    await story.home_says(story.ada, catalogue.home.commands().replace("/domain", "/domains"))


def test_no_code_that_talks_to_people_fixes_the_name():
    """Only the module of the name holds the manifest's; everything else asks it."""
    files = [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "ordering").rglob("*.py"), *(ROOT / "store").glob("*.py")]
    found = [str(path.relative_to(ROOT)) for path in files if MANIFESTS.search(path.read_text())]
    assert found == ["handlers/toolkit/command_name.py"]
