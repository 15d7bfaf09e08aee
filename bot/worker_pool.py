"""The steps that the driver has done for carts: so many at once, each cart by one task of one process."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from handlers.toolkit.threads import Bridge
from ordering.model.errors import CartChanged, RegistrarError
from ordering.ports.store import TaskType
from ordering.process.fulfilment import Fulfilment
from ordering.process.leases import Claims
from ordering.process.progress import STUCK_AFTER, Progress
from store.errors import DatabaseError

LONGEST_SLEEP = 10.0  # seconds; a missed wake, or another process's death, costs at most this
_RETRY = 1.0  # seconds
_UNSAVED_AFTER = 15.0  # seconds in which nothing of a cart's steps could be saved, until the operators hear of it
_log = structlog.get_logger()


class Steps:
    """The steps of one task type, with places, threads and claims of their own: no other type holds them up.

    `done` is called when one has ended. What steps of `others` work on is left to them. A step that made no progress
    for `stuck_after` loses its lease.
    """

    def __init__(
        self,
        task_type: TaskType,
        *,
        fulfilment: Fulfilment,
        claims: Claims,
        bridge: Bridge,
        at_once: int,
        done: Callable[[], None],
        others: Steps | None = None,
        stuck_after: timedelta = STUCK_AFTER,
    ) -> None:
        self._task_type = task_type
        self._fulfilment = fulfilment
        self._claims = claims
        self._bridge = bridge
        self._at_once = at_once
        self._threads = Bridge(at_once)  # of their own: they wait for OVH, and nothing else should wait for that
        self._done = done
        self._others = others
        self._now = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._stuck_after = stuck_after
        self._progress: dict[int, Progress] = {}
        self._lost: set[int] = set()
        self._unsaved_since: dict[int, float] = {}  # by the monotonic clock

    def wake(self) -> None:
        """Look at once what is due."""
        self._now.set()

    async def begin_due(self) -> None:
        """One round: begin what is due, then wait until something may be."""
        self._now.clear()
        every = await self._bridge.call(self._fulfilment.due, self._task_type)
        due = [cart_id for cart_id in every if cart_id not in self._worked_on]
        for cart_id in self._unsaved_since.keys() - {*every, *self.under_way}:
            del self._unsaved_since[cart_id]  # another process could save it
        # No more than can be worked on now: what is claimed and waits is kept from other processes for nothing.
        for cart_id in await self._bridge.call(self._claims.take, self._task_type, due[: self._room]):
            self._under_way[cart_id] = asyncio.create_task(self._advance(cart_id))
        await until_set(self._now, await self._pause())

    async def renew_leases(self) -> None:
        """Keep the carts whose step makes progress. A lost lease stays lost: another process may have the cart."""
        for cart_id, progress in self._progress.items():
            if cart_id not in self._lost and progress.is_stuck(self._stuck_after):
                _log.error("lease_lost", cart=cart_id, task_type=self._task_type.value)
                self._lost.add(cart_id)
        kept = [cart_id for cart_id in self.under_way if cart_id not in self._lost]
        await self._bridge.call(self._claims.keep, self._task_type, kept)

    @property
    def stuck(self) -> frozenset[int]:
        """Carts whose step lost its lease and has not ended, and those whose steps cannot be saved."""
        now = time.monotonic()
        return frozenset(self._lost).union(n for n, at in self._unsaved_since.items() if now - at >= _UNSAVED_AFTER)

    def cancel(self) -> None:
        """Wait for none of them any more."""
        for task in self._under_way.values():
            task.cancel()

    @property
    def under_way(self) -> list[int]:
        """Carts of which a step is under way."""
        return list(self._under_way)

    @property
    def _worked_on(self) -> list[int]:
        """Carts of which this process has a step under way that may not be joined."""
        return [*self.under_way, *(self._others.under_way if self._others else ())]

    @property
    def _room(self) -> int:
        return self._at_once - len(self._under_way)

    async def _pause(self) -> float:
        """Seconds until there is a cart to advance that this process does not work on; a step's end wakes anyway."""
        next_due = await self._bridge.call(self._fulfilment.next_due, self._task_type, without=self._worked_on)
        if next_due is None or self._room <= 0:
            return LONGEST_SLEEP
        return max(0.0, min((next_due - datetime.now(UTC)).total_seconds(), LONGEST_SLEEP))

    def _advance_in_thread(self, cart_id: int, progress: Progress) -> None:
        with progress.followed():
            self._fulfilment.advance(cart_id, self._task_type)

    async def _advance(self, cart_id: int) -> None:
        self._progress[cart_id] = Progress()
        try:
            await self._step(cart_id)
        finally:
            del self._under_way[cart_id]  # whatever happened: its claim is renewed no more, so others may follow
            self._progress.pop(cart_id, None)
            self._lost.discard(cart_id)
        await give_back(self._bridge, self._claims, self._task_type, cart_id)
        self._done()

    async def _step(self, cart_id: int) -> None:
        try:
            await self._threads.call(self._advance_in_thread, cart_id, self._progress[cart_id])
        except RegistrarError as error:
            _log.warning("step_postponed", cart=cart_id, why=str(error))
        except CartChanged:
            _log.info("step_overtaken", cart=cart_id)  # by a person, or by a process that thought this one dead
        except DatabaseError as error:
            # The cart stays due. The step began with a write, so OVH was not called, or is asked first next time.
            _log.warning("step_not_written", cart=cart_id, error=type(error).__name__, why=str(error))
            await self._retry_unsaved(cart_id)
            return
        except Exception:  # noqa: BLE001 - one cart's bug must not stop the others
            reference = secrets.token_hex(4)
            _log.exception("step_failed", cart=cart_id, reference=reference)
            if not await self._put_off(cart_id, reference):
                await self._retry_unsaved(cart_id)
                return
        self._unsaved_since.pop(cart_id, None)

    async def _put_off(self, cart_id: int, reference: str) -> bool:
        """Let a cart wait after a failure of ours; return whether that could be saved."""
        try:
            await self._bridge.call(self._fulfilment.put_off, cart_id, reference, self._task_type)
        except Exception as error:  # noqa: BLE001 - the database is away, too: the cart stays due
            _log.warning("not_put_off", cart=cart_id, error=type(error).__name__)
            return False
        return True

    async def _retry_unsaved(self, cart_id: int) -> None:
        """Wait a moment before the cart, which stays due, is tried again; the operators hear of one that stays so."""
        self._unsaved_since.setdefault(cart_id, time.monotonic())
        await asyncio.sleep(_RETRY)


async def give_back(bridge: Bridge, claims: Claims, task_type: TaskType, cart_id: int) -> None:
    """End a claim. Where the database does not take that, the lease ends by itself."""
    try:
        await bridge.call(claims.give_back, task_type, cart_id)
    except DatabaseError as error:
        _log.warning("lease_not_given_back", cart=cart_id, error=type(error).__name__)


async def until_set(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, and no longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
