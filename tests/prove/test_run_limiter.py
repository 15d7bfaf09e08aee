"""The campaign starts no more runs than the machine carries."""

import asyncio
import time

from prove.run_limiter import RunLimiter


async def test_a_late_loop_starts_no_further_run():
    """A machine that is busy carries the runs under way; a new one waits until the loop keeps up again."""
    limiter = RunLimiter()
    measuring = asyncio.create_task(limiter.measure())
    begun: asyncio.Queue[int] = asyncio.Queue()

    async def run(number: int, until: asyncio.Event) -> None:
        async with limiter.run():
            begun.put_nowait(number)
            await until.wait()

    over = asyncio.Event()
    for _ in range(8):
        time.sleep(0.5)  # noqa: ASYNC251 - a machine too busy for the loop
        await asyncio.sleep(0.15)
    assert not limiter.keeps_up
    runs = [asyncio.create_task(run(number, over)) for number in range(5)]
    await asyncio.sleep(0)
    assert begun.qsize() == 3
    async with asyncio.timeout(30):
        assert [await begun.get() for _ in range(5)] == [0, 1, 2, 3, 4]
    over.set()
    await asyncio.gather(*runs)
    measuring.cancel()
