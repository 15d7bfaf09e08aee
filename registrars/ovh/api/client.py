"""Signed calls through the `ovh` package, with what it loses kept: status, `null`, exact decimals."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import requests
import stamina
import structlog

from ordering.model.errors import NotAsked, RegistrarUnavailable
from registrars.ovh.api import errors
from registrars.ovh.api.credentials import Access
from registrars.ovh.api.errors import Answer, Silent, TurnedAway, Unreadable
from registrars.ovh.api.session import CLOCK, Session
from registrars.ovh.api.void_routes import returns_nothing
from registrars.ovh.throttling.rate_limiter import Budget
from registrars.ovh.throttling.scheduler import Allowance, Lane, Priority, Turn

_TRIES = 4  # of a question that OVH is too busy to answer
_TURNED_AWAY = 8  # times that one question may come too fast; the lane slows down with each
_MOST_SILENCES = 2  # each may last as long as the read time-out, so they bound the whole wait
# seconds; a deed that went out later could cross with whoever looks for the outcome of this attempt
_DEED_WAITS = 20.0
# seconds; who only looks has one place of a few, and comes back another time. Not sooner: at one call a second all of
# these few must have their turns.
_LONGEST_WAITS = {Priority.POLLING: 30.0}
_log = structlog.get_logger()


class Client:
    """One signed session for all threads, behind the lane."""

    def __init__(self, access: Access, budget: Allowance | None = None) -> None:
        own = Budget(per_second=access.requests_per_second, burst=access.burst, now=time.monotonic())
        self.lane = Lane(budget or own, concurrency=access.concurrency)
        self._session = Session(access)
        self.answered_at = float("-inf")  # on the monotonic clock: when OVH last took a signed call

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys that no log may show."""
        return self._session.secrets

    def time(self) -> datetime:
        """Read OVH's clock; raises `RegistrarUnavailable`."""
        return datetime.fromtimestamp(int(self.ask(CLOCK, priority=Priority.MONEY)), UTC)

    def clock_ahead(self) -> timedelta:
        """By how much OVH's clock is ahead of ours at this moment; raises `RegistrarUnavailable`."""
        return timedelta(seconds=self._session.delta_to(int(self.ask(CLOCK, priority=Priority.MONEY))))

    def ask(
        self,
        path: str,
        *,
        priority: Priority,
        query: Mapping[str, str] | None = None,
        turn: Turn | None = None,
        tries: int | None = None,
    ) -> Any:  # noqa: ANN401 - decoded JSON
        """GET, repeated while OVH is busy; raises `RegistrarUnavailable` or `RegistrarRefused`.

        The first try takes the `turn` that the caller has waited for, if any.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        for attempt in stamina.retry_context(
            on=_Patience(), attempts=tries or _TRIES, timeout=None, wait_initial=0.3, wait_max=4.0
        ):
            with attempt:
                answer = self._paced(target, priority, turn, tries=1 if tries == 1 else _TURNED_AWAY)
                if not answer.ok:
                    raise errors.of_question(answer)
        if answer.says_nothing:  # every GET that we make returns something
            raise Unreadable(errors.UNREADABLE)
        return answer.body

    def download(self, path: str, *, query: Mapping[str, str]) -> bytes:
        """GET what is too large to be read in one piece, once; raises `RegistrarUnavailable`."""
        with self.lane.turn(Priority.POLLING) as turn:
            turn.used = True
            self._session.make_ready()
            try:
                status, content = self._session.download(f"{path}?{urlencode(query)}")
            except requests.RequestException as error:
                self.lane.slow_down()
                raise errors.silence(error, deed=False) from error
        self._heed(Answer(status, None))
        if status != HTTPStatus.OK:
            raise RegistrarUnavailable(errors.LATER)
        return content

    def build(self, method: str, path: str, body: Mapping[str, Any] | None, *, priority: Priority) -> Any:  # noqa: ANN401 - decoded JSON
        """A call that changes something but costs nothing; a lost answer leaves a draft that OVH expires."""
        answer = self._call(method, path, body, priority)
        if not answer.ok:
            raise errors.of_question(answer)
        if answer.says_nothing and not returns_nothing(method, path.partition("?")[0]):
            raise Unreadable(errors.UNREADABLE)
        return answer.body

    def do(self, path: str, body: Mapping[str, Any], *, not_after: datetime | None = None) -> Any:  # noqa: ANN401 - decoded JSON
        """POST that buys or pays: sent once, never repeated. Raises `OutcomeUnknown` where the answer is not clear.

        After `not_after`, by this machine's clock, nothing is sent: raises `RegistrarUnavailable`.
        """
        delta = self._session.delta
        answer = self._send("POST", path, body, Priority.DEED, deed=True, not_after=not_after)
        if answer.complains_of_clock:
            with suppress(RegistrarUnavailable):  # for the next call: what this one was told stands
                self._session.read_clock(stale=delta)
        if not answer.ok or answer.body == "":
            raise errors.of_deed(answer)
        return answer.body

    def close(self) -> None:
        """Send away who waits for a call; what is on the wire ends by itself."""
        self.lane.close()
        self._session.close()

    def _paced(self, target: str, priority: Priority, turn: Turn | None, *, tries: int) -> Answer:
        """Ask until OVH does not say that it is asked too fast: the lane has each try wait for as long as it must."""
        answer = self._call("GET", target, None, priority, turn=turn)
        for _ in range(tries - 1):
            if not answer.complains_of_pace:
                return answer
            answer = self._call("GET", target, None, priority)
        if answer.complains_of_pace:
            raise TurnedAway(errors.LATER)
        return answer

    def _call(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        priority: Priority,
        *,
        turn: Turn | None = None,
    ) -> Answer:
        delta = self._session.delta
        answer = self._send(method, target, body, priority, turn=turn)
        if answer.complains_of_clock:
            # Turned away before anything was done: the clocks drifted apart, so read OVH's again, once.
            self._session.read_clock(stale=delta)
            answer = self._send(method, target, body, priority)
        return answer

    def _send(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        priority: Priority,
        *,
        turn: Turn | None = None,
        deed: bool = False,
        not_after: datetime | None = None,
    ) -> Answer:
        path = target.partition("?")[0]
        if turn is None or turn.used:
            turn = self.lane.turn(priority, within=_DEED_WAITS if deed else _LONGEST_WAITS.get(priority))
        with turn:
            turn.used = True
            if path != CLOCK:  # which anybody is told
                self._session.make_ready()
            started = time.monotonic()
            try:
                answer, query_id = self._session.send(method, target, body, not_after=not_after)
            except requests.RequestException as error:
                self.lane.slow_down()
                self.answered_at = float("-inf")  # the next health check asks
                _log.warning("ovh_silent", method=method, path=path, error=type(error).__name__)
                raise errors.silence(error, deed=deed) from error
        if answer.empty and answer.says_nothing and not deed and returns_nothing(method, path):
            answer = Answer(answer.status, None)  # done, as with `null`
        self._heed(answer)
        note = _log.info if deed or not answer.ok else _log.debug
        spent = round((time.monotonic() - started) * 1000)
        note("ovh_call", method=method, path=path, status=answer.status, query_id=query_id, milliseconds=spent)
        return answer

    def _heed(self, answer: Answer) -> None:
        if answer.complains_of_pace:
            self.lane.slow_down(answer.retry_after)
        elif answer.ok:
            self.lane.recover()
            self.answered_at = time.monotonic()
        elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.answered_at = float("-inf")  # the next health check asks


class _Patience:
    """Which failures of one question are worth another try. Waiting for the lane costs no patience."""

    def __init__(self) -> None:
        self._silences = 0

    def __call__(self, error: Exception) -> bool:
        self._silences += isinstance(error, Silent)
        worth_it = isinstance(error, RegistrarUnavailable) and not isinstance(error, TurnedAway | NotAsked)
        return worth_it and self._silences < _MOST_SILENCES


def segment(text: str | int) -> str:
    """One part of a path: quoted, for a raw letter outside ASCII breaks the signature."""
    return quote(str(text), safe="")
