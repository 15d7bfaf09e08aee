"""Death at a chosen boundary: from then on nothing of that bot has any effect, as after `kill -9`."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from registrars.ovh.api.connection import Reply
from registrars.ovh.api.money import MoneyCall
from registrars.ovh.api.session import Session
from store.transactions import SqlStore, SqlTransaction

THE_END = "the end"  # where those die who outlive their run


class Killed(BaseException):
    """Raised at every boundary that a dead bot comes to; no `except Exception` holds it up."""


class Gate:
    """Counts the boundaries that one bot passes, and lets it pass none from its death on.

    `dies_at` is the number of the boundary at which it dies, None for never; `on_death` is told there and then.
    """

    def __init__(self, dies_at: int | None = None, *, on_death: Callable[[], None] = lambda: None) -> None:
        self._guard = threading.Lock()
        self._dies_at = dies_at
        self._on_death = on_death
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
            if self.passed != self._dies_at:
                return
            self.died_at = boundary
        self._on_death()
        raise Killed(boundary)

    def close(self) -> None:
        """Let nothing have an effect any more, from outside."""
        with self._guard:
            self.died_at = self.died_at or THE_END


GATE: ContextVar[Gate | None] = ContextVar("gate", default=None)


def _come_to(boundary: str) -> None:
    """Threads and tasks of a bot inherit its gate; who has none is no bot under test."""
    if (gate := GATE.get()) is not None:
        gate.come_to(boundary)


def make_mortal() -> None:
    """Put the boundaries into the bot's code, once for this process: no code of the bot's knows of them."""
    _around_commits()
    _around_ovh()
    _around_slack(AsyncWebClient, "api_call")
    _around_slack(AsyncWebhookClient, "send_dict")


def _around_commits() -> None:
    begin = SqlStore.begin

    @contextmanager
    def mortal(store: SqlStore) -> Iterator[SqlTransaction]:
        with begin(store) as carts:
            yield carts
            _come_to("before a commit")
        _come_to("after a commit")

    setattr(SqlStore, "begin", mortal)  # noqa: B010 - mypy rightly minds the plain form


def _around_ovh() -> None:
    send = Session.send

    def mortal(session: Session, method: str, target: str, body: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - as it came
        _come_to(f"before {method} {target}")
        answer = send(session, method, target, body)
        _come_to(f"after {method} {target}")
        return answer

    setattr(Session, "send", mortal)  # noqa: B010 - as above
    _around_money_calls()


def _around_money_calls() -> None:
    """A call that buys or pays has two places: its connection, opened before the intent, and its write after it."""
    opens, send = Session.open_money_call, MoneyCall.send

    def opened(session: Session, target: str, body: Mapping[str, Any]) -> MoneyCall:
        _come_to(f"before the connection for POST {target}")
        return opens(session, target, body)

    def sent(call: MoneyCall, **more: Any) -> Reply:  # noqa: ANN401 - as it came
        _come_to(f"before POST {call.target}")
        reply = send(call, **more)
        _come_to(f"after POST {call.target}")
        return reply

    setattr(Session, "open_money_call", opened)  # noqa: B010 - as above
    setattr(MoneyCall, "send", sent)  # noqa: B010 - as above


def _around_slack(client: type, name: str) -> None:
    call: Callable[..., Awaitable[Any]] = getattr(client, name)

    async def mortal(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it came
        _come_to(f"before a call to Slack ({name})")
        answer = await call(*args, **kwargs)
        _come_to(f"after a call to Slack ({name})")
        return answer

    setattr(client, name, mortal)
