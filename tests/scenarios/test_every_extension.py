"""A name of every extension that the simulated OVH sells is bought from Slack, by answering what is asked.

Nobody configures the bot with what a registry wants: the requester learns it at each name, presses the
button there, and answers. The cart is bought in one order, and every answer has arrived at OVH once.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from handlers.messages import words as catalogue
from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from registrars.ovh.api.wire.contacts import Owner
from registrars.ovh.carts.contact_fields import values_of
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.slack import Message, OpenView
from sandbox.slack.messages import elements
from tests.registry_owners import OWNERS
from tests.saying import HOLE, SENT, added, before_hole
from tests.scenarios.conftest import Scenario

# How a request ends: with what to fix, or with the approvers.
_ENDS = (before_hole(catalogue.cart.not_sent(HOLE)), catalogue.cart.FIX_THESE, SENT)

_LACKS = before_hole(catalogue.contacts.account_lacks([HOLE]))  # the account's own data are not enough

# What a person answers where they are asked. What is not here needs no answer of theirs.
ANSWERS: dict[str, dict[str, str]] = {
    "abogado": {"ACCEPT_CONDITIONS": "true"},
    "ac.uk": {"DOMAIN_CONFIG": '{"audience": "everybody", "represent": "us", "reason": "a service"}'},
    "app": {"ACCEPT_CONDITIONS": "true"},
    "ch": {"DNS": "ns1.example.net, ns2.example.net"},
    "corsica": {"ACCEPT_CONDITIONS": "true", "REASON": "Our office is in Ajaccio"},
    "dev": {"ACCEPT_CONDITIONS": "true"},
    "gov.uk": {"DOMAIN_CONFIG": '{"audience": "everybody", "represent": "us", "reason": "a service"}'},
    "law": {"ACCEPT_CONDITIONS": "true"},
    "paris": {"REASON": "Our office is in Paris"},
    "store": {"REASON": "A shop"},
    "swiss": {"REASON": "Our office is in Bern"},
    "tech": {"REASON": "A product of ours"},
}
ALL = sorted(EXTENSIONS)
GROUPS = [ALL[start::4] for start in range(4)]


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    """A few extensions are in a launch phase: their terms are not the usual ones."""
    return {"DESK_ALLOW_PREMIUM": "true", "DESK_LIMIT_PER_ORDER": "none"}


def test_the_owners_are_of_every_kind():
    """At least thirty extensions, the six legal forms, and eight countries."""
    assert len(ALL) >= 30
    assert {"ca", "hk", "com.au", "swiss", "it", "es", "co.uk", "us"} <= OWNERS.keys() & set(ALL)
    assert {owner["legalForm"] for owner in OWNERS.values()} == set(LegalForm)
    assert len({owner["address"]["country"] for owner in OWNERS.values()}) >= 8


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
    for _ in range(12):
        assert await scenario.ada.submit(purpose="For the launch") == {}
        form: OpenView | Message = await scenario.slack.until(lambda: answered_by_ovh(scenario), 30)
        found = next(buttons_to_answer(form), None)
        if found is None or not isinstance(form, OpenView):
            return
        await scenario.ada.press(form, *found)
        await fill_in(scenario)
        assert scenario.ada.modal is form
    raise AssertionError(form.plain_text())


def answered_by_ovh(scenario: Scenario) -> OpenView | Message | None:
    """The form once OVH has answered: again with what to fix, or the note that the request is on its way.

    A quick answer closes the form, and the note is in the channel.
    """
    shown = scenario.ada.modal
    if shown is None:
        return next((m for m in reversed(scenario.ada.messages("domains")) if SENT in m.plain_text()), None)
    return shown if shown and any(said in shown.plain_text() for said in _ENDS) else None


def buttons_to_answer(form: OpenView | Message) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each button that opens the form with the questions."""
    return (found for found in elements(form.blocks) if found[1]["action_id"] == "answer_questions")


async def fill_in(scenario: Scenario) -> None:
    """Answer for all names, with an owner of its own for each extension whose registry is not content."""
    form = await scenario.slack.until(lambda: on_top(scenario, "answers_form"), 20)
    made: set[str] = set()
    while name := to_make(form, made):
        await make_owner(scenario, form)
        made.add(name)
    assert await scenario.ada.submit(**answers_in(form)) == {}


def to_make(form: OpenView, made: set[str]) -> str:
    """The name that needs an owner next: one whose owner lacks something, or one that OVH objected to."""
    held = json.loads(form.view["private_metadata"])
    name = str(held["first"])
    if _LACKS in form.plain_text():
        assert name not in made, form.plain_text()
        return name
    objected = name == held.get("focus") and name.partition(".")[2] in OWNERS
    return name if objected and name not in made else ""


def answers_in(form: OpenView) -> dict[str, str]:
    """What a person answers in this form: each input stands below its names."""
    answers: dict[str, str] = {}
    extension = ""
    for block in form.blocks:
        text = (block.get("text") or {}).get("text", "")
        if text.startswith("*blue-otter."):
            extension = text.split("*")[1].partition(".")[2].split(",")[0].split(" ")[0]
        elif block["type"] == "input":
            action_id = block["element"]["action_id"]
            label = action_id.partition(".")[2].partition("@")[0]
            if label in ANSWERS.get(extension, {}):
                answers[action_id] = ANSWERS[extension][label]
    return answers


async def make_owner(scenario: Scenario, answers_form: OpenView) -> None:
    """Make a contact in the form, which asks for what this registry needs, and choose it below."""
    shown = answers_form.hash
    await scenario.ada.click(answers_form, "New owner")
    form = await scenario.slack.until(lambda: made_of(scenario, "corporation"), 20)
    name = json.loads(form.view["private_metadata"])["name"]
    owner = Owner.read(OWNERS[name.partition(".")[2]])
    if "owner_of" in str(form.blocks):
        await scenario.ada.select(form, "owner_of", "one")
        await scenario.slack.until(lambda: made_for(form, "one"), 20)
    if owner.legal_form != "corporation":
        await scenario.ada.select(form, "legal_form", str(owner.legal_form))
        await scenario.slack.until(lambda: made_of(scenario, str(owner.legal_form)), 20)
    for _ in range(4):
        assert await scenario.ada.submit(**values_of(owner)) == {}
        if catalogue.contacts.MORE_NEEDED not in form.plain_text():
            break
    before_number, after_number = catalogue.contacts.created(HOLE, DomainName(name)).split(HOLE)
    created = await scenario.form_says(after_number)
    assert before_number in created.plain_text()
    assert answers_form.hash != shown
    scenario.ada.close_modal(all_of_them=False)


def made_of(scenario: Scenario, legal_form: str) -> OpenView | None:
    """The form for a new contact of this legal form."""
    shown = scenario.ada.modal
    if shown is None or shown.view["callback_id"] != "contact_form":
        return None
    return shown if chosen_in(shown, "legal_form") == legal_form else None


def made_for(form: OpenView, names: str) -> OpenView | None:
    """The form for a new contact once it is for these names."""
    return form if chosen_in(form, "owner_of") == names else None


def chosen_in(form: OpenView, action_id: str) -> str:
    chosen = (e["initial_option"]["value"] for _, e in elements(form.blocks) if e["action_id"] == action_id)
    return next(chosen, "")


def on_top(scenario: Scenario, form: str) -> OpenView | None:
    shown = scenario.ada.modal
    return shown if shown and shown.view["callback_id"] == form else None
