"""The actions for a cart that the bot cannot move on by itself."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, NumberInputElement
from slack_sdk.models.views import View

from handlers.messages import remark
from handlers.messages.en.grammar import names
from handlers.toolkit.action_ids import ORDER, Act, Form
from handlers.toolkit.blocks import button, buttons, confirm, context, section
from handlers.toolkit.mrkdwn import cut_bytes, escape, person
from handlers.views.payment import as_shown, open_order, pays_again
from ordering.model.cart import Cart

_LONGEST_NOTE = 1_500  # bytes
# A new try orders exactly the same: it cannot answer a question that a registry asks only now.
_IF_SOMETHING_IS_MISSING = (
    "*Try again* orders exactly the same. If something is missing or wrong in it, such as an answer to a registry: "
    "*Close without ordering*, then *Copy to open cart* to fix it there."
)


def attention(cart: Cart) -> list[Block]:
    """Return what happened, and the buttons that are safe now."""
    note = escape(remark(cart)).strip() or "Look at it, please."
    told, shown = section(cut_bytes(note, _LONGEST_NOTE)), as_shown(cart)
    if cart.is_undecided:
        return [told, *_undecided(cart)]
    if cart.payment_is_undecided:
        return [told, *pays_again(cart), *_undecided_payment(cart)]
    if not (cart.has_nothing_to_come or cart.order_is_missing):
        return [told, *buttons(open_order(cart))]
    if cart.order is not None:
        why = "OVH doesn't know" if cart.order_is_missing else "OVH cancelled"
        question = confirm("Close this cart?", f"{why} the order. Its names are free again then.", "Close it")
        close = button("Close", Act.GIVE_UP, shown, about=f"Close cart {cart.id}", confirm=question)
        return [told, *buttons(open_order(cart), close)]
    question = confirm("Close this cart?", "Nothing was ordered, and nothing will be.", "Close it")
    return [
        told,
        *buttons(
            _order_anyway(cart),
            button("Try again", Act.TRY_AGAIN, shown, style="primary", about=f"Try again to order cart {cart.id}"),
            button(
                "Close without ordering", Act.GIVE_UP, shown, style="danger",
                about=f"Close without ordering cart {cart.id}", confirm=question,
            ),
        ),
        context(_what_trying_again_does(cart)),
    ]  # fmt: skip


def adopt_modal(cart: Cart, *, clicked: str) -> View:
    """Return the form that asks which order at OVH is this cart's; `clicked` is the button's value."""
    total = f", at most {cart.seal.total} with tax" if cart.seal else ""
    return View(
        type="modal",
        callback_id=Form.ADOPT,
        private_metadata=clicked,
        title=f"Order of cart #{cart.id}",
        submit="It is this one",
        close="Not now",
        blocks=[
            section(f"Find the order at OVH that has exactly these names{total}:\n{escape(names(cart))}"),
            InputBlock(
                block_id=ORDER,
                label="Number of the order at OVH",
                hint="I read the order and compare it first.",
                element=NumberInputElement(action_id=ORDER, is_decimal_allowed=False, min_value="1"),
            ),
        ],
    )


def _what_trying_again_does(cart: Cart) -> str:
    if not cart.can_be_ordered_anyway:
        return _IF_SOMETHING_IS_MISSING
    if cart.foreign_order is None:
        return "*Try again* looks for an earlier try once more. *Order anyway* is for approvers."
    return (
        f"*Try again* looks once more, and orders only if order {cart.foreign_order} is cancelled. "
        "*Order anyway* is for approvers."
    )


def _order_anyway(cart: Cart) -> ButtonElement | None:
    """Return the button that confirms that this order of the account does not matter; None if it is not needed."""
    if not cart.can_be_ordered_anyway:
        return None
    why = (
        f"The account already has order {cart.foreign_order}. If somebody pays it, you buy the names twice."
        if cart.foreign_order
        else "I may have ordered these names before. Look at OVH first: if an order has them, you buy them twice."
    )
    question = confirm("Order anyway?", why, "Order anyway")
    return button(
        "Order anyway", Act.ORDER_ANYWAY, as_shown(cart), about=f"Order cart {cart.id} anyway", confirm=question
    )


def _undecided(cart: Cart) -> list[Block]:
    again = confirm(
        "Was nothing ordered?",
        f"Look at OVH first. If no order has {names(cart)}, I'll order again in about 15 minutes.",
        "Nothing was ordered",
    )
    shown = as_shown(cart)
    nothing = button(
        "Nothing was ordered, try again", Act.NOTHING_ORDERED, shown,
        about=f"Nothing was ordered, try again: cart {cart.id}", confirm=again,
    )  # fmt: skip
    was_said = cart.attempt is not None and cart.attempt.denied_by is not None
    return buttons(
        button("It is this order…", Act.ADOPT, shown, style="primary", about=f"It is this order… for cart {cart.id}"),
        None if was_said else nothing,
    )


def _undecided_payment(cart: Cart) -> list[Block]:
    """Return the two answers about an unknown payment.

    Neither answer pays anything or marks the order as paid: only OVH's proof does, or the end of the minimum wait.
    """
    order = f"order {cart.order.id} for {cart.order.total}" if cart.order else "the order"
    paid = confirm(
        "Was it paid?",
        f"Look at OVH, and at the account that pays: was the money for {order} taken? I'll look until OVH shows it, "
        "and ask again in a day.",
        "It was paid",
    )
    unpaid = confirm(
        "Was it not paid?",
        f"Look at OVH, and at the account that pays: no money for {order} was taken? {_then(cart)}",
        "It was not paid",
    )
    shown = as_shown(cart)
    return buttons(
        open_order(cart),
        button("It was paid", Act.IT_WAS_PAID, shown, about=f"The order of cart {cart.id} was paid", confirm=paid),
        button(
            "It was not paid", Act.NOT_PAID, shown, about=f"The order of cart {cart.id} was not paid", confirm=unpaid
        ),
    )


def _then(cart: Cart) -> str:
    if cart.payment is not None and cart.payment.sent_at is None:
        return f"I'll then send the payment that {person(cart.payment.by)} asked for."
    return "If OVH still shows no payment after some time, the same order can be paid another way."
