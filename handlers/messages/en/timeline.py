"""What people read about one request, and what happened to it: one sentence for each event, oldest first.

People are the subjects, and no sentence has the name of a state. Notes arrive escaped, and may be empty.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from handlers.messages.en.grammar import capitalised, counted
from handlers.messages.en.phrases import short_method
from handlers.messages.en.states import began
from handlers.messages.en.status import payment_refused
from handlers.text.mrkdwn import clock, date, person, when
from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.facts import EventKind as K
from ordering.model.money import Money

NO_NAMES = "No names in it."
NOTHING_HAPPENED = "Nothing has happened to it yet."
_Says = Callable[[str, str, Event, Cart], str]

# By the kind of event: who, the catalogue's note, the event and its cart. For a kind without a row, its note says it.
_SAID: dict[K, _Says] = {
    K.CART_OPENED: lambda who, *_: f"{who} started the cart",
    K.NAMES_ADDED: lambda who, note, *_: f"{who} {note}",
    K.NAME_REMOVED: lambda who, note, *_: f"{who} {note}",
    K.YEARS_CHOSEN: lambda who, note, *_: f"{who} {note}",
    K.QUESTIONS_ANSWERED: lambda who, note, *_: f"{who} {note}",
    K.NAMES_COPIED: lambda who, note, *_: f"{who} {note}",
    K.APPROVAL_REQUESTED: lambda who, *_: f"{who} requested approval",
    K.REQUEST_WITHDRAWN: lambda who, *_: f"{who} withdrew the request",
    K.CHANGES_REQUESTED: lambda who, note, *_: f"{who} asked for changes{f': {note}' if note else ''}",
    K.PARTLY_APPROVED: lambda who, note, *_: f"{who} {note}",
    K.APPROVED: lambda who, *_: f"{who} approved",
    K.REJECTED: lambda who, note, *_: f"{who} rejected it{f': “{note}”' if note else ''}",
    K.ORDER_STOPPED: lambda who, *_: f"{who} stopped it before it was ordered",
    K.ORDER_CREATED: lambda _who, note, event, cart: f"{_ordered(event, cart)}{f'. {note}' if note else ''}",
    K.ORDER_FOUND: lambda _who, note, event, cart: f"{_ordered(event, cart)}. {note}",
    K.OWNER_CHECK_ENDED: lambda *_: "The order can be paid now",
    K.PAYMENT_REMINDER: lambda *_: "The payers were reminded",
    K.PAYMENT_REQUESTED: lambda who, _note, event, cart: f"{who} pressed *Pay*{_method(event, cart)}",
    K.PAYMENT_REFUSED: lambda _who, note, event, *_: (
        note if note and not event.data else payment_refused(event.data or {})
    ),
    K.PAYMENT_STOPPED: lambda who, *_: f"{who} stopped the payment. Nothing was paid",
    K.PAYMENT_RECEIVED: lambda _who, note, *_: note or "OVH received the payment",
    K.INVOICE_RECEIVED: lambda _who, note, *_: note,
    K.DELIVERED: lambda _who, _note, _event, cart: f"{capitalised(_all_names(cart))} registered",
    K.RETRY_REQUESTED: lambda who, *_: f"{who} had me try again",
    K.CLOSED: lambda who, *_: f"{who} closed it",
    K.ORDER_ADOPTED: lambda who, note, *_: f"{who} said: {note}",
    K.ORDERED_ANYWAY: lambda who, note, *_: f"{who} said: {note}",
    K.DECLARED_NOT_ORDERED: lambda who, note, *_: f"{who} said: {note}",
    K.DECLARED_PAID: lambda who, note, *_: f"{who} said: {note}",
    K.DECLARED_NOT_PAID: lambda who, note, *_: f"{who} said: {note}",
}
_SILENT = {K.CHECKOUT_STARTED, K.PAYMENT_STARTED}  # unless they have a note: what follows them says it


def happened(event: Event, note: str, cart: Cart) -> str:
    """Return what happened, in a sentence without its time; empty if a later event says it."""
    if event.kind in _SILENT and not note:
        return ""
    who = person(event.by) if event.by else "Somebody"
    said = _SAID.get(event.kind) if event.kind else None
    if said is not None:
        return said(who, note.rstrip("."), event, cart)
    text = note.rstrip(".") or began(event.state)
    return f"{person(event.by)}: {text}" if event.by else text


def at_time(moment: datetime, text: str, *, same_day: bool) -> str:
    """Return a line of the timeline; `same_day` leaves the date out, because all events share it."""
    return f"{clock(moment) if same_day else when(moment)}  {text}"


def earlier(number: int) -> str:
    """Return how many earlier events have no room."""
    return f"{number} earlier"


def below(cart: Cart, *, day: datetime | None, message: str | None) -> str:
    """Return the grey line at the end: the day if all happened on one, and a link to the request's message."""
    link = f"<{message}|message in Slack>" if message else ""
    return " · ".join(filter(None, [date(day) if day else "", link])) or f"#{cart.id}"


def _ordered(event: Event, cart: Cart) -> str:
    order = (event.data or {}).get("order") or (cart.order.id if cart.order else None)
    return f"Ordered as {order}" if order else "Ordered"


def _method(event: Event, cart: Cart) -> str:
    method = (event.data or {}).get("method")
    if cart.order is None or cart.order.is_free or not isinstance(method, int | str):
        return ""
    return f" with {short_method(cart.order.name_of(method))}"


def _all_names(cart: Cart) -> str:
    return "the name" if len(cart.lines) == 1 else f"all {counted(len(cart.lines), 'name')}"


# One name -------------------------------------------------------------------------------------------------------------

YOURS = "yours"
REGISTERED, RENEWAL, REQUESTED_BY, PURCHASE = "Registered", "Renewal", "Requested by", "Purchase"


def name_alone(name: str, cart: Cart, title: str) -> str:
    """Return the notification's text about a name; `title` says how far its request is."""
    return f"{name}: #{cart.id}, {title}"


def name_head(name: str, *, yours: bool, title: str) -> str:
    """Return the first line about a name."""
    return f"*{name}* · {YOURS if yours else title}"


def name_registered(at: datetime, years: int) -> str:
    """Return when a name was registered, and for how long."""
    return f"{date(at)}, for {counted(years, 'year')}"


def name_renewal(renewal: Money | None) -> str:
    """Return what a name costs after that."""
    return f"{renewal} a year before tax" if renewal else "not known"


def name_fact(label: str, value: str) -> str:
    """Return one fact of two columns: its label above it."""
    return f"*{label}*\n{value}"


def name_purchase(cart: Cart, message: str | None) -> str:
    """Return in which request a name was bought: its number, order and invoice."""
    order = f"order {cart.order.id}" if cart.order else ""
    invoice = f"invoice {cart.order.invoice}" if cart.order and cart.order.invoice else ""
    number = f"<{message}|#{cart.id}>" if message else f"#{cart.id}"
    return " · ".join(filter(None, [number, order, invoice]))


def name_in_cart(cart: Cart) -> str:
    """Return that a name is in a channel's open cart."""
    return f"In cart #{cart.id}, which nobody has sent for approval yet."


def name_elsewhere(numbers: list[int]) -> str:
    """Return the other requests that had a name."""
    return f"Also in {', '.join(f'#{number}' for number in numbers)}"
