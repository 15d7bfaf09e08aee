"""What is read of an order of the account that was not made here."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ordering.model.sales_order import OrderStatus
from registrars.ovh import OvhGateway
from store.transactions import SqlStore
from tests.builders import POLICY
from tests.conftest import Rules
from tests.databases import new_sqlite, open_unsynced

HOUR = 3600.0


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


async def read(gateway, order):
    at = await ask(gateway.time)
    return await ask(gateway.foreign_order, order.id, at=at, urgent=True)


async def test_an_order_is_read_whole(ovh, gateway):
    """Names, total, date and status; its lines add up to its total."""
    order = ovh.outsider.order("b.ovh", "a.com", total="30.00", ago=HOUR)
    seen = await read(gateway, order)
    assert (seen.number, seen.names, str(seen.total)) == (order.id, {"a.com", "b.ovh"}, "€30.00")
    assert (seen.status, seen.whole, seen.is_over) == (OrderStatus.NOT_PAID, True, False)
    assert timedelta(seconds=HOUR - 5) < seen.seen_at - seen.made_at < timedelta(seconds=HOUR + 5)


@pytest.mark.parametrize("mode", ["create-premium", "transfer-default", "default", "premium", "unheard-of"])
async def test_a_line_that_buys_a_name_counts(ovh, gateway, mode):
    """Registrations of any kind, and transfers."""
    assert (await read(gateway, ovh.outsider.order("a.ovh", mode=mode))).names == {"a.ovh"}


async def test_a_line_that_does_not_tell_counts(ovh, gateway):
    """Where OVH shows nothing of a line but its name, it may be a registration."""
    order = ovh.outsider.order("a.ovh")
    for tells in ("missing", "null"):
        ovh.orders.extensions = tells
        assert (await read(gateway, order)).names == {"a.ovh"}


@pytest.mark.parametrize("mode", ["renew-default", "restore-default", "update-default", "trade-default"])
async def test_a_renewal_buys_no_name(ovh, gateway, mode):
    """An order that renews or changes a name of the account is no second registration."""
    ovh.orders.extensions, ovh.orders.other = "other", {"pricingMode": mode}
    assert (await read(gateway, ovh.outsider.order("a.ovh"))).names == frozenset()


async def test_hosting_names_no_domain(ovh, gateway):
    """Such an order is read, and shares nothing."""
    seen = await read(gateway, ovh.outsider.order())
    assert (seen.names, seen.whole) == (frozenset(), True)


async def test_lines_that_show_in_turn(ovh, gateway):
    """An order is read again until its lines add up, or some show and it is an hour old."""
    seen = []
    for age in (0.0, 0.4, 1.5, 3.1):
        order = ovh.outsider.order("a.ovh", "b.com", ago=age * HOUR)
        order.late, order.late_for = "lines in turn", 3 * HOUR
        found = await read(gateway, order)
        seen.append((found.whole, found.is_read))
    assert seen == [(False, False), (False, False), (True, True), (True, True)]


async def test_a_line_that_cannot_be_read_yet(ovh, gateway):
    """A line may be listed before it can be read."""
    order = ovh.outsider.order("a.ovh")
    order.late, order.late_for = "one detail", 60.0
    assert not (await read(gateway, order)).whole


@pytest.fixture
def rules(tmp_path, ovh_config):
    """The rules over a database, and the gateway over the wire."""
    engines = open_unsynced(new_sqlite(tmp_path))
    opened: Any = Rules(SqlStore(engines), POLICY)
    gateway = opened.registrar = OvhGateway(ovh_config)
    opened.clock = lambda: datetime.now(UTC)
    opened.restart()
    yield opened
    gateway.close()
    engines.close()


async def test_calls_of_a_checkout_with_many_foreign_orders(ovh, rules):
    """With 300 orders made elsewhere, a checkout takes at most five more calls than with none."""
    calls = []
    for name, foreign in (("first.ovh", 0), ("second.ovh", 300)):
        ovh.outsider.orders_of("3.59", foreign)
        cart = await ask(rules.approved, name, f"C{foreign}")
        while await ask(rules.fulfilment.foreign_orders.read_ahead):
            pass
        before = len(ovh.calls)
        await ask(rules.advance, cart.id)
        calls.append(len(ovh.calls) - before)
        assert rules.workflow.queries.cart(cart.id).order is not None
    assert calls[1] - calls[0] <= 5
