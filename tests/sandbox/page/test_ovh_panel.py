"""What the OVH panel of the sandbox's page does to the simulated OVH."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sandbox.ovh import OvhSimulator
from sandbox.ovh.orders import Order
from sandbox.page.ovh_panel import OvhPanel


@pytest.fixture
def ovh() -> OvhSimulator:
    return OvhSimulator()


@pytest.fixture
def panel(ovh) -> OvhPanel:
    ovh.orders.all[7] = Order(
        id=7, cart="c", description="", domains=["name.ovh"], total=Decimal("3.59"), tax=Decimal("0.60"),
        made_at=datetime.now(UTC), url="http://127.0.0.1/display-order?orderId=7&orderPassword=made-up",
    )  # fmt: skip
    return OvhPanel(ovh)


def test_all_methods_go_and_come_back(ovh, panel):
    before = list(ovh.payments.methods)
    panel.press("methods")
    assert ovh.payments.methods == []
    assert panel.shown()["removed"]
    panel.press("methods")
    assert ovh.payments.methods == before


def test_credit_is_put_on_the_prepaid_account(ovh, panel):
    panel.press("credit")
    assert ovh.payments.prepaid == 50
    assert panel.shown()["prepaid"] == "€50.00"


def test_a_card_is_refused_until_it_is_not(ovh, panel):
    panel.press("refuse", "8120045")
    assert ovh.payments.methods[0].refuses
    panel.press("refuse", "8120045")
    assert not ovh.payments.methods[0].refuses


def test_an_order_expires_at_a_press(panel):
    panel.press("expire", "7")
    assert panel.shown()["orders"][0]["status"] == "cancelled"


def test_an_order_is_paid_on_ovhs_page_once(ovh, panel):
    panel.press("page", "7")
    assert ovh.orders.all[7].payments == ["page"]
    with pytest.raises(ValueError, match="cannot be paid"):
        panel.press("page", "7")
