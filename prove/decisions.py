"""Whatever somebody was told to be decided must be on record, as their own decision."""

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
# What a person reads of their own decision, the state that it led to, and the kind of its event.
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
        (r"I'm ordering cart #(?P<cart>\d+)\.", _S.APPROVED, _K.ORDERED_ANYWAY),
        (r"Cart #(?P<cart>\d+) is closed\.", _S.CANCELLED, _K.CLOSED),
        (r"Noted: cart #(?P<cart>\d+) was paid\.", _S.PAYING, _K.DECLARED_PAID),
        (r"Noted: cart #(?P<cart>\d+) was not paid\.", _S.PAYING, _K.DECLARED_NOT_PAID),
        (r"Order \d+ is cart #(?P<cart>\d+)'s now\.", None, _K.ORDER_ADOPTED),
    )
)
# What all are told of somebody's deed, on the card.
_SHOWN = (
    (re.compile(r"\*Cart #(?P<cart>\d+)\*  was rejected by <@(?P<who>\w+)>"), _S.REJECTED, _K.REJECTED),
    (re.compile(r"\*Cart #(?P<cart>\d+)\*  is being paid by <@(?P<who>\w+)>"), _S.PAYING, _K.PAYMENT_REQUESTED),
)

# Which button leads to which events of a person.
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
_ON_ITS_WAY = timedelta(seconds=5)  # between a click and what the desk makes of it


def repeated_decisions(stage: Stage, events: Iterable[Event]) -> Iterator[str]:
    """Say which decisions nobody made by a click of their own: an old click that comes again decides nothing.

    A click counts once, and only for a state that the cart was in when it was made, or came to soon after.
    """
    clicks = [(press.user, press.action, _cart(press.value), press.at) for press in stage.slack.delivery.pressed]
    before: dict[int, Event] = {}
    for event in events:
        entered = before.get(event.cart_id)
        before[event.cart_id] = event
        action = _action(event)
        if action is None or entered is None:
            continue
        earliest = entered.at - _ON_ITS_WAY
        made = [c for c in clicks if c[:3] == (event.by, action, event.cart_id) and earliest <= c[3] <= event.at]
        if made:
            clicks.remove(made[0])
        else:
            what = f"cart #{event.cart_id} became {event.state.in_words}"
            yield f"{what} at {event.at:%H:%M:%S.%f} by no click of {event.by}: {event.kind}"


def _cart(value: str) -> int:
    """A button's value begins with the cart's number."""
    found = re.match(r"\d+", value)
    return int(found[0]) if found else 0


def _action(event: Event) -> str | None:
    """The button that leads to an event; None where it came about otherwise."""
    return _PRESSED.get(event.kind) if event.by and event.kind else None


def lost_decisions(stage: Stage, events: Iterable[Event]) -> Iterator[str]:
    """Say which decisions were told and are not on record by the same person."""
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
    """A form tells whoever has it open, a message one person or all."""
    reader = shown["user"] if how == "view" else _reader(shown)
    text = str(shown.get("blocks") if how == "view" else shown.get("text"))
    for pattern, state, kind in _TOLD:
        for found in pattern.finditer(text):
            yield int(found["cart"]), state, reader, kind
    for pattern, shown_state, kind in _SHOWN:
        for found in pattern.finditer(str(shown.get("blocks"))):
            yield int(found["cart"]), shown_state, found["who"], kind


def _reader(shown: dict[str, Any]) -> str:
    """Whose eyes a message is for; in the bot's own conversation with somebody, theirs."""
    channel = str(shown.get("channel", ""))
    return str(shown.get("only_for") or (f"U{channel[1:]}" if channel.startswith("D") else "everybody"))
