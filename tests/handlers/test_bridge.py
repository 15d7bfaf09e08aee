"""The door between the event loop and the blocking core."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from handlers.bridge import Bridge


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
