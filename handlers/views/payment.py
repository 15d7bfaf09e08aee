"""The payment methods of an order, and the links to its page and its invoice at OVH."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, Option, StaticSelectElement
from slack_sdk.models.views import View

from handlers.messages import remark, words
from handlers.text.mrkdwn import cut_bytes, escape
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, Secret, button, buttons, confirm, context, section
from handlers.toolkit.modals import note
from handlers.toolkit.payloads import CartAsShown, CartNumber
from ordering.model.cart import Cart
from ordering.model.sales_order import PaymentMethod, SalesOrder

_MOST_METHODS = 20  # more than an account has; each option takes space in the message
_LABEL = 75  # bytes; Slack accepts as many characters
_LONGEST_NOTE = 1_500  # bytes
_says = words.paying


def payment(cart: Cart, order: SalesOrder) -> list[Block]:
    """Return the payment methods with the suggested one preselected, and the deadline."""
    blocks = _note(cart)
    until: list[Block] = []
    if order.expires_at is not None:
        until = [context(_says.open_until(order.expires_at))]
    if order.missing_since is not None:
        return [*blocks, context(_says.missing(order.id))]
    if order.is_free:
        free = context(_says.FREE)
        return [*blocks, *until, free, *buttons(_pay(cart, order), open_order(cart))]
    if order.owner_hidden:
        return [*blocks, *buttons(open_order(cart))]
    if not order.was_read:
        # OVH has just created the order; its details are read in a moment.
        return [*blocks, context(_says.NOT_READ_YET), *buttons(open_order(cart))]
    if not order.methods:
        return [*blocks, section(_says.NO_METHOD), *until, *buttons(open_order(cart))]
    hidden = len(order.methods) - _MOST_METHODS
    chooser = buttons(_methods(order), _pay(cart, order), open_order(cart))
    return [*blocks, *until, *chooser, *([context(_says.more_methods(hidden))] if hidden > 0 else [])]


def _note(cart: Cart) -> list[Block]:
    """Return the cart's note; nothing if none of it is visible, because Slack refuses a block without text."""
    note = escape(remark(cart)).strip()
    return [section(cut_bytes(note, _LONGEST_NOTE))] if note else []


def paying(cart: Cart, order: SalesOrder) -> list[Block]:
    """Return the state of a payment, until when no one can pay again, and the link to the order."""
    blocks = _note(cart)
    known = cart.payment
    if known is not None and known.statement is not None:
        blocks.append(context(_says.answered(known.statement.by, paid=known.statement.paid)))
    elif known is not None and known.notified_at_ovh is not None:
        blocks.append(context(_says.processing(order.id)))
    if known is not None and not known.is_affirmed:
        blocks += pays_again(cart)
    return [*blocks, *buttons(open_order(cart), open_invoice(cart))]


def pays_again(cart: Cart) -> list[Block]:
    """Return when an order whose payment is unknown can be paid again; nothing while that is unknown."""
    until = cart.payment.waits_until_ovh if cart.payment else None
    if until is None:
        return []
    return [context(_says.again_from(until))]


def button_value(cart: Cart) -> CartAsShown:
    """Return the payload of a button that decides: the cart, and the fingerprint of the shown state it decides on."""
    return CartAsShown(cart.id, cart.mark)


def open_order(cart: Cart) -> ButtonElement:
    """Return the button that shows a payer the order's page; during a payment it asks for confirmation."""
    label = words.buttons.OPEN_ORDER
    about = words.buttons.about_cart(label, cart.id)
    if cart.payment is None or not cart.pays_or_may:
        return button(label, Act.OPEN_ORDER, CartAsShown(cart.id), about=about)
    under_way = _says.under_way(cart.payment.by)
    if cart.payment.sent_at is None and cart.payment.unexplained:
        under_way = _says.MAY_BE_PAID
    question = confirm(_says.OPEN_TITLE, under_way, label)
    return button(label, Act.OPEN_ORDER, button_value(cart), about=about, confirm=question)


def open_invoice(cart: Cart) -> ButtonElement | None:
    """Return the button that shows a payer the invoice's page; None if there is no invoice yet."""
    if cart.order is None or cart.order.invoice is None:
        return None
    label = words.buttons.OPEN_INVOICE
    return button(label, Act.OPEN_INVOICE, CartNumber(cart.id), about=words.buttons.about_cart(label, cart.id))


def order_link(url: str, cart: Cart) -> Secret:
    """Return the link to the order's page, for one payer only."""
    what = _says.the_order(cart.order.id if cart.order else None)
    return _link(url, what, words.buttons.OPEN_ORDER, _says.ORDER_CAUTION)


def invoice_link(url: str, cart: Cart) -> Secret:
    """Return the link to the invoice's page, for one payer only."""
    what = _says.the_invoice(cart.order.invoice if cart.order else None)
    return _link(url, what, words.buttons.OPEN_INVOICE, _says.INVOICE_CAUTION)


def fetching_link() -> View:
    """Return the form that stays open until the link has arrived."""
    return note(RenderedMessage.from_text(_says.GETTING_LINK))


def _link(url: str, what: str, button_label: str, caution: str) -> Secret:
    return Secret(
        RenderedMessage.of(_says.link_alone(what), [section(_says.link(url, what)), context(caution)]),
        otherwise=RenderedMessage.from_text(_says.link_not_shown(what, button=button_label)),
    )


def _pay(cart: Cart, order: SalesOrder) -> ButtonElement:
    title, text = _says.PAY_TITLE, _says.pay_question(order.total, cart)
    if order.is_free:
        title, text = _says.FREE_TITLE, _says.free_question(cart)
    pay, about = words.buttons.PAY, _says.about_pay(order.id)
    return button(pay, Act.PAY, button_value(cart), style="primary", about=about, confirm=confirm(title, text, pay))


def _methods(order: SalesOrder) -> StaticSelectElement:
    suggested = order.suggested_method
    # The suggested method is always among the options.
    ranked = sorted(order.methods, key=lambda method: method is not suggested)[:_MOST_METHODS]
    options = [_option(method) for method in order.methods if method in ranked]
    chosen = next((o for o in options if suggested and o.value == str(suggested.id)), options[0])
    return StaticSelectElement(action_id=Act.METHOD, placeholder=_says.METHOD, options=options, initial_option=chosen)


def _option(method: PaymentMethod) -> Option:
    refused = _says.METHOD_REFUSED if method.refused else ""
    return Option(text=cut_bytes(_says.method(method.label), _LABEL - len(refused)) + refused, value=str(method.id))
