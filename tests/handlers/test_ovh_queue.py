"""Requests to OVH take turns: three of a person at once, a bounded line, people in turn."""

import asyncio
from contextlib import suppress

import pytest

from handlers.messages import words as catalogue
from handlers.toolkit import ovh_queue
from handlers.toolkit.ovh_queue import LineFull, OvhQueue
from tests.refusing import refuses


class Requests:
    """Requests that hold their place until they are let go; `order` is who began when."""

    def __init__(self, queue: OvhQueue) -> None:
        self._queue = queue
        self.order: list[str] = []
        self.notices: list[str] = []
        self._let_go: list[asyncio.Event] = []

    async def begin(self, user: str, *, always: bool = False) -> asyncio.Task[None]:
        task = asyncio.create_task(self._hold(user, always=always))
        await asyncio.sleep(0)
        return task

    async def end_one(self) -> None:
        self._let_go.pop(0).set()
        await _settle()

    async def _hold(self, user: str, *, always: bool) -> None:
        async def notice(said: str) -> None:
            self.notices.append(said)

        async with self._queue.place(user, what=f"request {user}", notice=notice, always=always):
            let_go = asyncio.Event()
            self._let_go.append(let_go)
            self.order.append(user)
            await let_go.wait()


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ovh_queue, "_BEFORE_NOTICE", 0.02)


async def test_a_person_has_three_under_way():
    """The fourth request of a person waits though there is room, and begins when one of the three ends."""
    requests = Requests(OvhQueue(16))
    for _ in range(5):
        await requests.begin("ada")
    await _settle()
    assert len(requests.order) == 3
    await requests.end_one()
    assert len(requests.order) == 4


async def test_the_person_with_fewer_under_way_is_next():
    """A free place goes to the person who has none before it goes to the one who asked first."""
    requests = Requests(OvhQueue(3))
    for _ in range(10):
        await requests.begin("ada")
    await requests.begin("ben")
    await _settle()
    assert requests.order == ["ada"] * 3
    await requests.end_one()
    assert requests.order[-1] == "ben"


async def test_people_take_turns():
    """Two people with long lines get every second place."""
    requests = Requests(OvhQueue(1))
    for user in ("ada", "ben"):
        for _ in range(4):
            await requests.begin(user)
    for _ in range(7):
        await _settle()
        await requests.end_one()
    assert requests.order[1:7] == ["ada", "ben"] * 3


async def test_requests_of_one_person_begin_in_order():
    """A person's requests begin in the order in which they were made."""
    queue, began = OvhQueue(2, at_once=1), []

    async def one(number: int) -> None:
        async with queue.place("ada"):
            began.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(20)))
    assert began == list(range(20))


async def test_beyond_the_line_a_request_is_refused_at_once():
    """The refusal names the request, and others are not affected."""
    requests = Requests(OvhQueue(3, in_line=2))
    tasks = [await requests.begin("ada") for _ in range(5)]
    with refuses("too_many_requests", LineFull, in_line=2, what="request ada"):
        await (await requests.begin("ada"))
    ben = await requests.begin("ben")
    assert not any(task.done() for task in [*tasks, ben])


async def test_a_person_in_line_hears_of_it_once():
    """One message says the place in line; the other requests in line send none."""
    requests = Requests(OvhQueue(3))
    for _ in range(15):
        await requests.begin("ada")
    await asyncio.sleep(0.1)
    assert requests.notices == [catalogue.failures.in_line(1, 12)]


async def test_each_form_in_line_says_so():
    """A form shows its own place, for nothing else would be seen there."""
    requests = Requests(OvhQueue(3))
    for _ in range(6):
        await requests.begin("ada", always=True)
    await asyncio.sleep(0.1)
    assert requests.notices == [catalogue.failures.in_line(place, 3) for place in (1, 2, 3)]


@pytest.mark.parametrize("cancelled", [0, 2, 3, 5])
async def test_a_cancelled_request_leaves_no_gap(cancelled: int):
    """Whichever request is cancelled, under way or in line, all others come to their turn."""
    requests = Requests(OvhQueue(3))
    tasks = [await requests.begin("ada") for _ in range(6)]
    await _settle()
    tasks[cancelled].cancel()
    with suppress(asyncio.CancelledError):
        await tasks[cancelled]
    await _settle()
    assert len(requests.order) == (4 if cancelled < 3 else 3)
    for _ in range(6):
        for let_go in requests._let_go:  # noqa: SLF001 - the test's own class
            let_go.set()
        await _settle()
    assert all(task.done() for task in tasks)
    assert len(requests.order) == (6 if cancelled < 3 else 5)


async def test_a_failing_request_frees_its_place():
    """Errors of the request itself cost no place."""
    queue = OvhQueue(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with queue.place("ada"):
                raise ZeroDivisionError
    async with asyncio.timeout(1), queue.place("ben") as threads:
        assert await threads.call(lambda: 1) == 1
