"""What an observer gets of each call to OVH, for measures: no path and no name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from registrars.ovh.api.errors import Answer
from registrars.ovh.throttling.scheduler import Priority


class CallOutcome(StrEnum):
    """How a call ended."""

    OK = "ok"
    REFUSED = "refused"
    THROTTLED = "throttled"
    FAILED = "failed"  # OVH answered with an error of its own
    TIMEOUT = "timeout"
    NOT_SENT = "not_sent"  # no permit in time, or a money call whose connection was gone


@dataclass(frozen=True, slots=True)
class OvhCall:
    """A call that ended; `seconds` without the wait for its permit, None if it was not sent."""

    priority: Priority
    outcome: CallOutcome
    seconds: float | None = None


Observer = Callable[[OvhCall], None]


def nobody(_call: OvhCall) -> None:
    """Observe nothing."""


def outcome_of(answer: Answer) -> CallOutcome:
    """Return how an answered call ended."""
    if answer.ok:
        return CallOutcome.OK
    if answer.is_throttled:
        return CallOutcome.THROTTLED
    return CallOutcome.FAILED if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else CallOutcome.REFUSED
