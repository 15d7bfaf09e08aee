"""HTTP client for OVH, based on the `ovh` package. It keeps what that loses: status, `null`, exact decimals."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import requests
import stamina
import structlog

from ordering.model.errors import NotSent, OutcomeUnknown, RateLimitTimeout, RegistrarRefused, RegistrarUnavailable
from ordering.process.progress import current_progress, queued
from registrars.ovh.api import errors
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.connection import Reply
from registrars.ovh.api.errors import Answer, OvhTimeout, Throttled, Unreadable
from registrars.ovh.api.money import MoneyCall, MoneyCalls
from registrars.ovh.api.observing import CallOutcome, Observer, OvhCall, nobody, outcome_of
from registrars.ovh.api.session import CLOCK, Session, read
from registrars.ovh.api.void_routes import returns_nothing
from registrars.ovh.api.wire.base import seconds
from registrars.ovh.throttling.rate_limiter import AdaptiveTokenBucket
from registrars.ovh.throttling.scheduler import CallScheduler, Permit, Priority, RateLimiter

_TRIES = 4  # of one read while OVH is overloaded
_MOST_THROTTLED = 8  # throttle responses to one read; the scheduler slows down with each
_MOST_TIMEOUTS = 2  # timeouts of one read; each may last as long as the read timeout, so this bounds the whole wait
_MONEY_CALL_WAITS = 20.0  # seconds that a money call waits for its permit, before its intent
# Seconds. A poll has one of a few worker places, and is rescheduled after a timeout. Not sooner: at one call a second,
# all of these few must get their permits.
_LONGEST_WAITS = {Priority.POLLING: 30.0}
# The paths that the probe may write to: carts, what is in them, and nothing that orders.
_HARMLESS = re.compile(r"/order/cart(/[0-9a-f-]+(/assign|/domain)?)?")
_JOB_WAITS = 60.0  # seconds for a permit; after that a job releases its cart and comes back
_log = structlog.get_logger()


class Client:
    """One signed session for all threads, behind the scheduler."""

    def __init__(
        self, config: OvhConfig, rate_limiter: RateLimiter | None = None, *, observe: Observer = nobody
    ) -> None:
        self._observe = observe
        own = AdaptiveTokenBucket(per_second=config.requests_per_second, burst=config.burst, now=time.monotonic())
        self.scheduler = CallScheduler(rate_limiter or own, concurrency=config.concurrency)
        self._session = Session(config)
        # All calls that order or pay, and the read of what their key may do.
        self._money_session = Session(config.for_money()) if config.has_money_key else self._session
        self._is_trial = config.trial
        self._money_calls = MoneyCalls()
        self.answered_at = float("-inf")  # monotonic time at which OVH last accepted a signed call

    @property
    def secrets(self) -> tuple[str, ...]:
        """Secrets that must not appear in logs."""
        return tuple(dict.fromkeys((*self._session.secrets, *self._money_session.secrets)))

    @property
    def has_money_key(self) -> bool:
        """Whether calls that order or pay are made with a second key."""
        return self._money_session is not self._session

    @property
    def is_service_account(self) -> bool:
        """Whether calls carry a service account's token (OAuth2), not an application key's signature."""
        return self._session.uses_tokens

    @property
    def money_is_service_account(self) -> bool:
        """Whether calls that order or pay carry a service account's token."""
        return self._money_session.uses_tokens

    def time(self) -> datetime:
        """Read and return OVH's time, never a cached one; raises `RegistrarUnavailable`."""
        return datetime.fromtimestamp(seconds(self.ask(CLOCK, priority=Priority.MONEY)), UTC)

    def clock_ahead(self) -> timedelta:
        """Read OVH's clock and return how far it is ahead of ours; raises `RegistrarUnavailable`."""
        return timedelta(seconds=self._session.delta_to(seconds(self.ask(CLOCK, priority=Priority.MONEY))))

    def known_clock_ahead(self) -> timedelta | None:
        """Return how far OVH's clock was ahead at the last read; None if it was never read."""
        delta = self._session.delta
        return None if delta is None else timedelta(seconds=delta)

    def time_as_known(self) -> datetime:
        """Return OVH's time from the last clock read, without a call; our own if it was never read."""
        return datetime.now(UTC) + (self.known_clock_ahead() or timedelta())

    def ask(
        self,
        path: str,
        *,
        priority: Priority,
        query: Mapping[str, str] | None = None,
        permit: Permit | None = None,
        tries: int | None = None,
        for_money: bool = False,
    ) -> Any:  # noqa: ANN401 - decoded JSON
        """GET with retries while OVH is busy; raises `RegistrarUnavailable` or `RegistrarRefused`.

        The first attempt uses `permit`, a permit that the caller already holds, if any. With `for_money` the call is
        made with the key that orders and pays.
        """
        session = self._session_for(for_money=for_money)
        target = f"{path}?{urlencode(query)}" if query else path
        for attempt in stamina.retry_context(
            on=_Patience(), attempts=tries or _TRIES, timeout=None, wait_initial=0.3, wait_max=4.0
        ):
            with attempt:
                most = 1 if tries == 1 else _MOST_THROTTLED
                answer = self._until_not_throttled(session, target, priority, permit, tries=most)
                if not answer.ok:
                    raise errors.of_read(answer)
        if answer.has_no_content:  # every GET that we make returns something
            raise Unreadable
        return answer.body

    def download(self, path: str, *, query: Mapping[str, str]) -> bytes:
        """GET a large response once, without JSON decoding; raises `RegistrarUnavailable`."""
        with self.scheduler.acquire(Priority.POLLING) as permit:
            permit.used = True
            self._session.make_ready()
            try:
                status, content = self._session.download(f"{path}?{urlencode(query)}")
            except requests.RequestException as error:
                self.scheduler.on_throttled()
                raise OvhTimeout from error
        self._heed(Answer(status, None))
        if status != HTTPStatus.OK:
            raise RegistrarUnavailable
        return content

    def build(self, method: str, path: str, body: Mapping[str, Any] | None, *, priority: Priority) -> Any:  # noqa: ANN401 - decoded JSON
        """Make a write call that costs nothing, and return its decoded answer.

        If the answer is lost, OVH expires the leftover cart.
        """
        answer = self._call(self._session, method, path, body, priority)
        if not answer.ok:
            raise errors.of_read(answer)
        if answer.has_no_content and not returns_nothing(method, path.partition("?")[0]):
            raise Unreadable
        return answer.body

    def try_out(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        late: int = 0,
    ) -> Reply:
        """Send one call that costs nothing, and return OVH's reply as it came: for the probe, which studies replies.

        `late` makes its timestamp that many seconds too old. Raises `RegistrarUnavailable` without an answer, and
        `ValueError` for a route that orders, pays or changes a name.
        """
        if method != "GET" and not _HARMLESS.fullmatch(path):
            raise ValueError(f"{method} {path} is not for trying out")
        target = f"{path}?{urlencode(query)}" if query else path
        with self._permit(Priority.PEOPLE, within=None) as permit:
            permit.used = True
            self._session.make_ready()
            try:
                reply = self._session.try_out(method, target, body, headers=headers, late=late)
            except requests.RequestException as error:
                self._on_timeout(method, path, error)
                raise OvhTimeout from error
        self._heed(read(reply))
        return reply

    @contextmanager
    def money_call(self, path: str, body: Mapping[str, Any]) -> Iterator[ReadyCall]:
        """Yield a money call, a POST that orders or pays, with its permit, token and own open connection.

        Commit the intent inside the block, then send; commit the result inside it, too, as a shutdown waits for that.
        Raises `RegistrarUnavailable` or `RegistrarRefused` on entering, in the trial always: nothing was sent then.
        """
        if self._is_trial:
            raise RegistrarRefused(code="trial_is_on")
        with ExitStack() as held:
            permit = held.enter_context(self._permit(Priority.MONEY_CALL, within=_MONEY_CALL_WAITS))
            try:
                call = self._money_session.open_money_call(path, body)
            except OvhTimeout as error:
                self._on_timeout("POST", path, error)
                raise
            held.callback(call.close)
            with self._money_calls.holding(call):
                yield ReadyCall(self, call, permit)

    def stop_money_calls(self, *, within: float) -> bool:
        """Abort the money calls and wait until their callers have committed that they ended."""
        return self._money_calls.stop(within=within)

    def send_money_call(self, call: MoneyCall, permit: Permit, *, signed_at: datetime, not_after: datetime) -> Any:  # noqa: ANN401 - decoded JSON
        """Send once and evaluate the answer; implements `ReadyCall.send`."""
        delta, started = self._money_session.delta, time.monotonic()
        with permit, _reporting_progress():
            try:
                reply = call.send(signed_at=signed_at, not_after=not_after)
            except NotSent as error:
                _log.warning("money_call_not_sent", path=call.target, why=str(error))
                self._observe(OvhCall(Priority.MONEY_CALL, CallOutcome.NOT_SENT))
                raise
            except OutcomeUnknown as error:
                permit.used = True
                self._on_timeout("POST", call.target, error)
                self._observe(OvhCall(Priority.MONEY_CALL, CallOutcome.TIMEOUT, time.monotonic() - started))
                raise
            permit.used = True
        answer = read(reply)
        self._observe(OvhCall(Priority.MONEY_CALL, outcome_of(answer), time.monotonic() - started))
        self._heed(answer)
        self._note("POST", call.target, answer, reply.headers.get("x-ovh-queryid"), started, important=True)
        if answer.is_clock_error:
            with suppress(RegistrarUnavailable):  # for the next call: this call's answer stands
                self._money_session.read_clock(stale=delta)
        self._money_session.renew_token(answer)
        if not answer.ok or answer.body == "":
            raise errors.of_money_call(answer)
        return answer.body

    def close(self) -> None:
        """Fail all callers that wait for a permit; calls already in flight end on their own."""
        self.scheduler.close()
        self._session.close()
        self._money_session.close()

    def _session_for(self, *, for_money: bool) -> Session:
        return self._money_session if for_money else self._session

    def _until_not_throttled(
        self, session: Session, target: str, priority: Priority, permit: Permit | None, *, tries: int
    ) -> Answer:
        """Retry while OVH throttles the call; the scheduler delays each attempt as long as necessary."""
        answer = self._call(session, "GET", target, None, priority, permit=permit)
        for _ in range(tries - 1):
            if not answer.is_throttled:
                return answer
            answer = self._call(session, "GET", target, None, priority)
        if answer.is_throttled:
            raise Throttled
        return answer

    def _call(
        self,
        session: Session,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        priority: Priority,
        *,
        permit: Permit | None = None,
    ) -> Answer:
        delta = session.delta
        answer = self._send(session, method, target, body, priority, permit=permit)
        # In both cases OVH rejected the call before doing anything, so it is sent again, once.
        if answer.is_clock_error:  # the clocks drifted apart
            session.read_clock(stale=delta)
            answer = self._send(session, method, target, body, priority)
        elif session.renew_token(answer):
            answer = self._send(session, method, target, body, priority)
        return answer

    def _send(
        self,
        session: Session,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        priority: Priority,
        *,
        permit: Permit | None = None,
    ) -> Answer:
        path = target.partition("?")[0]
        if permit is None or permit.used:
            permit = self._permit(priority, within=_LONGEST_WAITS.get(priority))
        with permit, _reporting_progress():
            permit.used = True
            if path != CLOCK:  # OVH's clock needs no authentication
                session.make_ready()
            started = time.monotonic()
            try:
                answer, query_id = session.send(method, target, body)
            except requests.RequestException as error:
                self._on_timeout(method, path, error)
                self._observe(OvhCall(priority, CallOutcome.TIMEOUT, time.monotonic() - started))
                raise OvhTimeout from error
        if answer.empty and answer.has_no_content and returns_nothing(method, path):
            answer = Answer(answer.status, None)  # success, as with `null`
        self._heed(answer)
        self._observe(OvhCall(priority, outcome_of(answer), time.monotonic() - started))
        self._note(method, path, answer, query_id, started, important=not answer.ok)
        return answer

    def _permit(self, priority: Priority, *, within: float | None) -> Permit:
        """Wait for a rate-limit permit; a job waits at most a minute, and its wait counts as progress."""
        if current_progress() is not None:
            within = min(_JOB_WAITS, within or _JOB_WAITS)
        try:
            with queued():
                return self.scheduler.acquire(priority, within=within)
        except RateLimitTimeout:
            self._observe(OvhCall(priority, CallOutcome.NOT_SENT))
            raise

    def _on_timeout(self, method: str, path: str, error: Exception) -> None:
        self.scheduler.on_throttled()
        self.answered_at = float("-inf")  # makes the next health check call OVH
        cause = error.__cause__ or error
        _log.warning("ovh_silent", method=method, path=path, error=type(cause).__name__)

    @staticmethod
    def _note(method: str, path: str, answer: Answer, query_id: str | None, started: float, *, important: bool) -> None:
        note = _log.info if important else _log.debug
        spent = round((time.monotonic() - started) * 1000)
        note("ovh_call", method=method, path=path, status=answer.status, query_id=query_id, milliseconds=spent)

    def _heed(self, answer: Answer) -> None:
        if answer.is_throttled:
            self.scheduler.on_throttled(answer.retry_after)
        elif answer.ok:
            self.scheduler.on_success()
            self.answered_at = time.monotonic()
        elif answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.answered_at = float("-inf")  # makes the next health check call OVH


@contextmanager
def _reporting_progress() -> Iterator[None]:
    """Report the end of a call to the job that made it, if any."""
    try:
        yield
    finally:
        if (progress := current_progress()) is not None:
            progress.made()


class ReadyCall:
    """A money call, ready to be sent once."""

    def __init__(self, client: Client, call: MoneyCall, permit: Permit) -> None:
        self._client, self._call, self._permit = client, call, permit

    def send(self, *, signed_at: datetime, not_after: datetime) -> Any:  # noqa: ANN401 - decoded JSON
        """Send it, signed with the intent's time by OVH's clock, unless this machine's clock has reached `not_after`.

        Raises `NotSent` if no byte left, `OutcomeUnknown` if no clear answer came, `RegistrarRefused` or
        `RegistrarUnavailable` if OVH itself clearly refused. It is never sent again.
        """
        return self._client.send_money_call(self._call, self._permit, signed_at=signed_at, not_after=not_after)


class _Patience:
    """The retry policy for one read. Waiting for the scheduler does not count as a failure."""

    def __init__(self) -> None:
        self._timeouts = 0

    def __call__(self, error: Exception) -> bool:
        self._timeouts += isinstance(error, OvhTimeout)
        worth_it = isinstance(error, RegistrarUnavailable) and not isinstance(error, Throttled | RateLimitTimeout)
        return worth_it and self._timeouts < _MOST_TIMEOUTS


def segment(text: str | int) -> str:
    """Return one path segment, quoted: a raw non-ASCII letter breaks the signature."""
    return quote(str(text), safe="")
