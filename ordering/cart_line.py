"""One name in a cart."""

from __future__ import annotations

from dataclasses import dataclass

from ordering.domain_name import DomainName
from ordering.money import Money
from ordering.offer import PREMIUM_MODES, Offer


@dataclass(frozen=True, slots=True)
class Line:
    """A name to register, as it was offered when somebody added it. Prices are without tax."""

    domain: DomainName
    years: int
    pricing_mode: str
    price: Money
    added_by: str
    renewal: Money | None = None
    regular: Money | None = None

    @classmethod
    def of(cls, offer: Offer, *, added_by: str) -> Line:
        return cls(
            domain=offer.domain,
            years=offer.years[0],
            pricing_mode=offer.pricing_mode,
            price=offer.price,
            added_by=added_by,
            renewal=offer.renewal,
            regular=offer.regular,
        )

    @property
    def is_premium(self) -> bool:
        return self.pricing_mode in PREMIUM_MODES
