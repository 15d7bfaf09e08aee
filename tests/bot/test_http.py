"""Health is told with its reasons; nothing else is answered."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.http import HttpFront


async def fine() -> str | None:
    return None


async def broken() -> str | None:
    return "the socket is not connected"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.mark.parametrize(
    ("slack", "status", "body"),
    [
        (fine, 200, {"status": "ok", "checks": {"database": "ok", "slack": "ok"}}),
        (broken, 503, {"status": "failing", "checks": {"database": "ok", "slack": "the socket is not connected"}}),
    ],
)
async def test_health(session, slack, status, body):
    front = HttpFront(checks={"database": fine, "slack": slack}, app=None)
    port = await front.start("127.0.0.1", 0)
    async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        assert (answer.status, await answer.json()) == (status, body)
    async with session.post(f"http://127.0.0.1:{port}/slack/events") as answer:
        assert answer.status == 404  # in Socket Mode nobody may knock here
    await front.stop()
