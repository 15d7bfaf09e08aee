"""A repeated delivery is acknowledged and does nothing, while it is among the last ones."""

import pytest
from slack_bolt import BoltResponse

from handlers.toolkit import deduplication
from handlers.toolkit.deduplication import Once


@pytest.fixture
def delivered(monkeypatch):
    """A function that delivers an event and returns whether a listener ran."""
    monkeypatch.setattr(deduplication, "_REMEMBERED", 2)
    once = Once()

    async def deliver(event: str) -> bool:
        ran: list[str] = []

        async def listen() -> BoltResponse:
            ran.append(event)
            return BoltResponse(status=200)

        answer = await once({"event_id": event}, listen)
        assert answer is not None
        assert answer.status == 200
        return bool(ran)

    return deliver


async def test_a_repeated_delivery_runs_nothing(delivered):
    assert await delivered("E1")
    assert not await delivered("E1")


async def test_the_oldest_delivery_is_evicted_first(delivered):
    """The oldest delivery is forgotten first even if it was repeated."""
    assert [await delivered(event) for event in ("E1", "E2", "E1", "E3")] == [True, True, False, True]
    assert [await delivered(event) for event in ("E2", "E3", "E1")] == [False, False, True]
