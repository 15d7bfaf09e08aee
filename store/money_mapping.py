"""Maps rows of money calls and of orders made elsewhere to the domain's types, and back."""

from __future__ import annotations

from typing import Any

from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import CartId, OrderId
from ordering.model.money import Money
from ordering.model.money_call import CallState, RecordedCall
from ordering.model.presence import PresenceCall
from ordering.model.sales_order import OrderStatus
from store.mapping import utc
from store.money_tables import ForeignOrderRow, MoneyCallRow, PresenceCallRow


def money_call_from(row: MoneyCallRow) -> RecordedCall:
    return RecordedCall(
        subject=row.subject,
        cart_id=CartId(row.cart_id),
        attempt=row.attempt,
        started_at=utc(row.started_at),
        registrar_cart=row.registrar_cart,
        marker=row.marker,
        state=CallState(row.state),
        id=row.id or 0,
    )


def presence_call_from(row: PresenceCallRow) -> PresenceCall:
    return PresenceCall(started_at=utc(row.started_at), expires_at=utc(row.expires_at), id=row.id or 0)


def foreign_order_from(row: ForeignOrderRow) -> ForeignOrder:
    return ForeignOrder(
        number=OrderId(row.number),
        names=frozenset(row.names),
        total=Money(row.total_minor, row.currency),
        made_at=utc(row.made_at),
        status=OrderStatus(row.status),
        seen_at=utc(row.seen_at),
        read_at=utc(row.read_at),
        whole=row.whole,
    )


def foreign_order_columns(order: ForeignOrder) -> dict[str, Any]:
    if order.total is None:
        raise ValueError(f"order {order.number} was not shown, so there is nothing to keep")
    return {
        "number": order.number,
        "names": sorted(order.names),
        "currency": order.total.currency,
        "total_minor": order.total.minor,
        "made_at": order.made_at,
        "status": order.status.value,
        "seen_at": order.seen_at,
        "read_at": order.read_at,
        "whole": order.whole,
    }
