"""*Show owner* on the card: personal data for those who decide, and for nobody else."""

import pytest

from handlers.messages import words as catalogue
from sandbox.slack import OpenView
from tests.refusing import said
from tests.scenarios.conftest import Scenario


async def _details(scenario: Scenario) -> OpenView:
    """Cleo opens the details of a request."""
    await scenario.cleo.click(await scenario.requested(), "Details")
    return await scenario.form_says(catalogue.details.COST, who=scenario.cleo)


async def _shows_owner(scenario: Scenario) -> None:
    await scenario.cleo.click(await _details(scenario), "Show owner")


async def test_an_approver_sees_who_will_own_the_names(scenario: Scenario):
    """The form names the account's own data where no other owner was chosen, and only the approver sees it."""
    await _shows_owner(scenario)
    await scenario.form_says(catalogue.owners.ACCOUNT_HOLDER, who=scenario.cleo)
    assert scenario.ben.modal is None
    own = scenario.ovh.contacts.accounts[scenario.ovh.contacts.own]
    shown = scenario.cleo.modal
    assert shown
    assert own["email"] in shown.plain_text()
    channels = [seen for kind, seen in scenario.slack.state.archive if kind in {"message", "edit"}]
    assert own["email"] not in str(channels)


async def test_a_payer_sees_the_owner_before_paying(scenario: Scenario):
    """The card of an order has the button too."""
    await scenario.dan.click(await scenario.ordered(), "Show owner")
    await scenario.form_says(catalogue.owners.ACCOUNT_HOLDER, who=scenario.dan)


@pytest.mark.parametrize("name", ["ada", "ben"])
async def test_others_do_not_see_the_owner(scenario: Scenario, name: str):
    """Who neither approves nor pays has no button for it; an old one tells who may, and OVH is not asked."""
    card = await scenario.requested()
    who = getattr(scenario, name)
    await who.click(card, "Details")
    await scenario.form_says(catalogue.details.COST, who=who)
    assert "Show owner" not in who.modal.plain_text()
    who.close_modal()
    await scenario.cleo.click(card, "Approve")
    card = await scenario.payable()
    before = scenario.ovh.count("GET", "/me")
    await scenario.clicks_in_vain(who, card, "Show owner", said("cannot_see_owners"))
    assert scenario.ovh.count("GET", "/me") == before
    assert who.modal is None


async def test_an_owner_that_cannot_be_read_is_said(scenario: Scenario):
    """OVH's refusal is a sentence in the form."""
    details = await _details(scenario)
    scenario.ovh.faults.add("GET", "/me", "refuse", status=403, message="This call has not been granted")
    await scenario.cleo.click(details, "Show owner")
    await scenario.form_says("OVH", who=scenario.cleo)
