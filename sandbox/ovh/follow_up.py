"""OVH's follow-up of an order: four steps, each with a history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.ovh.bills import Bill
from sandbox.ovh.clock import Clock
from sandbox.ovh.orders import Order


def follow_up(order: Order, status: str, bill: Bill | None, clock: Clock) -> list[dict[str, Any]]:
    """Return the steps of an order. A refusal leaves ERROR; no label says refused, only the description does."""
    delivered = status == "delivered"
    validated = [_entry(clock, order.paid_at, "FRAUD_DOCS_REQUESTED")] if order.paid_at and order.documents else []
    validated += [_entry(clock, bill.at, "INVOICE_SENT")] if bill else []
    return [
        {"step": "VALIDATING", "status": _validating(order), "history": _history(order, clock)},
        {"step": "VALIDATED", "status": "DONE" if order.paid_at else "TODO", "history": validated},
        {"step": "DELIVERING", "status": "DONE" if delivered else "TODO", "history": []},
        {"step": "AVAILABLE", "status": "DONE" if delivered else "TODO", "history": []},
    ]


def _validating(order: Order) -> str:
    return "DONE" if order.paid_at else "DOING" if order.pending else "ERROR" if order.tries else "TODO"


def _history(order: Order, clock: Clock) -> list[dict[str, Any]]:
    history = [_entry(clock, order.made_at, "ORDER_STARTED")]
    history += [_entry(clock, attempt.at, "PAYMENT_INITIATED") for attempt in order.pending]
    for attempt in order.tries:
        if attempt.why is None:
            history += [_entry(clock, attempt.at, "PAYMENT_RECEIVED"), _entry(clock, attempt.at, "PAYMENT_CONFIRMED")]
        else:
            history.append(_entry(clock, attempt.at, "PAYMENT_INITIATED", attempt.why))
    return history


def _entry(clock: Clock, at: datetime, label: str, description: str = "") -> dict[str, Any]:
    return {"date": clock.text(at), "label": label, "description": description or label.replace("_", " ").capitalize()}
