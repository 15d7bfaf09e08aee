"""OVH's carts: they live for a day, are filled and configured, and become read-only at the checkout."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.contacts import Contacts
from sandbox.ovh.errors import OvhError, not_found, refused
from sandbox.ovh.extensions import Extension, extension_of
from sandbox.ovh.names import Names
from sandbox.ovh.offers import OLD_MODES, Offer
from sandbox.ovh.prices import MARKETS, Market, price
from sandbox.ovh.questions import Question, errors
from sandbox.ovh.quotes import Layout, Priced, quote
from sandbox.ovh.rules import broken, eligibility_of, faults

_DAY = 86_400.0


@dataclass
class Item:
    """An item of a cart. `offer` is OVH's last offer for it, shown even after OVH has withdrawn it."""

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
    made_at: datetime
    assigned: bool
    subsidiary: str = "FR"
    items: dict[int, Item] = field(default_factory=dict)
    coupons: list[str] = field(default_factory=list)
    read_only: bool = False
    closed_at: datetime | None = None
    order: int | None = None  # the number of its order
    dry_run_total: Decimal | None = None  # the total of its last dry run

    @property
    def market(self) -> Market:
        return MARKETS[self.subsidiary]


class Carts:
    """All carts of the account, with the life cycle that the documentation describes.

    Switches: `legal_age_blocks` makes the dry run insist on OWNER_LEGAL_AGE, `refuses_unknown_labels` makes it refuse
    labels that were not required; `judges_owners` makes it check the registry's rule about owners; with `prefills` an
    item comes with an answer; `gifts` turns promotions into lines instead of reductions.

    Unkind switches. OVH's real behaviour is not established for any of them; the defaults keep the first simulation's:
    `layout` is how the dry run, the summary and the checkout list their lines;
    with `orders_again` a closed cart can be checked out once more;
    `lists_closed`, `lists_expired` and `lists_unassigned` are whether `GET /order/cart` lists such carts;
    it lists a new cart after `lists_after` seconds;
    `matches` is how that list filters by `description`: the whole text, its beginning, or not at all;
    `deletes_closed` is whether DELETE accepts a cart that was checked out;
    `names_order` are the calls ("checkout", "summary") that return a closed cart's order number;
    `expired_status` is the response to an expired cart (404, or OVH's 460);
    for `closes_after` seconds a cart that was checked out still claims not to be read-only;
    `longest_life` (seconds) and `longest_description` (characters) are limits; OVH refuses a
    value beyond them, or cuts it if `cuts` is on;
    `shortest_life` (seconds) is the least that a cart lives: OVH raises a lower value to it;
    with `keeps_deleted` DELETE succeeds and the cart stays;
    `unknown_label` is a label that each item asks for in addition;
    `takes_twice` is whether the same name makes a second item, or is refused with 409;
    `refuses_items_as` is the status and class of the refusal of a name that cannot be sold.
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
        self.layout = Layout()
        self.orders_again = False
        self.lists_closed = True
        self.lists_expired = True
        self.lists_unassigned = False
        self.lists_after = 0.0
        self.matches: Literal["exact", "prefix", "ignored"] = "exact"
        self.deletes_closed = True
        self.names_order: set[Literal["checkout", "summary"]] = set()
        self.closes_after = 0.0
        self.expired_status = 404
        self.longest_life: float | None = None
        self.longest_description: int | None = None
        self.cuts = False
        self.shortest_life = 0.0
        self.keeps_deleted = False
        self.takes_twice = True
        self.unknown_label = ""
        self.refuses_items_as = (400, "Client::BadRequest")
        self.all: dict[str, Cart] = {}

    # Life cycle

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("ovhSubsidiary") not in MARKETS:
            raise refused("Invalid value for ovhSubsidiary")
        expire = self._expiry(body["expire"]) if body.get("expire") else after(self._clock.now(), _DAY)
        description = self._description(body.get("description") or "")
        made_at, home = self._clock.now(), body["ovhSubsidiary"]
        cart = Cart(str(uuid.uuid4()), description, expire, made_at, assigned=False, subsidiary=home)
        self.all[cart.id] = cart
        return self.to_json(cart)

    def get(self, cart_id: str) -> Cart:
        cart = self.all.get(cart_id)
        if cart is None:
            raise not_found("This cart does not exist")
        if cart.expire <= self._clock.now():
            raise OvhError(self.expired_status, not_found("This cart does not exist").body)
        return cart

    def to_json(self, cart: Cart) -> dict[str, Any]:
        return {
            "cartId": cart.id,
            "description": cart.description,
            "expire": self._clock.text(cart.expire),
            "items": list(cart.items),
            "readOnly": cart.closed_at is not None and after(cart.closed_at, self.closes_after) <= self._clock.now(),
        }

    def listed(self, description: str | None) -> list[str]:
        """Return the ids of the account's carts that match a description."""
        return [
            cart.id
            for cart in self.all.values()
            if (cart.assigned or self.lists_unassigned)
            and after(cart.made_at, self.lists_after) <= self._clock.now()
            and (self.lists_closed or not cart.read_only)
            and (self.lists_expired or cart.expire > self._clock.now())
            and (description is None or self._fits(cart, description))
        ]

    def _fits(self, cart: Cart, description: str) -> bool:
        if self.matches == "prefix":
            return cart.description.startswith(description)
        return self.matches == "ignored" or cart.description == description

    def delete(self, cart: Cart) -> None:
        """Delete a cart; a closed one is refused if `deletes_closed` is off."""
        if not self.deletes_closed:
            _must_be_open(cart)
        if not self.keeps_deleted:
            del self.all[cart.id]

    def order_of(self, cart: Cart, call: Literal["checkout", "summary"]) -> int | None:
        """Return a closed cart's order if this call names it."""
        return cart.order if call in self.names_order else None

    def _expiry(self, written: str) -> datetime:
        """Return the cart's expiry; raises 400 beyond `longest_life`, or cuts it."""
        wanted = self._clock.moment(written)
        latest = wanted if self.longest_life is None else after(self._clock.now(), self.longest_life)
        if wanted > latest and not self.cuts:
            raise refused("Invalid value for expire")
        return max(min(wanted, latest), after(self._clock.now(), self.shortest_life))

    def _description(self, text: str) -> str:
        """Return the cart's description; raises 400 beyond `longest_description`, or cuts it."""
        if self.longest_description is not None and len(text) > self.longest_description and not self.cuts:
            raise refused("Invalid value for description")
        return text[: self.longest_description]

    def change(self, cart: Cart, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("description") is not None:
            cart.description = self._description(body["description"])
        if body.get("expire"):
            cart.expire = self._expiry(body["expire"])
        return self.to_json(cart)

    def assign(self, cart: Cart) -> None:
        if cart.assigned:
            raise refused("This cart is already assigned")
        cart.assigned = True

    def close(self, cart: Cart) -> None:
        """Make a cart read-only, as a checkout does."""
        cart.read_only, cart.closed_at = True, self._clock.now()

    def next_number(self) -> int:
        """Return the next id of an item or a configuration."""
        return next(self._numbers)

    # Content

    def add(self, cart: Cart, body: dict[str, Any]) -> dict[str, Any]:
        """Add a name; the same name twice makes two items. Without a pricing mode OVH takes its first offer."""
        _must_be_open(cart)
        name = str(body["domain"])
        if not self.takes_twice and any(item.domain == name for item in cart.items.values()):
            raise OvhError(409, {"class": "Client::Conflict", "message": "This domain is already in the cart"})
        offer = self._sold(cart, name, body.get("pricingMode"))
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

    def _sold(self, cart: Cart, name: str, mode: str | None) -> Offer:
        """Return the offer for a new item; raises OVH's refusal if the name cannot be sold."""
        try:
            return self._offer(cart, name, mode)
        except OvhError as error:
            status, kind = self.refuses_items_as
            raise OvhError(status, error.body | {"class": kind}) from None

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
        """Accept any configuration, even a label twice; the dry run checks them."""
        _must_be_open(cart)
        value = body["value"]
        as_json = str(value).lower() if isinstance(value, bool) else str(value)
        number = next(self._numbers)
        item.configurations[number] = (str(body["label"]), as_json)
        return {"id": number, "label": body["label"], "value": as_json}

    def unconfigure(self, cart: Cart, item: Item, number: int) -> None:
        _must_be_open(cart)
        if item.configurations.pop(number, None) is None:
            raise not_found("This configuration does not exist")

    # Dry run

    def check(self, cart: Cart) -> dict[str, Any]:
        """Run the dry run: check the configuration and the owner, and return the total with tax."""
        if not self.orders_again:
            _must_be_open(cart)
        if not cart.assigned:
            raise refused("This cart is not assigned to an account")
        if not cart.items:
            raise refused("Cart is empty")
        if found := [text for item in cart.items.values() for text in self._errors(item)]:
            raise refused("\n".join(found))
        for item in cart.items.values():
            if self.judges_owners and (refusal := self._ineligible(item)):
                raise refusal
            item.offer = self._offer(cart, item.domain, item.mode)
        return self.summary(cart)

    def summary(self, cart: Cart) -> dict[str, Any]:
        """Return what the cart costs, without checks."""
        items = [Priced(item.id, item.domain, item.years, item.offer) for item in cart.items.values()]
        return quote(items, cart.market, gifts=self.gifts)

    def _offer(self, cart: Cart, name: str, mode: str | None) -> Offer:
        """Return the current offer of a pricing mode, also by its old name; raises if there is none (any more)."""
        mode = OLD_MODES.get(mode or "", mode)
        for offer in self._names.offers_for(name, cart.market):
            if offer.action == "create" and offer.orderable and offer.mode == (mode or offer.mode):
                return offer
        raise refused(f"The domain {name} is not available for this offer")

    def _errors(self, item: Item) -> Iterator[str]:
        asked = [
            question.but(needed=False)
            if question.label == "OWNER_LEGAL_AGE" and not self.legal_age_blocks
            else question
            for question in item.questions
        ]
        yield from errors(asked, item.configurations.values(), refuses_unknown=self.refuses_unknown_labels)
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
