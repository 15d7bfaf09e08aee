"""A name of every extension that the simulated OVH sells is bought from Slack, by answering what is asked.

Nobody configures the bot with what a registry wants: the requester learns it at each name, presses the
button there, and answers. The cart is bought in one order, and every answer has arrived at OVH once.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from handlers.messages import words as catalogue
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.slack import OpenView
from sandbox.slack.messages import elements
from tests.saying import HOLE, SENT, added, before_hole
from tests.scenarios.conftest import Scenario

# How a request ends: with what to fix, or with the approvers.
_ENDS = (before_hole(catalogue.cart.not_sent(HOLE)), catalogue.cart.FIX_THESE, SENT)

BERLIN, SPAIN = "21003345", "21003346"  # contacts of the sandbox's account
# What a person answers where they are asked. What is not here needs no answer of theirs.
ANSWERS: dict[str, dict[str, str]] = {
    "app": {"ACCEPT_CONDITIONS": "true"},
    "berlin": {"OWNER_CONTACT": BERLIN},
    "biz": {"COMPANY_NUMBER": "AB123456"},
    "ca": {"LEGAL_TYPE": "CCO"},
    "ch": {"DNS": "ns1.example.net, ns2.example.net"},
    "co.uk": {"REGISTRANT_TYPE": "LTD", "COMPANY_NUMBER": "AB123456"},
    "corsica": {"ACCEPT_CONDITIONS": "true", "REASON": "Our office is in Ajaccio"},
    "dev": {"ACCEPT_CONDITIONS": "true"},
    "es": {"OWNER_CONTACT": SPAIN},
    "gov.uk": {"DOMAIN_CONFIG": '{"audience": "everybody", "represent": "us", "reason": "a service"}'},
    "it": {"TAX_CODE": "12345678901"},
    "me": {"OWNER_BIRTH_DAY": "1990-04-30"},
    "paris": {"REASON": "Our office is in Paris"},
    "store": {"USE_OF_NAME": "A shop"},
    "tech": {"REASON": "A product of ours"},
    "us": {"NEXUS_CATEGORY": "C21", "NEXUS_PURPOSE": "P1"},
}
ALL = sorted(EXTENSIONS)
GROUPS = [ALL[start::4] for start in range(4)]


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    """A few extensions are in a launch phase: their terms are not the usual ones."""
    return {"DESK_ALLOW_PREMIUM": "true"}


@pytest.mark.parametrize("extensions", GROUPS, ids=[" ".join(group) for group in GROUPS])
async def test_a_name_of_each_extension_is_bought(scenario: Scenario, extensions: list[str]):
    """A name of each extension is bought by answering what is asked."""
    names = [f"blue-otter.{extension}" for extension in extensions]
    await scenario.ada.command(f"add {' '.join(names)}")
    launching = [name for name in names if EXTENSIONS[name.partition(".")[2]].launching]
    await scenario.sees(scenario.ada, added(*(name for name in names if name not in launching)), seconds=30)
    for name in launching:
        choice = await scenario.sees(scenario.ada, f"OVH offers {name}")
        await scenario.ada.click(choice, "Add to cart")
        await scenario.sees(scenario.ada, added(name))
    cart = await scenario.sees(scenario.ada, "Request approval")
    await scenario.ada.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ada.modal)
    await ask_and_answer(scenario)
    await scenario.cleo.click(await scenario.card(catalogue.card.TO_APPROVE, seconds=30), "Approve")
    await scenario.dan.click(await scenario.payable(30), "Pay")
    await scenario.card(catalogue.card.DELIVERED, seconds=30)

    (order,) = scenario.orders
    assert sorted(order.domains) == sorted(names)
    for item in scenario.ovh.carts.all[order.cart].items.values():
        labels = [label for label, _ in item.configurations.values()]
        assert len(labels) == len(set(labels)), item.domain
        assert set(labels) >= {"OWNER_LEGAL_AGE", *ANSWERS.get(item.domain.partition(".")[2], {})}


async def ask_and_answer(scenario: Scenario) -> None:
    """Ask for approval, and answer whatever stands in the way, until nothing does."""
    for _ in range(4):
        assert await scenario.ada.submit(purpose="For the launch") == {}
        form = await scenario.slack.until(lambda: answered_by_ovh(scenario), 30)
        findings = list(open_names(form))
        if not findings:
            return
        for block_id, element, name in findings:
            await scenario.ada.press(form, block_id, element)
            await fill_in(scenario, name)
            assert scenario.ada.modal is form
    raise AssertionError(form.plain_text())


def answered_by_ovh(scenario: Scenario) -> OpenView | None:
    """The form once OVH has answered: again with what to fix, or the note that the request is on its way."""
    shown = scenario.ada.modal
    return shown if shown and any(said in shown.plain_text() for said in _ENDS) else None


def open_names(form: OpenView) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each name with something to answer, once, with its button."""
    seen = set()
    for block_id, element in elements(form.blocks):
        name = element.get("value", "").partition(" ")[2]
        if element["action_id"] == "answer_questions" and name and name not in seen:
            seen.add(name)
            yield block_id, element, name


async def fill_in(scenario: Scenario, name: str) -> None:
    await scenario.slack.until(lambda: on_top(scenario, "answers_form", name), 20)
    answers = ANSWERS[name.partition(".")[2]]
    assert await scenario.ada.submit(**{f"answer.{label}": value for label, value in answers.items()}) == {}


def on_top(scenario: Scenario, form: str, name: str) -> OpenView | None:
    shown = scenario.ada.modal
    return (
        shown if shown and shown.view["callback_id"] == form and f" {name} " in shown.view["private_metadata"] else None
    )
