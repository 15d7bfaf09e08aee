"""Troubles that take turns: each run has one beside its deaths and faults, so that a short campaign meets all."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

TURNS = (
    "nothing more",
    "frozen in a money call",
    "frozen anywhere",
    "put back while stopped",
    "put back while running",
)
_MOST_BOUNDARIES = 200
_MONEY_PLACES = [
    f"{where} POST *{call}"
    for call in ("/checkout", "/pay")
    for where in ("before the connection for", "before", "in the middle of")
]
_COPIES: list[tuple[Literal["requested", "ordered"], int]] = [("requested", 40), ("ordered", 20)]  # calls from there
_BEFORE_CHECKOUT = (16, 27)  # the dry run of a request is call 17, the checkout of an undisturbed way call 28
_DONE = 45  # an undisturbed way has 48 calls
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Freeze:
    """A process stands still at a boundary, of a number or a pattern, for some seconds; then it goes on.

    That is longer than the lease (0.7 s) and the settling time (3 s), often than OVH's time-outs (10 s), sometimes than
    PostgreSQL lets a transaction idle (20 s). It is less than a floor: a day in earnest, 25 s here.
    """

    at: int | str
    seconds: float


@dataclass(frozen=True, slots=True)
class Restore:
    """The database is put back to a copy from when a cart was requested or ordered, so many calls to OVH later.

    That happens while the bot is stopped, as by an operator, or under the `running` bot, as by a failover.
    """

    copied: Literal["requested", "ordered"]
    after: int
    running: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody orders one of the names by hand: an hour before, or `before_call` of the bot's calls to OVH.

    With `late` its lines show late.
    """

    before_call: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """The desk is a service account (OAuth2), whose tokens live so many seconds.

    From a call to OVH on the token service hangs or fails for some seconds; or tokens expire as soon as they are there.
    """

    kind: Literal["hangs", "answers 500", "expire at once"]
    lives: float
    call: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One run's own trouble; at most one of the fields is set."""

    freeze: Freeze | None = None
    restore: Restore | None = None
    elsewhere: Elsewhere | None = None
    tokens: Tokens | None = None

    def __bool__(self) -> bool:
        return self != Turn()

    @classmethod
    def drawn(cls, chance: Random, kind: str) -> Turn:
        """Draw the details of one of `TURNS`."""
        if kind == "frozen in a money call":
            return cls(freeze=Freeze(chance.choice(_MONEY_PLACES), _freezes_for(chance)))
        if kind == "frozen anywhere":
            return cls(freeze=Freeze(chance.randint(1, _MOST_BOUNDARIES), _freezes_for(chance)))
        if kind.startswith("put back"):
            copied, calls = chance.choice(_COPIES)
            return cls(restore=Restore(copied, chance.randint(1, calls), running=kind.endswith("running")))
        if kind == "ordered elsewhere before":
            return cls(elsewhere=Elsewhere(None, late=False))
        if kind == "ordered elsewhere after":
            return cls(elsewhere=Elsewhere(chance.randint(*_BEFORE_CHECKOUT), late=chance.random() < _HALF))
        if kind == "tokens expire at once":
            return cls(tokens=Tokens("expire at once", lives=chance.uniform(0.2, 1.5)))
        if kind.startswith("token service"):
            what: Literal["hangs", "answers 500"] = "hangs" if kind.endswith("hangs") else "answers 500"
            lives, seconds = chance.uniform(1.0, 2.5), chance.uniform(3, 14)
            return cls(tokens=Tokens(what, lives, chance.randint(1, _DONE), seconds))
        return cls()


def _freezes_for(chance: Random) -> float:
    return chance.choice(
        [chance.uniform(4, 9), chance.uniform(4, 9), chance.uniform(11, 16), chance.uniform(20.5, 22.5)]
    )
