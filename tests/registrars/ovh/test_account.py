"""What the comparison after a lost state reads: every order of the account, or an honest refusal."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarUnavailable
from ordering.model.sales_order import OrderStatus
from registrars.ovh import account
from tests.builders import euros
from tests.refusing import refuses


def names(*each: str) -> frozenset[DomainName]:
    return frozenset(map(DomainName.parse, each))


async def listed(gateway, *, days: int = 1, ours: frozenset[int] = frozenset()):
    since = datetime.now(UTC) - timedelta(days=days)
    return await asyncio.to_thread(gateway.account_orders, since, known=ours.intersection)


async def test_every_order_is_read_with_total_status_and_names(ovh, gateway):
    """Newest first, whoever made it; one without a name shows none."""
    first = ovh.outsider.order("a.ovh", "b.ovh", total="7.18")
    paid = ovh.outsider.order("c.ovh")
    ovh.outsider.pay(paid)
    hosting = ovh.outsider.order()
    orders, more = await listed(gateway)
    assert [(order.id, order.names) for order in orders] == [
        (hosting.id, frozenset()), (paid.id, names("c.ovh")), (first.id, names("a.ovh", "b.ovh")),
    ]  # fmt: skip
    assert orders[2].total == euros("7.18")
    assert (orders[1].status.is_paid, orders[2].status) == (True, OrderStatus.NOT_PAID)
    assert more == 0


async def test_known_and_older_orders_are_left_out(ovh, gateway):
    """Orders of ours, and those from before the time that is compared."""
    known = ovh.outsider.order("a.ovh")
    ovh.outsider.order("old.ovh", ago=3 * 86_400)
    assert await listed(gateway, ours=frozenset({known.id})) == ([], 0)


@pytest.mark.parametrize("path", ["/me/order/*", "/me/order/*/status", "/me/order/*/details", "/me/order/*/details/*"])
async def test_an_order_that_is_listed_and_not_shown_is_an_error(ovh, gateway, path):
    """It may be the one that matters, so the comparison does not pass over it."""
    ovh.outsider.order("a.ovh")
    ovh.faults.add("GET", path, "refuse", status=404, message="This service does not exist", times=1)
    with refuses("order_not_shown", RegistrarUnavailable):
        await listed(gateway)


async def test_orders_that_are_too_many_are_counted(ovh, gateway, monkeypatch):
    """What was not read is said, never passed over."""
    monkeypatch.setattr(account, "_MOST", 2)
    for number in range(5):
        ovh.outsider.order(f"n{number}.ovh")
    orders, more = await listed(gateway)
    assert (len(orders), more) == (2, 3)
