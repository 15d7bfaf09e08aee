"""What people read about how an order can be paid, and about the links to its pages at OVH."""

from __future__ import annotations

from datetime import datetime

from handlers.messages.en import phrases
from handlers.messages.en.buttons import OPEN_ORDER, PAY
from handlers.messages.en.grammar import capitalised, counted, names
from handlers.text.mrkdwn import person, when
from ordering.model.cart import Cart
from ordering.model.money import Money

# On the card ---------------------------------------------------------------------------------------------------------

METHOD = "Payment method"
METHOD_REFUSED = " (refused)"  # behind a payment method
method = phrases.method
FREE = f"This order costs nothing. *{PAY}* completes it; no payment method is needed."
NOT_READ_YET = "Asking OVH how this order can be paid."
NO_METHOD = (
    "OVH has no payment method on file that can pay this order. Open the order to pay it on OVH's page: I'll see it "
    "there. Or add a method in OVH's control panel, and I'll show it here."
)


def open_until(expires_at: datetime) -> str:
    """Return how long an order can be paid."""
    return f"{KEEPS_OPEN} until {when(expires_at)}, then cancels it."


KEEPS_OPEN = "OVH keeps the order open"


def missing(order: int) -> str:
    """Return that OVH does not show an order just now."""
    return f"OVH doesn't know order {order} just now. I keep looking."


def more_methods(number: int) -> str:
    """Return how many payment methods have no room."""
    return f"{counted(number, 'more payment method')}. Press *{OPEN_ORDER}* to use another one."


def answered(by: str, *, paid: bool) -> str:
    """Return what a person found out about a payment that OVH does not show."""
    taken = "the money was taken" if paid else "no money was taken"
    return f"{person(by)} says that {taken}. I keep looking at OVH."


def processing(order: int | str) -> str:
    """Return that OVH has a payment and works on it."""
    return f"OVH is processing the payment of order {order}. Nobody needs to act."


def again_from(until: datetime) -> str:
    """Return when an order can be paid again."""
    return f"If OVH shows no payment by {when(until)}, it can be paid again here."


PAY_TITLE, FREE_TITLE = "Pay this order?", "Complete this order?"


def pay_question(total: Money, cart: Cart) -> str:
    """Return the question before a payment."""
    return f"Pay {total} for {names(cart)}."


def free_question(cart: Cart) -> str:
    """Return the question before an order that costs nothing is completed."""
    return f"It costs nothing: {names(cart)}."


OPEN_TITLE = "Open the order?"
MAY_BE_PAID = "The order may be paid already. Paying there can pay twice."


def under_way(payer: str) -> str:
    """Return why opening the order to pay it is dangerous."""
    return f"A payment by {person(payer)} is under way. Paying there can pay twice."


def about_pay(order: int) -> str:
    """Return what a screen reader says about the button that pays."""
    return f"{PAY}: order {order}"


# Links ---------------------------------------------------------------------------------------------------------------

GETTING_LINK = "Getting the link from OVH…"
ORDER_CAUTION = "Only you can see this. Anyone with this link can see and pay the order. Please don't share it."
INVOICE_CAUTION = "Only you can see this. Anyone with this link can see the invoice. Please don't share it."


def the_order(number: int | None) -> str:
    """Return what the link to an order leads to."""
    return f"order {number}" if number else "the order"


def the_invoice(number: str | None) -> str:
    """Return what the link to an invoice leads to."""
    return f"invoice {number}" if number else "the invoice"


def link_alone(what: str) -> str:
    """Return the notification's text of a link; `what` is the order or invoice."""
    return f"{capitalised(what)} at OVH: this link is only for you."


def link(url: str, what: str) -> str:
    """Return the link."""
    return f"<{url}|Open {what} at OVH>"


def link_not_shown(what: str, *, button: str) -> str:
    """Return what replaces a link that could not be shown to one person alone."""
    return (
        f"I couldn't show you the link to {what} where only you would see it, so I didn't send it. Press *{button}* "
        "again, in my Home or on a card in a channel that you've joined."
    )
