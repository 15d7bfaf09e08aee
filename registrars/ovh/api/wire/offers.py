"""Offers for a name, and the price list."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from registrars.ovh.api.wire.base import Flag, Listed, Moment, Shape, Wire, Word
from registrars.ovh.api.wire.prices import Price


class Promotion(Wire):
    """A promotion that a price includes."""

    end_date: Moment | None = None


class PriceLine(Wire):
    """One price of an offer; its label says which, such as TOTAL."""

    label: Word
    price: Price
    promotions: Listed[Promotion] = Field(default_factory=list)


class Offer(Wire):
    """One way to get a name. Old answers name the action only at the end of the offer's id, and no pricing mode."""

    action: Word | None = None
    offer_id: Word | None = None
    pricing_mode: Word | None = None
    phase: Word | None = None
    orderable: Flag | None = None
    duration: Listed[Word] = Field(default_factory=list)
    prices: Listed[PriceLine] = Field(default_factory=list)

    def price_of(self, label: str) -> Price | None:
        """Return the last price with this label; None without one."""
        return next((line.price for line in reversed(self.prices) if line.label == label), None)


class Pricing(Wire):
    """One price of a plan in the price list, in 10⁻⁸ of the currency."""

    mode: Word | None = None
    price: Annotated[int, Strict(), Field(ge=0, lt=10**20)]
    capacities: Listed[Word] = Field(default_factory=list)


class Plan(Wire):
    """An extension in the price list."""

    plan_code: Word
    pricings: list[Pricing]


class Locale(Wire):
    """What the price list applies to."""

    currency_code: Annotated[Word, Field(min_length=1)]


OFFERS = Shape[list[Offer]](list[Offer], "offers")
