"""Background jobs by the calendar: no person waits for them, and no failure of theirs ends the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from handlers.toolkit.threads import Bridge
from ordering.process.answer_deletion import AnswerDeletion

Job = Callable[
    [], Awaitable[timedelta | None]
]  # returns the time until it is due again, None if nothing is known of it
_SHORTEST, _LONGEST = 1.0, 900.0  # seconds between two rounds; a clock that was set is noticed after the longer one
_log = structlog.get_logger()


class Housekeeping:
    """Runs each job when it is due by its own clock, until cancelled. A job that fails is tried again later."""

    def __init__(self, jobs: Sequence[Job], *, longest: float = _LONGEST) -> None:
        self._jobs = jobs
        self._longest = longest

    async def run(self) -> None:
        await asyncio.gather(*(self._keep(job) for job in self._jobs))

    async def _keep(self, job: Job) -> None:
        while True:
            wait: timedelta | None = None
            try:
                wait = await job()
            except Exception as error:  # noqa: BLE001 - nobody waits for it; `verify` names what cannot be read
                _log.warning("job_failed", job=_name(job), error=type(error).__name__, why=str(error)[:200])
            seconds = self._longest if wait is None else wait.total_seconds()
            await asyncio.sleep(min(max(seconds, _SHORTEST), self._longest))


def deletes_answers(deletion: AnswerDeletion, bridge: Bridge) -> Job:
    """Return the job that deletes answers to registries."""

    async def delete_answers() -> timedelta | None:
        return await bridge.call(deletion.delete_due)

    return delete_answers


def _name(job: Job) -> str:
    return getattr(job, "__name__", "job")
