"""The door between the event loop and the blocking core."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from handlers.toolkit.threads import Bridge


async def test_items_come_as_they_are_made():
    async with Bridge(1).stream(lambda: iter(range(200))) as items:
        assert [item async for item in items] == list(range(200))


async def test_a_reader_may_leave_early_and_the_thread_ends_with_it():
    ended = threading.Event()

    def count() -> Iterator[int]:
        try:
            yield from range(1_000_000)
        finally:
            ended.set()

    async with Bridge(1).stream(count) as items:
        assert await anext(items) == 0
    assert await asyncio.to_thread(ended.wait, 5)


async def test_a_failure_reaches_the_reader():
    def fail() -> Iterator[int]:
        yield 1
        raise LookupError

    with pytest.raises(LookupError):
        async with Bridge(1).stream(fail) as items:
            _ = [item async for item in items]


async def test_a_cancelled_caller_does_not_wait_for_the_thread():
    let_go = threading.Event()
    task = asyncio.create_task(Bridge(1).call(let_go.wait, 10))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)
    let_go.set()


@pytest.mark.parametrize("callers", [3, 20])
async def test_cancelled_callers_leave_at_most_two_threads(callers):
    """A pool of 2 runs 2 threads, however many callers were cancelled, and serves again when they end."""
    bridge, let_go, count = Bridge(2), threading.Event(), _Running()

    for _ in range(callers):
        task = asyncio.create_task(bridge.call(count.during, let_go))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})
    assert count.most == count.now == 2
    let_go.set()
    assert await asyncio.wait_for(bridge.call(lambda: "served"), 5) == "served"


async def test_a_caller_cancelled_in_line_takes_no_thread():
    """A caller that is cancelled before its turn leaves its place to the next one, and never runs."""
    ran: list[int] = []
    bridge, let_go = Bridge(1), threading.Event()
    first = asyncio.create_task(bridge.call(let_go.wait, 10))
    await asyncio.sleep(0.02)
    waiting = [asyncio.create_task(bridge.call(ran.append, n)) for n in range(5)]
    await asyncio.sleep(0.02)
    for task in waiting[:4]:
        task.cancel()
    let_go.set()
    await asyncio.wait_for(first, 5)
    await asyncio.wait_for(waiting[4], 5)
    assert ran == [4]


async def test_a_caller_cancelled_at_once_gives_its_place_back():
    """Cancelled in the very round in which it got its place, a caller loses none of them."""
    bridge = Bridge(1)
    for _ in range(200):
        task = asyncio.create_task(bridge.call(lambda: None))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    assert await asyncio.wait_for(bridge.call(lambda: 1), 5) == 1


async def test_a_reader_that_leaves_keeps_its_thread_counted():
    """The thread of a stream that nobody reads any more counts until it ends."""
    bridge, let_go, count = Bridge(1), threading.Event(), _Running()

    def items() -> Iterator[int]:
        yield 1
        count.during(let_go)
        yield 2

    async def leaves() -> None:
        async with bridge.stream(items) as found:
            await anext(found)
            await anext(found)

    reader = asyncio.create_task(leaves())
    await asyncio.sleep(0.1)
    reader.cancel()
    await asyncio.wait({reader})
    waiting = asyncio.create_task(bridge.call(lambda: "next"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    assert count.now == 1
    let_go.set()
    assert await asyncio.wait_for(waiting, 5) == "next"


async def test_a_failing_function_frees_its_place():
    """An error of the function reaches the caller and costs no place."""
    bridge = Bridge(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await bridge.call(lambda: 1 // 0)
    assert await asyncio.wait_for(bridge.call(lambda: 1), 5) == 1


class _Running:
    """Counts the threads that are inside at the same moment."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.now = self.most = 0

    def during(self, let_go: threading.Event) -> None:
        with self._guard:
            self.now += 1
            self.most = max(self.most, self.now)
        let_go.wait(10)
        with self._guard:
            self.now -= 1
