"""The `ovh` package's client, opened so that threads can share it and so that nothing of an answer is lost."""

# ruff: noqa: SLF001 - the package opens its endpoint, clock, token and connections by private names only

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import ovh
import requests
import structlog
from ovh.exceptions import APIError, InvalidConfiguration, InvalidRegion, OAuth2FailureError

from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from registrars.ovh.api.credentials import Access
from registrars.ovh.api.errors import LATER, Answer
from registrars.ovh.api.gil_turns import FLOOR, Adapter

CLOCK = "/auth/time"  # tells OVH's time to anybody
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_TOO_LATE = "The desk was held up before it could ask OVH. It was too late then, so nothing was sent."
_log = structlog.get_logger()


class Session:
    """Signs and sends. Its keys come from `access`; what is not set there, the package takes from its ovh.conf."""

    def __init__(self, access: Access) -> None:
        self._ovh = _open(access)
        self._width = access.concurrency
        self._guard = threading.Lock()
        self._is_ready = False
        self._widen(self._ovh._session)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys that no log may show, also those that python-ovh read from its ovh.conf."""
        keys = (self._ovh._application_secret, self._ovh._consumer_key, self._ovh._client_secret)
        return tuple(key for key in keys if key)

    @property
    def delta(self) -> int | None:
        """Seconds by which OVH's clock is ahead, as last read."""
        known: int | None = self._ovh._time_delta
        return known

    def make_ready(self) -> None:
        """Read OVH's clock, or fetch a token, once: the package would do it in every thread at the same time."""
        with self._guard:
            if self._is_ready:
                return
            if self._ovh._oauth2 is None:
                self._read_clock()
            else:
                self._fetch_token()
            self._is_ready = True

    def read_clock(self, *, stale: int | None) -> None:
        """Read OVH's clock again, unless another thread did since it was `stale`."""
        with self._guard:
            if self._ovh._oauth2 is None and self._ovh._time_delta == stale:
                self._read_clock()

    def delta_to(self, now: int) -> int:
        """Seconds by which OVH's clock is ahead, where it has just shown this: it dates what OVH shows."""
        with self._guard:
            return self._set_clock(now)

    def send(
        self, method: str, target: str, body: Mapping[str, Any] | None, *, not_after: datetime | None = None
    ) -> tuple[Answer, str | None]:
        """Send once, and return the answer with OVH's id for it; `requests`' errors pass through.

        Raises `RegistrarUnavailable` where that is `not_after` any more, by this machine's clock.
        """
        try:
            with FLOOR.taken():
                # However long this process was held up, what comes too late does not leave it. Last of all, where no
                # connection has to be opened first; that takes its few seconds at most.
                if not_after is not None and datetime.now(UTC) >= not_after:
                    raise RegistrarUnavailable(_TOO_LATE, code="too_late_to_send")
                sent = None if body is None else dict(body)
                response = self._ovh.raw_call(method, target, sent, need_auth=target != CLOCK)
        except OAuth2FailureError as error:
            _no_token(error)
        except APIError as error:  # the package's own check, before anything is sent
            raise RegistrarRefused(
                "The desk's OVH keys are incomplete. The operator must set them.", code="ovh_keys_incomplete"
            ) from error
        return _read(response), response.headers.get("X-Ovh-QueryID")

    def download(self, target: str) -> tuple[int, bytes]:
        """GET once, and return the status and the answer as it is; `requests`' errors pass through."""
        response = self._ovh.raw_call("GET", target, None)
        return response.status_code, response.content

    def close(self) -> None:
        self._ovh._session.close()

    def _read_clock(self) -> None:
        try:
            now = int(self._ovh.get(CLOCK, _need_auth=False))
        except (APIError, AttributeError, TypeError, ValueError) as error:
            raise RegistrarUnavailable(LATER) from error
        self._set_clock(now)

    def _set_clock(self, now: int) -> int:
        delta = self._ovh._time_delta = now - int(time.time())
        return delta

    def _fetch_token(self) -> None:
        try:
            self._widen(self._ovh._oauth2.session)
        except OAuth2FailureError as error:
            _no_token(error)
        except requests.RequestException as error:
            raise RegistrarUnavailable(LATER) from error

    def _widen(self, session: requests.Session) -> None:
        # The default pool of 10 would drop and open connections as soon as more threads call.
        connections = Adapter(pool_maxsize=self._width, max_retries=0)
        session.mount("https://", connections)
        session.mount("http://", connections)
        # A redirect would turn a POST into a GET and carry our headers to who knows where.
        session.max_redirects = 0
        # Without an `auth`, requests adds what ~/.netrc names, in place of a token. Proxies and CA files stay read.
        session.auth = _as_signed


def _as_signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as the package made it: its own headers carry the keys."""
    return request


def check(access: Access) -> None:
    """Raise `ValueError` with a line for the operator if the OVH settings cannot be used. Sends no request."""
    _open(access)._session.close()


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
        opened._endpoint = _base(access.api_url)  # else the package accepts its own regions only
    return opened


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("OVH_API_URL must begin with https:// (plain http only to this machine)")
    return url.rstrip("/")


def _read(response: requests.Response) -> Answer:
    waits = response.headers.get("Retry-After", "")
    retry_after = float(waits) if waits.isdecimal() else None
    if response.status_code == HTTPStatus.NO_CONTENT or not response.content.strip():
        return Answer(response.status_code, None, garbled=True, empty=True, retry_after=retry_after)
    try:
        # From the bytes: they are UTF-8, which `requests` only guesses.
        body = json.loads(response.content, parse_float=Decimal, parse_constant=_no_number)
    except ValueError:
        return Answer(response.status_code, None, garbled=True, retry_after=retry_after)
    return Answer(response.status_code, body, retry_after=retry_after)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no amount")


def _no_token(error: OAuth2FailureError) -> NoReturn:
    """Sort a token that was not given; OVH's answer to it stays in the cause, for it may quote the client."""
    if "status_code=5" in str(error):
        raise RegistrarUnavailable(LATER) from error
    raise RegistrarRefused(
        "OVH did not accept the desk's client id and secret. The operator must renew them.", code="ovh_client_refused"
    ) from error
