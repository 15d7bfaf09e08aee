"""Invoices, found by their order."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.clock import moment
from sandbox.ovh.routing import Call, route


@route("GET", "/me/bill")
def _bills(call: Call) -> list[str]:
    order, category = call.query.get("orderId"), call.query.get("category")
    start, end = (moment(call.query.get(name)) for name in ("date.from", "date.to"))
    return [
        bill.id
        for bill in call.ovh.bills.all()
        if order in {None, str(bill.order.id)}
        and category in {None, bill.order.category}
        and (start is None or bill.at >= start)
        and (end is None or bill.at <= end)
    ]


@route("GET", "/me/bill/{billId}")
def _bill(call: Call) -> dict[str, Any]:
    return call.ovh.bills.to_json(call.parts[0], call.ovh.address)


@route("GET", "/me/order/{orderId}/associatedObject")
def _associated(call: Call) -> dict[str, Any]:
    bill = call.ovh.bills.of(call.ovh.orders.get(call.parts[0]))
    return {"id": bill.id if bill else None, "type": "Bill" if bill else None}
