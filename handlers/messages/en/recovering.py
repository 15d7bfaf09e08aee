"""What people read on the card of a cart that the bot cannot bring on by itself, and in the form for its order."""

from __future__ import annotations

from handlers.messages.en.buttons import CLOSE_WITHOUT_ORDERING, COPY, ORDER_ANYWAY, TRY_AGAIN
from handlers.messages.en.grammar import names
from handlers.text.mrkdwn import person
from ordering.model.cart import Cart
from ordering.model.money import Money

LOOK = "Please look at it."  # if nothing more is known

# Under the buttons: what *Try again* does ----------------------------------------------------------------------------

# A new try cannot answer a question that a registry asks only now.
SAME_AGAIN = (
    f"*{TRY_AGAIN}* orders exactly the same. If something in it is missing or wrong, such as an answer to a registry: "
    f"*{CLOSE_WITHOUT_ORDERING}*, then *{COPY}* to fix it there."
)
LOOKS_AGAIN = f"*{TRY_AGAIN}* looks for an earlier try once more. *{ORDER_ANYWAY}* is for approvers."


def if_cancelled(order: int) -> str:
    """Return what *Try again* does about an order of the account that is not the bot's."""
    return (
        f"*{TRY_AGAIN}* looks once more, and orders only if order {order} is cancelled. *{ORDER_ANYWAY}* is for "
        "approvers."
    )


# Before a button acts ------------------------------------------------------------------------------------------------

CLOSE_TITLE = "Close this cart?"
CLOSE_QUESTION = "Nothing was ordered, and nothing will be."


def close_order_question(*, missing: bool) -> str:
    """Return what closing means for a cart with an order, which OVH cancelled or no longer knows."""
    seen = "OVH doesn't know" if missing else "OVH cancelled"
    return f"{seen} the order. Its names are free again then."


ANYWAY_TITLE = "Order anyway?"
ANYWAY_AFTER_TRY = "I may have ordered these names before. Look at OVH first: if an order has them, you buy them twice."


def anyway_beside(order: int) -> str:
    """Return what ordering costs in the worst case if the account has another order for the names."""
    return f"The account already has order {order}. If anybody pays it, you buy the names twice."


NOTHING_TITLE = "Was nothing ordered?"


def nothing_question(cart: Cart) -> str:
    """Return what to look at before saying that nothing was ordered, and what follows from it."""
    return f"Look at OVH first. If no order has {names(cart)}, I'll order again in about 15 minutes."


PAID_TITLE, UNPAID_TITLE = "Was it paid?", "Was it not paid?"


def paid_question(cart: Cart) -> str:
    """Return what to look at before saying that an order was paid, and what follows from it."""
    return (
        f"Look at OVH, and at the account that pays: was the money for {_order(cart)} taken? I'll look until OVH "
        "shows it, and ask again in a day."
    )


def unpaid_question(cart: Cart, then: str) -> str:
    """Return what to look at before saying that an order was not paid; `then` is what follows from it."""
    return f"Look at OVH, and at the account that pays: no money for {_order(cart)} was taken? {then}"


def then_sends(payer: str) -> str:
    """Return that a payment that was not sent will be."""
    return f"I'll then send the payment that {person(payer)} requested."


THEN_PAYABLE = "If OVH still shows no payment after some time, the same order can be paid another way."


def _order(cart: Cart) -> str:
    return f"order {cart.order.id} for {cart.order.total}" if cart.order else "the order"


# The form for the number of the order --------------------------------------------------------------------------------

NUMBER = "Number of the order at OVH"
NUMBER_HINT = "I read the order and compare it first."
NUMBER_MISSING = "Write the order's number, like 230000123."


def order_title(cart: int) -> str:
    """Return the title of the form."""
    return f"Order of cart #{cart}"


def which_order(total: Money | None) -> str:
    """Return which order to look for; its names follow. It costs at most `total`."""
    most = f", at most {total} with tax" if total else ""
    return f"Find the order at OVH that has exactly these names{most}:"
