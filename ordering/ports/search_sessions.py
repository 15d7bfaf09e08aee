"""Searches as several processes of one desk share them: any of them can show one, go on with it, or have it stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """One person's search at one moment. `refreshing` are asked again; their old answers stand until then."""

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


class Wish(Enum):
    """What whoever runs a search hears at the shelf."""

    GO_ON = "go on"
    STOP = "stop"  # somebody wants it to end
    LOST = "lost"  # another process took it over, as nothing was heard from this one


class Shelf(Protocol):
    """Where they are kept for a day. Any method may raise: then each process is on its own."""

    def put(self, search: KeptSearch) -> None:
        """Keep a search that nobody runs."""

    def begin(self, search: KeptSearch) -> bool:
        """Keep a search that this process runs from now on; false where another one runs it."""

    def go_on(self, search_id: str, newest: KeptSearch | None) -> Wish:
        """Say every second or two that this process still runs a search, and how it stands where that is news.

        Of who says nothing for a while it is taken that they are gone.
        """

    def end(self, search: KeptSearch) -> None:
        """Keep how a search ended, if it is still this process's."""

    def find(self, search_id: str) -> KeptSearch | None:
        """How a search stood a moment ago; None where it is not kept."""

    def stop(self, search_id: str) -> bool:
        """Have whoever runs a search stop it; false where nobody does."""
