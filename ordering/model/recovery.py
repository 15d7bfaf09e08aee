"""Proof that the database went back in time, and the progress of the comparison with OVH.

A database goes back when a backup is restored, or when a failover makes a replica the primary that lacks the newest
commits. Every button that decides carries a `Stamp`, and every process remembers the newest one that it committed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId, OrderId
from ordering.model.money import Money
from ordering.model.sales_order import OrderStatus

# Longer than a money call may still be in flight, or hidden at OVH, after its sender is gone.
FLOOR = timedelta(minutes=15)
# For a process of the lost state that sleeps, and sends when it wakes up.
FLOOR_WITH_PROCESSES = timedelta(days=1)
# After this, an unpaid order has expired and the names of a paid one show in the account.
ORDERS_MATTER = timedelta(days=35)
OVERLAP = timedelta(days=1)  # for clock differences, and for calls in progress at the newest event
DIGITS = 12  # hex digits of an event's digest in a stamp
_LAST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)
_STAMP = re.compile(r"([0-9a-f]{12})\.([0-9]{1,15})\.([0-9]{1,15})\.([0-9a-f]{0,12})\.([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The newest committed event at a moment: the database's id, its epoch, the event's number and short digest.

    The epoch is OVH's time at the end of the last recover mode, in seconds since 1970; 0 before the first one. `at` is
    when the event happened, in milliseconds since 1970. Without an event the number is 0 and the digest is empty.
    """

    database: str
    epoch: int = 0
    number: int = 0
    digest: str = ""
    at: int = 0

    def __str__(self) -> str:
        return f"{self.database}.{self.epoch}.{self.number}.{self.digest}.{self.at}"

    @property
    def happened_at(self) -> datetime:
        """When the event happened, capped at the latest date that `datetime` can hold."""
        return datetime.fromtimestamp(min(self.at, _LAST) / 1000, UTC)

    def is_gone(self, now: Stamp, holds: Callable[[], bool]) -> bool:
        """Return whether this event was lost from a database whose newest event is `now`; `holds` looks it up.

        An event from before the end of the last recover mode no longer counts.
        """
        if self.database != now.database or self.epoch > now.epoch:
            return True
        return self.epoch == now.epoch and not holds()

    @classmethod
    def parse(cls, text: str) -> Stamp | None:
        """Parse the output of `str`; None for any other text."""
        found = _STAMP.fullmatch(text)
        if found is None or bool(found[4]) != bool(int(found[3])):
            return None
        return cls(found[1], int(found[2]), int(found[3]), found[4], int(found[5]))


class Cause(StrEnum):
    """The cause of recover mode."""

    CARD = "card"  # a button shows more than the database holds
    PROCESS = "process"  # an event that a process saw committed is gone
    MARKERS = "markers"  # OVH has a marker of a money call that is not on record
    COPY = "copy"  # the database is a copy that a backup made
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Recover mode: nothing is sent or approved until an operator compared the database with OVH.

    `floor_from` is OVH's time, read after recover mode began; the waiting time (floor) counts from there.
    `last_event_at` is when the newest event happened that was not lost: everything between it and the restore is lost.
    `processes_may_live`: a process that holds the lost state may still run, so the floor is a day. `compared` is the
    number of the newest event about money at the comparison, `confirmed_by` the operator who compared.
    """

    cause: Cause
    began_at: datetime
    last_event_at: datetime | None = None
    processes_may_live: bool = False
    floor_from: datetime | None = None
    compared: int | None = None
    confirmed_by: str | None = None
    notified: bool = False

    @property
    def ends_at(self) -> datetime | None:
        """When the floor ends, by OVH's clock; None until that clock was read."""
        if self.floor_from is None:
            return None
        return self.floor_from + (FLOOR_WITH_PROCESSES if self.processes_may_live else FLOOR)

    def is_floor_over(self, ovh_time: datetime) -> bool:
        return self.ends_at is not None and ovh_time >= self.ends_at

    def confirmed(self, by: str, *, compared: int) -> Recovery:
        return replace(self, confirmed_by=by, compared=compared)

    @property
    def unconfirmed(self) -> Recovery:
        """Recover mode without its comparison, which must be repeated because money moved after it."""
        return replace(self, compared=None, confirmed_by=None)


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss to report after recover mode ended: everything from this time until the restore is lost."""

    from_: datetime | None
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The recover row. `numbers_above`: buttons carry numbers up to this, so no new request gets one of them.

    `is_copy` is set in a copy that a backup made. `lost` is the newest loss, `loss_notified` whether people were
    notified.
    """

    recovery: Recovery | None = None
    numbers_above: int = 0
    is_copy: bool = False
    lost: Loss | None = None
    loss_notified: bool = True


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """A sales order as the account lists it."""

    id: OrderId
    total: Money
    status: OrderStatus
    names: frozenset[DomainName] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountOrders:
    """The account's newest orders that no cart owns, newest first.

    `hidden` are the numbers of those that OVH lists without showing them. `more` is how many were not read.
    """

    visible: tuple[AccountOrder, ...] = ()
    hidden: tuple[OrderId, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class HiddenOrder:
    """An order that OVH lists and does not show; `since` is when this bot first read it, None if it never could."""

    id: OrderId
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """A trace that a money call left at OVH: `about` is what it ordered or paid, `id` is its cart there."""

    about: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class MarkersLeft:
    """The markers of money calls at OVH: this bot's, how many are other bots', and the carts that may not be read.

    Each of the `unread` carts may be a marker. The key may read every cart that it made, so another key made them.
    """

    ours: tuple[Marker, ...] = ()
    others: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """An order at OVH that belongs to no request; `fits` are open requests for exactly its names."""

    order: AccountOrder
    fits: tuple[CartId, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What OVH shows and the database does not know. `newest` is the newest event about money at that moment.

    `hidden` are orders that could not be read: the operator looks at them. `more` is how many orders were listed but
    not read, `others` how many markers belong to other bots. `unread` are carts that may not be read.
    """

    newest: int
    since: datetime
    unknown: tuple[Unknown, ...] = ()
    hidden: tuple[HiddenOrder, ...] = ()
    more: int = 0
    markers: tuple[Marker, ...] = ()
    others: int = 0
    unread: tuple[str, ...] = ()
