"""A job keeps its lease while it makes progress, and the operators hear of one that does not."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from bot.worker import Worker
from handlers.toolkit.threads import Bridge
from ordering.ports.store import TaskType
from ordering.process.leases import LocalLeases, SharedLeases
from ordering.process.progress import current_progress
from tests.bot.test_worker import Nothing
from tests.conftest import Rules
from tests.store.conftest import engines, store, url  # noqa: F401 - the fixtures of both databases

LEASE, STUCK = timedelta(seconds=0.3), timedelta(seconds=0.5)


class Jobs:
    """Jobs of the carts in `due`; those in `hanging` wait until the test ends them, the others work for a while."""

    def __init__(self, due: list[int], hanging: set[int]) -> None:
        self.waiting, self.hanging = due, hanging
        self.seconds = 0.0
        self.begun, self.ends = threading.Event(), threading.Event()

    def due(self, task_type: TaskType) -> list[int]:
        return self.waiting if task_type is TaskType.ADVANCE else []

    def next_due(self, task_type: TaskType, *, without: Collection[int] = ()) -> datetime | None:
        return datetime.now(UTC) if set(self.due(task_type)) - set(without) else None

    def advance(self, cart_id: int, _task_type: TaskType) -> None:
        self.begun.set()
        if cart_id in self.hanging:
            self.ends.wait(10)
        progress, end = current_progress(), time.monotonic() + self.seconds
        assert progress is not None
        while time.monotonic() < end:
            time.sleep(0.05)
            progress.made()  # as each call to OVH does
        self.waiting = [number for number in self.waiting if number != cart_id]


class Renewals(LocalLeases):
    lease = LEASE

    def __init__(self) -> None:
        super().__init__()
        self.renewed: list[int] = []

    def renew(self, task_type: TaskType, cart_ids: Collection[int]) -> None:
        if task_type is TaskType.ADVANCE:
            self.renewed += cart_ids


async def no_homes() -> None:
    pass


def a_worker(jobs: Jobs, leases: LocalLeases | SharedLeases, told: list[Sequence[int]]) -> Worker:
    return Worker(
        fulfilment=jobs,  # type: ignore[arg-type] # what the worker needs of it
        notifier=Nothing(),  # type: ignore[arg-type] # as above
        refresh_homes=no_homes,
        leases=leases,
        bridge=Bridge(2),
        slots=3,
        on_stuck=told.append,
        stuck_after=STUCK,
    )


async def test_a_working_job_keeps_its_lease_a_hanging_one_loses_it():
    """Told once when it is lost and once when the job ended after all; the other job is not disturbed."""
    jobs, leases = Jobs([1, 2], {2}), Renewals()
    jobs.seconds = 1.5
    told: list[Sequence[int]] = []
    running = asyncio.create_task(a_worker(jobs, leases, told).run())
    await asyncio.sleep(1.2)
    assert told == [[2]]
    del leases.renewed[:]
    await asyncio.sleep(0.3)
    assert set(leases.renewed) == {1}
    jobs.seconds = 0.0
    jobs.ends.set()
    await until(lambda: len(told) > 1)
    assert told == [[2], []]
    running.cancel()
    await asyncio.wait({running})


async def test_another_process_takes_over_what_a_stuck_job_lost(store):  # noqa: F811 - the fixture
    """On both databases: the lease of the hanging job runs out, and the cart is free."""
    rules = Rules(store)
    cart = rules.approved()
    jobs = Jobs([cart.id], {cart.id})
    running = asyncio.create_task(a_worker(jobs, SharedLeases(store, clock=_now, lease=LEASE), []).run())
    other = SharedLeases(store, clock=_now, lease=timedelta(seconds=30))
    await until(jobs.begun.is_set)
    await until(lambda: other.acquire(TaskType.ADVANCE, [cart.id]))
    jobs.ends.set()
    await asyncio.sleep(0.3)  # it ends late, and releases nothing of the other's lease
    assert SharedLeases(store, clock=_now, lease=timedelta(seconds=30)).acquire(TaskType.ADVANCE, [cart.id]) == []
    running.cancel()
    await asyncio.wait({running})


async def until(done: Callable[[], object], *, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - what is waited for happens in threads and databases
            await asyncio.sleep(0.02)


def _now() -> datetime:
    return datetime.now(UTC)
