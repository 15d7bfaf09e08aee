"""How an order is paid, and the way to its page at OVH."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, Option, StaticSelectElement

from handlers.ids import Act
from handlers.views.drawn import Drawn, button, buttons, confirm, context, section
from handlers.views.text import cut, escape, names, when
from ordering.cart import Cart
from ordering.sales_order import PaymentMethod, SalesOrder

_MOST_METHODS = 100  # options of a select


def payment(cart: Cart, order: SalesOrder) -> list[Block]:
    """The ways to pay an order, the account's default chosen at first."""
    blocks: list[Block] = []
    if cart.note:
        blocks.append(section(escape(cart.note)))
    if order.expires_at is None:
        # OVH has just made the order; what it says of it is read in the next moment.
        return [*blocks, context("Asking OVH how this order can be paid.")]
    blocks.append(context(f"OVH keeps the order open until {when(order.expires_at)}."))
    if not order.methods:
        blocks.append(context("OVH has no payment method for this order yet. Open the order to pay it there."))
        return [*blocks, *buttons(open_order(cart))]
    default = order.default_method
    question = confirm("Pay this order?", f"Pay {order.total} for {names(cart)}.", "Pay")
    pay = button("Pay", Act.PAY, cart.id, style="primary", about=f"Pay order {order.id}", confirm=question)
    options = [_option(method) for method in order.methods[:_MOST_METHODS]]
    chosen = next((o for o in options if default and o.value == str(default.id)), options[0])
    select = StaticSelectElement(
        action_id=Act.METHOD, placeholder="Payment method", options=options, initial_option=chosen
    )
    return [*blocks, *buttons(select, pay, open_order(cart))]


def open_order(cart: Cart) -> ButtonElement:
    """The button that shows a payer the order's page."""
    return button("Open order", Act.OPEN_ORDER, cart.id, about=f"Open order of cart {cart.id} at OVH")


def order_link(url: str, cart: Cart) -> Drawn:
    """The order's page, for one payer's eyes."""
    number = cart.order.id if cart.order else ""
    return Drawn.of(
        f"Order {number} at OVH: this link is only for you.",
        [
            section(f"<{url}|Open order {number} at OVH>"),
            context("Only you can see this. Whoever has the link can see and pay the order, so please keep it."),
        ],
    )


def _option(method: PaymentMethod) -> Option:
    return Option(text=cut(method.label, 75), value=str(method.id))
