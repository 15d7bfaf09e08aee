"""Presence: each bot keeps an empty cart at OVH with an exact description. Any other such cart is another bot's."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Protocol

from ordering.model.errors import RegistrarRefused
from ordering.ports.clock import RegistrarClock
from ordering.ports.markers import MarkerCarts
from ordering.ports.store import Store

_MAY_APPEAR = timedelta(minutes=15)  # longer than a call that makes a cart can be in flight
_LIFE = timedelta(days=30)
_SHORTER = 86_400  # seconds: a random part of them makes the expiry this call's alone


class PresencePort(MarkerCarts, RegistrarClock, Protocol):
    """The part of the registrar port that the presence uses."""


class Presence:
    """Announces this bot to others on the same account, and finds them."""

    def __init__(self, store: Store, registrar: PresencePort) -> None:
        self._store = store
        self._registrar = registrar

    def find_others(self) -> frozenset[str]:
        """Return the carts by which other bots announce themselves; renew this bot's own if it has expired.

        A cart of this bot that its database does not know counts as another's: the database went back in time then.
        """
        now = self._registrar.time()  # before the list, which then shows the cart of every call that is old by now
        seen = self._registrar.presences()
        self._end_unfinished(seen, now)
        if not seen & self._own():
            self._show(now)
        return seen - self._own()  # read again: another process of this bot may have made one in the meantime

    def _show(self, now: datetime) -> None:
        """Make a cart; the database knows of the call, and of the expiry it asks for, before OVH does."""
        shorter = timedelta(seconds=secrets.randbelow(_SHORTER))
        expires_at = now.replace(microsecond=0) + _LIFE - shorter  # OVH keeps whole seconds
        with self._store.begin() as carts:
            call = carts.announce_presence(now, expires_at)
        try:
            made = self._registrar.show_presence(expires_at)
        except RegistrarRefused:  # no cart was made
            with self._store.begin() as carts:
                carts.end_presence(call)
            raise
        with self._store.begin() as carts:
            carts.add_presence(made)
            carts.end_presence(call)

    def _end_unfinished(self, seen: frozenset[str], now: datetime) -> None:
        """Take up the carts of calls without an answer on record: after a crash, or if OVH's answer was lost.

        Only a cart with the expiry that the call asked for: any other is another bot's.
        """
        with self._store.read() as carts:
            unfinished = carts.presence_calls()
        for call in unfinished:
            unknown = sorted(seen - self._own())
            made = [cart for cart in unknown if self._registrar.presence_is_of(cart, call.expires_at)]
            if not made and now - call.started_at < _MAY_APPEAR:
                continue
            with self._store.begin() as carts:
                for cart in made:
                    carts.add_presence(cart)
                carts.end_presence(call)

    def _own(self) -> frozenset[str]:
        with self._store.read() as carts:
            return carts.presences()
