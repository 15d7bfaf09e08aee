"""The dry run of a cart, and the answer of the call that orders."""

from __future__ import annotations

from pydantic import Field

from registrars.ovh.api.wire.base import Id, Listed, Text, Wire, Word
from registrars.ovh.api.wire.prices import Price


class Contract(Wire):
    """A contract that an order accepts."""

    name: Text
    url: Text


class QuotedDetail(Wire):
    """A line of a dry run. Its `domain` is a placeholder until there is an order."""

    cart_item_id: Id | None = Field(default=None, alias="cartItemID")
    description: Text | None = None
    domain: Word | None = None
    total_price: Price
    original_total_price: Price | None = None


class OrderedPrices(Wire):
    """The amounts of an order."""

    with_tax: Price
    tax: Price


class QuotedPrices(OrderedPrices):
    """The amounts of a dry run."""

    without_tax: Price
    original_without_tax: Price | None = None
    reduction: Price | None = None


class DryRun(Wire):
    """What a cart would cost, and its contracts."""

    prices: QuotedPrices
    contracts: Listed[Contract] = Field(default_factory=list)
    details: Listed[QuotedDetail] = Field(default_factory=list)


class Ordered(Wire):
    """The order that a checkout made. Without a number it proves nothing."""

    order_id: Id
    prices: OrderedPrices


class CartOrder(Wire):
    """The order that a closed cart names, if it does."""

    order_id: Id | None = None
