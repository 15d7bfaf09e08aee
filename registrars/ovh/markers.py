"""The descriptions of this bot's carts at OVH, and the empty carts that mark its money calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ordering.model.errors import RegistrarRefused
from ordering.model.money_call import digest
from ordering.model.recovery import Marker
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.errors import CartRejected, NotThere
from registrars.ovh.throttling.scheduler import Priority

PRODUCT = "Domain Desk"
# The longest life that OVH accepts is unknown: after a refusal a shorter one is requested, and finally none.
_LIVES = (timedelta(days=30), timedelta(days=2))
UNNAMED = "unnamed"  # in a terminal: the id includes the bot's Slack identity, which is unknown there
_MARKER = re.compile(rf"{PRODUCT} (?P<bot_id>\S+) (?P<subject>(orders|pays) \S+)")
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
        cart = str(made["cartId"])
        try:
            self._client.build("POST", f"/order/cart/{segment(cart)}/assign", None, priority=Priority.MONEY)
        except RegistrarRefused as refusal:
            _log.debug("assign_refused", why=str(refusal))  # it may be the account's already, through our key
        # Keep the description as OVH stores it: if that differs, this marker could not be found again.
        self._read[cart] = str(made.get("description") or description)
        return cart

    def is_of(self, marker: str, started_at: datetime) -> bool:
        """Return whether the attempt that started in this second made the marker: see `leave` and `is_made_with`."""
        return self.is_made_with(marker, started_at.replace(microsecond=0) + _LIVES[0])

    def is_made_with(self, cart: str, expires_at: datetime) -> bool:
        """Return whether a cart's expiry is one that `make` asks for with this one.

        False for a cart that OVH does not show to this key, or shows in an unknown form: another bot may have made it.
        """
        try:
            return self._expiry(cart) in _expiries(expires_at)
        except (RegistrarRefused, AttributeError, KeyError, TypeError, ValueError):
            return False

    def _expiry(self, cart: str) -> datetime:
        if cart not in self._expires:
            found = self._client.ask(f"/order/cart/{segment(cart)}", priority=Priority.MONEY)
            self._expires[cart] = datetime.fromisoformat(found["expire"])
        return self._expires[cart]

    def of(self, subject: str) -> frozenset[str]:
        """Return the ids of all markers about a subject."""
        return self.described(self._descriptions.marker(subject))

    def left(self, priority: Priority) -> tuple[list[Marker], int]:
        """Return all markers of this bot's money calls, and how many belong to other bots.

        If this bot's id is unknown, all count as its own.
        """
        listed = reading.listed(self._client.ask("/order/cart", priority=priority))
        found = [(cart, _MARKER.fullmatch(self._description(cart, priority) or "")) for cart in map(str, listed)]
        markers = [(cart, marker) for cart, marker in found if marker is not None]
        ours = [
            Marker(marker["subject"], cart) for cart, marker in markers if self._descriptions.may_own(marker["bot_id"])
        ]
        return ours, len(markers) - len(ours)

    def described(self, description: str) -> frozenset[str]:
        """Return the ids of all carts with exactly this description.

        OVH's filter may not be exact, so the description of each cart that is new here is read.
        """
        query = {"description": description}
        listed = reading.listed(self._client.ask("/order/cart", query=query, priority=Priority.MONEY))
        return frozenset(cart for cart in map(str, listed) if self._description(cart) == description)

    def _description(self, cart: str, priority: Priority = Priority.MONEY) -> str | None:
        if cart not in self._read:
            try:
                found = self._client.ask(f"/order/cart/{segment(cart)}", priority=priority)
            except NotThere:  # it expired, but is still listed
                return None
            self._read[cart] = str(found["description"])
        return self._read[cart]

    def _new(self, description: str, expires_at: datetime) -> Mapping[str, object]:
        for expiry in (*_expiries(expires_at), None):
            body = {"ovhSubsidiary": self._home(), "description": description}
            if expiry is not None:
                body["expire"] = expiry.isoformat(timespec="seconds")
            try:
                made: Mapping[str, object] = self._client.build("POST", "/order/cart", body, priority=Priority.MONEY)
            except CartRejected:
                if expiry is None:
                    raise
            else:
                return made
        raise AssertionError("the last try returns or raises")


def _expiries(longest: datetime) -> list[datetime]:
    """Return the expiries to ask for in turn: each is derived from the longest, so it identifies the call as well."""
    return [longest - (_LIVES[0] - life) for life in _LIVES]
