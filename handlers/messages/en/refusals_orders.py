"""What people read when an order cannot be made, paid or taken over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handlers.messages.catalogue import Wording
from handlers.messages.en.checkout import owner_hidden
from handlers.messages.en.evidence import differences
from handlers.messages.en.phrases import domain
from handlers.messages.en.refusals import REFUSALS, TRY_AGAIN
from handlers.messages.en.states import is_now
from handlers.text.mrkdwn import person, when

_says = REFUSALS.says


# Before the order


@_says("renewal_unknown")
def _(name: str) -> Wording:
    return Wording(f"OVH did not say what {domain(name)} costs to renew.", advice=TRY_AGAIN)


@_says("name_not_free")
def _(name: str) -> str:
    return f"OVH says that {domain(name)} is not free any more, so I didn't order it."


@_says("foreign_orders_unread")
def _() -> str:
    return "Before I order, I'm reading the account's recent orders, to be sure that none has these names."


@_says("foreign_order_unclear")
def _(order: int) -> str:
    return (
        f"The account has a new order, {order}, and OVH doesn't show its names yet. I'll order once "
        "I know that they are others. Nobody needs to act for the first 10 minutes."
    )


@_says("markers_not_listed")
def _() -> str:
    return (
        "OVH doesn't list what I left there before ordering or paying, so I can't be sure that this wasn't done "
        "before. Nothing was sent."
    )


# Paying


@_says("not_payable")
def _(cart: int, state: str) -> str:
    if state == "paying":
        return f"The payment of cart #{cart} is under way already. The card shows when it is through."
    if state == "delivered":
        return f"Cart #{cart} is paid and delivered already."
    if state == "paid":
        return f"Cart #{cart} is paid already."
    return f"Cart #{cart} {is_now(state)}: there is nothing to pay."


_says("owner_not_shown")(owner_hidden)


@_says("order_not_known")
def _(order: int) -> str:
    return f"OVH doesn't know order {order} just now, so nobody can pay it."


@_says("no_order_yet")
def _(cart: int) -> str:
    return f"Cart #{cart} has no order at OVH yet."


@_says("no_invoice_yet")
def _(cart: int) -> str:
    return f"OVH has not sent the invoice for cart #{cart} yet."


@_says("no_payment_method")
def _(order: int) -> str:
    return (
        f"OVH has no payment method on file that can pay order {order}. "
        "“Open order” on its card leads to OVH's page, where it can be paid."
    )


@_says("payment_method_not_accepted")
def _(order: int) -> str:
    return f"That payment method cannot pay order {order}. Choose another on the card."


# What a person says about an order


@_says("order_of_other_cart")
def _(cart: int, order: int) -> str:
    return f"Order {order} belongs to cart #{cart} already."


@_says("order_terms_differ")
def _(cart: int, order: int, evidence: dict[str, Any]) -> str:
    different = differences(evidence["different"])
    return (
        f"Order {order} has other terms than were approved: {different}. So it can't be taken for cart #{cart}. If "
        "nobody wants that order, leave it unpaid: OVH cancels it."
    )


@_says("order_of_somebody_else")
def _(cart: int, order: int, by: str | None) -> str:
    who = person(by) if by else "An approver"
    return (
        f"{who} said before that order {order} belongs to another request or program, so it can't be cart #{cart}'s. "
        "Look at OVH for another one with exactly these names. If there is none, say that nothing was ordered."
    )


@_says("order_from_before")
def _(cart: int, order: int, made_at: str, tried_at: str) -> str:
    made, tried = (when(datetime.fromisoformat(each)) for each in (made_at, tried_at))
    return (
        f"Order {order} was made {made}. I began to order cart #{cart} {tried}, so that order can't be this cart's. "
        "Look at OVH for a later one with exactly these names. If there is none, say that nothing was ordered."
    )


@_says("not_this_carts_order")
def _(order: int) -> str:
    return (
        f"Order {order} is not this cart's: it has other names, or belongs to another cart. "
        "Look at OVH for the one with exactly these names."
    )


@_says("first_attempt_still_held")
def _() -> Wording:
    return Wording("OVH still holds the first try, so I'm not trying again yet.", advice=TRY_AGAIN)


@_says("order_found")
def _(order: int) -> str:
    return f"Order {order} at OVH has these names. If it is this cart's, choose “It is this order”."


@_says("order_possible")
def _(order: int) -> str:
    return (
        f"Order {order} at OVH may be this cart's, so I don't order again yet. Open it at OVH. If it has these names, "
        "years and price, choose “It is this order”. If not, choose “Nothing was ordered” again a day after the first "
        "try."
    )


@_says("registrar_cart_closed")
def _() -> str:
    return (
        "OVH closed this cart, which it does when it makes an order, so I don't order again yet. "
        "I keep looking. You can also ask OVH's support for the order."
    )
