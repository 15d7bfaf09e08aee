"""What OVH offers for a name. The beginning of a name says what it is, so that anybody can predict it."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.ovh.errors import OvhError, refused
from sandbox.ovh.prices import CATALOGUE, price

TAKEN = {"ovh.com", "google.com", "example.com", "slack.com", "github.com", "wikipedia.org"}
_PREMIUM = Decimal(1250)
_AFTERMARKET = Decimal(2399)


@dataclass
class Names:
    """The registry of the sandbox. `owned` and `delivered` names are the account's, `taken` ones somebody else's."""

    taken: set[str] = field(default_factory=lambda: set(TAKEN))
    owned: set[str] = field(default_factory=set)
    risen: dict[str, Decimal] = field(default_factory=dict)
    delivered: Callable[[], Container[str]] = set

    def offers(self, name: str) -> list[dict[str, Any]]:
        """The offers for a name in A-labels; raises what OVH answers where it has none to give."""
        label, _, extension = name.partition(".")
        if extension not in CATALOGUE:
            raise refused(f"Some parameters are invalid in the request: Check failed. {extension} is not available")
        if label.startswith("broken-"):
            raise OvhError(500, {"class": "Server::InternalServerError", "message": "Internal server error"})
        if label.startswith("timeout-"):
            raise refused("Check timeout. Please retry later")
        if label.startswith("empty-"):
            return []
        if label.startswith("aftermarket-"):
            return [_offer(extension, "transfer", "transfer-aftermarket1", _AFTERMARKET, _AFTERMARKET)]
        first, renewal = self.prices(name)
        if self.is_taken(name):
            return [_offer(extension, "transfer", "transfer-default", renewal, renewal)]
        if label.startswith("premium-"):
            return [_offer(extension, "create", "create-premium", _PREMIUM, _PREMIUM)]
        if label.startswith("promo-"):
            return [_offer(extension, "create", "create-default", first / 2, renewal, regular=first)]
        return [_offer(extension, "create", "create-default", first, renewal)]

    def is_taken(self, name: str) -> bool:
        return name in self.taken or name in self.owned or name in self.delivered() or name.startswith("taken-")

    def price_of(self, name: str, pricing_mode: str) -> Decimal:
        """Today's price for the first year, without tax; raises where there is no such offer (any more)."""
        for offer in self.offers(name):
            if offer["pricingMode"] == pricing_mode and offer["action"] == "create":
                total = next(line for line in offer["prices"] if line["label"] == "TOTAL")
                return Decimal(str(total["price"]["value"]))
        raise refused(f"The domain {name} is not available for this offer")

    def prices(self, name: str) -> tuple[Decimal, Decimal]:
        first, renewal = CATALOGUE[name.partition(".")[2]]
        return Decimal(first) + self.risen.get(name, Decimal(0)), Decimal(renewal)

    def rise(self, name: str, by: str) -> None:
        """From now on this name costs more."""
        self.risen[name] = self.risen.get(name, Decimal(0)) + Decimal(by)


def _offer(
    extension: str, action: str, mode: str, total: Decimal, renewal: Decimal, *, regular: Decimal | None = None
) -> dict[str, Any]:
    regular = regular or total
    amounts = {"PRICE": regular, "RENEW": renewal, "DISCOUNT": regular - total, "FEE": Decimal(0), "TOTAL": total}
    return {
        "action": action,
        "configurations": [],
        "currentNameservers": ["ns1.example.net", "ns2.example.net"] if action == "transfer" else None,
        "deliveryTime": "",
        "duration": ["P1Y", "P2Y", "P3Y"] if action == "create" else ["P1Y"],
        "isTransferLocked": action == "transfer" or None,
        "offer": "gold",
        "offerId": f"{extension}-{action}",
        "orderable": True,  # true for a transfer, too: it can be ordered by the owner
        "phase": "ga",
        "prices": [{"label": label, "price": price(amount)} for label, amount in amounts.items()],
        "pricingMode": mode,
        "productId": "domain",
        "quantityMax": 1,
        "recommendedDuration": "P1Y",
    }
