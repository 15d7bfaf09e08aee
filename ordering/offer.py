"""What OVH would sell: offers, what a search says of a name, and the quote of a dry run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordering.domain_name import DomainName
from ordering.money import Money

STANDARD_MODES = frozenset({"create-default", "default"})
PREMIUM_MODES = frozenset({"create-premium", "premium"})


class Action(StrEnum):
    """What an offer would do with the name, in OVH's words."""

    CREATE = "create"
    TRANSFER = "transfer"
    TRADE = "trade"
    UPDATE = "update"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> Action:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to get a name. Prices are without tax; `years` are the durations offered, the proposed first."""

    domain: DomainName
    action: Action
    pricing_mode: str
    orderable: bool
    price: Money
    renewal: Money | None = None
    regular: Money | None = None  # the price before a discount, where there is one
    promotion_ends: datetime | None = None
    years: tuple[int, ...] = (1,)
    phase: str = "ga"

    @property
    def is_premium(self) -> bool:
        return self.pricing_mode in PREMIUM_MODES

    @property
    def registers(self) -> bool:
        """Whether this offer registers a free name.

        `orderable` alone does not say so: a taken name comes back with an orderable transfer offer.
        """
        return self.action is Action.CREATE and self.orderable and self.pricing_mode in STANDARD_MODES | PREMIUM_MODES


class Verdict(StrEnum):
    """What a search says of a name."""

    AVAILABLE = "available"
    PREMIUM = "premium"
    TAKEN = "taken"
    AFTERMARKET = "aftermarket"
    NOT_SOLD = "not_sold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer for one name: the verdict, its offer where there is one, and the reason where there is none."""

    domain: DomainName
    verdict: Verdict
    offer: Offer | None = None
    reason: str | None = None

    @property
    def can_be_added(self) -> bool:
        return self.verdict in {Verdict.AVAILABLE, Verdict.PREMIUM}

    @classmethod
    def of(cls, domain: DomainName, offers: tuple[Offer, ...]) -> Availability:
        """Read OVH's list of offers: the first that registers the name counts, standard before premium."""
        registering = sorted((offer for offer in offers if offer.registers), key=lambda offer: offer.is_premium)
        if registering:
            best = registering[0]
            return cls(domain, Verdict.PREMIUM if best.is_premium else Verdict.AVAILABLE, best)
        aftermarket = [offer for offer in offers if "aftermarket" in offer.pricing_mode]
        if aftermarket:
            return cls(domain, Verdict.AFTERMARKET, aftermarket[0])
        return cls(domain, Verdict.TAKEN, offers[0] if offers else None)


@dataclass(frozen=True, slots=True)
class Contract:
    """Terms that ordering accepts."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One answer given to OVH for one name, such as OWNER_LEGAL_AGE = true."""

    domain: DomainName
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Quote:
    """OVH's own figures for a whole cart, from a dry run: nothing here is our sum."""

    total: Money  # with tax
    tax: Money
    without_tax: Money
    contracts: tuple[Contract, ...] = ()
    configuration: tuple[Configuration, ...] = ()
