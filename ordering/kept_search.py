"""Searches as several processes of one desk share them: any of them can show one, go on with it, or have it stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ordering.domain_name import DomainName
from ordering.offer import Availability


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """One person's search at one moment. `refreshing` are asked anew; their old answers stand until then."""

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


class Shelf(Protocol):
    """Where they are kept for a day. Where it cannot be reached, each process is on its own: no search fails for it."""

    def begin(self, search: KeptSearch) -> bool:
        """Keep a search that this process runs from now on; false where another one runs it."""

    def keep(self, search: KeptSearch) -> bool:
        """Keep how a search stands now, and say whether somebody wants it to stop.

        One that is under way is kept every second or two: of one that is not, the process is taken to be gone.
        """

    def find(self, search_id: str) -> KeptSearch | None:
        """How a search stood a moment ago; None where it is not kept."""

    def stop(self, search_id: str) -> None:
        """Have whoever runs a search stop it."""
