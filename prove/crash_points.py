"""Death at a chosen boundary: from then on nothing of that bot has any effect, as after `kill -9`."""

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
from prove.no_writes import refuse_writes_on_wish
from prove.tokens import fetch_tokens_here
from registrars.ovh.api.connection import Connection, Reply
from registrars.ovh.api.money import MoneyCall
from registrars.ovh.api.session import Session
from store.transactions import SqlStore, SqlTransaction

THE_END = "the end"  # where those die who outlive their run


class Killed(BaseException):
    """Raised at every boundary that a dead bot comes to; no `except Exception` holds it up."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens to a bot once: at the boundary of a number, or at the first one that a pattern fits."""

    at: int | str
    do: Callable[[str], None]

    def is_at(self, number: int, boundary: str) -> bool:
        return self.at == number if isinstance(self.at, int) else fnmatchcase(boundary, self.at)


class Gate:
    """Counts the boundaries that one bot passes, and lets it pass none from its death on.

    `dies_at` is the number of the boundary at which it dies, None for never; `on_death` is told there and then.
    Each of the `deeds` happens at its boundary; it gets the boundary's name.
    """

    def __init__(
        self,
        dies_at: int | None = None,
        *,
        on_death: Callable[[], None] = lambda: None,
        deeds: Sequence[Deed] = (),
    ) -> None:
        self._guard = threading.Lock()
        self._dies_at = dies_at
        self._on_death = on_death
        self._deeds = list(deeds)
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
            due = [deed for deed in self._deeds if deed.is_at(self.passed, boundary)]
            self._deeds = [deed for deed in self._deeds if deed not in due]
            if dies := self.passed == self._dies_at:
                self.died_at = boundary
        if dies:
            self._on_death()
            raise Killed(boundary)
        for deed in due:
            deed.do(boundary)

    def close(self) -> None:
        """Let nothing have an effect any more, from outside."""
        with self._guard:
            self.died_at = self.died_at or THE_END


GATE: ContextVar[Gate | None] = ContextVar("gate", default=None)


def _come_to(boundary: str) -> None:
    """Threads and tasks of a bot inherit its gate; who has none is no bot under test."""
    if (gate := GATE.get()) is not None:
        gate.come_to(boundary)


def add_crash_points() -> None:
    """Put the boundaries into the bot's code, once for this process: no code of the bot's knows of them."""
    _around_commits()
    _around_ovh()
    fetch_tokens_here()
    refuse_writes_on_wish()
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

    setattr(SqlStore, "begin", watched)  # noqa: B010 - mypy rightly minds the plain form


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
    """A call that buys or pays has three places: its connection, opened before the intent, then signature and write.

    Between signature and write stands the comparison of the clock: who is held up behind it writes late.
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
