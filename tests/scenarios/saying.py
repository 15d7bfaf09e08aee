"""What cards and threads say about a fact, as the catalogue words it."""

from datetime import UTC, datetime

from handlers.messages import blocked, happened, remark
from ordering.model.cart import BlockedReason, Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind, Fact, Json
from ordering.model.ids import CartId

VISA = "VISA 4970 XXXX XXXX 1234"  # what OVH calls the card that is suggested
_AT = datetime(2026, 11, 24, tzinfo=UTC)


def on_card(kind: EventKind, **data: Json) -> str:
    """Return what a card says about a cart with this fact."""
    shown = Cart(CartId(1), "C1", "U0ADA", CartState.NEEDS_ATTENTION, _AT, fact=Fact(kind, data))
    return _said(remark(shown), kind)


def in_thread(kind: EventKind, **data: Json) -> str:
    """Return what the thread says about an event."""
    return _said(happened(Event(CartId(1), CartState.NEEDS_ATTENTION, _AT, kind=kind, data=data)), kind)


def in_trouble(code: str, **data: Json) -> str:
    """Return what a card says while the bot retries."""
    return _said(blocked(BlockedReason(_AT, code, data)), code)


def _said(text: str, about: str) -> str:
    if not text:
        raise AssertionError(f"the catalogue says nothing of {about}: a test would see it everywhere")
    return text
