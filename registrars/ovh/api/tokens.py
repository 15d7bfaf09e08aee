"""Bearer tokens of an OAuth2 service account, fetched before the calls that carry them, with timeouts.

The `ovh` package fetches a token inside the first call and renews it inside any later one, without a timeout: a slow
token service would delay a payment indefinitely.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from pydantic import ValidationError

from ordering.model.errors import RegistrarError, RegistrarRefused, RegistrarUnavailable
from registrars.ovh.api.connection import FAILURES, Connection, Reply
from registrars.ovh.api.uptime import uptime
from registrars.ovh.api.wire.token import Token

_LIFE = 600.0  # seconds, if the token service does not return it
_RENEWED_AFTER = 0.5  # fraction of its life after which a token is renewed in the background
_LASTING = 60.0  # seconds that a token must still be valid, or a quarter of its life if that is less
_RETRY = 10.0  # seconds after a failure in the background
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Token:
    """A token and its life, in seconds of `uptime`."""

    text: str
    fetched_at: float
    life: float

    @property
    def ends_at(self) -> float:
        return self.fetched_at + self.life


class Tokens:
    """Keeps one token ready for all threads. `connect` opens a connection to the token service.

    `within` is how many seconds a thread waits at most while another one fetches.
    """

    def __init__(
        self, client_id: str, client_secret: str, url: str, connect: Callable[[str], Connection], *, within: float
    ) -> None:
        self._url = url
        self._connect = connect
        self._within = within
        self._request = _request(url, client_id, client_secret)
        self._guard = threading.Lock()
        self._token: _Token | None = None
        self._renewing = threading.Lock()  # held from a thread's start to its end
        self._next_try = float("-inf")

    def bearer(self) -> str:
        """Return a token that is valid long enough for a call.

        Raises `RegistrarUnavailable` if the service does not answer, `RegistrarRefused` if it refuses the keys.
        """
        token = self._token
        if token is None or not _is_good(token):
            return self._fetched()
        if uptime() - token.fetched_at >= token.life * _RENEWED_AFTER:
            self._renew_in_background(token)
        return token.text

    def forget(self) -> None:
        """Drop the token, which OVH refused before its expiry: the next call fetches another one."""
        self._token = None

    def _fetched(self) -> str:
        if not self._guard.acquire(timeout=self._within):
            raise RegistrarUnavailable
        try:
            token = self._token
            if token is None or not _is_good(token):  # otherwise another thread was quicker
                token = self._token = self._fetch()
            return token.text
        finally:
            self._guard.release()

    def _renew_in_background(self, old: _Token) -> None:
        if uptime() < self._next_try or not self._renewing.acquire(blocking=False):
            return

        def renew() -> None:
            try:
                with self._guard:
                    if self._token is old:
                        self._token = self._fetch()
            except RegistrarError as error:
                self._next_try = uptime() + _RETRY
                _log.warning("token_not_renewed", why=str(error))  # the old one is still valid for a while
            finally:
                self._renewing.release()

        threading.Thread(target=renew, name="ovh-token", daemon=True).start()

    def _fetch(self) -> _Token:
        connection = self._connect(self._url)
        asked_at = uptime()
        try:
            connection.open()
            return _read(connection.exchange(self._request), asked_at)
        except FAILURES as error:
            raise RegistrarUnavailable from error
        finally:
            connection.close(reset=False)


def _is_good(token: _Token) -> bool:
    return token.ends_at - uptime() >= min(_LASTING, token.life / 4)


def _request(url: str, client_id: str, client_secret: str) -> bytes:
    body = b"grant_type=client_credentials&scope=all"
    host, slash, path = url.partition("://")[2].partition("/")
    basic = b64encode(f"{client_id}:{client_secret}".encode()).decode()
    head = (
        f"POST {slash}{path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Domain-Desk",
        "Accept: application/json",
        "Accept-Encoding: identity",
        f"Authorization: Basic {basic}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def _read(reply: Reply, asked_at: float) -> _Token:
    """Parse the service's answer, which is never quoted: it may contain the token or name the client."""
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RegistrarUnavailable
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise RegistrarRefused(code="ovh_client_refused")
    try:
        token = Token.model_validate_json(reply.content)
    except ValidationError:
        raise RegistrarUnavailable from None
    return _Token(token.access_token, asked_at, token.expires_in or _LIFE)
