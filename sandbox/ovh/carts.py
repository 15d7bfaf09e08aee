"""OVH's carts: they live a day, are filled and configured, and turn read-only when they are checked out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sandbox.ovh.clock import Clock, after, text
from sandbox.ovh.errors import not_found, refused
from sandbox.ovh.names import Names
from sandbox.ovh.prices import price, tax_of

_DAY = 86_400.0
SUBSIDIARIES = frozenset(
    ["CZ", "DE", "ES", "EU", "FI", "FR", "GB", "IE", "IT", "LT", "MA", "NL", "PL", "PT", "SN", "TN"]
)
_CONTRACTS = [
    {"name": "Domain name terms", "url": "https://contracts.example/domain.pdf", "content": "Made up. " * 50},
    {"name": "General terms of service", "url": "https://contracts.example/general.pdf", "content": "Made up. " * 50},
]


@dataclass
class Item:
    id: int
    domain: str
    plan: str
    mode: str
    duration: str
    configurations: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Cart:
    id: str
    description: str
    expire: datetime
    assigned: bool
    items: dict[int, Item] = field(default_factory=dict)
    read_only: bool = False


class Carts:
    """All carts of the account, with what the documentation says of their life."""

    def __init__(self, clock: Clock, names: Names) -> None:
        self._clock = clock
        self._names = names
        self._numbers = count(410_200_301)
        self.all: dict[str, Cart] = {}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("ovhSubsidiary") not in SUBSIDIARIES:
            raise refused("Invalid value for ovhSubsidiary")
        expire = datetime.fromisoformat(body["expire"]) if body.get("expire") else after(self._clock.now(), _DAY)
        cart = Cart(str(uuid.uuid4()), body.get("description") or "", expire, assigned=False)
        self.all[cart.id] = cart
        return self.shown(cart)

    def get(self, cart_id: str) -> Cart:
        cart = self.all.get(cart_id)
        if cart is None or cart.expire <= self._clock.now():
            raise not_found("This cart does not exist")
        return cart

    def shown(self, cart: Cart) -> dict[str, Any]:
        return {
            "cartId": cart.id,
            "description": cart.description,
            "expire": text(cart.expire),
            "items": list(cart.items),
            "readOnly": cart.read_only,
        }

    def change(self, cart: Cart, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("description") is not None:
            cart.description = body["description"]
        if body.get("expire"):
            cart.expire = datetime.fromisoformat(body["expire"])
        return self.shown(cart)

    def assign(self, cart: Cart) -> None:
        if cart.assigned:
            raise refused("This cart is already assigned")
        cart.assigned = True

    def add(self, cart: Cart, body: dict[str, Any]) -> dict[str, Any]:
        _must_be_open(cart)
        name = str(body["domain"])
        offers = [o for o in self._names.offers(name) if o["action"] == "create"]
        mode = body.get("pricingMode") or (offers[0]["pricingMode"] if offers else "create-default")
        self._names.price_of(name, mode)
        duration = body.get("duration") or "P1Y"
        item = Item(next(self._numbers), name, body.get("planCode") or name.partition(".")[2], mode, duration)
        cart.items[item.id] = item
        return self.item(cart, item)

    def item(self, cart: Cart, item: Item) -> dict[str, Any]:
        return {
            "cartId": cart.id,
            "configurations": list(item.configurations),
            "duration": item.duration,
            "itemId": item.id,
            "offerId": None,
            "options": [],
            "parentItemId": None,
            "prices": [{"label": "TOTAL", "price": price(self._cost(item))}],
            "productId": "domain",
            "settings": {
                "catalogName": "dom-public",
                "domain": item.domain,
                "planCode": item.plan,
                "pricingMode": item.mode,
                "quantity": 1,
            },
        }

    def one(self, cart: Cart, item_id: str) -> Item:
        try:
            return cart.items[int(item_id)]
        except (KeyError, ValueError) as error:
            raise not_found("This item does not exist") from error

    def required(self, item: Item) -> list[dict[str, Any]]:
        """What OVH asks for; `required` is left out, as it cannot be trusted anyway."""
        asked = [
            {"label": "OWNER_LEGAL_AGE", "type": "bool"},
            {"label": "OWNER_CONTACT", "type": "/me/contact"},
            {"label": "ADMIN_ACCOUNT", "type": "Nichandle"},
            {"label": "TECH_ACCOUNT", "type": "Nichandle"},
            {"label": "DNS", "type": "String"},
        ]
        if item.domain.startswith("reason-"):
            asked.append({"label": "REASON", "type": "string"})
        return asked

    def configure(self, cart: Cart, item: Item, body: dict[str, Any]) -> dict[str, Any]:
        """A label posted twice is accepted here and refused at the dry run."""
        _must_be_open(cart)
        value = body["value"]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        number = next(self._numbers)
        item.configurations[number] = (str(body["label"]), shown)
        return {"id": number, "label": body["label"], "value": shown}

    def check(self, cart: Cart) -> dict[str, Any]:
        """The dry run: validates what was configured, and knows the tax."""
        _must_be_open(cart)
        if not cart.assigned:
            raise refused("This cart is not assigned to an account")
        if not cart.items:
            raise refused("Cart is empty")
        complaints = [text for item in cart.items.values() for text in _complaints(item)]
        if complaints:
            raise refused("\n".join(complaints))
        return self._totals(cart)

    def _totals(self, cart: Cart) -> dict[str, Any]:
        without = sum((self._cost(item) for item in cart.items.values()), Decimal(0))
        tax = tax_of(without)
        return {
            "contracts": _CONTRACTS,
            "details": [line for place, item in enumerate(cart.items.values(), 1) for line in self._lines(place, item)],
            "orderId": None,
            "prices": {
                "originalWithoutTax": price(without, ucents=False),
                "reduction": price(Decimal(0), ucents=False),
                "tax": price(tax, ucents=False),
                "withTax": price(without + tax, ucents=False),
                "withoutTax": price(without, ucents=False),
            },
            "url": None,
        }

    def _lines(self, place: int, item: Item) -> list[dict[str, Any]]:
        zone = f"*{place:03}.001"
        cost = self._cost(item)
        return [
            _line(item.id, f"{item.domain} - .{item.plan} registration", "DURATION", f"*{place:03}", cost),
            _line(item.id, f"{item.domain} - .{item.plan} registration", "INSTALLATION", f"*{place:03}", Decimal(0)),
            _line(None, f"{item.domain} - DNS zone", "DURATION", zone, Decimal(0)),
            _line(None, f"{item.domain} - DNS zone", "INSTALLATION", zone, Decimal(0)),
        ]

    def _cost(self, item: Item) -> Decimal:
        years = int(item.duration[1:-1])
        first = self._names.price_of(item.domain, item.mode)
        return first + (years - 1) * self._names.prices(item.domain)[1]


def _line(item: int | None, description: str, kind: str, domain: str, cost: Decimal) -> dict[str, Any]:
    shown, nothing = price(cost, ucents=False), price(Decimal(0), ucents=False)
    return {
        "cartItemID": item,
        "description": description,
        "detailType": kind,
        "domain": domain,  # a placeholder until the order exists
        "quantity": 1,
        "unitPrice": shown,
        "totalPrice": shown,
        "originalTotalPrice": shown,
        "reductionTotalPrice": nothing,
        "reductions": [],
    }


def _complaints(item: Item) -> list[str]:
    labels = [label for label, _ in item.configurations.values()]
    mandatory = {"OWNER_LEGAL_AGE"} | ({"REASON"} if item.domain.startswith("reason-") else set())
    return [f"Custom field {label} is mandatory for product domain" for label in sorted(mandatory - set(labels))] + [
        f"Custom field {label} is duplicated for product domain"
        for label in sorted({label for label in labels if labels.count(label) > 1})
    ]


def _must_be_open(cart: Cart) -> None:
    if cart.read_only:
        raise refused("Cart is read only")
