"""What OVH showed when the bot looked for an order or a payment, by the code of what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.messages.catalogue import Catalogue
from handlers.messages.en.data import as_mapping, why
from handlers.messages.en.grammar import listed
from handlers.messages.en.phrases import domain, money
from ordering.model.facts import Data

EVIDENCE = Catalogue()
_says = EVIDENCE.says
_TERMS = {"code": "plan", "duration": "years", "pricingMode": "kind of price"}


def seen(evidence: Data | None, otherwise: str = "") -> str:
    """Return what was seen at OVH as one or two sentences; `otherwise` if nothing was."""
    if not evidence:
        return otherwise
    said = EVIDENCE.sentence(str(evidence["seen"]), evidence)
    return said.text if said else otherwise


def differences(different: Sequence[Data]) -> str:
    """Return how an order's terms differ from those that were approved."""
    return "; ".join(map(_difference, different))


# The search for an order


@_says("cart_open")
def _() -> str:
    return "OVH's cart is still open."


@_says("order_made_before")
def _(cart: str, order: int) -> str:
    return f"{_cart(cart)}, and order {order} has its names, but was made before this try."


@_says("several_orders")
def _(cart: str, orders: list[int]) -> str:
    return f"{_cart(cart)}, and orders {', '.join(map(str, orders))} all have its names."


@_says("order_unclear")
def _(cart: str, order: int) -> str:
    return f"{_cart(cart)}, and order {order} does not show all its names yet."


@_says("no_order_fits")
def _(cart: str, orders: int) -> str:
    return f"{_cart(cart)}, and none of the new orders ({orders}) has its names."


@_says("no_new_order")
def _(cart: str) -> str:
    return f"{_cart(cart)}, and there is no new order."


@_says("order_differs")
def _(order: int, different: list[Data], cart: str | None = None) -> str:
    about = f"order {order} has its names, but {differences(different)}."
    return f"{_cart(cart)}, and {about}" if cart else about.capitalize()


@_says("terms_hidden")
def _(cart: str, order: int, hidden: list[Any]) -> str:
    terms = [f"{listed([_TERMS[term] for term in each['terms']])} of {domain(each['name'])}" for each in hidden]
    return f"{_cart(cart)}, and order {order} doesn't show these yet: {'; '.join(terms)}."


@_says("order_found")
def _(order: int) -> str:
    return f"Order {order} has its names."


@_says("order_has_other_names")
def _(order: int) -> str:
    return f"Order {order} has other names."


@_says("cart_names_order")
def _(order: int) -> str:
    return f"OVH's cart names order {order}."


@_says("cart_names_order_of_another")
def _(order: int) -> str:
    return f"OVH's cart names order {order}, which belongs to another request."


@_says("cart_names_hidden_order")
def _(order: int) -> str:
    return f"OVH's cart names order {order}, which OVH does not show yet."


# The look at a payment


@_says("order_cancelled")
def _(order: int) -> str:
    return f"OVH cancelled order {order}."


@_says("order_paid")
def _(order: int) -> str:
    return f"Order {order} is paid."


@_says("payment_received")
def _(order: int) -> str:
    return f"OVH has received a payment for order {order}."


@_says("payment_begun")
def _(order: int) -> str:
    return f"OVH has begun a payment of order {order}, and not ended it."


@_says("refused")
def _(said: str | None = None) -> str:
    return f"OVH says: {said}." if said else "OVH shows that a payment was refused."


@_says("some_payment_failed")
def _() -> str:
    return "OVH shows that a payment failed, but not whether it is this one."


@_says("no_payment")
def _() -> str:
    return "OVH shows no payment."


@_says("no_payment_at_the_order")
def _() -> str:
    return "The order shows no payment."


@_says("transaction_unexplained")
def _(transaction: int, amount: Data) -> str:
    return f"Transaction {transaction} for {money(amount)} may be this order's: it names no order."


@_says("transaction_open")
def _(transaction: int, amount: Data, status: str) -> str:
    return (
        f"Transaction {transaction} for {money(amount)} has not ended ({status}). It names no order, so it may be this "
        "one's or another's for the same amount."
    )


@_says("transaction_booked")
def _(transaction: int, amount: Data, status: str) -> str:
    return (
        f"Transaction {transaction} took {money(amount)} with this method ({status}), but the order shows no payment."
    )


@_says("transaction_failed")
def _(transaction: int) -> str:
    return f"Its transaction {transaction} failed."


@_says("transactions_not_read")
def _(refusal: Data) -> str:
    return f"I couldn't read the account's transactions: {why(refusal)}"


def _cart(state: str) -> str:
    return "OVH closed the cart" if state == "closed" else "OVH's cart is gone"


def _difference(different: Data) -> str:
    term, current, approved = different["term"], different.get("shown"), different.get("approved")
    if term == "total":
        return f"it costs {money(as_mapping(current))}, not {money(as_mapping(approved))}"
    of = domain(str(different["name"]))
    if term == "owner":
        return f"{of} has another owner"
    if term == "owner_not_chosen":
        return f"{of} has an owner, though none was chosen"
    if term == "answer":
        return f"{of} has another answer for {different['label']}"
    values = [str(value) for value in current] if isinstance(current, Sequence) else []
    if term == "duration":
        return f"{of} is for {listed(list(map(_years, values)))} years, not {_years(str(approved))}"
    return f"{of} has another {_TERMS[str(term)]}: {', '.join(values)}, not {approved}"


def _years(duration: str) -> str:
    return duration.removeprefix("P").removesuffix("Y")
