"""Retries of messages: exponential backoff for each message, and an alert for the operator if it takes long."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from handlers.toolkit.slack_errors import Kind, Refusal, SlackAlerts

_SHORTEST, _LONGEST = 1.0, 60.0  # seconds
_MOST_OF_UNKNOWN = 3  # tries after an unknown error code
_LOUD = 6  # failures of one message before the operator is alerted: about half a minute
# Seconds to wait for what lasts: an hourly quota, a workspace or channel that is being moved.
_LASTING = {
    "message_limit_exceeded": 3600.0,
    "team_added_to_org": 600.0,
    "org_login_required": 600.0,
    "external_channel_migrating": 600.0,
}
_OPERATOR = 300.0
# Slack may have posted a message without answering: each retry may post a copy, so retries are rare.
_SURE_ENOUGH, _UNANSWERED = 3, 120.0
_KEPT = 5_000


@dataclass
class _Failed:
    tries: int = 0
    not_before: float = 0.0


class Retries:
    """Counts failures by a key, such as a message. `clock` is monotonic."""

    def __init__(self, alerts: SlackAlerts, clock: Callable[[], float]) -> None:
        self._alerts = alerts
        self._clock = clock
        self._failed: dict[str, _Failed] = {}
        self._loud: set[str] = set()

    def wait(self, key: str) -> float:
        """Return the seconds until the next try; 0 means now."""
        failed = self._failed.get(key)
        return max(0.0, failed.not_before - self._clock()) if failed else 0.0

    def failed(self, key: str, refusal: Refusal, *, posts: bool = True) -> float:
        """Count a failure, and return the seconds until the next try; `posts` if a retry could post a second copy."""
        if len(self._failed) >= _KEPT:
            self._failed.clear()
        failed = self._failed.setdefault(key, _Failed())
        failed.tries += 1
        wait = _wait(refusal, failed.tries, posts=posts)
        failed.not_before = self._clock() + wait
        if failed.tries >= _LOUD and refusal.kind is Kind.PASSING:
            self._loud.add(key)
            self._alerts.report(
                "late messages",
                "Slack does not accept some messages; the bot keeps retrying. See slack-status.com.",
            )
        return wait

    def are_used_up(self, key: str) -> bool:
        """Whether the current try is the last one that an unknown error code gets."""
        failed = self._failed.get(key)
        return failed is not None and failed.tries + 1 >= _MOST_OF_UNKNOWN

    def done(self, key: str) -> None:
        """Forget a key after success, or after giving up."""
        self._failed.pop(key, None)
        self._loud.discard(key)
        if not self._loud:
            self._alerts.clear("late messages")

    def keep_only(self, owner: str, pending: Collection[str]) -> None:
        """Forget the keys that begin with `owner` and are not pending: another process did them, or gave them up."""
        for key in {*self._failed, *self._loud}:
            if key.startswith(owner) and key not in pending:
                self.done(key)


def _wait(refusal: Refusal, tries: int, *, posts: bool) -> float:
    growing: float = min(_SHORTEST * 2 ** (min(tries, 10) - 1), _LONGEST)
    if refusal.kind in {Kind.OPERATOR, Kind.TOKEN}:
        growing = max(growing, _OPERATOR)
    if posts and refusal.status is None and not refusal.answered and tries >= _SURE_ENOUGH:
        growing = _UNANSWERED
    return max(growing, refusal.retry_after or 0.0, _LASTING.get(refusal.word, 0.0))
