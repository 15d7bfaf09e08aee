"""Faults that take turns: each run has one in addition to its deaths and faults, so a short campaign meets all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Literal

_MOST_BOUNDARIES = 200
_WHILE_IT_LIVES = 80  # boundaries, which each of two processes surely reaches
_MONEY_CALLS = ("/checkout", "/pay")
# "In the middle" is after the comparison of the clock: a sender that is delayed there writes late.
_MONEY_PLACES = ("before the connection for", "before", "in the middle of", "in the middle of")
_COPIES: list[tuple[Literal["requested", "ordered"], int]] = [
    ("requested", 30),
    ("ordered", 8),
]  # calls from there
_BEFORE_CHECKOUT = (16, 27)  # the dry run of a request is call 17, the checkout of a run without faults call 28
_DONE = 45  # a run without faults has 48 calls
_HALF = 0.5
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Freeze:
    """A process freezes at a boundary, given by number or pattern, for some seconds; then it resumes.

    That is longer than the lease (0.7 s) and the settling time (3 s), often longer than OVH's timeouts (10 s), and
    sometimes longer than PostgreSQL lets a transaction idle (20 s). It is shorter than a floor: a day in production, 25
    s here.
    """

    at: int | str
    seconds: float


@dataclass(frozen=True, slots=True)
class Restore:
    """The database is restored from a copy, made when a cart was requested or ordered, `after` calls to OVH later.

    That happens while the bot is stopped, as by an operator, or under the `running` bot, as by a failover. One that
    `waits` comes once a card has a button of the lost time.
    """

    copied: Literal["requested", "ordered"]
    after: int
    running: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A colleague orders one of the names by hand: an hour before, or before one of the bot's calls to OVH.

    `before_call` is the number of that call. With `late` the order's lines show late.
    """

    before_call: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """The bot is a service account (OAuth2), whose tokens live for `lives` seconds.

    From a call to OVH on, the token service hangs or fails for some seconds; or tokens expire as soon as they are
    issued, for some seconds as well.
    """

    kind: Literal["hangs", "answers 500", "expire at once"]
    lives: float
    call: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class NoWrites:
    """From a call to OVH on, the database accepts no writes for some seconds: a full disk, or a standby."""

    call: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Clocks:
    """How many seconds the clocks of the bot's processes are ahead, the first one's and the other's.

    With `right_at` each is corrected when its process reaches the boundary with that number.
    """

    ahead: tuple[float, float]
    right_at: int | None


@dataclass(frozen=True, slots=True)
class ExtraFault:
    """The fault of one run's turn; only fields that belong together are set."""

    freeze: Freeze | None = None
    restore: Restore | None = None
    elsewhere: Elsewhere | None = None
    tokens: Tokens | None = None
    no_writes: NoWrites | None = None
    clocks: Clocks | None = None
    shown_after: float = 0.0  # seconds in which OVH shows nothing of a payment that it accepted
    is_lost: bool = False  # the answer to that payment is lost, too

    def __bool__(self) -> bool:
        return self != ExtraFault()

    @property
    def counts_floors(self) -> bool:
        """Whether floors matter in such a run: a clock that jumps would end them too soon."""
        return bool(self.freeze or self.restore or self.clocks or self.shown_after)

    @property
    def must_buy(self) -> bool:
        """Whether such a run shows nothing if users reject."""
        return self.counts_floors or self.elsewhere is not None

    @classmethod
    def drawn(cls, chance: Random, kind: str) -> ExtraFault:
        """Draw the details of one of `EXTRA_FAULTS`."""
        return _DRAWN[kind](chance)


def _freezes_for(chance: Random) -> float:
    return chance.choice(
        [chance.uniform(4, 9), chance.uniform(4, 9), chance.uniform(11, 16), chance.uniform(20.3, 21.3)]
    )


def _restore(chance: Random, *, running: bool) -> ExtraFault:
    copied, calls = chance.choice(_COPIES)
    return ExtraFault(restore=Restore(copied, chance.randint(1, calls), running, waits=chance.random() < _HALF))


def _tokens(chance: Random, kind: Literal["hangs", "answers 500"]) -> ExtraFault:
    lives, seconds = chance.uniform(1.0, 2.5), chance.uniform(3, 14)
    return ExtraFault(tokens=Tokens(kind, lives, chance.randint(1, _BEFORE_CHECKOUT[1]), seconds))


def _clocks(chance: Random, least: float, most: float) -> ExtraFault:
    apart = [chance.uniform(least, most) * chance.choice([-1, 1]), chance.choice([0.0, chance.uniform(-60, 60)])]
    return ExtraFault(
        clocks=Clocks((apart[0], apart[1]), chance.choice([None, *[chance.randint(20, _MOST_BOUNDARIES)] * 3]))
    )


_DRAWN: dict[str, Callable[[Random], ExtraFault]] = {
    "nothing more": lambda _: ExtraFault(),
    "frozen in a money call": lambda chance: ExtraFault(
        freeze=Freeze(f"{chance.choice(_MONEY_PLACES)} POST *{chance.choice(_MONEY_CALLS)}", _freezes_for(chance))
    ),
    "frozen anywhere": lambda chance: ExtraFault(
        freeze=Freeze(chance.randint(1, _WHILE_IT_LIVES), _freezes_for(chance))
    ),
    "put back while stopped": partial(_restore, running=False),
    "put back while running": partial(_restore, running=True),
    "ordered elsewhere before": lambda _: ExtraFault(elsewhere=Elsewhere(None, late=False)),
    "ordered elsewhere after": lambda chance: ExtraFault(
        elsewhere=Elsewhere(chance.randint(*_BEFORE_CHECKOUT), late=chance.random() < _HALF)
    ),
    "token service hangs": partial(_tokens, kind="hangs"),
    "token service answers 500": partial(_tokens, kind="answers 500"),
    "tokens expire at once": lambda chance: ExtraFault(
        tokens=Tokens("expire at once", lives=chance.uniform(0.2, 1.5), seconds=chance.uniform(10, 20))
    ),
    "no writes": lambda chance: ExtraFault(no_writes=NoWrites(chance.randint(1, _DONE), chance.uniform(4, 10))),
    "clocks minutes apart": partial(_clocks, least=120.0, most=600.0),
    "clocks a day apart": partial(_clocks, least=24.5 * _HOUR, most=25 * _HOUR),
    "payment shown after long": lambda chance: ExtraFault(
        shown_after=chance.uniform(33, 36)
    ),  # 10 settling times are 30 s
    "payment lost and shown late": lambda chance: ExtraFault(shown_after=chance.uniform(6, 9), is_lost=True),
}
EXTRA_FAULTS = tuple(_DRAWN)
