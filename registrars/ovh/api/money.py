"""Money calls: everything that can fail or take time is done before the caller commits its intent.

The order, from the permit of the rate limiter to the answer (docs/adr/0017-a-connection-for-each-money-call.md):

    permit, token, connection      before the intent; a failure here sends nothing
    the caller commits its intent
    signature                      with the intent's time, never a later one
    is the connection alive?       otherwise `NotSent`
    is it still early enough?      otherwise `NotSent`
    one write, one answer          otherwise `OutcomeUnknown`; nothing is ever sent again
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from ordering.model.errors import NotSent, OutcomeUnknown, RateLimitTimeout
from registrars.ovh.api.connection import Connection, Reply
from registrars.ovh.api.uptime import uptime

# Seconds between opening the connection and the write. The wall clock alone does not show how long a process slept: it
# may have been put back in the meantime.
_FRESH_FOR = 30.0

Sign = Callable[[datetime], Mapping[str, str]]


class MoneyCall:
    """One money call on its own open connection. `sign` returns the headers for a signing time."""

    def __init__(self, connection: Connection, url: str, target: str, body: bytes, sign: Sign) -> None:
        self._connection = connection
        self._url = url
        self.target = target
        self._body = body
        self._sign = sign
        self._opened_at = uptime()
        self._needs_reset = True

    def send(self, *, signed_at: datetime, not_after: datetime) -> Reply:
        """Send once and return the answer.

        `signed_at` is by OVH's clock, `not_after` by this machine's. Raises `NotSent` or `OutcomeUnknown`.
        """
        request = _request(self._url, self._body, self._sign(signed_at))
        if not self._connection.is_alive():
            raise NotSent(code="connection_lost")
        # Keep this comparison directly before the write.
        if datetime.now(UTC) >= not_after or uptime() - self._opened_at >= _FRESH_FOR:
            raise NotSent(code="too_late_to_send")
        try:
            reply = self._connection.exchange(request)
        except Exception as error:
            # Whatever failed, OVH may have the call. The connection is reset now, so on this side the call has ended.
            raise OutcomeUnknown(code="answer_lost") from error
        else:
            self._needs_reset = False
            return reply
        finally:
            self.close()

    def abort(self) -> None:
        """End it at once, from any thread: unsent data is never sent."""
        self._connection.abort()

    def close(self) -> None:
        self._connection.close(reset=self._needs_reset)


class MoneyCalls:
    """The money calls of this process that are ready or in flight, so a shutdown can end them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: set[MoneyCall] = set()
        self._stopping = False

    @contextmanager
    def holding(self, call: MoneyCall) -> Iterator[None]:
        """Track a call until its caller has committed the outcome. Raises `RateLimitTimeout` after `stop`."""
        with self._changed:
            if self._stopping:
                raise RateLimitTimeout(code="stopping")
            self._calls.add(call)
        try:
            yield
        finally:
            with self._changed:
                self._calls.discard(call)
                self._changed.notify_all()

    def stop(self, *, within: float) -> bool:
        """Abort all calls and reject new ones. Returns whether all callers finished in this many seconds."""
        with self._changed:
            self._stopping = True
            for call in self._calls:
                call.abort()
            return self._changed.wait_for(lambda: not self._calls, within)


def _request(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the whole request in one piece, so one write sends it."""
    host, slash, path = url.partition("://")[2].partition("/")
    lines = {
        "Host": host,
        "User-Agent": "Domain-Desk",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = [f"POST {slash}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
    if any(character in line for line in head for character in "\r\n"):
        raise ValueError("a key that is no single line")
    return "\r\n".join(head).encode("latin-1") + body
