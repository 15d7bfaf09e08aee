"""The inbox port: clicks and forms that decide, stored before Slack is answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ordering.model.ids import CartId


class ClickEnded(Exception):
    """This click was decided, refused or overtaken before. The transaction that wanted to end it changes nothing."""


class ClickOutcome(StrEnum):
    """The outcome of a click."""

    DECIDED = "decided"
    REFUSED = "refused"  # by the rules; the person knows why
    LAPSED = "lapsed"  # it was older than the maximum age of a decision
    OVERTAKEN = "overtaken"  # the request was stopped, rejected or withdrawn first
    REPEATED = "repeated"  # the same click of the same person was still open
    FAILED = "failed"  # a bug, after several attempts


@dataclass(frozen=True, slots=True)
class Click:
    """One click or form of one person. `key` is Slack's trigger id, so a redelivery is the same click.

    `mark` is what the button carried, `content` the whole interaction; the content is removed when the click ends.
    `at` is by the database's clock; `age` and `tries` are as of when the row was read.
    """

    key: str
    kind: str
    cart_id: CartId
    by: str
    mark: str
    content: str | None = None
    at: datetime | None = None
    age: timedelta = timedelta()
    tries: int = 0


class Inbox(Protocol):
    """Rows of clicks. Each method is its own transaction, with a timeout of two seconds on the server."""

    def put(self, click: Click, *, folds: bool = False) -> Click | None:
        """Insert a click and return it with its time; None if that key exists already.

        With `folds`, also None if the same person's click of the same kind, with the same mark, is still open: this one
        is stored as its repetition, and that one is tried within five seconds.

        Raises if the database does not accept it in time: it was not written then.
        """

    def take(self, *, first: Collection[str]) -> list[Click]:
        """Take over open clicks that no process has worked on for five seconds; those of the kinds `first` come first.

        Each further attempt at one click comes later.
        """

    def hold(self, key: str) -> None:
        """Keep other processes from taking a click over for five more seconds."""

    def end(self, key: str, outcome: ClickOutcome) -> bool:
        """End a click and remove its content; returns False if it had ended."""

    def outcome(self, key: str) -> ClickOutcome | None:
        """Return the outcome of a click; None while it is open, or if there is no such click."""

    def was_decided(self, click: Click) -> bool:
        """Return whether the same person made the same decision before, on exactly what was shown here."""

    def forget(self, older_than: timedelta) -> None:
        """Remove ended clicks of this age. Slack does not redeliver them."""
