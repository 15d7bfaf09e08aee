"""Recover mode from outside: the health page, and the command that compares and ends it."""

import asyncio
import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from ordering.model.recovery import FLOOR
from tests.scenarios.conftest import Scenario


async def healthz(scenario: Scenario) -> dict[str, str]:
    def read() -> dict[str, str]:
        try:
            with urlopen(f"http://127.0.0.1:{scenario.stage.bot.port}/healthz", timeout=5) as answer:
                return dict(json.load(answer)["checks"])
        except HTTPError as refused:
            with refused:
                return dict(json.load(refused)["checks"])

    return await asyncio.to_thread(read)


async def is_on_hold(scenario: Scenario) -> None:
    async with asyncio.timeout(15):
        while "on hold" not in (await healthz(scenario)).get("recover_mode", ""):  # noqa: ASYNC110 - a page tells nobody
            await asyncio.sleep(0.1)


async def recover(scenario: Scenario) -> str:
    """Compare in a terminal, let the floor pass by OVH's clock, and end recover mode; return what was printed.

    On PostgreSQL the floor counts from the word that all processes are stopped.
    """
    printed, arguments = "", ("recover", "--yes", "--all-stopped")
    if scenario.stage.environment["DATABASE_URL"].startswith("postgresql"):
        with pytest.raises(RuntimeError, match="ended with 1") as waits:
            await scenario.stage.bot.run_command(*arguments)
        printed = str(waits.value)
    scenario.ovh.clock.put(FLOOR.total_seconds() + 60)
    return printed + await scenario.stage.bot.run_command(*arguments)
