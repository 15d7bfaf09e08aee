"""Bounded worker pool; at most one job per cart across all processes."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from handlers.toolkit.threads import Bridge
from ordering.model.errors import CartChanged, RegistrarError
from ordering.model.ids import CartId
from ordering.ports.store import TaskType
from ordering.process.fulfilment import Fulfilment
from ordering.process.leases import Leases
from ordering.process.progress import STUCK_AFTER, Progress
from store.errors import DatabaseError

LONGEST_SLEEP = 10.0  # seconds; a missed wake, or another process's death, costs at most this
_RETRY = 1.0  # seconds
_UNSAVED_AFTER = 15.0  # seconds without a saved job of a cart, until the operators are notified
_log = structlog.get_logger()


class WorkerPool:
    """The jobs of one task type, with its own slots, threads and leases: no other type delays them.

    At most `max_parallel` jobs run at once. `on_done` is called when a job has ended. Carts with a job in `other_pool`
    are left to it. A job that made no progress for `stuck_after` loses its lease.
    """

    def __init__(
        self,
        task_type: TaskType,
        *,
        fulfilment: Fulfilment,
        leases: Leases,
        bridge: Bridge,
        max_parallel: int,
        on_done: Callable[[], None],
        other_pool: WorkerPool | None = None,
        stuck_after: timedelta = STUCK_AFTER,
    ) -> None:
        self._task_type = task_type
        self._fulfilment = fulfilment
        self._leases = leases
        self._bridge = bridge
        self._max_parallel = max_parallel
        self._threads = Bridge(max_parallel)  # its own: they wait for OVH, and nothing else should wait for that
        self._on_done = on_done
        self._other_pool = other_pool
        self._woken = asyncio.Event()
        self._under_way: dict[CartId, asyncio.Task[None]] = {}
        self._stuck_after = stuck_after
        self._progress: dict[CartId, Progress] = {}
        self._lost: set[CartId] = set()
        self._unsaved_since: dict[CartId, float] = {}  # on the monotonic clock

    def wake(self) -> None:
        """Check immediately what is due."""
        self._woken.set()

    async def begin_due(self) -> None:
        """Run one round: start the due jobs, then wait until another may be due."""
        self._woken.clear()
        all_due = await self._bridge.call(self._fulfilment.due, self._task_type)
        due = [cart_id for cart_id in all_due if cart_id not in self._worked_on]
        for cart_id in self._unsaved_since.keys() - {*all_due, *self.under_way}:
            del self._unsaved_since[cart_id]  # another process could save it
        # No more than can start now: a leased cart that only waits would be blocked for other processes.
        for cart_id in await self._bridge.call(self._leases.acquire, self._task_type, due[: self._room]):
            self._under_way[cart_id] = asyncio.create_task(self._advance(cart_id))
        await until_set(self._woken, await self._pause())

    async def renew_leases(self) -> None:
        """Renew the leases of carts whose job makes progress. A lost lease stays lost: another process may have it."""
        for cart_id, progress in self._progress.items():
            if cart_id not in self._lost and progress.is_stuck(self._stuck_after):
                _log.error("lease_lost", cart=cart_id, task_type=self._task_type.value)
                self._lost.add(cart_id)
        kept = [cart_id for cart_id in self.under_way if cart_id not in self._lost]
        await self._bridge.call(self._leases.renew, self._task_type, kept)

    @property
    def stuck(self) -> frozenset[CartId]:
        """Carts whose job lost its lease and has not ended, and carts whose jobs cannot be saved."""
        now = time.monotonic()
        return frozenset(self._lost).union(n for n, at in self._unsaved_since.items() if now - at >= _UNSAVED_AFTER)

    def cancel(self) -> None:
        """Cancel all running jobs."""
        for task in self._under_way.values():
            task.cancel()

    @property
    def under_way(self) -> list[CartId]:
        """Carts with a running job."""
        return list(self._under_way)

    @property
    def _worked_on(self) -> list[CartId]:
        """Carts with a running job in this process, here or in `other_pool`: no second job may start."""
        return [*self.under_way, *(self._other_pool.under_way if self._other_pool else ())]

    @property
    def _room(self) -> int:
        return self._max_parallel - len(self._under_way)

    async def _pause(self) -> float:
        """Return the seconds until a cart is due that this process does not work on; a job's end wakes it anyway."""
        next_due = await self._bridge.call(self._fulfilment.next_due, self._task_type, without=self._worked_on)
        if next_due is None or self._room <= 0:
            return LONGEST_SLEEP
        return max(0.0, min((next_due - datetime.now(UTC)).total_seconds(), LONGEST_SLEEP))

    def _advance_in_thread(self, cart_id: CartId, progress: Progress) -> None:
        with progress.followed():
            self._fulfilment.advance(cart_id, self._task_type)

    async def _advance(self, cart_id: CartId) -> None:
        self._progress[cart_id] = Progress()
        try:
            await self._run_job(cart_id)
        finally:
            del self._under_way[cart_id]  # after any end its lease is not renewed, so another process may follow
            self._progress.pop(cart_id, None)
            self._lost.discard(cart_id)
        await release(self._bridge, self._leases, self._task_type, cart_id)
        self._on_done()

    async def _run_job(self, cart_id: CartId) -> None:
        try:
            await self._threads.call(self._advance_in_thread, cart_id, self._progress[cart_id])
        except RegistrarError as error:
            _log.warning("job_postponed", cart=cart_id, why=str(error))
        except CartChanged:
            _log.info("job_overtaken", cart=cart_id)  # by a user, or by a process that presumed this one dead
        except DatabaseError as error:
            # The cart stays due. The job began with a write, so OVH was not called, or is read first next time.
            _log.warning("job_not_written", cart=cart_id, error=type(error).__name__, why=str(error))
            await self._retry_unsaved(cart_id)
            return
        except Exception:  # noqa: BLE001 - one cart's bug must not stop the others
            reference = secrets.token_hex(4)
            _log.exception("job_failed", cart=cart_id, reference=reference)
            if not await self._postpone(cart_id, reference):
                await self._retry_unsaved(cart_id)
                return
        self._unsaved_since.pop(cart_id, None)

    async def _postpone(self, cart_id: CartId, reference: str) -> bool:
        """Postpone a cart after an error of ours; return whether that could be saved."""
        try:
            await self._bridge.call(self._fulfilment.postpone, cart_id, reference, self._task_type)
        except Exception as error:  # noqa: BLE001 - the database is down, too: the cart stays due
            _log.warning("job_not_postponed", cart=cart_id, error=type(error).__name__)
            return False
        return True

    async def _retry_unsaved(self, cart_id: CartId) -> None:
        """Wait a second before the cart, which stays due, is retried. Operators are notified if it stays unsaved."""
        self._unsaved_since.setdefault(cart_id, time.monotonic())
        await asyncio.sleep(_RETRY)


async def release(bridge: Bridge, leases: Leases, task_type: TaskType, cart_id: CartId) -> None:
    """Release a lease. If the database is down, the lease expires by itself."""
    try:
        await bridge.call(leases.release, task_type, cart_id)
    except DatabaseError as error:
        _log.warning("lease_not_released", cart=cart_id, error=type(error).__name__)


async def until_set(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, for at most `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
