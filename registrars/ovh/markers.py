"""The descriptions of this bot's carts at OVH, and the empty carts that mark its money calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ordering.model.errors import RegistrarRefused
from ordering.model.money_call import digest
from ordering.model.recovery import Marker, MarkersLeft
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.errors import CartRejected, NotThere, Unreadable
from registrars.ovh.api.wire.carts import CARTS, CartDescription, CartExpiry, NewCart
from registrars.ovh.throttling.scheduler import Priority

PRODUCT = "Domain Desk"
# The longest life that OVH accepts is unknown: after a refusal a shorter one is requested, and finally none.
_LIVES = (timedelta(days=30), timedelta(days=2))
UNNAMED = "unnamed"  # in a terminal: the id includes the bot's Slack identity, which is unknown there
MARKER = re.compile(rf"{PRODUCT} (?P<bot_id>\S+) (?P<subject>(orders|pays) \S+)")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Builds exact descriptions, as OVH's list of carts matches a description as a whole.

    `bot_id` is this bot's id: two bots may share an account. All stay below 60 characters, as OVH may have a limit.
    """

    bot_id: str

    def checkout(self, names: Iterable[str]) -> str:
        """Return the description of a cart that is filled, and perhaps checked out, with exactly these names."""
        return f"{PRODUCT} {self.bot_id} carts {digest(names)}"

    def marker(self, subject: str) -> str:
        """Return the description of the markers of money calls about this subject."""
        return f"{PRODUCT} {self.bot_id} {subject}"

    @property
    def scratch(self) -> str:
        """The description of a cart that is never checked out."""
        return f"{PRODUCT} {self.bot_id} asks"

    @property
    def nobodys(self) -> str:
        """A description that no cart has."""
        return f"{PRODUCT} {self.bot_id} nothing"

    def may_own(self, bot_id: str) -> bool:
        """Return whether a cart with this bot id in its description is, or may be, this bot's."""
        return self.bot_id in {bot_id, UNNAMED}

    def is_ours(self, description: object) -> bool:
        return str(description).startswith(f"{PRODUCT} {self.bot_id} ")


class Markers:
    """Makes and lists empty carts that are never filled; `home` returns the account's subsidiary."""

    def __init__(self, client: Client, descriptions: Descriptions, *, home: Callable[[], str]) -> None:
        self._client = client
        self._descriptions = descriptions
        self._home = home
        self._read: dict[str, str] = {}  # descriptions by cart, as they never change
        self._unread: set[str] = set()  # carts that the key may not read
        self._expires: dict[str, datetime] = {}  # by cart; it never changes either

    def leave(self, subject: str, started_at: datetime) -> str:
        """Create a marker with the longest life that OVH allows, and return its id.

        Its life counts from the second in which its attempt started, so its expiry names the attempt: see `is_of`.
        """
        return self.make(self._descriptions.marker(subject), started_at.replace(microsecond=0) + _LIVES[0])

    def make(self, description: str, expires_at: datetime | None = None) -> str:
        """Create an empty cart of the account. Two calls: OVH lists only carts that are assigned.

        `expires_at` is its expiry, if OVH accepts such a long life; by default the longest life from now on.
        """
        made = self._new(description, expires_at or self._client.time_as_known() + _LIVES[0])
        cart = made.cart_id
        try:
            self._client.build("POST", f"/order/cart/{segment(cart)}/assign", None, priority=Priority.MONEY)
        except RegistrarRefused as refusal:
            _log.debug("assign_refused", why=str(refusal))  # it may be the account's already, through our key
        # Keep the description as OVH stores it: if that differs, this marker could not be found again.
        self._read[cart] = made.description or description
        return cart

    def is_of(self, marker: str, started_at: datetime) -> bool:
        """Return whether the attempt that started in this second made the marker: see `leave`.

        False if OVH shows no marker, or no expiry of it that can be read, or refused twice to show its description.
        Raises `RegistrarError` if OVH refuses to show a marker whose description it showed.
        """
        if marker in self._unread:
            return False
        try:
            return self._expiry(marker) in _expiries(started_at.replace(microsecond=0) + _LIVES[0])
        except NotThere:
            return False

    def is_made_with(self, cart: str, expires_at: datetime) -> bool:
        """Return whether a cart's expiry is one that `make` asks for with this one.

        False for a cart that OVH does not show to this key, or shows in an unknown form: another bot may have made it.
        """
        try:
            return self._expiry(cart) in _expiries(expires_at)
        except RegistrarRefused:
            return False

    def _expiry(self, cart: str) -> datetime | None:
        """Return when a cart expires, the only date that OVH shows of it; None if it cannot be read."""
        if cart not in self._expires:
            found = self._client.ask(f"/order/cart/{segment(cart)}", priority=Priority.MONEY)
            try:
                self._expires[cart] = CartExpiry.read(found).expire
            except Unreadable:
                return None
        return self._expires[cart]

    def of(self, subject: str) -> frozenset[str]:
        """Return the ids of all markers about a subject."""
        return self.described(self._descriptions.marker(subject))

    def left(self, priority: Priority) -> MarkersLeft:
        """Return all markers of money calls. If this bot's id is unknown, all count as its own."""
        listed = CARTS.read(self._client.ask("/order/cart", priority=priority))
        found = [(cart, MARKER.fullmatch(self._description(cart, priority) or "")) for cart in listed]
        markers = [(cart, marker) for cart, marker in found if marker is not None]
        ours = tuple(
            Marker(marker["subject"], cart) for cart, marker in markers if self._descriptions.may_own(marker["bot_id"])
        )
        return MarkersLeft(ours, len(markers) - len(ours), tuple(cart for cart in listed if cart in self._unread))

    def described(self, description: str) -> frozenset[str]:
        """Return the ids of all carts with exactly this description.

        OVH's filter may not be exact, so the description of each cart that is new here is read. A cart that may not be
        read has this description if OVH filters at all: only then it can be one that this bot forgot.
        """
        listed = self._listed(description)
        found = {cart for cart in listed if self._description(cart) == description}
        unread = self._unread.intersection(listed)
        return frozenset(found | unread if unread and self._filters() else found)

    def _listed(self, description: str) -> list[str]:
        return CARTS.read(self._client.ask("/order/cart", query={"description": description}, priority=Priority.MONEY))

    def _filters(self) -> bool:
        """Return whether OVH filters its list of carts: then it has none with a description that nobody uses."""
        return not self._listed(self._descriptions.nobodys)

    def _description(self, cart: str, priority: Priority = Priority.MONEY) -> str | None:
        """Return a cart's description; None if it expired, or if the key may not read it: see `_unread`."""
        if cart not in self._read:
            try:
                found = self._ask_twice(f"/order/cart/{segment(cart)}", priority)
            except NotThere:  # it expired, but is still listed
                self._unread.discard(cart)
                return None
            except RegistrarRefused:
                self._unread.add(cart)
                return None
            self._unread.discard(cart)
            self._read[cart] = CartDescription.read(found).description
        return self._read[cart]

    def _ask_twice(self, path: str, priority: Priority) -> object:
        """Ask again after a refusal: one of the moment must not hide a marker."""
        try:
            return self._client.ask(path, priority=priority)
        except NotThere:
            raise
        except RegistrarRefused:
            return self._client.ask(path, priority=priority)

    def _new(self, description: str, expires_at: datetime) -> NewCart:
        for expiry in (*_expiries(expires_at), None):
            body = {"ovhSubsidiary": self._home(), "description": description}
            if expiry is not None:
                body["expire"] = expiry.isoformat(timespec="seconds")
            try:
                made = self._client.build("POST", "/order/cart", body, priority=Priority.MONEY)
            except CartRejected:
                if expiry is None:
                    raise
            else:
                return NewCart.read(made)
        raise AssertionError("the last try returns or raises")


def _expiries(longest: datetime) -> list[datetime]:
    """Return the expiries to ask for in turn: each is derived from the longest, so it identifies the call as well."""
    return [longest - (_LIVES[0] - life) for life in _LIVES]
