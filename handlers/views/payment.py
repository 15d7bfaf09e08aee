"""The payment methods of an order, and the links to its page and its invoice at OVH."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, Option, StaticSelectElement
from slack_sdk.models.views import View

from handlers.messages import remark
from handlers.messages.en.grammar import counted, names
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import Drawn, Secret, button, buttons, confirm, context, section
from handlers.toolkit.modals import note
from handlers.toolkit.mrkdwn import cut_bytes, escape, person, when
from ordering.model.cart import Cart
from ordering.model.sales_order import PaymentMethod, SalesOrder

OPEN_ORDER, OPEN_INVOICE = "Open order", "Open invoice"
_MOST_METHODS = 20  # more than an account has; each option takes space in the message
_LABEL = 75  # bytes; Slack accepts as many characters
_LONGEST_NOTE = 1_500  # bytes


def payment(cart: Cart, order: SalesOrder) -> list[Block]:
    """Return the payment methods with the suggested one preselected, and the deadline."""
    blocks = _note(cart)
    until: list[Block] = []
    if order.expires_at is not None:
        until = [context(f"OVH keeps the order open until {when(order.expires_at)}, then cancels it.")]
    if order.missing_since is not None:
        return [*blocks, context(f"OVH doesn't know order {order.id} just now. I keep looking.")]
    if order.is_free:
        free = context("This order costs nothing. Pay completes it; no payment method is needed.")
        return [*blocks, *until, free, *buttons(_pay(cart, order), open_order(cart))]
    if order.owner_hidden:
        return [*blocks, *buttons(open_order(cart))]
    if not order.was_read:
        # OVH has just created the order; its details are read in a moment.
        return [*blocks, context("Asking OVH how this order can be paid."), *buttons(open_order(cart))]
    if not order.methods:
        none = section(
            "OVH has no payment method on file that can pay this order. Open the order to pay it on OVH's page: "
            "the desk sees it there. Or add a method in OVH's control panel, and it shows here."
        )
        return [*blocks, none, *until, *buttons(open_order(cart))]
    hidden = len(order.methods) - _MOST_METHODS
    others = f"{counted(hidden, 'more payment method')}. Press *{OPEN_ORDER}* to use another one."
    chooser = buttons(_methods(order), _pay(cart, order), open_order(cart))
    return [*blocks, *until, *chooser, *([context(others)] if hidden > 0 else [])]


def _note(cart: Cart) -> list[Block]:
    """Return the cart's note; nothing if none of it is visible, because Slack refuses a block without text."""
    note = escape(remark(cart)).strip()
    return [section(cut_bytes(note, _LONGEST_NOTE))] if note else []


def paying(cart: Cart, order: SalesOrder) -> list[Block]:
    """Return the state of a payment, until when no one can pay again, and the link to the order."""
    blocks = _note(cart)
    known = cart.payment
    if known is not None and known.word is not None:
        said = "the money was taken" if known.word.paid else "no money was taken"
        blocks.append(context(f"{person(known.word.by)} says that {said}. I keep looking at OVH."))
    elif known is not None and known.told_at_ovh is not None:
        blocks.append(context(f"OVH is processing the payment of order {order.id}. Nobody needs to act."))
    if known is not None and not known.is_affirmed:
        blocks += pays_again(cart)
    return [*blocks, *buttons(open_order(cart), open_invoice(cart))]


def pays_again(cart: Cart) -> list[Block]:
    """Return when an order whose payment is unknown can be paid again; nothing while that is unknown."""
    until = cart.payment.waits_until_ovh if cart.payment else None
    if until is None:
        return []
    return [context(f"If OVH shows no payment by {when(until)}, it can be paid again here.")]


def as_shown(cart: Cart) -> str:
    """Return the value of a button that decides: the cart, and the fingerprint of the shown state it decides on."""
    return f"{cart.id} {cart.mark}"


def open_order(cart: Cart) -> ButtonElement:
    """Return the button that shows a payer the order's page; during a payment it asks for confirmation."""
    about = f"Open order of cart {cart.id} at OVH"
    if cart.payment is None or not cart.pays_or_may:
        return button(OPEN_ORDER, Act.OPEN_ORDER, cart.id, about=about)
    under_way = f"A payment by {person(cart.payment.by)} is under way. Paying there can pay twice."
    if cart.payment.sent_at is None and cart.payment.unexplained:
        under_way = "The order may be paid already. Paying there can pay twice."
    question = confirm("Open the order?", under_way, OPEN_ORDER)
    return button(OPEN_ORDER, Act.OPEN_ORDER, as_shown(cart), about=about, confirm=question)


def open_invoice(cart: Cart) -> ButtonElement | None:
    """Return the button that shows a payer the invoice's page; None if there is no invoice yet."""
    if cart.order is None or cart.order.invoice is None:
        return None
    return button(OPEN_INVOICE, Act.OPEN_INVOICE, cart.id, about=f"Open invoice of cart {cart.id} at OVH")


def order_link(url: str, cart: Cart) -> Secret:
    """Return the link to the order's page, for one payer only."""
    number = cart.order.id if cart.order else ""
    caution = "Anyone with this link can see and pay the order, so please keep it to yourself."
    return _link(url, f"order {number}", OPEN_ORDER, caution)


def invoice_link(url: str, cart: Cart) -> Secret:
    """Return the link to the invoice's page, for one payer only."""
    number = cart.order.invoice if cart.order else ""
    caution = "Anyone with this link can see the invoice, so please keep it to yourself."
    return _link(url, f"invoice {number}", OPEN_INVOICE, caution)


def fetching_link() -> View:
    """Return the form that stays open until the link has arrived."""
    return note(Drawn.saying("Getting the link from OVH…"))


def _link(url: str, what: str, button_label: str, caution: str) -> Secret:
    return Secret(
        Drawn.of(
            f"{what.capitalize()} at OVH: this link is only for you.",
            [section(f"<{url}|Open {what} at OVH>"), context(f"Only you can see this. {caution}")],
        ),
        otherwise=Drawn.saying(
            f"I couldn't show you the link to {what} where only you would see it, so I didn't send it. "
            f"Press *{button_label}* again, in my Home or on a card in a channel that you've joined."
        ),
    )


def _pay(cart: Cart, order: SalesOrder) -> ButtonElement:
    title, text = "Pay this order?", f"Pay {order.total} for {names(cart)}."
    if order.is_free:
        title, text = "Complete this order?", f"It costs nothing: {names(cart)}."
    question = confirm(title, text, "Pay")
    return button("Pay", Act.PAY, as_shown(cart), style="primary", about=f"Pay order {order.id}", confirm=question)


def _methods(order: SalesOrder) -> StaticSelectElement:
    suggested = order.suggested_method
    # The suggested method is always among the options.
    ranked = sorted(order.methods, key=lambda method: method is not suggested)[:_MOST_METHODS]
    options = [_option(method) for method in order.methods if method in ranked]
    chosen = next((o for o in options if suggested and o.value == str(suggested.id)), options[0])
    return StaticSelectElement(
        action_id=Act.METHOD, placeholder="Payment method", options=options, initial_option=chosen
    )


def _option(method: PaymentMethod) -> Option:
    refused = " (refused)" if method.refused else ""
    return Option(text=cut_bytes(method.label, _LABEL - len(refused)) + refused, value=str(method.id))
