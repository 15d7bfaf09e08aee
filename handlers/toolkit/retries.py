"""Retries of messages: exponential backoff for each message, and an alert for the operator if it takes long."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from handlers.messages import words
from handlers.toolkit.slack_errors import Kind, Refusal, SlackAlerts
from ordering.model.events import Event
from ordering.ports.store import Message

_SHORTEST, _LONGEST = 1.0, 60.0  # seconds
# An unknown error code counts as permanent after this many tries over this long: it may be an incident of Slack's.
_TRIES_OF_UNKNOWN, UNKNOWN_LASTS = 3, 3600.0
_UNKNOWN_EVERY = 1200.0  # seconds between two tries after the first, quick ones
_LOUD = 6  # failures of one message before the operator is alerted: about half a minute
# Seconds to wait for conditions that last: an hourly quota, a workspace or channel that is being moved.
_LASTING = {
    "message_limit_exceeded": 3600.0,
    "team_added_to_org": 600.0,
    "org_login_required": 600.0,
    "external_channel_migrating": 600.0,
}
_OPERATOR = 300.0
_LATE = "late_messages"  # the alert
# Slack may have posted a message without answering: each retry may post a copy, so retries are rare.
_SURE_ENOUGH, _UNANSWERED = 3, 120.0
_KEPT = 5_000


@dataclass
class _Failed:
    since: float
    tries: int = 0
    not_before: float = 0.0
    is_unknown: bool = False


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
        failed = self._failed.setdefault(key, _Failed(self._clock()))
        failed.tries += 1
        failed.is_unknown = refusal.kind is Kind.UNKNOWN
        wait = _wait(refusal, failed.tries, posts=posts)
        failed.not_before = self._clock() + wait
        if failed.tries >= _LOUD and refusal.kind is Kind.PASSING:
            self._loud.add(key)
            self._alerts.report(_LATE, words.slack.LATE_MESSAGES)
        return wait

    def needs_substitute(self, key: str) -> bool:
        """Return whether the current try is the last of the quick tries for an unknown error code."""
        failed = self._failed.get(key)
        return failed is not None and failed.tries + 1 >= _TRIES_OF_UNKNOWN

    def are_used_up(self, key: str) -> bool:
        """Return whether an unknown error code counts as permanent now, with the current try."""
        failed = self._failed.get(key)
        if failed is None or failed.tries + 1 < _TRIES_OF_UNKNOWN:
            return False
        return self._clock() - failed.since >= UNKNOWN_LASTS

    def is_refused(self, key: str) -> bool:
        """Return whether Slack refused this with an unknown error code, and the next try is not due yet."""
        failed = self._failed.get(key)
        return failed is not None and failed.is_unknown and failed.not_before > self._clock()

    def done(self, key: str) -> None:
        """Forget a key after success, or after giving up."""
        self._failed.pop(key, None)
        self._loud.discard(key)
        if not self._loud:
            self._alerts.clear(_LATE)

    def leave(self, owner: str) -> None:
        """Drop the retries of an owner whose cart another process shows. Unknown refusals stay, with their start."""
        self.keep_only(owner, {key for key, failed in self._failed.items() if failed.is_unknown})

    def keep_only(self, owner: str, pending: Collection[str]) -> None:
        """Forget the keys that begin with `owner` and are not pending: another process finished or gave them up."""
        for key in {*self._failed, *self._loud}:
            if key.startswith(owner) and key not in pending:
                self.done(key)


def _wait(refusal: Refusal, tries: int, *, posts: bool) -> float:
    growing: float = min(_SHORTEST * 2 ** (min(tries, 10) - 1), _LONGEST)
    if refusal.kind in {Kind.OPERATOR, Kind.TOKEN}:
        growing = max(growing, _OPERATOR)
    if refusal.kind is Kind.UNKNOWN and tries >= _TRIES_OF_UNKNOWN:
        growing = _UNKNOWN_EVERY
    if posts and refusal.status is None and not refusal.answered and tries >= _SURE_ENOUGH:
        growing = _UNANSWERED
    return max(growing, refusal.retry_after or 0.0, _LASTING.get(refusal.word, 0.0))


def owner(cart_id: int) -> str:
    """Return the prefix of the retry keys of one cart."""
    return f"cart {cart_id} "


def message_key(message: Message) -> str:
    """Return what tells this message from another one that gets its number: see `Message.is_same`."""
    return f"{owner(message.cart_id)}message {message.id} {message.role.value} {message.channel}"


def event_key(event: Event) -> str:
    """Return what tells this event from another one that gets its number after the database went back."""
    return f"{owner(event.cart_id)}event {event.id} {event.at.isoformat()}"
