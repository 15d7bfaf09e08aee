"""What people read about one cart and its events, oldest first."""

from __future__ import annotations

from handlers.messages.en.states import began, state
from handlers.toolkit.mrkdwn import person, when
from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.facts import EventKind as K

NO_NAMES = "No names in it."
NOTHING_HAPPENED = "Nothing has happened to it yet."

_HAPPENED = {
    K.APPROVAL_REQUESTED: "approval requested",
    K.REQUEST_WITHDRAWN: "request withdrawn",
    K.PARTLY_APPROVED: "first approval",
    K.ORDER_STOPPED: "stopped",
    K.APPROVAL_LAPSED: "the approval ended",
    K.APPROVAL_VOID: "the approval ended",
    K.TERMS_CHANGED: "OVH's terms changed",
    K.PAYMENT_REMINDER: "reminder to pay",
    K.PAYMENT_REQUESTED: "payment requested",
    K.PAYMENT_STARTED: "payment sent to OVH",
    K.PAYMENT_STOPPED: "payment stopped",
    K.PAYMENT_LAPSED: "not paid in time",
    K.PAYMENT_VOID: "payment not sent",
    K.PAYMENT_NOT_SENT: "payment not sent",
    K.PAYMENT_REFUSED: "payment refused",
    K.PAYMENT_NOT_SEEN: "payment not seen",
    K.INVOICE_RECEIVED: "invoice received",
    K.RETRY_REQUESTED: "retry requested",
    K.ORDER_ADOPTED: "order number entered",
    K.ORDERED_ANYWAY: "ordered anyway",
    K.DECLARED_NOT_ORDERED: "said that nothing was ordered",
    K.DECLARED_PAID: "said that it was paid",
    K.DECLARED_NOT_PAID: "said that it was not paid",
    K.CLOSED: "closed",
    K.POLICY_CHANGED: "the team's rules changed",
    K.PERSON_ERASED: "a person's data erased",
}


def head(cart: Cart) -> str:
    """Return the first line: how far the cart is."""
    return f"*Cart #{cart.id}*: {state(cart.state)}"


def happened(event: Event, note: str) -> str:
    """Return one event: when, what, by whom; `note` says more, is escaped, and may be empty."""
    # An event of another kind is described by the state that the cart has since then.
    known = _HAPPENED.get(event.kind) if event.kind else None
    who = f" by {person(event.by)}" if event.by else ""
    more = f": {note}" if note else ""
    return f"{when(event.at)}  {known or began(event.state)}{who}{more}"


def earlier(number: int) -> str:
    """Return how many earlier events have no room."""
    return f"{number} earlier"
