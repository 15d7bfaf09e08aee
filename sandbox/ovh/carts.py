"""OVH's carts: they live a day, are filled and configured, and turn read-only when they are checked out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.contacts import Contacts
from sandbox.ovh.errors import OvhError, not_found, refused
from sandbox.ovh.extensions import Extension, extension_of
from sandbox.ovh.names import Names
from sandbox.ovh.offers import OLD_MODES, Offer
from sandbox.ovh.prices import MARKETS, Market, price
from sandbox.ovh.questions import Question, complaints
from sandbox.ovh.quotes import Priced, quote
from sandbox.ovh.rules import broken, eligibility_of, faults

_DAY = 86_400.0


@dataclass
class Item:
    """`offer` is the last one that OVH had for it: what is shown once it has none any more."""

    id: int
    domain: str
    plan: str
    mode: str
    duration: str
    offer: Offer
    configurations: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def years(self) -> int:
        return int(self.duration[1:-1])

    @property
    def extension(self) -> Extension:
        found = extension_of(self.domain)
        if found is None:
            raise LookupError(self.domain)
        return found

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.extension.questions(self.domain.partition(".")[0])

    def answer(self, label: str) -> str | None:
        return next((value for known, value in self.configurations.values() if known == label), None)


@dataclass
class Cart:
    id: str
    description: str
    expire: datetime
    assigned: bool
    subsidiary: str = "FR"
    items: dict[int, Item] = field(default_factory=dict)
    read_only: bool = False
    told: Decimal | None = None  # the total of its last dry run

    @property
    def market(self) -> Market:
        return MARKETS[self.subsidiary]


class Carts:
    """All carts of the account, with what the documentation says of their life.

    Switches: `legal_age_blocks` has the dry run insist on OWNER_LEGAL_AGE, `refuses_unknown_labels` on no others than
    are asked; `judges_owners` has it keep the registry's rule about owners; with `prefills` an item comes with an
    answer; `gifts` has promotions be lines, not reductions; `unsorted_lines` has the dry run name no cart item and list
    the zones first and the last name before the first, as in OVH's guide.
    """

    def __init__(self, clock: Clock, names: Names, contacts: Contacts) -> None:
        self._clock = clock
        self._names = names
        self._contacts = contacts
        self._numbers = count(410_200_301)
        self.legal_age_blocks = True
        self.refuses_unknown_labels = True
        self.judges_owners = True
        self.prefills = False
        self.gifts = True
        self.unsorted_lines = False
        self.all: dict[str, Cart] = {}

    # Their life

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("ovhSubsidiary") not in MARKETS:
            raise refused("Invalid value for ovhSubsidiary")
        expire = self._clock.moment(body["expire"]) if body.get("expire") else after(self._clock.now(), _DAY)
        cart = Cart(str(uuid.uuid4()), body.get("description") or "", expire, False, body["ovhSubsidiary"])  # noqa: FBT003 - a field
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
            "expire": self._clock.text(cart.expire),
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

    # What lies in them

    def add(self, cart: Cart, body: dict[str, Any]) -> dict[str, Any]:
        """Put a name in; the same name twice is two items. Without a pricing mode OVH takes its first offer."""
        _must_be_open(cart)
        name = str(body["domain"])
        offer = self._offer(cart, name, body.get("pricingMode"))
        duration = body.get("duration") or f"P{offer.years[0]}Y"
        _must_be_offered(offer, duration)
        plan = body.get("planCode") or offer.extension
        if plan != offer.extension:
            raise refused(f"The plan {plan} is not available for {name}")
        mode = body.get("pricingMode") or offer.mode
        item = Item(next(self._numbers), name, plan, mode, duration, offer)
        if self.prefills:
            item.configurations[next(self._numbers)] = ("OWNER_LEGAL_AGE", "true")
        cart.items[item.id] = item
        return self.item(cart, item)

    def change_item(self, cart: Cart, item: Item, body: dict[str, Any]) -> dict[str, Any]:
        _must_be_open(cart)
        if body.get("duration"):
            _must_be_offered(item.offer, body["duration"])
            item.duration = body["duration"]
        return self.item(cart, item)

    def remove(self, cart: Cart, item: Item) -> None:
        _must_be_open(cart)
        del cart.items[item.id]

    def item(self, cart: Cart, item: Item) -> dict[str, Any]:
        total = price(item.offer.total(item.years), cart.market.currency, ucents=self._names.ucents)
        return {
            "cartId": cart.id,
            "configurations": list(item.configurations),
            "duration": item.duration,
            "itemId": item.id,
            "offerId": None,
            "options": [],
            "parentItemId": None,
            "prices": [{"label": "TOTAL", "price": total}],
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

    def configure(self, cart: Cart, item: Item, body: dict[str, Any]) -> dict[str, Any]:
        """Whatever is posted is accepted here, a label twice, too; the dry run judges."""
        _must_be_open(cart)
        value = body["value"]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        number = next(self._numbers)
        item.configurations[number] = (str(body["label"]), shown)
        return {"id": number, "label": body["label"], "value": shown}

    def unconfigure(self, cart: Cart, item: Item, number: int) -> None:
        _must_be_open(cart)
        if item.configurations.pop(number, None) is None:
            raise not_found("This configuration does not exist")

    # Judging them

    def check(self, cart: Cart) -> dict[str, Any]:
        """The dry run: validates what was configured and who may own it, and knows the tax."""
        _must_be_open(cart)
        if not cart.assigned:
            raise refused("This cart is not assigned to an account")
        if not cart.items:
            raise refused("Cart is empty")
        if found := [text for item in cart.items.values() for text in self._complaints(item)]:
            raise refused("\n".join(found))
        for item in cart.items.values():
            if self.judges_owners and (refusal := self._ineligible(item)):
                raise refusal
            item.offer = self._offer(cart, item.domain, item.mode)
        return self.summary(cart)

    def summary(self, cart: Cart) -> dict[str, Any]:
        """What it costs, unjudged."""
        items = [Priced(item.id, item.domain, item.years, item.offer) for item in cart.items.values()]
        return quote(items, cart.market, gifts=self.gifts)

    def _offer(self, cart: Cart, name: str, mode: str | None) -> Offer:
        """Today's offer of a pricing mode, by its old name, too; raises where there is none (any more)."""
        mode = OLD_MODES.get(mode or "", mode)
        for offer in self._names.offers_for(name, cart.market):
            if offer.action == "create" and offer.orderable and offer.mode == (mode or offer.mode):
                return offer
        raise refused(f"The domain {name} is not available for this offer")

    def _complaints(self, item: Item) -> Iterator[str]:
        asked = [
            question.but(needed=False)
            if question.label == "OWNER_LEGAL_AGE" and not self.legal_age_blocks
            else question
            for question in item.questions
        ]
        yield from complaints(asked, item.configurations.values(), refuses_unknown=self.refuses_unknown_labels)
        if self._contacts.owner(item.answer("OWNER_CONTACT")) is None:
            yield "Custom field OWNER_CONTACT names no contact of this account for product domain"
        for label in ("ADMIN_ACCOUNT", "TECH_ACCOUNT"):
            if self._contacts.admin(item.answer(label)) is None:
                yield f"Custom field {label} names no account for product domain"

    def _ineligible(self, item: Item) -> OvhError | None:
        people = {
            "OWNER_CONTACT": self._contacts.owner(item.answer("OWNER_CONTACT")),
            "ADMIN_ACCOUNT": self._contacts.admin(item.answer("ADMIN_ACCOUNT")),
        }
        found = faults(eligibility_of(item.extension), people)
        return broken(found) if found else None


def _must_be_offered(offer: Offer, duration: str) -> None:
    if not re.fullmatch(r"P\d+Y", duration) or int(duration[1:-1]) not in offer.years:
        raise refused(f"The duration {duration} is not available for this offer")


def _must_be_open(cart: Cart) -> None:
    if cart.read_only:
        raise refused("Cart is read only")
