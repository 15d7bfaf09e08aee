"""From “I want this name” to “it works”: what three people have to do, counted."""

import pytest

from handlers.messages import words as catalogue
from sandbox.slack import Actor, Message, OpenView
from sandbox.slack.messages import elements
from tests.builders import euros
from tests.saying import SENT, added, result_of
from tests.scenarios.conftest import Scenario


class Acts:
    """Counts what people do: a command, a click, a form, and the answer to “are you sure?”."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def types(self, who: Actor, text: str) -> None:
        self._count(who, text)
        await who.command(text)

    async def clicks(self, who: Actor, place: Message, label: str) -> None:
        self._count(who, label)
        button = next(e for _, e in elements(place.blocks) if (e.get("text") or {}).get("text") == label)
        if "confirm" in button:
            self._count(who, f"{label}, sure")
        await who.click(place, label)

    async def sends(self, who: Actor, **values: str) -> None:
        self._count(who, "form")
        assert await who.submit(**values) == {}

    def _count(self, who: Actor, what: str) -> None:
        self.done.append(f"{who.id}: {what}")

    @property
    def people(self) -> set[str]:
        return {act.partition(":")[0] for act in self.done}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {})


@pytest.fixture
def acts() -> Acts:
    return Acts()


async def decided_and_paid(scenario: Scenario, acts: Acts) -> None:
    """Cleo approves, Dan pays, and Ada reads that the name works."""
    await acts.clicks(scenario.cleo, await scenario.card(catalogue.card.TO_APPROVE), "Approve")
    await acts.clicks(scenario.dan, await scenario.payable(), "Pay")
    await scenario.card(catalogue.card.DELIVERED)
    assert len(scenario.orders) == 1


async def test_a_name_is_bought_in_six_acts(scenario: Scenario, acts: Acts):
    """Search, add, request, say what for; approve; pay. No window to close, no second question for a small sum."""
    await acts.types(scenario.ada, "blue-otter.ovh")
    found = await scenario.sees(scenario.ada, result_of("blue-otter.ovh"))
    await acts.clicks(scenario.ada, found, "Add to cart")
    note = await scenario.sees(scenario.ada, added("blue-otter.ovh"))
    await acts.clicks(scenario.ada, note, "Request approval")
    form: OpenView = await scenario.slack.until(lambda: scenario.ada.modal)
    assert "blue-otter.ovh" in form.plain_text()
    await acts.sends(scenario.ada, purpose="For the launch")
    assert (await scenario.sees(scenario.ada, SENT)).ephemeral
    assert scenario.ada.modal is None
    await decided_and_paid(scenario, acts)
    assert len(acts.done) == 6, acts.done
    assert len(acts.people) == 3


async def test_a_name_is_bought_in_one_breath(scenario: Scenario, acts: Acts):
    """With its purpose in the command, a name takes no cart and no form: at most five acts, two of them by Ada."""
    await acts.types(scenario.ada, "buy blue-otter.ovh for the otter landing page")
    shown = await scenario.sees(scenario.ada, catalogue.buying.title(euros("3.59")))
    assert "the otter landing page" in shown.plain_text()
    await acts.clicks(scenario.ada, shown, "Request approval")
    assert (await scenario.sees(scenario.ada, SENT)).ephemeral
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert "the otter landing page" in card.plain_text()
    await decided_and_paid(scenario, acts)
    assert len(acts.done) <= 5, acts.done
    assert len(acts.people) == 3


@pytest.mark.parametrize("settings", [{"DESK_SECOND_APPROVAL_OVER": "3"}], indirect=True)
async def test_a_large_payment_is_confirmed(scenario: Scenario, acts: Acts):
    """Above the sum that takes two approvers, *Pay* asks once more, with the amount."""
    card = await scenario.requested("blue-otter.ovh")
    await scenario.cleo.click(card, "Approve")
    await scenario.dan.click(await scenario.card(catalogue.card.TO_APPROVE), "Approve")
    await acts.clicks(scenario.dan, await scenario.payable(), "Pay")
    assert acts.done == ["U0DAN: Pay", "U0DAN: Pay, sure"]
