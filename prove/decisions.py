"""Check that every decision that was reported to a user is recorded as their own decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, cast

from handlers.messages import words
from handlers.text.mrkdwn import person
from ordering.model.cart import CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from sandbox.stage import Stage

_S, _K = CartState, EventKind
_CART, _WHO, _HOLE = "\0cart", "\0who", "\0"  # stand in a sentence for the cart, a person and anything else


def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what finds a sentence of the catalogue, or its beginning, for any cart, person and other data."""
    text = re.escape(sentence).replace(_CART, r"(?P<cart>\d+)").replace(_WHO, r"(?P<who>\w+)")
    return re.compile(text.replace(_HOLE, ".*?"))


def _reported() -> Iterator[tuple[re.Pattern[str], CartState | None, EventKind]]:
    """Yield what a user reads about their own decision, the state that it led to, and the kind of its event."""
    catalogue, cart, hole = words.decisions, cast("Any", _CART), cast("Any", _HOLE)
    yield _pattern(catalogue.approved(cart)), _S.APPROVED, _K.APPROVED
    yield _pattern(catalogue.approved_partly(cart)), _S.SUBMITTED, _K.PARTLY_APPROVED
    yield _pattern(catalogue.rejected(cart)), _S.REJECTED, _K.REJECTED
    yield _pattern(catalogue.returned(cart)), _S.RETURNED, _K.CHANGES_REQUESTED
    yield _pattern(catalogue.withdrawn(cart)), _S.CANCELLED, _K.REQUEST_WITHDRAWN
    yield _pattern(catalogue.paying(cart, None)), _S.PAYING, _K.PAYMENT_REQUESTED
    yield _pattern(catalogue.paying(cart, hole)), _S.PAYING, _K.PAYMENT_REQUESTED
    yield _pattern(catalogue.trying_again(cart)), _S.APPROVED, _K.RETRY_REQUESTED
    yield _pattern(catalogue.nothing_ordered(cart)), _S.NEEDS_ATTENTION, _K.DECLARED_NOT_ORDERED
    yield _pattern(catalogue.ordering_anyway(cart)), _S.APPROVED, _K.ORDERED_ANYWAY
    yield _pattern(catalogue.closed(cart)), _S.CANCELLED, _K.CLOSED
    yield _pattern(catalogue.was_paid(cart)), _S.PAYING, _K.DECLARED_PAID
    yield _pattern(catalogue.said_not_paid(cart)), _S.PAYING, _K.DECLARED_NOT_PAID
    for hidden in (True, False):
        yield _pattern(catalogue.order_named(hole, cart, owner_hidden=hidden)), None, _K.ORDER_ADOPTED


def _rendered() -> Iterator[tuple[re.Pattern[str], CartState, EventKind]]:
    """Yield what everybody reads on the card about a user's decision."""
    card, cart, by = words.card, cast("Any", _CART), person(_WHO)
    yield _pattern(card.head(cart, f"{card.REJECTED} {by}")), _S.REJECTED, _K.REJECTED
    yield _pattern(card.head(cart, f"{card.BEING_PAID} {by}")), _S.PAYING, _K.PAYMENT_REQUESTED


_REPORTED, _RENDERED = tuple(_reported()), tuple(_rendered())
# Which button leads to which events of a user.
_PRESSED = {
    _K.PARTLY_APPROVED: "approve",
    _K.APPROVED: "approve",
    _K.DECLARED_NOT_ORDERED: "nothing_ordered",
    _K.ORDERED_ANYWAY: "order_anyway",
    _K.RETRY_REQUESTED: "try_again",
    _K.PAYMENT_REQUESTED: "pay",
    _K.DECLARED_PAID: "it_was_paid",
    _K.DECLARED_NOT_PAID: "not_paid",
}
_ON_ITS_WAY = timedelta(seconds=5)  # between a click and its event


def repeated_decisions(stage: Stage, events: Iterable[Event], *, apart: timedelta = timedelta()) -> Iterator[str]:
    """Yield the decisions that no user made by a click of their own: a redelivered old click decides nothing.

    A click counts once, and only for a state that the cart was in when it was made, or reached soon after. Events may
    be dated by clocks that are `apart` from the true time.
    """
    clicks = [(press.user, press.action, _cart(press.value), press.at) for press in stage.slack.delivery.pressed]
    before: dict[int, Event] = {}
    for event in events:
        entered = before.get(event.cart_id)
        before[event.cart_id] = event
        action = _action(event)
        if action is None or entered is None:
            continue
        earliest = entered.at - _ON_ITS_WAY - apart
        made = [
            c for c in clicks if c[:3] == (event.by, action, event.cart_id) and earliest <= c[3] <= event.at + apart
        ]
        if made:
            clicks.remove(made[0])
        else:
            what = f"cart #{event.cart_id} became {event.state.in_words}"
            yield f"{what} at {event.at:%H:%M:%S.%f} by no click of {event.by}: {event.kind}"


def repeated_in_any(stage: Stage, histories: Iterable[Iterable[Event]], *, apart: timedelta) -> Iterable[str]:
    """Return the repeated decisions of each history by itself: the lost one of a restored database, and the current.

    A restored database has lost that a click was carried out. If Slack delivers the click again, or the copy holds it
    as not carried out yet, it rightly decides about the same request once more: once in each history.
    """
    return dict.fromkeys(
        repeated for events in histories for repeated in repeated_decisions(stage, events, apart=apart)
    )


def _cart(value: str) -> int:
    """Return the cart's number, with which a button's value begins."""
    found = re.match(r"\d+", value)
    return int(found[0]) if found else 0


def _action(event: Event) -> str | None:
    """Return the button that leads to an event; None if the event had another cause."""
    return _PRESSED.get(event.kind) if event.by and event.kind else None


def lost_decisions(stage: Stage, events: Iterable[Event]) -> Iterator[str]:
    """Yield the decisions that were reported but not recorded by the same user."""
    recorded = [event for event in events if event.by]
    decided = {decision for how, message in stage.slack.state.archive for decision in _decisions(how, message)}
    for cart_id, state, who, kind in sorted(decided, key=str):
        if not any(
            (event.cart_id, event.by, event.kind) == (cart_id, who, kind) and state in {None, event.state}
            for event in recorded
        ):
            what = state.in_words if state else "settled"
            yield f"cart #{cart_id} was reported to be {what} by {who} ({kind})"


def _decisions(how: str, message: dict[str, Any]) -> Iterator[tuple[int, CartState | None, str, EventKind]]:
    """Yield the decisions in a view or a message. A form addresses its user, a message one user or everybody."""
    reader = message["user"] if how == "view" else _reader(message)
    text = str(message.get("blocks") if how == "view" else message.get("text"))
    for pattern, state, kind in _REPORTED:
        for found in pattern.finditer(text):
            yield int(found["cart"]), state, reader, kind
    for pattern, shown_state, kind in _RENDERED:
        for found in pattern.finditer(str(message.get("blocks"))):
            yield int(found["cart"]), shown_state, found["who"], kind


def _reader(message: dict[str, Any]) -> str:
    """Return the user who can read a message (the partner for direct messages), or ``everybody``."""
    channel = str(message.get("channel", ""))
    return str(message.get("only_for") or (f"U{channel[1:]}" if channel.startswith("D") else "everybody"))
