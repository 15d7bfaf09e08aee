"""What OVH's answers and silences mean: refused, ask again, or unknown. Decided on status and body alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from ordering.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable

_CLOCK = {"INVALID_SIGNATURE", "QUERY_TIME_OUT"}
_BUSY = {408, 429}
_LATER = "OVH does not answer just now. Try again in a minute."
_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body` is None for `null` as well as for what is not JSON, which is then `garbled`."""

    status: int
    body: Any
    garbled: bool = False
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300 and not self.garbled  # noqa: PLR2004 - HTTP's success

    @property
    def is_busy(self) -> bool:
        """The question may be asked again: throttled, overloaded, or OVH's own time-out in a 400."""
        return self.status in _BUSY or self.status >= 500 or self.garbled or "Check timeout" in self.said  # noqa: PLR2004

    @property
    def complains_of_pace(self) -> bool:
        return self.status in _BUSY

    @property
    def complains_of_clock(self) -> bool:
        return isinstance(self.body, dict) and self.body.get("errorCode") in _CLOCK

    @property
    def said(self) -> str:
        message = self.body.get("message") if isinstance(self.body, dict) else None
        return str(message or "").strip()[:_MOST_SAID]


class NotThere(RegistrarRefused):
    """OVH knows no such thing (404, or 460 for expired)."""


def refusal(answer: Answer) -> RegistrarRefused:
    """A clear no, in words."""
    said = answer.said or f"status {answer.status}"
    if answer.status in {404, 460}:
        return NotThere(f"OVH does not know this (any more): {said}")
    if answer.status == 401 or "NOT_CREDENTIAL" in _code(answer) or "INVALID" in _code(answer):  # noqa: PLR2004 - HTTP's unauthorised
        return RegistrarRefused(f"OVH did not accept the desk's key ({said}). The operator must renew it.")
    if answer.status == 403:  # noqa: PLR2004 - HTTP's forbidden
        return RegistrarRefused(f"OVH does not allow this ({said}). The operator must look at the key's rights.")
    return RegistrarRefused(f"OVH said no: {said}.".replace("..", "."))


def of_question(answer: Answer) -> Exception:
    """Sort the failed answer to a question, or to a deed that costs nothing."""
    return RegistrarUnavailable(_LATER) if answer.is_busy else refusal(answer)


def of_deed(answer: Answer) -> Exception:
    """Sort the failed answer to a call that buys or pays: only a clear no may be taken for one."""
    if answer.status == 429:  # noqa: PLR2004 - throttled before anything was done
        return RegistrarUnavailable(_LATER)
    if answer.ok or answer.is_busy:
        return OutcomeUnknown("OVH gave no clear answer.")
    return refusal(answer)


def silence(error: requests.RequestException, *, deed: bool) -> Exception:
    """Sort a call that got no answer: whether it could have reached OVH decides."""
    never_sent = isinstance(error, requests.ConnectTimeout) or _refused_connection(error)
    if deed and not never_sent:
        return OutcomeUnknown("OVH's answer was lost.")
    return RegistrarUnavailable(_LATER)


def _refused_connection(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _code(answer: Answer) -> str:
    return str(answer.body.get("errorCode", "")) if isinstance(answer.body, dict) else ""
