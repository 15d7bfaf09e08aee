"""The renewal price between approval and order, over the wire."""

from decimal import Decimal

import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import Data, EventKind, amount
from tests.builders import euros
from tests.refusing import said
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import on_card


async def test_a_renewal_raised_after_the_card_is_not_ordered(scenario: Scenario):
    """OVH raises the renewal after the request: the approval is void, and the card shows both prices."""
    card = await scenario.requested()
    scenario.ovh.names.change("name.ovh", renewal=Decimal(359))
    await scenario.cleo.click(card, "Approve")
    before, now = amount(euros("3.59")), amount(euros("359.00"))
    change: Data = {"kind": "renewal", "name": "name.ovh", "approved": before, "ovh": now}
    await scenario.card(on_card(EventKind.TERMS_CHANGED, changes=[change]))
    assert not scenario.orders
    card = await scenario.card(catalogue.card.TO_APPROVE)
    await scenario.cleo.click(card, "Approve")
    await scenario.card(catalogue.card.TO_PAY)
    assert len(scenario.orders) == 1


async def test_a_launch_phase_is_not_bought_without_permission(scenario: Scenario):
    """`/domain add` refuses a name that OVH offers only in a launch phase."""
    scenario.ovh.names.change("early.ovh", phase="eap")
    await scenario.ada.command("add early.ovh")
    ovh = {"mode": "create-default", "phase": "eap", "price": amount(euros("2.99"))}
    await scenario.sees(scenario.ada, said("name_on_special_terms", name="early.ovh", ovh=ovh))


@pytest.mark.parametrize("mode", ["create-premium1", "create-aftermarket1"])
async def test_a_mode_by_another_name_is_not_bought(scenario: Scenario, mode: str):
    """A numbered premium or aftermarket mode is never taken for the usual one."""
    scenario.ovh.names.change("name.ovh", mode=mode)
    await scenario.ada.command("add name.ovh")
    about = {"name": "name.ovh", "price": amount(euros("2.99"))}
    ovh = {"mode": mode, "phase": "ga", "price": amount(euros("2.99"))}
    is_premium = "premium" in mode
    refusal = said("name_premium", **about) if is_premium else said("name_on_special_terms", name="name.ovh", ovh=ovh)
    await scenario.sees(scenario.ada, refusal)
