"""The renewal price between approval and order, over the wire."""

from decimal import Decimal

import pytest

from handlers.messages import words as catalogue
from tests.scenarios.conftest import Scenario


async def test_a_renewal_raised_after_the_card_is_not_ordered(scenario: Scenario):
    """OVH raises the renewal after the request: the approval is void, and the card shows both prices."""
    card = await scenario.requested()
    scenario.ovh.names.change("name.ovh", renewal=Decimal(359))
    await scenario.cleo.click(card, "Approve")
    await scenario.card("the renewal was €3.59 a year, now €359.00 a year")
    assert not scenario.orders
    card = await scenario.card(catalogue.card.TO_APPROVE)
    await scenario.cleo.click(card, "Approve")
    await scenario.card(catalogue.card.TO_PAY)
    assert len(scenario.orders) == 1


async def test_a_launch_phase_is_not_bought_without_permission(scenario: Scenario):
    """`/domain add` refuses a name that OVH offers only in a launch phase."""
    scenario.ovh.names.change("early.ovh", phase="eap")
    await scenario.ada.command("add early.ovh")
    await scenario.sees(scenario.ada, "on special terms only")


@pytest.mark.parametrize("mode", ["create-premium1", "create-aftermarket1"])
async def test_a_mode_by_another_name_is_not_bought(scenario: Scenario, mode: str):
    """A numbered premium or aftermarket mode is never taken for the usual one."""
    scenario.ovh.names.change("name.ovh", mode=mode)
    await scenario.ada.command("add name.ovh")
    await scenario.sees(scenario.ada, "this team does not buy those")
