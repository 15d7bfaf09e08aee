"""What was acknowledged is done, one after the other, and ends with the process."""

import asyncio

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
    assert len(begun) == 5
    # Turns are planned 4 ms apart. A busy machine begins some later, so two may begin close together, none earlier.
    assert all(began - asked_at >= 0.0039 * place for place, began in enumerate(begun))


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
