"""OVH's offers for a name. The beginning of a name decides them, so that they can be predicted.

`premium-`, `promo-`, `gift-` (free in the first year) and `launch-` (two offers) are available; `taken-`,
`aftermarket-` and `resale-` (both at once) are registered; `reserved-` and `empty-` are neither registered nor
available; `odd-` is offered in an unknown mode; `timeout-` and `broken-` get no usable answer; `old-` ones are offered
in the format of years ago. `reason-`, `claims-` and `protected-` have more questions (see `extensions`).
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.errors import OvhError, refused
from sandbox.ovh.extensions import EXTENSIONS, Extension, extension_of
from sandbox.ovh.offers import Offer, in_old_shape
from sandbox.ovh.prices import MARKETS, Market, rounded

TAKEN = {"ovh.com", "google.com", "example.com", "slack.com", "github.com", "wikipedia.org"}
_DAY = 86_400.0
_PREMIUM, _PREMIUM_RENEWAL = Decimal(1250), Decimal(350)
_AFTERMARKET = Decimal(2399)
_EARLY = Decimal(120)  # surcharge for an early registration
FRANCE = MARKETS["FR"]


class Names:
    """The registry of the sandbox. `owned` and `delivered` names are the account's, `taken` ones are another owner's.

    Switches: whether prices contain `ucents`, and whether a discount is shown as a `negative_discount`. `capitals` is
    whether a name may be written in capitals, which OVH then reads as lower case.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opened = clock.now()
        self.taken = set(TAKEN)
        self.owned: set[str] = set()
        self.delivered: Callable[[], Container[str]] = set
        self.risen: dict[str, Decimal] = {}
        self.changed: dict[str, dict[str, Any]] = {}
        self.capitals = False
        self.ucents = True
        self.negative_discount = False

    def offers(self, name: str, market: Market = FRANCE) -> list[dict[str, Any]]:
        """Return the offers for a name in A-labels, as OVH shows them."""
        old = name.startswith("old-")
        as_json = [
            offer.to_json(ucents=self.ucents, negative_discount=self.negative_discount or old)
            for offer in self.offers_for(name, market)
        ]
        return [in_old_shape(each) for each in as_json] if old else as_json

    def offers_for(self, name: str, market: Market = FRANCE) -> list[Offer]:
        """Return the offers for a name; raises OVH's error if it can give none."""
        label, _, rest = name.partition(".")
        extension = extension_of(name)
        if extension is None:
            raise refused(f"Some parameters are invalid in the request: Check failed. {rest} is not available")
        if label.startswith("broken-"):
            raise OvhError(500, {"class": "Server::InternalServerError", "message": "Internal server error"})
        if label.startswith("timeout-"):
            raise refused("Check timeout. Please retry later")
        if not _fits(label, extension):
            raise refused("Some parameters are invalid in the request: Check failed. Invalid domain name")
        if label.startswith("empty-"):
            return []
        if label.startswith("aftermarket-"):
            return [_transfer(extension, "transfer-aftermarket1", _AFTERMARKET, market)]
        if label.startswith("resale-"):
            return [
                _transfer(extension, "transfer-default", extension.renewal, market),
                _transfer(extension, "transfer-aftermarket2", _AFTERMARKET, market),
            ]
        if self.is_taken(name):
            return [_transfer(extension, "transfer-default", extension.renewal, market)]
        return self._creations(name, label, extension, market)

    def standard(self, extension: Extension, market: Market = FRANCE, *, dearer: Decimal = Decimal(0)) -> Offer:
        """Return the current offer for an ordinary name of this extension; `dearer` is a surcharge."""
        regular = market.amount(extension.first + dearer)
        renewal = market.amount(extension.renewal)
        offer = Offer(
            extension.name, "create", "create-default", regular, renewal, renewal, extension.years,
            fee=market.amount(extension.fee), currency=market.currency,
        )  # fmt: skip
        if extension.promotion is None:
            return offer
        reduced = market.amount(Decimal(extension.promotion.price) + dearer)
        return self._promoted(offer, regular - reduced, extension.promotion.days)

    def price_list(self, market: Market = FRANCE) -> dict[str, Offer]:
        """Return the standard offer of every extension, by its name, as the catalogue shows it."""
        return {name: self.standard(extension, market) for name, extension in EXTENSIONS.items()}

    def is_taken(self, name: str) -> bool:
        return name in self.taken or name in self.owned or name in self.delivered() or name.startswith("taken-")

    def rise(self, name: str, by: str) -> None:
        """Raise the price of a name by an amount in euro."""
        self.risen[name] = self.risen.get(name, Decimal(0)) + Decimal(by)

    def change(self, name: str, **terms: Any) -> None:  # noqa: ANN401 - the fields of an offer differ in type
        """Change the terms on which a free name is offered; without terms, restore those of its extension.

        `terms` are fields of `Offer`: `mode`, `phase`, `grade`, `renewal`, `regular`, `orderable`, `shows_renewal`.
        Together with `Faults.at` and `Faults.behind` they change between two calls.
        """
        self.changed[name] = self.changed.get(name, {}) | terms if terms else {}

    def _creations(self, name: str, label: str, extension: Extension, market: Market) -> list[Offer]:
        terms = self.changed.get(name, {})
        return [replace(offer, **terms) for offer in self._regular_creations(name, label, extension, market)]

    def _regular_creations(self, name: str, label: str, extension: Extension, market: Market) -> list[Offer]:
        """Return the offers to register a name that has no owner."""
        dearer = self.risen.get(name, Decimal(0))
        offer = self.standard(extension, market, dearer=dearer)
        if label.startswith(("reserved-", "odd-")):
            return [
                replace(offer, orderable=False) if label.startswith("reserved-") else replace(offer, mode="lottery")
            ]
        if label.startswith("premium-"):
            first, later = market.amount(_PREMIUM + dearer), market.amount(_PREMIUM_RENEWAL)
            plain = replace(offer, discount=Decimal(0), begins=None, ends=None)
            return [replace(plain, mode="create-premium", regular=first, renewal=later, further=later)]
        if label.startswith("promo-"):
            half = rounded(offer.regular / 2, market.currency)
            return [self._promoted(offer, offer.regular - half, 30)]
        if label.startswith("gift-"):
            return [self._promoted(offer, offer.regular, 30)]
        if label.startswith("launch-") or extension.launching:
            early = replace(offer, mode="create-early", phase="landrush", regular=offer.regular + market.amount(_EARLY))
            return [offer, early]
        return [offer]

    def _promoted(self, offer: Offer, discount: Decimal, days: int) -> Offer:
        """Return the offer with a promotion, until the promotion ends."""
        ends = after(self._opened, days * _DAY)
        if ends <= self._clock.now():
            return replace(offer, discount=Decimal(0), begins=None, ends=None)
        return replace(offer, discount=discount, begins=self._opened, ends=ends)


def _transfer(extension: Extension, mode: str, euro: Decimal, market: Market) -> Offer:
    cost, renewal = market.amount(euro), market.amount(extension.renewal)
    return Offer(extension.name, "transfer", mode, cost, renewal, renewal, currency=market.currency)


def _fits(label: str, extension: Extension) -> bool:
    shortest, longest = extension.length
    return shortest <= len(label) <= longest and (extension.idn or not label.startswith("xn--"))
