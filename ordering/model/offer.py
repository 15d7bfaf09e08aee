"""OVH's offers for a name, and the verdict of a search."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordering.model.domain_name import DomainName
from ordering.model.money import Money

STANDARD_MODES = frozenset({"create-default", "default"})
PREMIUM_MODES = frozenset({"create-premium", "premium"})
USUAL_PHASE = "ga"  # general availability
USUAL_PHASES = frozenset({USUAL_PHASE, "normal"})  # OVH's old word for it
OFFER_UNREADABLE = "offer_unreadable"  # OVH makes an offer of a kind that this version does not know


class Action(StrEnum):
    """The effect of an offer on the name, in OVH's words."""

    CREATE = "create"
    TRANSFER = "transfer"
    TRADE = "trade"
    UPDATE = "update"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> Action:
        return cls.UNKNOWN


class OfferKind(StrEnum):
    """The meaning of OVH's pricing mode and phase for the buyer."""

    USUAL = "usual"  # the standard price in general availability
    PREMIUM = "premium"  # the registry's own price for this name
    SPECIAL = "special"  # everything else: a launch phase, an aftermarket, a mode unknown to this version

    @classmethod
    def of(cls, pricing_mode: str, phase: str) -> OfferKind:
        """Classify by an allow-list: a mode or phase that OVH adds later is never treated as usual.

        Source: OVH's guides name `create-default`, `create-premium` and numbered `…-aftermarketN` modes.
        """
        if pricing_mode in STANDARD_MODES and phase in USUAL_PHASES:
            return cls.USUAL
        return cls.PREMIUM if "premium" in pricing_mode else cls.SPECIAL


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to get a name. Prices are without tax; `years` are the offered durations, the proposed one first."""

    domain: DomainName
    action: Action
    pricing_mode: str
    orderable: bool
    price: Money
    renewal: Money | None = None
    regular: Money | None = None  # the price before a discount, if there is one
    promotion_ends: datetime | None = None
    years: tuple[int, ...] = (1,)
    phase: str = USUAL_PHASE

    @property
    def kind(self) -> OfferKind:
        return OfferKind.of(self.pricing_mode, self.phase)

    @property
    def is_special(self) -> bool:
        """Whether the offer is neither usual nor premium. A person must choose it."""
        return self.kind is OfferKind.SPECIAL

    @property
    def registers(self) -> bool:
        """Whether this offer registers a free name.

        `orderable` alone does not say so: a taken name comes back with an orderable transfer offer.
        """
        known = self.pricing_mode in STANDARD_MODES | PREMIUM_MODES or self.pricing_mode.startswith("create-")
        return self.action is Action.CREATE and self.orderable and known

    @property
    def withholds(self) -> bool:
        """Whether OVH knows the name as registrable but not by us: it is reserved, or not offered."""
        return self.action is Action.CREATE and not self.orderable

    @property
    def mark(self) -> str:
        """Fingerprint that a button carries: it identifies this offer among the name's offers, and on these terms.

        It is a hash, so it holds no data to trust: it only shows whether the offer the user saw is still offered.
        """
        renewal = self.renewal.in_digests if self.renewal else str(None)
        seen = [self.pricing_mode, self.phase, self.price.in_digests, renewal, *map(str, self.years)]
        return hashlib.sha256(" ".join(seen).encode()).hexdigest()[:12]


class Verdict(StrEnum):
    """The result of a search for one name."""

    AVAILABLE = "available"
    PREMIUM = "premium"  # free, and offered only at a premium price or on special terms
    TAKEN = "taken"
    AFTERMARKET = "aftermarket"
    NOT_OFFERED = "not_offered"  # reserved by its registry, or not offered by OVH without a reason
    NOT_SOLD = "not_sold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer for one name: the verdict, its best offer if there is one, and the reason if it is unknown.

    `reason` is the code of an error; earlier versions stored a sentence. `ovh_said` are OVH's own words about it.
    `offers` are all that OVH returned, including those the bot does not use, such as transfers. `asked_at` is when OVH
    answered.
    """

    domain: DomainName
    verdict: Verdict
    offer: Offer | None = None
    reason: str | None = None
    offers: tuple[Offer, ...] = ()
    asked_at: datetime | None = None
    ovh_said: str | None = None

    @property
    def can_be_added(self) -> bool:
        return self.verdict in {Verdict.AVAILABLE, Verdict.PREMIUM}

    def to_buy(self, *, allow_premium: bool) -> tuple[Offer, ...]:
        """Return the offers that register the name and may be bought: usual ones first, then the cheapest.

        Without `allow_premium` only usual offers may be bought.
        """
        offers = [o for o in self.offers if o.registers and (allow_premium or o.kind is OfferKind.USUAL)]
        return tuple(sorted(offers, key=_rank))

    @classmethod
    def of(cls, domain: DomainName, offers: tuple[Offer, ...], *, taken: bool = False) -> Availability:
        """Evaluate OVH's list of offers: registering offers count first, the usual before others, the cheapest first.

        Only a transfer offer means that the name is registered; pass `taken=True` if that offer had no price.
        """
        registering = sorted((offer for offer in offers if offer.registers), key=_rank)
        if registering:
            best = registering[0]
            verdict = Verdict.AVAILABLE if best.kind is OfferKind.USUAL else Verdict.PREMIUM
            return cls(domain, verdict, best, offers=offers)
        aftermarket = [offer for offer in offers if "aftermarket" in offer.pricing_mode]
        if aftermarket:
            return cls(domain, Verdict.AFTERMARKET, aftermarket[0], offers=offers)
        transfers = [offer for offer in offers if offer.action is Action.TRANSFER]
        if transfers or taken:
            return cls(domain, Verdict.TAKEN, transfers[0] if transfers else None, offers=offers)
        if any(not offer.withholds for offer in offers):
            return cls(domain, Verdict.UNKNOWN, reason=OFFER_UNREADABLE, offers=offers)
        return cls(domain, Verdict.NOT_OFFERED, offers=offers)


def _rank(offer: Offer) -> tuple[bool, bool, int]:
    return offer.kind is not OfferKind.USUAL, offer.is_special, offer.price.minor


@dataclass(frozen=True, slots=True)
class Effort:
    """Estimated cost of a bulk lookup: API calls, seconds at the current rate, calls that need no confirmation."""

    calls: int
    seconds: float
    affordable: int
