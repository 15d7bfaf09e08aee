"""When to ask Slack again: a growing wait for each message, and the operator hears where it takes long."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from handlers.slack_errors import Kind, Refusal, SlackTroubles

_SHORTEST, _LONGEST = 1.0, 60.0  # seconds
_MOST_OF_UNKNOWN = 3  # tries of a word that nobody knows
_LOUD = 6  # failures of one message after which the operator hears: about half a minute
# Seconds of what lasts: a workspace that moves, a quota of an hour, a token or a scope that the operator must change.
_LASTING = {
    "message_limit_exceeded": 3600.0,
    "team_added_to_org": 600.0,
    "org_login_required": 600.0,
    "external_channel_migrating": 600.0,
}
_OPERATOR = 300.0
# A post without an answer may stand: each further try may be one more copy, so there are few of them.
_SURE_ENOUGH, _UNANSWERED = 3, 120.0
_KEPT = 5_000


@dataclass
class _Failed:
    tries: int = 0
    not_before: float = 0.0


class Retries:
    """Counts failures by a key, such as a message. `clock` is monotonic."""

    def __init__(self, troubles: SlackTroubles, clock: Callable[[], float]) -> None:
        self._troubles = troubles
        self._clock = clock
        self._failed: dict[str, _Failed] = {}
        self._loud: set[str] = set()

    def wait(self, key: str) -> float:
        """Seconds until this may be tried again; 0 now."""
        failed = self._failed.get(key)
        return max(0.0, failed.not_before - self._clock()) if failed else 0.0

    def failed(self, key: str, refusal: Refusal, *, posts: bool = True) -> float:
        """Count a failure, and return in how many seconds to try again; `posts` where a repetition may stand twice."""
        if len(self._failed) >= _KEPT:
            self._failed.clear()
        failed = self._failed.setdefault(key, _Failed())
        failed.tries += 1
        wait = _wait(refusal, failed.tries, posts=posts)
        failed.not_before = self._clock() + wait
        if failed.tries >= _LOUD and refusal.kind is Kind.PASSING:
            self._loud.add(key)
            self._troubles.report("late messages", "Slack does not take some messages: they are sent again and again.")
        return wait

    def are_used_up(self, key: str) -> bool:
        """Whether the tries are that an unknown word gets, this one counted in."""
        failed = self._failed.get(key)
        return failed is not None and failed.tries + 1 >= _MOST_OF_UNKNOWN

    def done(self, key: str) -> None:
        """Forget a key: it went well, or is given up."""
        self._failed.pop(key, None)
        self._loud.discard(key)
        if not self._loud:
            self._troubles.clear("late messages")

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
