"""*Show owner* on the card: personal data for those who decide, and for nobody else."""

import pytest

from handlers.messages import words as catalogue
from tests.refusing import said
from tests.story.conftest import Story


async def test_an_approver_sees_who_will_own_the_names(story: Story):
    """The form names the account's own data where no other owner was chosen, and only the approver sees it."""
    card = await story.requested()
    await story.cleo.click(card, "Show owner")
    await story.form_says(catalogue.owners.ACCOUNT_HOLDER, who=story.cleo)
    assert story.ben.modal is None
    own = story.ovh.contacts.accounts[story.ovh.contacts.own]
    shown = story.cleo.modal
    assert shown
    assert own["email"] in shown.plain_text()
    channels = [seen for kind, seen in story.slack.state.archive if kind in {"message", "edit"}]
    assert own["email"] not in str(channels)


async def test_a_payer_sees_the_owner_before_paying(story: Story):
    """The card of an order has the button too."""
    await story.dan.click(await story.ordered(), "Show owner")
    await story.form_says(catalogue.owners.ACCOUNT_HOLDER, who=story.dan)


@pytest.mark.parametrize("name", ["ada", "ben"])
async def test_others_do_not_see_the_owner(story: Story, name: str):
    """Who neither approves nor pays reads who does, and OVH is not asked."""
    card = await story.requested()
    before = story.ovh.count("GET", "/me")
    who = getattr(story, name)
    await story.clicks_in_vain(who, card, "Show owner", said("cannot_see_owners"))
    assert story.ovh.count("GET", "/me") == before
    assert who.modal is None or "own" not in who.modal.plain_text().casefold()


async def test_an_owner_that_cannot_be_read_is_said(story: Story):
    """OVH's refusal is a sentence in the form."""
    card = await story.requested()
    story.ovh.faults.add("GET", "/me", "refuse", status=403, message="This call has not been granted")
    await story.cleo.click(card, "Show owner")
    await story.form_says("OVH", who=story.cleo)
