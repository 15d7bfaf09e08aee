"""Wraps the `ovh` package's client, so that threads can share it and no part of an answer is lost."""

# ruff: noqa: SLF001 - the package exposes its endpoint, clock, token and connections by private names only

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import ovh
import requests
from ovh.client import OAUTH2_TOKEN_URLS, OAuth2
from ovh.exceptions import APIError, InvalidConfiguration, InvalidRegion
from requests.adapters import HTTPAdapter

from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.connection import FAILURES, LOOPBACK, Connection, Reply, Route, SocksUnsupported
from registrars.ovh.api.errors import Answer, OvhTimeout
from registrars.ovh.api.money import MoneyCall, Sign
from registrars.ovh.api.tokens import Tokens
from registrars.ovh.api.wire.base import seconds

CLOCK = "/auth/time"  # returns OVH's time without authentication


class Session:
    """Signs and sends. Its keys come from `config`; unset ones come from the package's ovh.conf."""

    def __init__(self, config: OvhConfig) -> None:
        self._ovh = open_client(config)
        self._config = config
        self._guard = threading.Lock()
        self._is_ready = False
        self._widen(self._ovh._session, config.concurrency)
        self._tokens = None if self._ovh._oauth2 is None else self._token_keeper()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Secrets that must not appear in logs, including those that python-ovh read from its ovh.conf."""
        keys = (self._ovh._application_secret, self._ovh._consumer_key, self._ovh._client_secret)
        return tuple(key for key in keys if key)

    @property
    def uses_tokens(self) -> bool:
        return self._tokens is not None

    @property
    def delta(self) -> int | None:
        """Seconds by which OVH's clock is ahead, as last read."""
        known: int | None = self._ovh._time_delta
        return known

    def make_ready(self) -> None:
        """Fetch a valid token, or read OVH's clock once: the package would read it in every thread at once."""
        if self._tokens is not None:
            self._tokens.bearer()
            return
        with self._guard:
            if not self._is_ready:
                self._read_clock()
                self._is_ready = True

    def renew_token(self, answer: Answer) -> bool:
        """Drop a token that OVH refused before its expiry; returns whether another one may help."""
        if self._tokens is None or answer.status != HTTPStatus.UNAUTHORIZED:
            return False
        self._tokens.forget()
        return True

    def read_clock(self, *, stale: int | None) -> None:
        """Read OVH's clock again, unless another thread has replaced the `stale` value."""
        with self._guard:
            if self._ovh._oauth2 is None and self._ovh._time_delta == stale:
                self._read_clock()

    def delta_to(self, now: int) -> int:
        """Store and return the seconds by which OVH's clock, which dates its data, is ahead, given its time now."""
        with self._guard:
            return self._set_clock(now)

    def send(self, method: str, target: str, body: Mapping[str, Any] | None) -> tuple[Answer, str | None]:
        """Send a call that costs nothing, once, and return the answer with OVH's id for it.

        Exceptions of `requests` propagate.
        """
        reply = _reply(self._raw(method, target, None if body is None else dict(body)))
        return read(reply), reply.headers.get("x-ovh-queryid")

    def try_out(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None,
        *,
        headers: Mapping[str, str] | None = None,
        late: int = 0,
    ) -> Reply:
        """Send a call that costs nothing, once, and return the reply as it came.

        `late` is by how many seconds its timestamp is too old. Exceptions of `requests` propagate.
        """
        delta = self._ovh._time_delta
        self._ovh._time_delta = (delta or 0) - late
        try:
            return _reply(self._raw(method, target, None if body is None else dict(body), headers))
        finally:
            self._ovh._time_delta = delta

    def open_money_call(self, target: str, body: Mapping[str, Any]) -> MoneyCall:
        """Connect for one money call. Nothing is sent yet.

        Raises `RegistrarUnavailable` without a token or a connection, `RegistrarRefused` without a key.
        """
        if self._tokens is None and not (self._ovh._application_secret and self._ovh._consumer_key):
            raise RegistrarRefused(code="ovh_keys_incomplete")
        url = self._ovh._endpoint + target
        encoded = json.dumps(body, separators=(",", ":"))
        sign = self._signer(url, encoded)
        connection = self._connect(url)
        try:
            connection.open()
        except FAILURES as error:
            connection.close(reset=True)
            raise OvhTimeout from error
        return MoneyCall(connection, url, target, encoded.encode(), sign)

    def download(self, target: str) -> tuple[int, bytes]:
        """GET once, and return the status and the raw content; exceptions of `requests` propagate."""
        response = self._raw("GET", target, None)
        return response.status_code, response.content

    def close(self) -> None:
        self._ovh._session.close()

    def _raw(
        self, method: str, target: str, body: dict[str, Any] | None, headers: Mapping[str, str] | None = None
    ) -> Any:  # noqa: ANN401 - the package carries no types
        more = dict(headers or {})
        try:
            if target == CLOCK:
                return self._ovh.raw_call(method, target, body, need_auth=False)
            if self._tokens is None:
                return self._ovh.raw_call(method, target, body, headers=more)
            bearer = more | {"Authorization": f"Bearer {self._tokens.bearer()}"}
            return self._ovh.raw_call(method, target, body, need_auth=False, headers=bearer)
        except APIError as error:  # the package's own check, before anything is sent
            raise RegistrarRefused(code="ovh_keys_incomplete") from error

    def _signer(self, url: str, body: str) -> Sign:
        """Return a function that makes a POST's headers for a signing time, with the current key or token.

        The signature is OVH's own scheme: the `ovh` package can only sign with the time of the call.
        """
        if self._tokens is not None:
            bearer = {"Authorization": f"Bearer {self._tokens.bearer()}"}
            return lambda _: bearer
        application, secret, consumer = (
            self._ovh._application_key,
            self._ovh._application_secret,
            self._ovh._consumer_key,
        )

        def sign(signed_at: datetime) -> Mapping[str, str]:
            timestamp = str(int(signed_at.timestamp()))
            text = f"{secret}+{consumer}+POST+{url}+{body}+{timestamp}"
            return {
                "X-Ovh-Application": application,
                "X-Ovh-Consumer": consumer,
                "X-Ovh-Timestamp": timestamp,
                "X-Ovh-Signature": "$1$" + hashlib.sha1(text.encode()).hexdigest(),  # noqa: S324 - OVH's own scheme
            }

        return sign

    def _connect(self, url: str) -> Connection:
        config = self._config
        route = Route.to(url, self._ovh._session)
        return Connection(route, connect_timeout=config.connect_timeout, read_timeout=config.read_timeout)

    def _token_keeper(self) -> Tokens:
        return Tokens(
            self._ovh._client_id,
            self._ovh._client_secret,
            OAUTH2_TOKEN_URLS[self._config.endpoint],
            self._connect,
            within=self._config.connect_timeout + self._config.read_timeout,
        )

    def _read_clock(self) -> None:
        try:
            now = self._ovh.get(CLOCK, _need_auth=False)
        except (APIError, AttributeError) as error:  # the package's own error for an answer that is no object
            raise RegistrarUnavailable from error
        self._set_clock(seconds(now))

    def _set_clock(self, now: int) -> int:
        delta = self._ovh._time_delta = now - int(time.time())
        return delta

    @staticmethod
    def _widen(session: requests.Session, width: int) -> None:
        # With more threads, the default pool of 10 would keep dropping and reopening connections.
        connections = HTTPAdapter(pool_maxsize=width, max_retries=0)
        session.mount("https://", connections)
        session.mount("http://", connections)
        # A redirect would turn a POST into a GET and send our headers to an unknown host.
        session.max_redirects = 0
        # Without an `auth`, requests sends the login from ~/.netrc instead of a token. Proxies and CA files still
        # apply.
        session.auth = _as_signed


def _reply(response: requests.Response) -> Reply:
    return Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.content)


def _as_signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as the package made it: its own headers carry the keys."""
    return request


def check(config: OvhConfig) -> None:
    """Raise `ValueError` with a line for the operator if the OVH settings cannot be used. Sends no request."""
    opened = open_client(config)
    try:
        Route.to(opened._endpoint, opened._session)
    except SocksUnsupported as error:
        raise ValueError(f"HTTPS_PROXY or ALL_PROXY: {error}. Name an http or https proxy.") from error
    finally:
        opened._session.close()


def open_client(config: OvhConfig) -> Any:  # noqa: ANN401 - the package carries no types
    """Return the package's client; raises `ValueError` with a line for the operator if the settings are unusable."""
    # The package accepts one kind of key, and reads the other kind from the environment if it can. Two kinds belong
    # together only where a service account is the second key, for money.
    has_both = bool(config.application_key and config.client_id and config.client_id == config.money_client_id)
    try:
        opened = ovh.Client(
            endpoint=config.endpoint,
            application_key=config.application_key,
            application_secret=config.application_secret,
            consumer_key=config.consumer_key,
            client_id=None if has_both else config.client_id,
            client_secret=None if has_both else config.client_secret,
            timeout=(config.connect_timeout, config.read_timeout),
        )
    except InvalidRegion as error:
        raise ValueError(f"OVH_ENDPOINT: {config.endpoint} is not one of OVH's regions, such as ovh-eu.") from error
    except InvalidConfiguration as error:
        raise ValueError(f"The OVH_… keys: {error}.") from error
    if has_both:
        opened._application_key = opened._application_secret = opened._consumer_key = None
        opened._client_id, opened._client_secret = config.client_id, config.client_secret
        opened._oauth2 = OAuth2(config.client_id, config.client_secret, OAUTH2_TOKEN_URLS[config.endpoint])
    if config.api_url is not None:
        opened._endpoint = _base(config.api_url)  # the package accepts its own regions only
    return opened


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("OVH_API_URL must begin with https:// (plain http only to this machine)")
    return url.rstrip("/")


def read(reply: Reply) -> Answer:
    """Decode OVH's JSON with exact amounts, from the bytes: they are UTF-8, whatever the headers say."""
    waits = reply.headers.get("retry-after", "")
    retry_after = float(waits) if waits.isdecimal() else None
    if reply.status == HTTPStatus.NO_CONTENT or not reply.content.strip():
        return Answer(reply.status, None, garbled=True, empty=True, retry_after=retry_after)
    try:
        body = json.loads(reply.content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):  # no JSON, a number out of any range, or nested without end
        return Answer(reply.status, None, garbled=True, retry_after=retry_after)
    return Answer(reply.status, body, retry_after=retry_after)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no amount")
