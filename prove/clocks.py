"""A clock for each bot: the time that its own code reads is ahead of the true time, until it is corrected.

The clocks of OVH, of Slack and of PostgreSQL are separate. A database in a file has its process's clock.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from types import ModuleType

import ovh.client

import bot.app
import bot.worker_pool
import registrars.ovh.api.money
import registrars.ovh.api.session
import registrars.ovh.availability.lookup
import registrars.ovh.carts.carts
import registrars.ovh.markers
import registrars.ovh.orders
import store.queries
import store.transactions
from handlers import search_sessions as sessions

_DATED: tuple[ModuleType, ...] = (
    bot.app, bot.worker_pool, registrars.ovh.api.money, registrars.ovh.availability.lookup,
    registrars.ovh.carts.carts, registrars.ovh.markers, registrars.ovh.orders, store.queries, store.transactions,
    sessions,
)  # fmt: skip
_TIMED: tuple[ModuleType, ...] = (registrars.ovh.api.session, ovh.client)


@dataclass
class Hand:
    """How many seconds the clock of one process is ahead."""

    ahead: float = 0.0
    was_put_right: bool = field(default=False, init=False)

    def put_right(self, _boundary: str = "") -> None:
        self.ahead, self.was_put_right = 0.0, True


HAND: ContextVar[Hand | None] = ContextVar("hand", default=None)


def _ahead() -> float:
    hand = HAND.get()
    return hand.ahead if hand is not None else 0.0


class _Datetime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # a plain datetime in place of Self
        return datetime.now(tz) + timedelta(seconds=_ahead())


class _Time(ModuleType):
    """The module `time`, reading the bot's own clock."""

    def __init__(self) -> None:
        super().__init__("time")
        vars(self).update({name: value for name, value in vars(time).items() if not name.startswith("__")})
        setattr(self, "time", lambda: time.time() + _ahead())  # noqa: B010 - a name of this module, not of the class


def give_clocks() -> None:
    """Patch the bot's code to read its own process's clock, once per process: threads and tasks inherit the hand."""
    for module in _DATED:
        setattr(module, "datetime", _Datetime)  # noqa: B010 - mypy does not know this attribute
    for module in _TIMED:
        setattr(module, "time", _Time())  # noqa: B010 - as above
