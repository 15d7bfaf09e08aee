"""Signed calls through the `ovh` package, with what it loses kept: status, `null`, exact decimals."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import ovh
import requests
import stamina
import structlog
from ovh.exceptions import APIError, InvalidConfiguration, InvalidRegion
from requests.adapters import HTTPAdapter

from bot.ovh import errors
from bot.ovh.errors import Answer
from bot.ovh.lane import Lane, Priority
from ordering.errors import RegistrarRefused, RegistrarUnavailable

_TRIES, _PATIENCE = 4, 20.0  # a question is asked at most so often, within so many seconds
_log = structlog.get_logger()


@dataclass(frozen=True)
class Access:
    """How to reach OVH, and how fast. Secrets never show in its text."""

    endpoint: str = "ovh-eu"
    application_key: str | None = None
    application_secret: str | None = field(default=None, repr=False)
    consumer_key: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_url: str | None = None
    subsidiary: str | None = None
    requests_per_second: float = 1.0
    burst: int = 60
    concurrency: int = 16
    extensions: tuple[str, ...] = ()
    owner_contact: str | None = None
    owner_legal_age: bool = True
    connect_timeout: float = 3.0
    read_timeout: float = 10.0


class Client:
    """One signed session for all threads, behind the lane."""

    def __init__(self, access: Access) -> None:
        self._lane = Lane(per_second=access.requests_per_second, burst=access.burst, concurrency=access.concurrency)
        self._ovh = _open(access)
        self._clock_lock = threading.Lock()

    def ask(self, path: str, *, priority: Priority, query: Mapping[str, str] | None = None, turn: int = 0) -> Any:  # noqa: ANN401 - decoded JSON
        """GET, repeated while OVH is busy; raises `RegistrarUnavailable` or `RegistrarRefused`."""
        target = f"{path}?{urlencode(query)}" if query else path
        for attempt in stamina.retry_context(
            on=RegistrarUnavailable, attempts=_TRIES, timeout=_PATIENCE, wait_initial=0.3, wait_max=4.0
        ):
            with attempt:
                answer = self._call("GET", target, None, priority, turn=turn)
                if not answer.ok:
                    raise errors.of_question(answer)
        return answer.body

    def build(self, method: str, path: str, body: Mapping[str, Any] | None, *, priority: Priority) -> Any:  # noqa: ANN401 - decoded JSON
        """A call that changes something but costs nothing; a lost answer leaves a draft that OVH expires."""
        answer = self._call(method, path, body, priority)
        if not answer.ok:
            raise errors.of_question(answer)
        return answer.body

    def do(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - decoded JSON
        """POST that buys or pays: sent once, never repeated. Raises `OutcomeUnknown` where the answer is not clear."""
        answer = self._call("POST", path, body, Priority.MONEY, deed=True)
        if not answer.ok:
            raise errors.of_deed(answer)
        return answer.body

    def close(self) -> None:
        self._ovh._session.close()  # noqa: SLF001 - the package has no close of its own

    def _call(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        priority: Priority,
        *,
        turn: int = 0,
        deed: bool = False,
    ) -> Answer:
        answer = self._send(method, target, body, priority, turn=turn, deed=deed)
        if answer.complains_of_clock:
            # Refused before anything was done: the clocks drifted apart, so read OVH's again, once.
            self._ovh._time_delta = None  # noqa: SLF001 - the package caches it for ever
            answer = self._send(method, target, body, priority, turn=turn, deed=deed)
        return answer

    def _send(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        priority: Priority,
        *,
        turn: int,
        deed: bool,
    ) -> Answer:
        with self._lane.slot(priority, turn=turn):
            self._know_the_time()
            try:
                response = self._ovh.raw_call(method, target, None if body is None else dict(body))
                answer = _read(response)
            except requests.RequestException as error:
                self._lane.slow_down()
                _log.warning("ovh_silent", method=method, path=_plain(target), error=type(error).__name__)
                raise errors.silence(error, deed=deed) from error
            except APIError as error:  # the package's own checks, before anything is sent
                raise RegistrarRefused("The desk's OVH keys are incomplete. The operator must set them.") from error
        self._note(method, target, answer, response)
        return answer

    def _know_the_time(self) -> None:
        """Read OVH's clock once, before the threads fan out."""
        if self._ovh._oauth2 is not None:  # noqa: SLF001 - tokens are not signed by the clock
            return
        with self._clock_lock:
            if self._ovh._time_delta is None:  # noqa: SLF001 - see above
                try:
                    _ = self._ovh.time_delta
                except (APIError, AttributeError, TypeError) as error:
                    raise RegistrarUnavailable("OVH does not answer just now. Try again in a minute.") from error

    def _note(self, method: str, target: str, answer: Answer, response: requests.Response) -> None:
        if answer.complains_of_pace:
            self._lane.slow_down(answer.retry_after)
        elif answer.ok:
            self._lane.recover()
        _log.debug(
            "ovh_call",
            method=method,
            path=_plain(target),
            status=answer.status,
            query_id=response.headers.get("X-Ovh-QueryID"),
            milliseconds=round(response.elapsed.total_seconds() * 1000),
        )


def segment(text: str | int) -> str:
    """One part of a path: quoted, for a raw letter outside ASCII breaks the signature."""
    return quote(str(text), safe="")


def _open(access: Access) -> Any:  # noqa: ANN401 - the package carries no types
    """Raises `ValueError` with a line for the operator where the settings cannot be used."""
    try:
        opened = ovh.Client(
            endpoint=access.endpoint,
            application_key=access.application_key,
            application_secret=access.application_secret,
            consumer_key=access.consumer_key,
            client_id=access.client_id,
            client_secret=access.client_secret,
            timeout=(access.connect_timeout, access.read_timeout),
        )
    except InvalidRegion as error:
        raise ValueError(f"OVH_ENDPOINT: {access.endpoint} is not one of OVH's regions, such as ovh-eu.") from error
    except InvalidConfiguration as error:
        raise ValueError(f"The OVH_… keys: {error}.") from error
    if access.api_url is not None:
        opened._endpoint = _base(access.api_url)  # noqa: SLF001 - the package accepts its own regions only
    # Its pool of 10 would open and drop connections as soon as more threads call.
    adapter = HTTPAdapter(pool_maxsize=access.concurrency, max_retries=0)
    opened._session.mount("https://", adapter)  # noqa: SLF001 - the package has no setting for it
    opened._session.mount("http://", adapter)  # noqa: SLF001 - see above
    return opened


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("OVH_API_URL must begin with https:// (plain http only to this machine)")
    return url.rstrip("/")


def _read(response: requests.Response) -> Answer:
    retry_after = response.headers.get("Retry-After", "")
    seconds = float(retry_after) if retry_after.isdecimal() else None
    try:
        body = json.loads(response.text, parse_float=Decimal)
    except ValueError:
        garbled = response.status_code != 204  # noqa: PLR2004 - HTTP's "no content" has none by right
        return Answer(response.status_code, None, garbled, seconds)
    return Answer(response.status_code, body, retry_after=seconds)


def _plain(target: str) -> str:
    return target.partition("?")[0]
