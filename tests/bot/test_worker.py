"""The heartbeat goes on, whatever one cart, one Home or the database does."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import pytest

from bot import worker as heartbeat
from bot.worker import Worker
from handlers.toolkit.threads import Bridge
from ordering.model.ids import CartId
from ordering.ports.store import TaskType
from ordering.process.leases import Leases, LocalLeases
from store.errors import DatabaseUnusable


class Carts:
    """Carts that are always due; `advance` fails as configured."""

    def __init__(self, due: list[int], *, failures: int = 0, database_is_away: bool = False) -> None:
        self.decided = due
        self._failures = failures
        self._database_is_away = database_is_away
        self.advanced: list[int] = []
        self.at_once = self.most_at_once = 0
        self.seconds = 0.0
        self.looks_that_fail = 0
        self.watched: list[int] = []
        self.slow: set[int] = set()  # decided, and as slow as those
        self.watching = 0  # at once: each look lasts until the search ends
        self.search_ends = threading.Event()

    def due(self, task_type: TaskType) -> list[int]:
        if self.looks_that_fail:
            self.looks_that_fail -= 1
            raise RuntimeError("the database is away")
        return self.decided if task_type is TaskType.ADVANCE else self.watched

    def next_due(self, task_type: TaskType, *, without: Collection[int] = ()) -> datetime | None:
        due = self.decided if task_type is TaskType.ADVANCE else self.watched
        return datetime.now(UTC) if set(due) - set(without) else None

    def advance(self, cart_id: CartId, task_type: TaskType) -> None:
        if task_type is TaskType.WATCH or cart_id in self.slow:
            self.watching += 1
            self.search_ends.wait(10)
            return
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        self.advanced.append(cart_id)
        if len(self.advanced) <= self._failures:
            raise RuntimeError("made up")

    def postpone(self, cart_id: CartId, reference: str, task_type: TaskType) -> None:
        if self._database_is_away:
            raise RuntimeError("the database is away")


class Nothing:
    async def outdated(self) -> list[int]:
        return []


class Cards:
    """One cart whose message is outdated, until it is shown; `stumbles` times Slack fails to."""

    def __init__(self, *, stumbles: int = 0) -> None:
        self._stumbles = stumbles
        self.is_outdated = True
        self.shown = 0

    async def outdated(self) -> list[int]:
        return [1] if self.is_outdated else []

    async def show(self, _cart_id: CartId) -> float | None:
        if self._stumbles:
            self._stumbles -= 1
            raise RuntimeError("made up")
        self.is_outdated = False
        self.shown += 1
        return None

    async def show_again(self, _cart_ids: list[int]) -> None:
        self.is_outdated = True


class Others(LocalLeases):
    """Another process has the cart at the first look, and dies with it."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0

    def acquire(self, task_type: TaskType, cart_ids: Collection[CartId]) -> list[CartId]:
        if task_type is TaskType.SHOW and cart_ids:
            self._looks += 1
            if self._looks == 1:
                return []
        return super().acquire(task_type, cart_ids)


def a_worker(carts: Carts, *, cards: object = None, leases: Leases | None = None, homes_fail: bool = False) -> Worker:
    async def refresh() -> None:
        if homes_fail:
            raise RuntimeError("this Home cannot be drawn")

    return Worker(
        fulfilment=carts,  # type: ignore[arg-type] # what the worker needs of it
        notifier=cards or Nothing(),  # type: ignore[arg-type] # as above
        refresh_homes=refresh,
        leases=leases or LocalLeases(),
        bridge=Bridge(2),
        slots=3,
    )


async def until_advanced(carts: Carts, times: int, *, homes_fail: bool = False) -> None:
    await until(a_worker(carts, homes_fail=homes_fail), lambda: len(carts.advanced) >= times)


async def until(worker: Worker, done: Callable[[], bool]) -> None:
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(10):
            while not done():
                assert not running.done()
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.wait({running})


@pytest.mark.parametrize("away", [False, True])
async def test_a_failed_job_is_retried_even_if_that_is_not_recorded(away):
    """A cart whose job failed is advanced again even where that could not be noted."""
    carts = Carts([1], failures=1, database_is_away=away)
    await until_advanced(carts, 2)
    assert carts.advanced[:2] == [1, 1]


async def test_a_home_that_cannot_be_drawn_stops_nothing():
    carts = Carts([1])
    await until_advanced(carts, 3, homes_fail=True)
    assert carts.advanced[:3] == [1, 1, 1]


async def test_no_more_carts_are_claimed_than_can_be_worked_on():
    carts = Carts(list(range(20)))
    carts.seconds = 0.05
    await until_advanced(carts, 20)
    assert carts.most_at_once <= 3


async def test_decided_carts_have_places_of_their_own():
    """What was decided has places of its own next to all that is only watched."""
    carts = Carts([7])
    carts.watched = [1, 2, 3, 4, 5]
    worker = a_worker(carts)
    try:
        await until(worker, lambda: carts.watching >= 3 and len(carts.advanced) >= 3)
    finally:
        carts.search_ends.set()
    assert carts.watching == 3


async def test_long_jobs_leave_the_other_places_to_later_carts():
    """Jobs that take long leave the other places to carts that came later."""
    carts = Carts([1, 2, 3, 4, 5])
    carts.slow = {1, 2}

    def all_others_came() -> bool:
        carts.decided = [n for n in carts.decided if n not in carts.advanced]
        return carts.decided == [1, 2]

    try:
        await until(a_worker(carts), all_others_came)
    finally:
        carts.search_ends.set()
    assert set(carts.advanced) == {3, 4, 5}


async def test_a_decided_payment_starts_while_its_order_is_polled():
    """A payment that is decided starts while its order is still looked at."""
    carts = Carts([])
    carts.watched = [1]
    worker = a_worker(carts)

    def is_paid() -> bool:
        if carts.watching:
            carts.decided, carts.watched = [1], []
            worker.wake()
        return carts.advanced[:1] == [1]

    try:
        await until(worker, is_paid)
    finally:
        carts.search_ends.set()
    assert carts.advanced[0] == 1


async def test_a_database_that_is_away_for_a_moment_ends_nothing():
    carts = Carts([1])
    carts.looks_that_fail = 2
    await until_advanced(carts, 1)
    assert (carts.advanced[0], carts.looks_that_fail) == (1, 0)


async def test_a_database_that_stays_away_ends_the_desk_which_says_why(monkeypatch):
    monkeypatch.setattr(heartbeat, "_WAITED_FOR", 0.1)
    carts = Carts([1])
    carts.looks_that_fail = 1000
    with pytest.raises(ExceptionGroup) as told:
        async with asyncio.timeout(10):
            await a_worker(carts).run()
    assert "the database is away" in str(told.value.exceptions)


@pytest.mark.parametrize(
    ("cards", "leases"),
    [(Cards(), LocalLeases()), (Cards(stumbles=1), LocalLeases()), (Cards(), Others())],
    ids=["outdated at the start", "Slack stumbled", "left by a process that died"],
)
async def test_renders_again_what_an_older_update_may_hide(cards, leases, monkeypatch):
    """What may be hidden by an older update is rendered once more."""
    monkeypatch.setattr(heartbeat, "_MAY_ARRIVE_WITHIN", 0.2)
    monkeypatch.setattr(heartbeat, "_SHORTEST_RETRY", 0.05)
    monkeypatch.setattr(heartbeat, "LONGEST_SLEEP", 0.1)
    await until(a_worker(Carts([]), cards=cards, leases=leases), lambda: cards.shown >= 2)
    assert cards.shown >= 2


async def test_what_was_drawn_without_trouble_is_drawn_once(monkeypatch):
    monkeypatch.setattr(heartbeat, "_MAY_ARRIVE_WITHIN", 0.05)
    monkeypatch.setattr(heartbeat, "LONGEST_SLEEP", 0.05)
    cards = Cards()
    cards.is_outdated = False
    looks = 0

    def enough() -> bool:
        nonlocal looks
        looks += 1
        cards.is_outdated = cards.is_outdated or looks == 5
        return looks > 40

    await until(a_worker(Carts([]), cards=cards), enough)
    assert cards.shown == 1


async def test_a_long_wait_for_slack_ends_when_something_is_decided(monkeypatch):
    """A message that Slack refuses for minutes holds back no other message of its cart."""
    monkeypatch.setattr(heartbeat, "LONGEST_SLEEP", 0.05)

    class Patient(Cards):
        async def show(self, _cart_id: CartId) -> float | None:
            self.shown += 1
            return 300.0

    cards = Patient()
    worker = a_worker(Carts([]), cards=cards)

    def woken() -> bool:
        if cards.shown == 1:
            worker.wake()
        return cards.shown >= 2

    await until(worker, woken)
    assert cards.shown >= 2


async def test_a_wait_that_slack_asks_for_is_kept(monkeypatch):
    """Without news a cart is not shown again before the time that the announcer named."""
    monkeypatch.setattr(heartbeat, "LONGEST_SLEEP", 0.05)
    moments: list[float] = []

    class Limited(Cards):
        async def show(self, _cart_id: CartId) -> float | None:
            moments.append(time.monotonic())
            return 1.5 if len(moments) == 1 else None

    await until(a_worker(Carts([]), cards=Limited()), lambda: len(moments) >= 2)
    assert moments[1] - moments[0] >= 1.4


async def test_a_cart_that_another_process_took_is_left(monkeypatch):
    """What failed here is not late any more, or the health page would stay red for what another process showed."""
    monkeypatch.setattr(heartbeat, "LONGEST_SLEEP", 0.05)
    left: list[int] = []

    class Limited(Cards):
        async def show(self, _cart_id: CartId) -> float | None:
            self.is_outdated = False
            return 0.01

        def leave(self, cart_id: CartId) -> None:
            left.append(cart_id)

    class TakenOver(LocalLeases):
        """The cart is this process's at the first look only."""

        def __init__(self) -> None:
            super().__init__()
            self._had = False

        def acquire(self, task_type: TaskType, cart_ids: Collection[CartId]) -> list[CartId]:
            if task_type is not TaskType.SHOW or not cart_ids:
                return super().acquire(task_type, cart_ids)
            had, self._had = self._had, True
            return [] if had else list(cart_ids)

    await until(a_worker(Carts([]), cards=Limited(), leases=TakenOver()), lambda: bool(left))
    assert left == [1]


@pytest.mark.parametrize("stumbles", [0, 2])
async def test_a_claim_that_cannot_be_ended_is_a_line_in_the_log(stumbles: int, monkeypatch):
    """The database takes no writes just then: the lease ends by itself, the cart is shown, and no task is lost."""
    monkeypatch.setattr(heartbeat, "LONGEST_SLEEP", 0.05)
    monkeypatch.setattr(heartbeat, "_SHORTEST_RETRY", 0.05)
    lost: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: lost.append(context))

    class Refused(LocalLeases):
        """Acquiring and releasing are refused at first."""

        refusals = 3

        def release(self, task_type: TaskType, cart_id: CartId) -> None:
            super().release(task_type, cart_id)  # as the end of the lease does
            self._refuse()

        def acquire(self, task_type: TaskType, cart_ids: Collection[CartId]) -> list[CartId]:
            if task_type is TaskType.SHOW and cart_ids and cards.shown == 0 and stumbles:
                self._refuse()
            return super().acquire(task_type, cart_ids)

        def _refuse(self) -> None:
            if self.refusals:
                self.refusals -= 1
                raise DatabaseUnusable("read-only")

    cards, carts = Cards(stumbles=stumbles), Carts([1])
    await until(a_worker(carts, cards=cards, leases=Refused()), lambda: cards.shown > 0 and len(carts.advanced) > 3)
    gc.collect()
    await asyncio.sleep(0)
    assert lost == []
