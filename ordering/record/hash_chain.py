r"""The hash chain of the audit log.

Each event carries a digest of itself, of the previous event and of its cart's previous event. An event's digest is the
SHA-256, in lower-case hex, of the UTF-8 bytes of one JSON array, written without spaces and with every non-ASCII
character as a ``\uXXXX`` escape. The array has two forms:

    ["domain-desk event 1", id, cart, number, state, at, by, note, facts, previous_in_cart, previous]
    ["domain-desk event 2", id, cart, number, state, at, by, note, kind, data, facts, previous_in_cart, previous]

An event with a kind has the second form, one without has the first. The first form does not cover data, so an event
without a kind must have none. Since kinds were introduced every new event has one, so no event of the first form
follows the first event of the second form.

`id` counts all events from 1 without a gap, `number` counts those of one cart. `at` is in UTC with six digits of a
second, as ``2026-11-24T08:00:00.000000+00:00``. `data` is the text of a JSON object, as `canonical` writes it. `facts`
is the text that the function `facts` returns for the cart saved with the event. `previous` is the digest of the
previous event, `previous_in_cart` that of the cart's previous event. Absent values are null.

This format is a domain rule and independent of the database: it survives a move to another one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ordering.model.answer_digests import Digest, digest_of
from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.events import Event
from ordering.model.facts import canonical
from ordering.model.money import Money
from ordering.model.question import is_private

_FIRST_FORM, _SECOND_FORM = "domain-desk event 1", "domain-desk event 2"


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a chain: the number of its events, and the last one's digest."""

    number: int = 0
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as stored in the chain. The database may have been tampered with: trust no field."""

    id: int
    cart_id: int
    number: int
    state: str
    at: datetime | str  # text only if it cannot be parsed as a time
    by: str | None
    note: str | None
    kind: str | None  # None for events from before kinds existed
    data: str | None  # None for those, too
    facts: str | None  # None for events from before facts existed
    previous_in_cart: str | None
    previous: str | None
    digest: str = ""

    @property
    def is_of_first_form(self) -> bool:
        return self.kind is None


def chained(event: Event, facts: str | None, *, over_all: Link, in_cart: Link) -> Entry:
    """Append an event to the chain over all and to its cart's chain. Only events with a kind can be appended."""
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
    """Return the entry with the digest of its fields."""
    return replace(entry, digest=digest(entry))


def digest(entry: Entry) -> str:
    """Compute an entry's digest from its other fields."""
    at = entry.at
    moment = at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else at
    content = [entry.id, entry.cart_id, entry.number, entry.state, moment, entry.by, entry.note]
    links = [entry.facts, entry.previous_in_cart, entry.previous]
    if entry.is_of_first_form:
        text = canonical([_FIRST_FORM, *content, *links])
    else:
        text = canonical([_SECOND_FORM, *content, entry.kind, entry.data, *links])
    return hashlib.sha256(text.encode()).hexdigest()


def facts(cart: Cart) -> str:
    """Serialize what an event proves: the request, what was approved, ordered and paid, and by whom.

    It leaves out data that changes without an event: an open cart's names, the order's status, when a payment was sent.
    Private answers are included as digests only: events can never be removed.
    """
    quote, seal, attempt, order, payment = cart.quote, cart.seal, cart.attempt, cart.order, cart.payment
    lines = () if cart.state is CartState.OPEN else cart.lines
    content: dict[str, Any] = {
        "state": cart.state.value,
        "since": _moment(cart.since),
        "channel": cart.channel,
        "created_by": cart.created_by,
        "requester": cart.requester,
        "purpose": cart.purpose,
        "lines": [_line(cart, line) for line in lines],
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
        "fact": cart.fact and [cart.fact.kind.value, cart.fact.data],
    }
    return canonical(content)


def read(content: str, cart_id: int) -> dict[str, Any]:
    """Parse facts into a dict for comparison, with every answer as its digest. Empty if they cannot be parsed.

    Which answers are stored in clear depends on the record's age; records from before digests hold all of them in
    clear.
    """
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    lines = found.get("lines")
    return found | {"lines": [_veiled_line(cart_id, line) for line in lines]} if isinstance(lines, list) else found


def _line(cart: Cart, line: Line) -> list[Any]:
    """Serialize a line, then its answers with their authors, then its other shapers; the last two only if present.

    A deleted answer stands where it stood before, with the same digest.
    """
    name = line.domain.ascii
    content = [name, line.years, line.pricing_mode, _amount(line.price), line.added_by]
    given: dict[str, list[Any]] = {
        a.label: [a.label, _veil(cart.answer_digest(name, a.label, a.value)) if is_private(a.label) else a.value, a.by]
        for a in line.answers
    }
    given |= {gone.label: [gone.label, _veil(gone.digest), gone.by] for gone in line.deleted}
    answers = [given[label] for label in (sorted(given) if line.deleted else given)]
    if line.shaped_by:
        return [*content, answers, sorted(line.shaped_by)]
    return [*content, answers] if answers else content


def _veiled_line(cart_id: int, line: object) -> object:
    """Replace a parsed line's answers by digests. A line of an unknown form stays, and so differs from the cart's."""
    match line:
        case [str(name), years, mode, price, added_by, list(answers)]:
            return [name, years, mode, price, added_by, [_veiled_answer(cart_id, name, content) for content in answers]]
        case [str(name), years, mode, price, added_by, list(answers), list(shaped_by)]:
            veiled = [_veiled_answer(cart_id, name, content) for content in answers]
            return [name, years, mode, price, added_by, veiled, shaped_by]
        case _:
            return line


def _veiled_answer(cart_id: int, name: str, content: object) -> object:
    match content:
        case [str(label), str(value), by]:
            return [label, _veil(digest_of(cart_id, None, name, label, value)), by]
        case _:
            return content


def _veil(digest: Digest) -> dict[str, str]:
    """Return an answer's digest as it stands in an event: a reader of events finds no private answer in them.

    The cart's own row holds the answers in clear until they are deleted; after that, the digest still proves them to
    a user who kept the answer and the salt.
    """
    return {digest.form.value: digest.text}


def _amount(money: Money) -> str:
    return f"{money.minor} {money.currency}"  # in minor units


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
