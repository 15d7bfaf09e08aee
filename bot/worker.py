"""The worker: carries out decisions, and brings every Slack message to the newest state.

It is stateless. Due work and outdated messages are read from the database, so crash recovery is the normal path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.worker_pool import LONGEST_SLEEP, WorkerPool, release, until_set
from handlers.notifier import Notifier
from handlers.toolkit.threads import Bridge
from ordering.model.ids import CartId
from ordering.ports.store import TaskType
from ordering.process.fulfilment import Fulfilment
from ordering.process.leases import Leases
from ordering.process.progress import STUCK_AFTER
from store.errors import DatabaseError, SchemaChanged

_HOMES_AGE = 30.0  # seconds until a Home shows other processes' changes
_SHORTEST_RETRY, _LONGEST_RETRY = 1.0, 60.0
_WAITED_FOR = 60.0  # seconds in which a database may restart or fail over
_SHOWN_AT_ONCE = 8
_MAY_ARRIVE_WITHIN = 30.0  # seconds in which Slack may still carry out a call whose caller gave up or died
_LATEST_AGAIN = 3  # the last repeat comes at most this many times _MAY_ARRIVE_WITHIN after the first failure
_RENEWALS = 3  # per lease, so that one may fail
_log = structlog.get_logger()


class Worker:
    """Advances and shows carts, woken by a click or by time; each cart by one job of one process at a time.

    Jobs that only poll have `slots` of their own: they wait behind every search, and no decision waits for them.
    `on_stuck` gets the carts whose job made no progress for `stuck_after`, and those whose jobs cannot be saved,
    whenever they change.
    """

    def __init__(
        self,
        *,
        fulfilment: Fulfilment,
        notifier: Notifier,
        refresh_homes: Callable[[], Awaitable[None]],
        leases: Leases,
        bridge: Bridge,
        slots: int,
        on_stuck: Callable[[Sequence[CartId]], None] = lambda _: None,
        stuck_after: timedelta = STUCK_AFTER,
    ) -> None:
        self._leases = leases
        self._on_stuck = on_stuck
        self._stuck: frozenset[CartId] = frozenset()
        self._notifier = notifier
        self._refresh_homes = refresh_homes
        self._bridge = bridge
        pool = partial(
            WorkerPool,
            fulfilment=fulfilment,
            leases=leases,
            bridge=bridge,
            max_parallel=slots,
            on_done=self.wake,
            stuck_after=stuck_after,
        )
        deciding = pool(TaskType.ADVANCE)
        self._pools = (deciding, pool(TaskType.WATCH, other_pool=deciding))
        self._show_now = asyncio.Event()
        self._refresh_now = asyncio.Event()
        self._showing: dict[CartId, asyncio.Task[None]] = {}
        self._news: dict[CartId, asyncio.Event] = {}  # set if a cart that is being shown may have changed
        self._showing_again: set[asyncio.Task[None]] = set()
        self._again_at: dict[CartId, float] = {}  # when to render a cart once more, by the loop's clock
        # Outdated carts that another process had leased, at the last check.
        self._others: frozenset[CartId] | None = None
        self._room_to_show = asyncio.Semaphore(_SHOWN_AT_ONCE)

    def wake(self) -> None:
        """Check immediately what is due and what to show, because something was decided."""
        for pool in self._pools:
            pool.wake()
        for now in (self._show_now, self._refresh_now, *self._news.values()):
            now.set()

    async def run(self) -> None:
        """Work until cancelled. The next start reconciles a job whose call is running then.

        Raises an error that lasts for a minute: a stalled worker must not look alive.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                rounds = [pool.begin_due for pool in self._pools]
                for one_round in (*rounds, self._show_outdated, self._show_homes, self._renew_leases):
                    tasks.create_task(keep_going(one_round))
        finally:
            for pool in self._pools:
                pool.cancel()
            for task in [*self._showing.values(), *self._showing_again]:
                task.cancel()

    async def _show_outdated(self) -> None:
        self._show_now.clear()
        outdated = [cart_id for cart_id in await self._notifier.outdated() if cart_id not in self._showing]
        mine = await self._bridge.call(self._leases.acquire, TaskType.SHOW, outdated)
        for cart_id in mine:
            self._showing[cart_id] = asyncio.create_task(self._show(cart_id))
        # An earlier process, or another one that had leased them, may have died while it was showing these.
        self._show_again_later([cart_id for cart_id in mine if self._others is None or cart_id in self._others])
        self._others = frozenset(outdated) - frozenset(mine)
        await until_set(self._show_now, LONGEST_SLEEP)

    async def _show(self, cart_id: CartId) -> None:
        """Show one cart, with retries until it succeeds; a slow response of Slack's delays no other cart.

        Between two tries another process may take it, and may reach Slack. A long wait of one message does not delay
        the cart's others: it ends early when something is decided.
        """
        news = self._news[cart_id] = asyncio.Event()
        try:
            await self._show_until_done(cart_id, news)
        except DatabaseError as error:  # still outdated: the next round shows it
            _log.warning("not_shown", cart=cart_id, error=type(error).__name__, why=str(error)[:200])
        finally:
            del self._showing[cart_id], self._news[cart_id]
        await release(self._bridge, self._leases, TaskType.SHOW, cart_id)
        self._show_now.set()

    async def _show_until_done(self, cart_id: CartId, news: asyncio.Event) -> None:
        retry, mine = _SHORTEST_RETRY, True
        while mine:
            news.clear()
            wait = await self._show_once(cart_id, retry)
            if wait is None:
                return
            self._show_again_later([cart_id])
            await release(self._bridge, self._leases, TaskType.SHOW, cart_id)
            await until_set(news, wait)
            retry = min(retry * 2, _LONGEST_RETRY)
            mine = bool(await self._bridge.call(self._leases.acquire, TaskType.SHOW, [cart_id]))
        self._notifier.leave(cart_id)

    async def _show_once(self, cart_id: CartId, retry: float) -> float | None:
        """Show one cart once; return the seconds until the next try, None if everything is shown."""
        try:
            async with self._room_to_show:
                return await self._notifier.show(cart_id)
        except Exception as error:  # noqa: BLE001 - shown again later: the database records what is not shown
            _log.warning("not_shown", cart=cart_id, error=type(error).__name__, why=str(error)[:200])
            return retry

    def _show_again_later(self, cart_ids: list[CartId]) -> None:
        """Render carts once more after a while: an older update may arrive late, and hide the newest.

        One task per cart, however often it fails: each failure postpones it, up to a limit.
        """
        clock = asyncio.get_running_loop().time

        async def again(cart_id: CartId) -> None:
            latest = clock() + _LATEST_AGAIN * _MAY_ARRIVE_WITHIN
            while (left := min(self._again_at[cart_id], latest) - clock()) > 0:  # noqa: ASYNC110 - the deadline moves
                await asyncio.sleep(left)
            del self._again_at[cart_id]
            try:
                await self._notifier.show_again([cart_id])
            except Exception as error:  # noqa: BLE001 - the database is down: the shown state is most likely right
                _log.warning("not_shown_again", cart=cart_id, error=type(error).__name__)
            self._show_now.set()

        for cart_id in cart_ids:
            is_new = cart_id not in self._again_at
            self._again_at[cart_id] = clock() + _MAY_ARRIVE_WITHIN
            if is_new:
                task = asyncio.create_task(again(cart_id))
                self._showing_again.add(task)
                task.add_done_callback(self._showing_again.discard)

    async def _show_homes(self) -> None:
        self._refresh_now.clear()
        try:
            await self._refresh_homes()
        except Exception:  # noqa: BLE001 - a Home that cannot be rendered must not stop the bot
            _log.exception("homes_not_refreshed")
        await until_set(self._refresh_now, _HOMES_AGE)

    async def _renew_leases(self) -> None:
        await asyncio.sleep(self._leases.lease.total_seconds() / _RENEWALS)
        for pool in self._pools:
            await pool.renew_leases()
        self._report_stuck()
        await self._bridge.call(self._leases.renew, TaskType.SHOW, list(self._showing))

    def _report_stuck(self) -> None:
        stuck = frozenset[CartId]().union(*(pool.stuck for pool in self._pools))
        if stuck != self._stuck:
            self._stuck = stuck
            self._on_stuck(sorted(stuck))


async def keep_going(one_round: Callable[[], Awaitable[None]]) -> None:
    """Repeat a round indefinitely, so a short database outage does no harm; raise if rounds fail for a minute."""
    clock = asyncio.get_running_loop().time
    last_well = clock()
    while True:
        try:
            await one_round()
        except SchemaChanged as error:
            _log.warning("round_failed", which=one_round.__name__, error=type(error).__name__)
            await asyncio.sleep(_WAITED_FOR)  # the process is about to end, with the reason
        except Exception as error:
            if clock() - last_well > _WAITED_FOR:
                raise
            _log.warning("round_failed", which=one_round.__name__, error=type(error).__name__)
            await asyncio.sleep(_SHORTEST_RETRY)
        else:
            last_well = clock()
