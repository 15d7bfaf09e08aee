"""Presence: each bot keeps an empty cart at OVH with an exact description. Any other such cart is another bot's."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from ordering.model.errors import RegistrarRefused
from ordering.ports.clock import RegistrarClock
from ordering.ports.markers import MarkerCarts
from ordering.ports.store import Store

_MAY_APPEAR = timedelta(minutes=15)  # longer than a call that makes a cart can be in flight


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
        seen = self._registrar.presences()
        self._end_unfinished(seen)
        if not seen & self._own():
            self._show()
        return seen - self._own()  # read again: another process of this bot may have made one in the meantime

    def _show(self) -> None:
        """Make a cart; the database knows of the call before OVH does."""
        started_at = self._registrar.time()
        with self._store.begin() as carts:
            call = carts.announce_presence(started_at)
        try:
            made = self._registrar.show_presence()
        except RegistrarRefused:  # no cart was made
            with self._store.begin() as carts:
                carts.end_presence(call)
            raise
        with self._store.begin() as carts:
            carts.add_presence(made)
            carts.end_presence(call)

    def _end_unfinished(self, seen: frozenset[str]) -> None:
        """Take up the carts of calls without an answer on record: after a crash, or if OVH's answer was lost.

        One cart a call, and only one that was made when the call was: any other is another bot's.
        """
        with self._store.read() as carts:
            unfinished = carts.presence_calls()
        for call in unfinished:
            made_then = (c for c in sorted(seen - self._own()) if self._registrar.presence_is_of(c, call.started_at))
            made = next(made_then, None)
            if made is None and self._registrar.time() - call.started_at < _MAY_APPEAR:
                continue
            with self._store.begin() as carts:
                if made is not None:
                    carts.add_presence(made)
                carts.end_presence(call)

    def _own(self) -> frozenset[str]:
        with self._store.read() as carts:
            return carts.presences()
