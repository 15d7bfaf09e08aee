"""Sales orders, their lines, and the follow-up of their payment."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from registrars.ovh.api.wire.base import Id, Listed, Moment, Shape, Text, Value, Wire, Word
from registrars.ovh.api.wire.prices import Price


class OrderTotal(Wire):
    """What a sales order costs."""

    price_with_tax: Price


class Order(OrderTotal):
    """A sales order."""

    order_id: Id
    date: Moment | None = None
    expiration_date: Moment | None = None
    price_without_tax: Price | None = None
    tax: Price


class OrderDetail(Wire):
    """A line of an order."""

    order_detail_id: Id | None = None
    description: Text | None = None
    domain: Text | None = None
    detail_type: Word | None = None
    total_price: Price | None = None


class Link(Wire):
    """The page of an order or of an invoice; a secret."""

    url: Text = Field(min_length=1)


class Product(Wire):
    """What a plan is about; `domain` unless it says otherwise."""

    name: Word | None = None


class Plan(Wire):
    """The terms of a line."""

    code: Word | None = None
    duration: Word | None = None
    pricing_mode: Word | None = None
    product: Product | None = None

    @property
    def product_name(self) -> str:
        return (self.product.name if self.product else None) or "domain"


class Configuration(Wire):
    """A registry's question, answered."""

    label: Word
    value: Value


class LineTerms(Wire):
    """What a line orders."""

    type: Word | None = None
    plan: Plan | None = None
    configurations: Listed[Configuration] = Field(default_factory=list)


class Extension(Wire):
    """The terms of a line, as far as OVH shows them."""

    order: LineTerms | None = None


class History(Wire):
    """An entry of a step's history."""

    date: Moment
    label: Word | None = None
    description: Text | None = None


class Step(Wire):
    """A step of an order's follow-up."""

    status: Word | None = None
    history: Listed[History] = Field(default_factory=list)


class _Name(Wire):
    step: Word | None = None


_NAMES = Shape[list[_Name]](list[_Name], "steps")


def validating(answer: Any) -> Step:  # noqa: ANN401 - decoded JSON
    """Return the step of a follow-up that shows the payment; an empty one without it. Other steps are not read."""
    for place, name in enumerate(_NAMES.read(answer)):
        if name.step == "VALIDATING":
            return Step.read(answer[place])
    return Step()
