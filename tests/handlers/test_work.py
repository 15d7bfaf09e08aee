"""What was acknowledged is done, one after the other, and ends with the process."""

import asyncio
from itertools import pairwise

from handlers.toolkit.tasks import Work


async def test_one_job_begins_at_once_and_many_begin_in_turn():
    loop, begun = asyncio.get_running_loop(), []
    work = Work()

    async def job() -> None:
        await work.turn()
        begun.append(loop.time())

    asked_at = loop.time()
    for _ in range(5):
        work.start(job())
    await work.drain(5)
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert len(begun) == 5
    assert min(gaps) > 0.001
    assert begun[-1] - asked_at >= 0.015


async def test_what_did_not_begin_yet_can_be_cut_short():
    work, done = Work(), []

    async def job() -> None:
        await work.turn()
        done.append(1)

    for _ in range(100):
        work.start(job())
    await work.cut_short(1)
    await asyncio.sleep(0)
    assert len(done) < 100
