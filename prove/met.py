"""Which faults really occurred in a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from prove.clocks import Hand
from prove.copies import Timeline
from prove.elsewhere import Colleague
from prove.no_writes import FullDisk
from prove.oracle import Oracle
from prove.tokens import TokenTrouble
from sandbox.ovh.orders import Late
from sandbox.stage import Stage

if TYPE_CHECKING:
    from prove.run_faults import RunFaults

LATE: dict[Late, str] = {
    "details": "details late", "some names": "details of some names late", "one detail": "404 on a detail for a moment",
    "no details": "404 on the details for a moment", "order": "404 on a listed order for a moment",
}  # fmt: skip
_HOUR = 3600.0
_NOT_APART = 60.0  # seconds between OVH's clock and ours


@dataclass
class Met:
    """The faults that really occurred in a run: they did not if the bot had died before, or the call never came."""

    drawn: RunFaults
    stage: Stage
    deaths: int = field(default=0, init=False)  # counted by the code that kills bots
    price_changed: bool = field(default=False, init=False)
    was_put_right: bool = field(default=False, init=False)
    oracle: Oracle | None = field(default=None, init=False)  # set by the code that creates users
    extra_faults: Counter[str] = field(default_factory=Counter, init=False)  # faults that only some runs have

    colleague: Colleague | None = field(default=None, init=False)
    tokens: TokenTrouble | None = field(default=None, init=False)
    full_disk: FullDisk | None = field(default=None, init=False)
    hands: list[Hand] = field(default_factory=list, init=False)  # of the clocks of all lives
    lost: Timeline | None = field(default=None, init=False)  # the history when the database was restored

    def note_extra_fault(self) -> None:
        """Inject the run's own fault, as far as it needs no process of the bot."""
        turn, faults = self.drawn.extra, self.stage.ovh.faults
        if turn.no_writes is not None:
            self.full_disk = FullDisk(self.stage, turn.no_writes)
            faults.at(turn.no_writes.call, self.full_disk.begin)
        if turn.tokens is not None:
            self.tokens = TokenTrouble(self.stage, turn.tokens)
            self.tokens.begin()
        if turn.elsewhere is not None:
            self.colleague = Colleague(self.stage, turn.elsewhere, self.drawn.names)
            if turn.elsewhere.before_call is None:
                self.colleague.orders()
            else:
                faults.at(turn.elsewhere.before_call, self.colleague.orders)

    def woke(self, boundary: str) -> None:
        """Count a frozen process that has resumed."""
        money = " POST " in boundary and boundary.endswith(("/checkout", "/pay"))
        self.extra_faults["frozen in a money call" if money else "frozen anywhere"] += 1

    def look_back(self, timeline: Timeline) -> Iterator[tuple[str, str]]:
        """Record which of the run's own faults occurred, by the audit log; yields the laws that it broke."""
        met = [self.tokens.met() if self.tokens else None, self.colleague.met(timeline) if self.colleague else None]
        met += [self.full_disk.met() if self.full_disk else None, *self._clocks_met()]
        self.extra_faults += Counter(filter(None, met))
        if self.full_disk is not None:
            yield from self.full_disk.broken()
        if self.colleague is not None:
            yield from self.colleague.broken(timeline)

    def change_price(self, amount: str) -> None:
        self.stage.ovh.names.rise(self.drawn.names[0], amount)
        self.price_changed = True

    def put_right(self, seconds: float) -> None:
        self.stage.ovh.clock.put(self.drawn.apart + seconds)
        self.was_put_right = True

    @property
    def faults(self) -> Counter[str]:
        """The faults that calls to OVH met, by kind."""
        waiting = Counter(str(fault.kind) for fault in self.stage.ovh.faults.waiting)
        met = Counter(str(kind) for _, _, kind in self.drawn.faults) - waiting
        if self.drawn.late is not None and self.stage.ovh.orders.withheld:
            met[LATE[self.drawn.late[0]]] += 1
        if self.stage.ovh.orders.payment_withheld:
            met["a payment that its order shows late"] += 1
        return met

    @property
    def stumbles(self) -> int:
        """The number of Slack's faults that occurred."""
        return len(self.drawn.slack) - len(self.stage.slack.faults.waiting)

    @property
    def bank_slow(self) -> bool:
        return bool(self.drawn.settle_after and self.stage.ovh.payments.calls)

    @property
    def two_names(self) -> bool:
        """Whether two names were ordered together."""
        return any(len(order.domains) > 1 for order in self.stage.ovh.orders.all.values())

    @property
    def apart(self) -> bool:
        """Whether an order was made at OVH while its clock differed by more than the maximum age of a signature."""
        return abs(self.drawn.apart) > _NOT_APART and bool(self.stage.ovh.orders.all)

    @property
    def declined(self) -> bool:
        """Whether the bank refused a payment."""
        return any(attempt.why is not None for order in self.stage.ovh.orders.all.values() for attempt in order.tries)

    @property
    def is_any(self) -> bool:
        """Whether there was a death or a fault."""
        return bool(self.explains or self.stumbles or self.drawn.twice)

    def _clocks_met(self) -> Iterator[str]:
        """Yield the clock faults: a bot with a wrong clock, or one that was corrected since, made an order."""
        clocks = self.drawn.extra.clocks
        if clocks is None or not self.hands or not self.stage.ovh.orders.ours():
            return
        yield f"clocks of processes {'a day' if max(map(abs, clocks.ahead)) > _HOUR else 'minutes'} apart"
        if any(hand.was_put_right for hand in self.hands):
            yield "clocks of processes put right under way"

    @property
    def clocks_apart(self) -> timedelta:
        """The largest difference between an event's date and the true time."""
        clocks = self.drawn.extra.clocks
        return timedelta(seconds=max(map(abs, clocks.ahead))) if clocks is not None else timedelta()

    @property
    def explains(self) -> bool:
        """Whether a fault occurred that may leave a cart to a user: Slack's faults may not."""
        return bool(
            self.deaths
            or self.faults
            or self.was_put_right
            or self.price_changed
            or self.extra_faults
            or self.drawn.extra
        )
