"""The health of the process's parts: background checks refresh it, HTTP requests read it without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

Check = Callable[[], Awaitable[str | None]]
DATABASE, SLACK, OVH = "database", "slack", "ovh"
RECOVER_MODE = "recover_mode"
JOBS = "jobs"  # shown from the first hanging job on
NOT_CHECKED = "not checked yet"
_log = structlog.get_logger()


class Health:
    """The state of each part: None means ok, a sentence describes the problem.

    `phase` is what the start is waiting for; None once the bot accepts commands.
    """

    def __init__(self) -> None:
        self._parts: dict[str, str | None] = dict.fromkeys((DATABASE, SLACK, OVH), NOT_CHECKED)
        self.phase: str | None = "starting"

    def report(self, part: str, reason: str | None) -> None:
        """Set a part's state, and log a change, so that the operator sees it without polling."""
        before = self._parts.get(part, NOT_CHECKED)
        self._parts[part] = reason
        if reason is not None and reason not in {before, NOT_CHECKED}:
            _log.error("unhealthy", part=part, reason=reason)
        elif reason is None and before not in {None, NOT_CHECKED}:
            _log.info("healthy_again", part=part)

    def checks(self) -> dict[str, str]:
        """Return every part by name, with `ok` or the reason."""
        starting = {} if self.phase is None else {"start": self.phase}
        return starting | {part: reason or "ok" for part, reason in self._parts.items()}

    def readiness(self) -> dict[str, str]:
        """Return what decides whether this process may receive Slack's requests: the start and the database."""
        return {"start": self.phase or "ok", DATABASE: self._parts[DATABASE] or "ok"}


async def keep_checking(health: Health, part: str, check: Check, *, every: float, within: float) -> None:
    """Check a part every `every` seconds, until cancelled.

    A check that takes longer than `within` seconds is reported as unanswered. The next one starts only after it ends,
    so a hanging part occupies only one thread.
    """
    while True:
        asking = asyncio.ensure_future(_reason(check))
        try:
            await asyncio.wait({asking}, timeout=within)
            if not asking.done():
                health.report(part, f"no answer within {within:.0f} s")
            health.report(part, await asking)
        finally:
            asking.cancel()
        await asyncio.sleep(every)


async def _reason(check: Check) -> str | None:
    try:
        return await check()
    except Exception as error:  # noqa: BLE001 - a failing check is a result, too: the part is unhealthy
        return f"the check failed ({type(error).__name__})"


async def cancelled(*tasks: asyncio.Task[None] | None) -> None:
    """Cancel tasks and wait up to a second for them to end."""
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    if running:
        with suppress(asyncio.CancelledError):
            await asyncio.wait(running, timeout=1.0)
