"""What the comparison after a lost state reads: every order of the account, or that OVH does not show it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.recovery import AccountOrders
from ordering.model.sales_order import OrderStatus
from registrars.ovh import account
from tests.builders import euros


def names(*each: str) -> frozenset[DomainName]:
    return frozenset(map(DomainName.parse, each))


async def listed(gateway, *, days: int = 1, ours: frozenset[int] = frozenset()):
    since = datetime.now(UTC) - timedelta(days=days)
    return await asyncio.to_thread(gateway.account_orders, since, known=ours.intersection)


async def test_every_order_is_read_with_total_status_and_names(ovh, gateway):
    """Newest first, no matter who made it; one without a name shows none."""
    first = ovh.outsider.order("a.ovh", "b.ovh", total="7.18")
    paid = ovh.outsider.order("c.ovh")
    ovh.outsider.pay(paid)
    hosting = ovh.outsider.order()
    found = await listed(gateway)
    orders = found.visible
    assert [(order.id, order.names) for order in orders] == [
        (hosting.id, frozenset()), (paid.id, names("c.ovh")), (first.id, names("a.ovh", "b.ovh")),
    ]  # fmt: skip
    assert orders[2].total == euros("7.18")
    assert (orders[1].status.is_paid, orders[2].status) == (True, OrderStatus.NOT_PAID)
    assert (found.hidden, found.more) == ((), 0)


async def test_known_and_older_orders_are_left_out(ovh, gateway):
    """Orders of ours, and those from before the time that is compared."""
    known = ovh.outsider.order("a.ovh")
    ovh.outsider.order("old.ovh", ago=3 * 86_400)
    assert await listed(gateway, ours=frozenset({known.id})) == AccountOrders()


@pytest.mark.parametrize("path", ["/me/order/*", "/me/order/*/status", "/me/order/*/details", "/me/order/*/details/*"])
async def test_an_order_that_is_listed_and_not_shown_is_told(ovh, gateway, path):
    """It may be the one that matters: it is neither passed over, nor does it stop the comparison indefinitely."""
    shown, hidden = ovh.outsider.order("a.ovh"), ovh.outsider.order("b.ovh")  # the newest one is read first
    ovh.faults.add("GET", path, "refuse", status=404, message="This service does not exist", times=1)
    found = await listed(gateway)
    assert ([order.id for order in found.visible], found.hidden) == ([shown.id], (hidden.id,))


@pytest.mark.parametrize("fault", ["null", "error500"])
async def test_an_order_that_cannot_be_read_is_told(ovh, gateway, fault):
    """OVH answers everything else, so it is this order that cannot be read."""
    shown, hidden = ovh.outsider.order("a.ovh"), ovh.outsider.order("b.ovh")
    ovh.faults.add("GET", f"/me/order/{hidden.id}", fault, times=99)
    found = await listed(gateway)
    assert ([order.id for order in found.visible], found.hidden) == ([shown.id], (hidden.id,))


@pytest.mark.parametrize(
    ("status", "words"), [(403, "This call has not been granted"), (401, "This credential is not valid")]
)
async def test_a_key_that_may_not_read_orders_hides_none(ovh, gateway, status, words):
    """An operator fixes the key; until then nothing was compared."""
    ovh.outsider.order("a.ovh")
    ovh.faults.add("GET", "/me/order/*", "refuse", status=status, message=words, times=99)
    with pytest.raises(RegistrarRefused):
        await listed(gateway)


async def test_an_ovh_that_is_away_hides_no_order(ovh, gateway):
    """Without an answer to anything, no order is blamed."""
    ovh.outsider.order("a.ovh")
    assert len((await listed(gateway)).visible) == 1  # from here on the clock is known
    for path in ("/me/order/*", "/auth/time"):
        ovh.faults.add("GET", path, "error500", times=99)
    with pytest.raises(RegistrarUnavailable):
        await listed(gateway)


async def test_orders_that_are_too_many_are_counted(ovh, gateway, monkeypatch):
    """What was not read is said, never passed over."""
    monkeypatch.setattr(account, "_MOST", 2)
    for number in range(5):
        ovh.outsider.order(f"n{number}.ovh")
    found = await listed(gateway)
    assert (len(found.visible), found.more) == (2, 3)
