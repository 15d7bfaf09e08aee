"""Export: who requested, approved and paid, when, at which price, and which order it became."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, TextIO

from handlers.messages import happened
from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.events import Event

Row = tuple[Cart, Sequence[Event]]
_COLUMNS = (
    "cart", "state", "channel", "requester", "purpose", "domain", "years", "pricing_mode", "added_by",
    "approved_by", "rejected_by", "reason", "total", "tax", "currency", "sales_order", "paid_by", "payment_method",
    "invoice",
)  # fmt: skip


def record(cart: Cart, events: Sequence[Event], *, person: str | None = None) -> dict[str, Any]:
    """Return one cart as `export --format json` writes it: amounts are decimal strings, times are UTC.

    For a `person`, items also have the answers that they gave and that are not deleted yet. `payment_method` is a
    payment method's number at OVH, or the name of another means, such as ``ovhAccount``.
    """
    total = cart.order or cart.quote
    return {
        "cart": cart.id,
        "state": cart.state.value,
        "channel": cart.channel,
        "requester": cart.requester,
        "purpose": cart.purpose,
        "items": [
            {
                "domain": line.domain.ascii,
                "years": line.years,
                "pricing_mode": line.pricing_mode,
                "added_by": line.added_by,
                **_answers(line, person),
            }
            for line in cart.lines
        ],
        "approved_by": list(cart.approved_by),
        "rejected_by": cart.rejected_by,
        "reason": cart.reason,
        "total": {
            "amount": str(total.total.amount),
            "currency": total.total.currency,
            "tax": str(total.tax.amount),
        }
        if total
        else None,
        "sales_order": cart.order.id if cart.order else None,
        "paid_by": cart.payment.by if cart.payment else None,
        "payment_method": cart.payment.method if cart.payment else None,
        "invoice": cart.order.invoice if cart.order else None,
        "history": [
            {
                "state": e.state.value,
                "at": e.at.isoformat(timespec="seconds"),
                "by": e.by,
                "note": happened(e) or None,
                "kind": e.kind.value if e.kind else None,
                "data": e.data,
            }
            for e in events
            if e.state is not CartState.OPEN
        ],
    }


def _answers(line: Line, person: str | None) -> dict[str, Any]:
    """Return the answers of one person about a name, if they gave any: nobody else's are ever exported."""
    given = {answer.label: answer.value for answer in line.answers if answer.by == person}
    return {"answers": given} if given else {}


def write_json(rows: Iterable[Row], out: TextIO, *, person: str | None = None) -> None:
    """Write a JSON list, one cart per line, while reading; write nothing if the first cart cannot be read."""
    rows = _begun(rows)
    out.write("[")
    for number, (cart, events) in enumerate(rows):
        out.write(",\n " if number else "\n ")
        json.dump(record(cart, events, person=person), out, ensure_ascii=False)
    out.write("\n]\n")


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """Write one row per name while reading; write nothing if the first cart cannot be read."""
    rows = _begun(rows)
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for cart, events in rows:
        entry = record(cart, events)
        total = entry["total"] or {"amount": "", "tax": "", "currency": ""}
        for item in entry["items"]:
            both = entry | item | total | {"total": total["amount"], "approved_by": " ".join(entry["approved_by"])}
            writer.writerow([_cell(both[column]) for column in _COLUMNS])


def _begun(rows: Iterable[Row]) -> Iterator[Row]:
    """Read the first row, so that an unreadable database is noticed before anything is written."""
    remaining = iter(rows)
    return chain(list(islice(remaining, 1)), remaining)


def since(text: str) -> datetime:
    """Parse a date or a moment, in UTC if it has no zone; raises `ValueError`."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _cell(value: object) -> str:
    """Return text that a spreadsheet does not treat as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
