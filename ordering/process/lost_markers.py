"""Startup check for markers of money calls at OVH that the database does not know."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Protocol

from ordering.model.recovery import Cause
from ordering.ports.account import Account
from ordering.ports.markers import MarkerCarts
from ordering.ports.store import Store
from ordering.process.money_markers import name_by_age
from ordering.process.recovery import RecoverMode

_log = logging.getLogger(__name__)


class MarkedAccount(Account, MarkerCarts, Protocol):
    """Reads the account and its markers."""


class LostMarkers:
    """Reads all markers of this bot, whereas a money call reads only those of its own subject.

    After the database went back, a lost order may share a name with a request for another set of names, whose subject
    has other markers.
    """

    def __init__(self, store: Store, account: MarkedAccount, recover: RecoverMode) -> None:
        self._store = store
        self._account = account
        self._recover = recover

    def look(self) -> frozenset[str]:
        """Switch recover mode on if a marker belongs to no attempt on record; return the ids of such markers.

        Reads each cart of the account that is new to this process, one call each, with the lowest priority. One that
        the key may not read is logged, and stops no look: another program's cart must not stop everything. Raises
        `RegistrarError` if OVH does not return them.
        """
        left = self._account.markers_left(urgent=False)
        if left.unread:
            _log.warning("carts_may_not_be_read carts=%s", ",".join(left.unread))
        subjects: dict[str, set[str]] = defaultdict(set)
        for marker in left.ours:
            subjects[marker.about].add(marker.id)
        lost = frozenset[str]().union(*(self._unknown(subject, ids) for subject, ids in subjects.items()))
        if lost:
            self._recover.begin(Cause.MARKERS)
        return lost

    def _unknown(self, subject: str, markers: set[str]) -> frozenset[str]:
        with self._store.read() as carts:
            unknown = markers - carts.recorded_markers(markers) - carts.compared_markers(markers)
            recorded = carts.money_calls(subject)
        # Another process may be making an attempt whose marker is not recorded yet.
        named = name_by_age(unknown, recorded, self._account)
        return frozenset(unknown - {call.marker for call in named})
