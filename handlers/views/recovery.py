"""The actions for a cart that the bot cannot move on by itself."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, NumberInputElement
from slack_sdk.models.views import View

from handlers.messages import remark, words
from handlers.messages.en.grammar import names
from handlers.text.mrkdwn import cut_bytes, escape
from handlers.toolkit.action_ids import ORDER, Act, Form
from handlers.toolkit.blocks import button, buttons, confirm, context, section
from handlers.toolkit.payloads import Decision
from handlers.views.payment import button_value, open_order, pays_again
from ordering.model.cart import Cart

_LONGEST_NOTE = 1_500  # bytes
_says = words.recovering
_labels, _about = words.buttons, words.buttons.about_cart


def attention(cart: Cart) -> list[Block]:
    """Return what happened, and the buttons that are safe now."""
    note = escape(remark(cart)).strip() or _says.LOOK
    details, value = section(cut_bytes(note, _LONGEST_NOTE)), button_value(cart)
    if cart.is_undecided:
        return [details, *_undecided(cart)]
    if cart.payment_is_undecided:
        return [details, *pays_again(cart), *_undecided_payment(cart)]
    if not (cart.has_nothing_to_come or cart.order_is_missing):
        return [details, *buttons(open_order(cart))]
    if cart.order is not None:
        why = _says.close_order_question(missing=cart.order_is_missing)
        question = confirm(_says.CLOSE_TITLE, why, _labels.CLOSE_IT)
        about = _about(_labels.CLOSE, cart.id)
        close = button(_labels.CLOSE, Act.GIVE_UP, value, about=about, confirm=question)
        return [details, *buttons(open_order(cart), close)]
    question = confirm(_says.CLOSE_TITLE, _says.CLOSE_QUESTION, _labels.CLOSE_IT)
    return [
        details,
        *buttons(
            _order_anyway(cart),
            button(
                _labels.TRY_AGAIN, Act.TRY_AGAIN, value, style="primary", about=_about(_labels.TRY_AGAIN, cart.id)
            ),
            button(
                _labels.CLOSE_WITHOUT_ORDERING, Act.GIVE_UP, value, style="danger",
                about=_about(_labels.CLOSE_WITHOUT_ORDERING, cart.id), confirm=question,
            ),
        ),
        context(_what_trying_again_does(cart)),
    ]  # fmt: skip


def adopt_modal(cart: Cart, *, clicked: Decision) -> View:
    """Return the form that asks which order at OVH is this cart's; `clicked` is the button's payload."""
    which = _says.which_order(cart.seal.total if cart.seal else None)
    return View(
        type="modal",
        callback_id=Form.ADOPT,
        private_metadata=str(clicked),
        title=_says.order_title(cart.id),
        submit=_labels.IT_IS_THIS_ONE,
        close=_labels.NOT_NOW,
        blocks=[
            section(f"{which}\n{escape(names(cart))}"),
            InputBlock(
                block_id=ORDER,
                label=_says.NUMBER,
                hint=_says.NUMBER_HINT,
                element=NumberInputElement(action_id=ORDER, is_decimal_allowed=False, min_value="1"),
            ),
        ],
    )


def _what_trying_again_does(cart: Cart) -> str:
    if not cart.can_be_ordered_anyway:
        return _says.SAME_AGAIN
    if cart.foreign_order is None:
        return _says.LOOKS_AGAIN
    return _says.if_cancelled(cart.foreign_order)


def _order_anyway(cart: Cart) -> ButtonElement | None:
    """Return the button that confirms that this order of the account does not matter; None if it is not needed."""
    if not cart.can_be_ordered_anyway:
        return None
    why = _says.anyway_beside(cart.foreign_order) if cart.foreign_order else _says.ANYWAY_AFTER_TRY
    label = _labels.ORDER_ANYWAY
    question = confirm(_says.ANYWAY_TITLE, why, label)
    return button(label, Act.ORDER_ANYWAY, button_value(cart), about=_about(label, cart.id), confirm=question)


def _undecided(cart: Cart) -> list[Block]:
    value, this, nothing = button_value(cart), _labels.IT_IS_THIS_ORDER, _labels.NOTHING_ORDERED_TRY_AGAIN
    again = confirm(_says.NOTHING_TITLE, _says.nothing_question(cart), _labels.NOTHING_ORDERED)
    was_said = cart.attempt is not None and cart.attempt.denied_by is not None
    return buttons(
        button(this, Act.ADOPT, value, style="primary", about=_about(this, cart.id)),
        None if was_said
        else button(nothing, Act.NOTHING_ORDERED, value, about=_about(nothing, cart.id), confirm=again),
    )  # fmt: skip


def _undecided_payment(cart: Cart) -> list[Block]:
    """Return the two answers about an unknown payment.

    Neither answer pays anything or marks the order as paid: only OVH's proof does, or the end of the minimum wait.
    """
    value, it_was, it_was_not = button_value(cart), _labels.IT_WAS_PAID, _labels.IT_WAS_NOT_PAID
    paid = confirm(_says.PAID_TITLE, _says.paid_question(cart), it_was)
    unpaid = confirm(_says.UNPAID_TITLE, _says.unpaid_question(cart, _then(cart)), it_was_not)
    return buttons(
        open_order(cart),
        button(it_was, Act.IT_WAS_PAID, value, about=_about(it_was, cart.id), confirm=paid),
        button(it_was_not, Act.NOT_PAID, value, about=_about(it_was_not, cart.id), confirm=unpaid),
    )


def _then(cart: Cart) -> str:
    if cart.payment is not None and cart.payment.sent_at is None:
        return _says.then_sends(cart.payment.by)
    return _says.THEN_PAYABLE
