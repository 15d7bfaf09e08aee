"""Inject a crash at a chosen boundary: from then on that bot has no effect, as after `kill -9`."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from prove.clocks import give_clocks
from prove.no_writes import refuse_writes_when_asked
from prove.tokens import fetch_tokens_here
from registrars.ovh.api.connection import Connection, Reply
from registrars.ovh.api.money import MoneyCall
from registrars.ovh.api.session import Session
from store.transactions import SqlStore, SqlTransaction

THE_END = "the end"  # where a bot dies that outlives its run


class Killed(BaseException):
    """Raised at every boundary that a dead bot reaches; no `except Exception` catches it."""


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """An action that happens to a bot once: at the boundary with a number, or at the first that a pattern matches."""

    at: int | str
    do: Callable[[str], None]

    def is_at(self, number: int, boundary: str) -> bool:
        return self.at == number if isinstance(self.at, int) else fnmatchcase(boundary, self.at)


class Gate:
    """Counts the boundaries that one bot passes, and lets it pass none after its death.

    `dies_at` is the number of the boundary at which it dies, None for never; `on_death` is called right then. Each of
    the `scheduled` happens at its boundary, and gets the boundary's name.
    """

    def __init__(
        self,
        dies_at: int | None = None,
        *,
        on_death: Callable[[], None] = lambda: None,
        scheduled: Sequence[ScheduledAction] = (),
    ) -> None:
        self._guard = threading.Lock()
        self._dies_at = dies_at
        self._on_death = on_death
        self._scheduled = list(scheduled)
        self.passed = 0
        self.died_at: str | None = None

    @property
    def closed(self) -> bool:
        return self.died_at is not None

    def come_to(self, boundary: str) -> None:
        """Pass a boundary, or raise `Killed`."""
        with self._guard:
            if self.closed:
                raise Killed(boundary)
            self.passed += 1
            due = [action for action in self._scheduled if action.is_at(self.passed, boundary)]
            self._scheduled = [action for action in self._scheduled if action not in due]
            if dies := self.passed == self._dies_at:
                self.died_at = boundary
        if dies:
            self._on_death()
            raise Killed(boundary)
        for action in due:
            action.do(boundary)

    def close(self) -> None:
        """Kill the bot from outside: from now on nothing it does has an effect."""
        with self._guard:
            self.died_at = self.died_at or THE_END


GATE: ContextVar[Gate | None] = ContextVar("gate", default=None)


def _come_to(boundary: str) -> None:
    """Pass a boundary of the current bot: threads and tasks inherit its gate. Without a gate, no bot is under test."""
    if (gate := GATE.get()) is not None:
        gate.come_to(boundary)


def add_crash_points() -> None:
    """Patch the boundaries into the bot's code, once per process: the bot's code does not know them."""
    _around_commits()
    _around_ovh()
    fetch_tokens_here()
    refuse_writes_when_asked()
    give_clocks()
    _around_slack(AsyncWebClient, "api_call")
    _around_slack(AsyncWebhookClient, "send_dict")


def _around_commits() -> None:
    begin = SqlStore.begin

    @contextmanager
    def watched(store: SqlStore) -> Iterator[SqlTransaction]:
        with begin(store) as carts:
            yield carts
            _come_to("before a commit")
        _come_to("after a commit")

    setattr(SqlStore, "begin", watched)  # noqa: B010 - mypy rightly rejects the plain form


def _around_ovh() -> None:
    send = Session.send

    def watched(session: Session, method: str, target: str, body: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - as it came
        _come_to(f"before {method} {target}")
        answer = send(session, method, target, body)
        _come_to(f"after {method} {target}")
        return answer

    setattr(Session, "send", watched)  # noqa: B010 - as above
    _around_money_calls()


def _around_money_calls() -> None:
    """Add the places of a call that buys or pays: opening the connection before the intent, then signing and writing.

    The clock is compared between signing and writing: a sender that is delayed after that comparison writes late.
    """
    opens, send, exchange = Session.open_money_call, MoneyCall.send, Connection.exchange

    def opened(session: Session, target: str, body: Mapping[str, Any]) -> MoneyCall:
        _come_to(f"before the connection for POST {target}")
        return opens(session, target, body)

    def sent(call: MoneyCall, **more: Any) -> Reply:  # noqa: ANN401 - as it came
        _come_to(f"before POST {call.target}")
        reply = send(call, **more)
        _come_to(f"after POST {call.target}")
        return reply

    def written(connection: Connection, request: bytes) -> Reply:
        method, target, _ = request.split(b"\r\n", 1)[0].decode().split(" ")
        _come_to(f"in the middle of {method} {target}")
        return exchange(connection, request)

    setattr(Connection, "exchange", written)  # noqa: B010 - as above
    setattr(Session, "open_money_call", opened)  # noqa: B010 - as above
    setattr(MoneyCall, "send", sent)  # noqa: B010 - as above


def _around_slack(client: type, name: str) -> None:
    call: Callable[..., Awaitable[Any]] = getattr(client, name)

    async def watched(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it came
        _come_to(f"before a call to Slack ({name})")
        answer = await call(*args, **kwargs)
        _come_to(f"after a call to Slack ({name})")
        return answer

    setattr(client, name, watched)
