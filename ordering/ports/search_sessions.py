"""Search sessions shared by the processes of one deployment: each can show, continue or stop any of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability


@dataclass(frozen=True, slots=True)
class SearchSession:
    """The state of one user's search.

    `refreshing` are names that are looked up again; their old answers stay until then. `channel` is where it was typed,
    `skipped` are words of a pasted list that were not searched, `notes` what else to say about it. Names that cost
    `under` or more a year are not offered. `alternatives` are answers for names in place of one that cannot be had.
    """

    id: str
    user: str
    names: tuple[DomainName, ...]
    answers: tuple[Availability, ...] = ()
    unreadable: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    refreshing: tuple[DomainName, ...] = ()
    seconds_left: float = 0.0
    allow_premium: bool = False
    under_way: bool = False
    channel: str | None = None
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    under: Decimal | None = None
    cheapest_first: bool = False
    alternatives: tuple[Availability, ...] = ()


class RunnerSignal(Enum):
    """Signal returned to the process running a search."""

    GO_ON = "go on"
    STOP = "stop"  # a user wants it to end
    LOST = "lost"  # another process took it over, as this one missed its heartbeats


class SearchSessionStore(Protocol):
    """Stores search sessions for a day. Any method may raise: then each process works on its own."""

    def put(self, search: SearchSession) -> None:
        """Store a search that no process is running."""

    def begin(self, search: SearchSession) -> bool:
        """Store a search that this process runs from now on; returns False if another one runs it."""

    def go_on(self, search_id: str, newest: SearchSession | None) -> RunnerSignal:
        """Send a heartbeat, every second or two, with the search's newest state if it changed.

        A runner that misses its heartbeat is presumed dead.
        """

    def end(self, search: SearchSession) -> None:
        """Store the final state of a search, if this process still owns it."""

    def find(self, search_id: str) -> SearchSession | None:
        """Return the last stored state of a search; None if it is not stored."""

    def stop(self, search_id: str) -> bool:
        """Signal the process that runs a search to stop; returns False if none does."""
