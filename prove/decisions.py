"""Check that every decision that was reported to a user is recorded as their own decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from ordering.model.cart import CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from sandbox.stage import Stage

_S, _K = CartState, EventKind
# What a user reads about their own decision, the state that it led to, and the kind of its event.
_TOLD = tuple(
    (re.compile(pattern), state, kind)
    for pattern, state, kind in (
        (r"You approved cart #(?P<cart>\d+)\.(?! It needs)", _S.APPROVED, _K.APPROVED),
        (r"You approved cart #(?P<cart>\d+)\. It needs one more", _S.SUBMITTED, _K.PARTLY_APPROVED),
        (r"You rejected cart #(?P<cart>\d+)\.", _S.REJECTED, _K.REJECTED),
        (r"You withdrew cart #(?P<cart>\d+)\.", _S.CANCELLED, _K.REQUEST_WITHDRAWN),
        (r"Paying .*?for cart #(?P<cart>\d+)\.", _S.PAYING, _K.PAYMENT_REQUESTED),
        (r"Cart #(?P<cart>\d+) is tried again,", _S.APPROVED, _K.RETRY_REQUESTED),
        (r"I'll order cart #(?P<cart>\d+) again", _S.NEEDS_ATTENTION, _K.DECLARED_NOT_ORDERED),
        (r"I'll order cart #(?P<cart>\d+) now", _S.APPROVED, _K.ORDERED_ANYWAY),
        (r"Cart #(?P<cart>\d+) is closed\.", _S.CANCELLED, _K.CLOSED),
        (r"Noted: cart #(?P<cart>\d+) was paid\.", _S.PAYING, _K.DECLARED_PAID),
        (r"Noted: cart #(?P<cart>\d+) was not paid\.", _S.PAYING, _K.DECLARED_NOT_PAID),
        (r"Order \d+ is cart #(?P<cart>\d+)'s now\.", None, _K.ORDER_ADOPTED),
    )
)
# What everybody reads on the card about a user's decision.
_SHOWN = (
    (re.compile(r"\*Cart #(?P<cart>\d+)\*  was rejected by <@(?P<who>\w+)>"), _S.REJECTED, _K.REJECTED),
    (re.compile(r"\*Cart #(?P<cart>\d+)\*  is being paid by <@(?P<who>\w+)>"), _S.PAYING, _K.PAYMENT_REQUESTED),
)

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
    told = {decision for how, shown in stage.slack.state.archive for decision in _decisions(how, shown)}
    for cart_id, state, who, kind in sorted(told, key=str):
        if not any(
            (event.cart_id, event.by, event.kind) == (cart_id, who, kind) and state in {None, event.state}
            for event in recorded
        ):
            what = state.in_words if state else "settled"
            yield f"cart #{cart_id} was told to be {what} by {who} ({kind})"


def _decisions(how: str, shown: dict[str, Any]) -> Iterator[tuple[int, CartState | None, str, EventKind]]:
    """Yield the decisions in a view or a message. A form addresses its user, a message one user or everybody."""
    reader = shown["user"] if how == "view" else _reader(shown)
    text = str(shown.get("blocks") if how == "view" else shown.get("text"))
    for pattern, state, kind in _TOLD:
        for found in pattern.finditer(text):
            yield int(found["cart"]), state, reader, kind
    for pattern, shown_state, kind in _SHOWN:
        for found in pattern.finditer(str(shown.get("blocks"))):
            yield int(found["cart"]), shown_state, found["who"], kind


def _reader(shown: dict[str, Any]) -> str:
    """Return the user who can read a message (the partner for direct messages), or ``everybody``."""
    channel = str(shown.get("channel", ""))
    return str(shown.get("only_for") or (f"U{channel[1:]}" if channel.startswith("D") else "everybody"))
