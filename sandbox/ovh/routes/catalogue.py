"""The public price list: all extensions in one response, without authentication."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.ovh.errors import refused
from sandbox.ovh.offers import Offer
from sandbox.ovh.prices import MARKETS, Market
from sandbox.ovh.routing import Call, route

_UNITS = 10**8  # per unit of the currency: the catalogue's unit


@route("GET", "/order/catalog/public/domain", unsigned=True)
def _catalogue(call: Call) -> dict[str, Any]:
    subsidiary = call.asks("ovhSubsidiary")
    if subsidiary not in MARKETS:
        raise refused("Some parameters are invalid in the request: ovhSubsidiary")
    market = MARKETS[subsidiary]
    return {
        "catalogId": 1,
        "locale": {"currencyCode": market.currency, "subsidiary": subsidiary, "taxRate": float(market.tax * 100)},
        "planFamilies": [{"name": "domain"}],
        "plans": [_plan(offer, market) for offer in call.ovh.names.price_list(market).values()],
        "addons": [],
        "products": [{"name": "domain", "description": "Domain name", "blobs": None, "configurations": []}],
    }


def _plan(offer: Offer, market: Market) -> dict[str, Any]:
    return {
        "planCode": offer.extension,
        "product": "domain",
        "family": "domain",
        "invoiceName": f".{offer.extension}",
        "pricingType": "rental",
        "configurations": [],
        "addonFamilies": [],
        "blobs": None,
        "consumptionConfiguration": None,
        "pricings": [
            _pricing("create-default", ["installation"], offer.regular - offer.discount, market),
            _pricing("create-default", ["renew"], offer.renewal, market),
            _pricing("transfer-default", ["installation"], offer.renewal, market),
        ],
    }


def _pricing(mode: str, capacities: list[str], price: Decimal, market: Market) -> dict[str, Any]:
    return {
        "mode": mode, "capacities": capacities, "price": int(price * _UNITS),
        "tax": int(market.tax_on(price) * _UNITS), "commitment": 0, "description": "rental for 12 months",
        "interval": 12, "intervalUnit": "month", "mustBeCompleted": False, "phase": 1,
        "quantity": {"min": 1, "max": 1}, "repeat": {"min": 1, "max": None}, "strategy": "tiered", "type": "rental",
        "promotions": [], "engagementConfiguration": None,
    }  # fmt: skip
