"""What the OVH panel of the sandbox's page does to the simulated OVH."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sandbox.ovh import OvhSimulator
from sandbox.ovh.orders import Order
from sandbox.ovh.quotes import Layout
from sandbox.page.ovh_panel import OvhPanel
from sandbox.page.tour import tour
from sandbox.slack import SlackSimulator


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
    assert panel.to_json()["removed"]
    panel.press("methods")
    assert ovh.payments.methods == before


def test_credit_is_put_on_the_prepaid_account(ovh, panel):
    panel.press("credit")
    assert ovh.payments.prepaid == 50
    assert panel.to_json()["prepaid"] == "€50.00"


def test_a_card_is_refused_until_it_is_not(ovh, panel):
    panel.press("refuse", "8120045")
    assert ovh.payments.methods[0].refuses
    panel.press("refuse", "8120045")
    assert not ovh.payments.methods[0].refuses


def test_an_order_expires_at_a_press(panel):
    panel.press("expire", "7")
    assert panel.to_json()["orders"][0]["status"] == "cancelled"


def test_an_order_is_paid_on_ovhs_page_once(ovh, panel):
    panel.press("page", "7")
    assert ovh.orders.all[7].payments == ["page"]
    with pytest.raises(ValueError, match="cannot be paid"):
        panel.press("page", "7")


def is_on(panel: OvhPanel, switch: str) -> bool:
    return any(each["on"] for each in panel.to_json()["switches"] if each["name"] == switch)


@pytest.mark.parametrize(
    ("switch", "read", "on", "off"),
    [
        ("late_payments", lambda ovh: (ovh.orders.payment_after, ovh.payments.transaction_after), (600, 600), (0, 0)),
        ("late_orders", lambda ovh: ovh.orders.shows_after, 300, 0),
        ("shuffle_lines", lambda ovh: ovh.carts.layout, Layout(1, zones_first=True, without_items=True), Layout()),
    ],
)
def test_a_setting_is_on_until_it_is_pressed_again(ovh, panel, switch, read, on, off):
    """A press turns a setting on, the next one turns it off, and the panel shows which it is."""
    for wanted, shown in ((on, True), (off, False)):
        panel.press(switch)
        assert (read(ovh), is_on(panel, switch)) == (wanted, shown)


@pytest.mark.parametrize(("switch", "kind"), [("repeat_payment", "repeated"), ("hold_payment", "held")])
def test_the_next_payment_meets_a_fault_of_its_way(ovh, panel, switch, kind):
    """A fault waits for one payment, and its switch is off once that came."""
    panel.press(switch)
    assert is_on(panel, switch)
    assert ovh.faults.take_on_the_way("POST", "/me/order/7/pay").kind == kind
    assert not is_on(panel, switch)


def test_a_colleague_orders_a_name(ovh, panel):
    """A press orders a name by hand; what is no name of an extension is refused."""
    panel.press("outsider", "theirs.ovh")
    newest = panel.to_json()["orders"][0]
    assert (newest["names"], newest["foreign"], newest["status"]) == (["theirs.ovh"], True, "notPaid")
    for wrong in ("", "theirs", "theirs.unknown"):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            panel.press("outsider", wrong)
    assert len(ovh.orders.all) == 2


def test_a_colleagues_order_is_no_step_of_the_tour(ovh, panel):
    """The tour's steps are what the bot did: an order by hand fulfils none of them."""
    ovh.orders.all.clear()
    panel.press("lose_checkout")
    panel.press("outsider", "theirs.ovh")
    panel.press("page", str(panel.to_json()["orders"][0]["id"]))
    steps = tour(SlackSimulator(), ovh, panel)
    assert not any(step["done"] for step in steps)


def test_a_renewal_rises_at_a_press(ovh, panel):
    """A press changes the renewal price and leaves the first year's."""
    before = ovh.names.offers_for("name.ovh")[0]
    panel.press("renewal", "name.ovh")
    after = ovh.names.offers_for("name.ovh")[0]
    assert (after.renewal, after.regular) == (359, before.regular)
