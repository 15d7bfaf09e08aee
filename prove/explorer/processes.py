"""The bot's processes in the explorer: they can die or sleep at any place, and they share one store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from greenlet import greenlet

from ordering.model.cart import Cart
from ordering.process.answer_deletion import AnswerDeletion
from ordering.process.fulfilment import Fulfilment
from ordering.process.polling import PollSchedule
from ordering.workflow import Workflow
from prove.explorer.deviations import Options, number_in
from prove.explorer.ledger import moment
from prove.explorer.plain_reading import PlainReading
from prove.explorer.plain_store import Client, PlainStore, PlainTransaction
from prove.explorer.team import POLICY
from prove.explorer.wire import gateway
from registrars.ovh.adapter import OvhGateway

if TYPE_CHECKING:
    from prove.explorer.world import World

POLL_SCHEDULE = PollSchedule(
    quickest=timedelta(seconds=10), slowest=timedelta(hours=1)
)  # fewer polls than the bot's own pace


class Died(BaseException):
    """The process died. No rule may catch this."""


class Unanswered(Exception):
    """The database did not answer a commit, which it carried out."""


@dataclass
class Process:
    """A process of the bot. `ahead` is how far its clock is ahead of the world's, in seconds.

    `step_began_at` is when its current job began: the job can see what OVH showed then. `intent` is the request
    as this process committed it before its money call, `was_sent` whether it sent the call; None before its end.
    `forgot`: the database lost an event that this process committed, and recover mode did not begin since.
    """

    world: World
    name: str
    ahead: float = 0.0
    sleeps: bool = False
    dead: bool = False
    step_began_at: float = 0.0
    intent: Cart | None = None
    was_sent: bool | None = None
    forgot: bool = False
    store: ProcessStore = field(init=False)
    registrar: OvhGateway = field(init=False)
    fulfilment: Fulfilment = field(init=False)
    workflow: Workflow = field(init=False)
    deletion: AnswerDeletion = field(init=False)  # for which every ended request is old enough

    def __post_init__(self) -> None:
        self.store = ProcessStore(self.world.store, Client(self.now))
        self.registrar = gateway(self)
        parts: dict[str, Any] = {"store": self.store, "registrar": self.registrar, "policy": POLICY}
        self.fulfilment = Fulfilment(**parts, clock=self.now, poll_schedule=POLL_SCHEDULE)
        self.deletion = AnswerDeletion(self.store, kept=timedelta(), clock=self.now)
        self.workflow = Workflow(**parts, clock=self.now)
        self.workflow.recover_mode.begin_if_copied()

    def now(self) -> datetime:
        return moment(self.world.now + self.ahead)

    def place(self, label: str, options: Options) -> str | None:
        """Let this process die or sleep here if the schedule says so; return any other deviation."""
        what = self.world.place(label, options)
        if what == "crash":
            self.die()
        if what is not None and what.startswith("freeze-"):
            self.world.freeze(self, number_in(what), clock_stands="still" in what)
            return None
        if what == "stop":
            self.world.people.stop(self)
            return None
        return what

    def lost_an_event(self) -> bool:
        """Return whether an event that this process saw committed is gone, and no recover mode ended since."""
        with self.store.read() as carts:
            epoch = carts.stamp().epoch
            return any(seen.epoch == epoch and not carts.knows(seen) for seen in carts.newest_seen())

    def set_clock(self, seconds: float) -> None:
        """Move this process's clock ahead, or back."""
        self.ahead += seconds

    def die(self) -> NoReturn:
        self.dead = True
        raise Died


@dataclass(frozen=True, slots=True)
class ProcessStore:
    """The store as one process sees it: with its own clock, and with the newest commit that it saw."""

    shared: PlainStore
    client: Client

    def begin(self) -> AbstractContextManager[PlainTransaction]:
        return self.shared.begin_as(self.client)

    def read(self) -> AbstractContextManager[PlainReading]:
        return self.shared.read_as(self.client)


class WatchedStore(PlainStore):
    """The plain store on the world's clock, with a place after each commit that changes the request."""

    def __init__(self, world: World) -> None:
        super().__init__(clock=lambda: moment(world.now + self._ahead), is_shared=True)
        self._world = world
        self._ahead = 0.0

    @contextmanager
    def begin_as(self, client: Client) -> Iterator[PlainTransaction]:
        before, history = self.kept, self.history
        with super().begin_as(client) as writing:
            yield writing
        after = self.kept
        if after.without_times == before.without_times:
            self.history = history  # a commit that only changes due times does not matter if it is lost
        elif (after.carts.get(1), after.calls) != (before.carts.get(1), before.calls):
            self._world.committed()

    def set_clock(self, seconds: float) -> None:
        """Move the database server's clock ahead, or back."""
        self._ahead += seconds

    def mark_as_copy(self) -> None:
        """Mark the store as restored from a backup: it knows that it is a copy."""
        self.kept = replace(self.kept, standing=replace(self.kept.standing, is_copy=True))


@dataclass(slots=True)
class Sleeper:
    wakes_at: float
    process: Process
    thread: greenlet
    clock_stands: bool
    slept: float
