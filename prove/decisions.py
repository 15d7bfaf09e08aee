"""Whatever somebody was told to be decided must be on record, as their own decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from ordering.model.cart import CartState
from ordering.model.events import Event
from sandbox.stage import Stage

_S = CartState
# What a person is told of their own deed, which state that led to, and how the record's note of it begins.
_TOLD = tuple(
    (re.compile(pattern), state, note)
    for pattern, state, note in (
        (r"You approved cart #(?P<cart>\d+)\.(?! It needs)", _S.APPROVED, ""),
        (r"You approved cart #(?P<cart>\d+)\. It needs one more", _S.SUBMITTED, "approved,"),
        (r"You rejected cart #(?P<cart>\d+)\.", _S.REJECTED, ""),
        (r"You withdrew cart #(?P<cart>\d+)\.", _S.CANCELLED, "withdrawn"),
        (r"Paying .*?for cart #(?P<cart>\d+)\.", _S.PAYING, ""),
        (r"Cart #(?P<cart>\d+) is tried again,", _S.APPROVED, "to be tried again"),
        (r"I'll order cart #(?P<cart>\d+) again", _S.NEEDS_ATTENTION, "nothing was ordered"),
        (r"I'm ordering cart #(?P<cart>\d+)\.", _S.APPROVED, "to be ordered in spite"),
        (r"Cart #(?P<cart>\d+) is closed\.", _S.CANCELLED, "closed"),
        (r"Cart #(?P<cart>\d+) counts as paid\.", _S.PAID, "It was paid"),
        (r"The order of cart #(?P<cart>\d+) can be paid again\.", _S.CHECKED_OUT, "It was not paid"),
        (r"Order \d+ is cart #(?P<cart>\d+)'s now\.", None, "it is order"),
    )
)
# What all are told of somebody's deed, on the card.
_SHOWN = (
    (re.compile(r"\*Cart #(?P<cart>\d+)\*  was rejected by <@(?P<who>\w+)>"), _S.REJECTED, ""),
    (re.compile(r"\*Cart #(?P<cart>\d+)\*  is being paid by <@(?P<who>\w+)>"), _S.PAYING, ""),
)

# Which button leads to what is on record by somebody: its state, and how the record's note of it begins.
_PRESSED = (
    ("approve", _S.SUBMITTED, "approved,"),
    ("nothing_ordered", _S.NEEDS_ATTENTION, "nothing was ordered"),
    ("order_anyway", _S.APPROVED, "to be ordered in spite"),
    ("try_again", _S.APPROVED, "to be tried again"),
    ("approve", _S.APPROVED, ""),
    ("pay", _S.PAYING, ""),
    ("it_was_paid", _S.PAID, "It was paid"),
    ("not_paid", _S.CHECKED_OUT, "It was not paid"),
)
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
            yield f"{what} at {event.at:%H:%M:%S.%f} by no click of {event.by}: {event.note}"


def _cart(value: str) -> int:
    """A button's value begins with the cart's number."""
    found = re.match(r"\d+", value)
    return int(found[0]) if found else 0


def _action(event: Event) -> str | None:
    """The button that leads to an event; None where it came about otherwise."""
    note = event.note or ""
    fitting = (button for button, state, begins in _PRESSED if event.state is state and note.startswith(begins))
    return next(fitting, None) if event.by else None


def lost_decisions(stage: Stage, events: Iterable[Event]) -> Iterator[str]:
    """Say which decisions were told and are not on record by the same person."""
    recorded = [event for event in events if event.by]
    told = {decision for kind, shown in stage.slack.state.archive for decision in _decisions(kind, shown)}
    for cart_id, state, who, note in sorted(told, key=str):
        if not any(
            (event.cart_id, event.by) == (cart_id, who)
            and state in {None, event.state}
            and (event.note or "").startswith(note)
            for event in recorded
        ):
            what = state.in_words if state else "settled"
            yield f"cart #{cart_id} was told to be {what} by {who}{f' ({note})' if note else ''}"


def _decisions(kind: str, shown: dict[str, Any]) -> Iterator[tuple[int, CartState | None, str, str]]:
    """A form tells whoever has it open, a message one person or all."""
    reader = shown["user"] if kind == "view" else _reader(shown)
    text = str(shown.get("blocks") if kind == "view" else shown.get("text"))
    for pattern, state, note in _TOLD:
        for found in pattern.finditer(text):
            yield int(found["cart"]), state, reader, note
    for pattern, shown_state, note in _SHOWN:
        for found in pattern.finditer(str(shown.get("blocks"))):
            yield int(found["cart"]), shown_state, found["who"], note


def _reader(shown: dict[str, Any]) -> str:
    """Whose eyes a message is for; in the bot's own conversation with somebody, theirs."""
    channel = str(shown.get("channel", ""))
    return str(shown.get("only_for") or (f"U{channel[1:]}" if channel.startswith("D") else "everybody"))
