r"""The chain of evidence: each event carries a digest of itself, of the event before it and of its cart's last one.

An event's digest is the SHA-256, in lower-case hex, of the UTF-8 bytes of one JSON array, written without spaces
and with everything beyond ASCII as a ``\uXXXX`` escape. The array has two forms:

    ["domain-desk event 1", id, cart, number, state, at, by, note, facts, previous_in_cart, previous]
    ["domain-desk event 2", id, cart, number, state, at, by, note, kind, data, facts, previous_in_cart, previous]

An event with a kind has the second form, one without has the first. The first form does not cover data, so an event
without a kind must have none. Since kinds were introduced every new event has one: after the first event of the
second form there is none of the first.

`id` counts all events from 1 without a gap, `number` counts those of one cart. `at` is in UTC with six digits of
a second, as ``2026-11-24T08:00:00.000000+00:00``. `data` is the text of a JSON object, as `canonical` writes it.
`facts` is the text that `facts` makes of the cart as it was saved with the event. `previous` is the digest of the
event before, `previous_in_cart` that of the cart's event before. What is absent is null.

This is a rule of buying and not of a database: it survives a move to another one, so it stands here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.events import Event
from ordering.model.facts import canonical
from ordering.model.money import Money
from ordering.model.question import FOR_ALL_TO_READ

_FIRST_FORM, _SECOND_FORM = "domain-desk event 1", "domain-desk event 2"


@dataclass(frozen=True, slots=True)
class Link:
    """The newest end of a chain: how many events it has, and the last one's digest."""

    number: int = 0
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it stands in the chain. It may come from a database that somebody changed: trust no field."""

    id: int
    cart_id: int
    number: int
    state: str
    at: datetime | str  # text only where it cannot be read as a time
    by: str | None
    note: str | None
    kind: str | None  # None for events from before kinds were kept
    data: str | None  # None there, too
    facts: str | None  # None for events from before facts were kept
    previous_in_cart: str | None
    previous: str | None
    digest: str = ""

    @property
    def is_of_first_form(self) -> bool:
        return self.kind is None


def chained(event: Event, facts: str | None, *, over_all: Link, in_cart: Link) -> Entry:
    """Put an event at the end of the chain over all and of its cart's chain. Only events with a kind can be added."""
    if event.kind is None or event.data is None:
        raise AssertionError(f"a new event of cart #{event.cart_id} has no kind or no data")
    entry = Entry(
        id=over_all.number + 1,
        cart_id=event.cart_id,
        number=in_cart.number + 1,
        state=event.state.value,
        at=event.at,
        by=event.by,
        note=event.note,
        kind=event.kind.value,
        data=canonical(event.data),
        facts=facts,
        previous_in_cart=in_cart.digest,
        previous=over_all.digest,
    )
    return sealed(entry)


def sealed(entry: Entry) -> Entry:
    """The same entry with the digest that its fields call for."""
    return replace(entry, digest=digest(entry))


def digest(entry: Entry) -> str:
    """Compute an entry's digest from its other fields."""
    at = entry.at
    moment = at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else at
    told = [entry.id, entry.cart_id, entry.number, entry.state, moment, entry.by, entry.note]
    links = [entry.facts, entry.previous_in_cart, entry.previous]
    if entry.is_of_first_form:
        text = canonical([_FIRST_FORM, *told, *links])
    else:
        text = canonical([_SECOND_FORM, *told, entry.kind, entry.data, *links])
    return hashlib.sha256(text.encode()).hexdigest()


def facts(cart: Cart) -> str:
    """Write down what an event bears witness to: who wants what, what was approved, ordered and paid, and by whom.

    Left out is what changes without an event: an open cart's names, how far OVH's order is, when a payment was sent.
    What not all may read of the answers is there as a digest only: events can never be removed.
    """
    quote, seal, attempt, order, payment = cart.quote, cart.seal, cart.attempt, cart.order, cart.payment
    lines = () if cart.state is CartState.OPEN else cart.lines
    told: dict[str, Any] = {
        "state": cart.state.value,
        "since": _moment(cart.since),
        "channel": cart.channel,
        "created_by": cart.created_by,
        "requester": cart.requester,
        "purpose": cart.purpose,
        "lines": [_line(cart.id, line) for line in lines],
        "quote": quote and [_amount(quote.total), _amount(quote.tax), _amount(quote.without_tax)],
        "seal": seal and [seal.digest, _amount(seal.total)],
        "approved_by": list(cart.approved_by),
        "rejected_by": cart.rejected_by,
        "reason": cart.reason,
        "attempt": attempt and [attempt.number, attempt.registrar_cart, _moment(attempt.started_at)],
        "sales_order": order and [order.id, _amount(order.total), _amount(order.tax)],
        "payment": payment and [payment.method, payment.by, _moment(payment.asked_at)],
        "invoice": order.invoice if order else None,
        "note": cart.note,
    }
    return canonical(told)


def read(told: str, cart_id: int) -> dict[str, Any]:
    """Facts by their names, to be compared: every answer as its digest. Empty where they cannot be read.

    Records of different times hold different answers in clear, those from before there were digests all of them.
    """
    try:
        found = json.loads(told)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    lines = found.get("lines")
    return found | {"lines": [_veiled_line(cart_id, line) for line in lines]} if isinstance(lines, list) else found


def _line(cart_id: int, line: Line) -> list[Any]:
    """A line, then its answers with who gave them, then who else shaped it; the last two only if there are any."""
    name = line.domain.ascii
    told = [name, line.years, line.pricing_mode, _amount(line.price), line.added_by]
    answers = [
        [a.label, a.value if a.label in FOR_ALL_TO_READ else _veiled(cart_id, name, a.label, a.value), a.by]
        for a in line.answers
    ]
    if line.shaped_by:
        return [*told, answers, sorted(line.shaped_by)]
    return [*told, answers] if answers else told


def _veiled_line(cart_id: int, line: object) -> object:
    """A line that was read; what is of no known form stays, and differs from what the cart tells."""
    match line:
        case [str(name), years, mode, price, added_by, list(answers)]:
            return [name, years, mode, price, added_by, [_veiled_answer(cart_id, name, told) for told in answers]]
        case [str(name), years, mode, price, added_by, list(answers), list(shaped_by)]:
            veiled = [_veiled_answer(cart_id, name, told) for told in answers]
            return [name, years, mode, price, added_by, veiled, shaped_by]
        case _:
            return line


def _veiled_answer(cart_id: int, name: str, told: object) -> object:
    match told:
        case [str(label), str(value), by]:
            return [label, _veiled(cart_id, name, label, value), by]
        case _:
            return told


def _veiled(cart_id: int, name: str, label: str, value: str) -> dict[str, str]:
    """An answer's digest, salted with what it was given for.

    So whoever reads events finds no answer in them, and cannot tell who else answered the same. It hides nothing from
    somebody who tries all possible answers: the salt stands beside it, and there are few birthdays. As long as the
    cart's own row is kept, its answers are there in clear; when that goes, the digest still proves what they were.
    """
    return {"sha256": hashlib.sha256(canonical([cart_id, name, label, value]).encode()).hexdigest()}


def _amount(money: Money) -> str:
    return f"{money.minor} {money.currency}"  # in minor units


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
