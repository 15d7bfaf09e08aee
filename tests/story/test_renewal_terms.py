"""The renewal price between approval and order, over the wire."""

from decimal import Decimal

import pytest

from handlers.messages import words as catalogue
from tests.story.conftest import Story


async def test_a_renewal_raised_after_the_card_is_not_ordered(story: Story):
    """OVH raises the renewal after the request: the approval is void, and the card shows both prices."""
    card = await story.requested()
    story.ovh.names.change("name.ovh", renewal=Decimal(359))
    await story.cleo.click(card, "Approve")
    await story.card("the renewal was €3.59 a year, now €359.00 a year")
    assert not story.orders
    card = await story.card(catalogue.card.TO_APPROVE)
    await story.cleo.click(card, "Approve")
    await story.card(catalogue.card.TO_PAY)
    assert len(story.orders) == 1


async def test_a_launch_phase_is_not_bought_without_permission(story: Story):
    """`/domain add` refuses a name that OVH offers only in a launch phase."""
    story.ovh.names.change("early.ovh", phase="eap")
    await story.ada.command("add early.ovh")
    await story.sees(story.ada, "on special terms only")


@pytest.mark.parametrize("mode", ["create-premium1", "create-aftermarket1"])
async def test_a_mode_by_another_name_is_not_bought(story: Story, mode: str):
    """A numbered premium or aftermarket mode is never taken for the usual one."""
    story.ovh.names.change("name.ovh", mode=mode)
    await story.ada.command("add name.ovh")
    await story.sees(story.ada, "this team does not buy those")
