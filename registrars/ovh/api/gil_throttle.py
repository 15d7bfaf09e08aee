"""GIL throttle: only one OVH thread at a time competes for the GIL, so the event loop stays responsive.

Dozens of answers from OVH may arrive at once. Python runs one thread at a time and picks the next one by chance: with
64 threads parsing an answer and one talking to Slack, each is equally likely. So the OVH threads take a lock while they
run, and release it while they wait for the network: the Slack thread is then one of two.
"""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import ProxyManager

_PATIENCE = 0.1  # seconds; the lock only throttles, so no call may fail because of it


class GilThrottle:
    """A lock held by one running thread at a time."""

    def __init__(self) -> None:
        self._free = threading.Lock()
        self._own = threading.local()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hold the lock in this block. Not reentrant."""
        self._own.wants = True
        self._take()
        try:
            yield
        finally:
            self._own.wants = False
            self._leave()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Release the lock while this block waits for something, so another thread can run.

        These blocks may be nested: the lock is taken again when the outermost one ends, if the thread is inside
        `running`.
        """
        wants, self._own.wants = getattr(self._own, "wants", False), False
        self._leave()
        try:
            yield
        finally:
            self._own.wants = wants
            if wants:
                self._take()

    def _take(self) -> None:
        self._own.has = self._free.acquire(timeout=_PATIENCE)

    def _leave(self) -> None:
        if getattr(self._own, "has", False):
            self._own.has = False
            self._free.release()


GIL_THROTTLE = GilThrottle()  # one per interpreter


class Adapter(HTTPAdapter):
    """`requests` connections that release the lock while they connect, and while they wait for an answer.

    So do connections through a proxy of the environment (HTTPS_PROXY): while they connect they also wait for its
    answer.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on as they are
        manager = super().proxy_manager_for(*args, **kwargs)
        if isinstance(manager, ProxyManager):  # the other kind, SOCKS, needs its own connection classes
            manager.pool_classes_by_scheme = _POOLS
        return manager


class _Patient(io.RawIOBase):
    """A socket's stream that releases the lock while it reads."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - a buffer of any type
        with GIL_THROTTLE.waiting():
            return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Patient(self.fp.detach()))


class _Plain(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        with GIL_THROTTLE.waiting():
            super().connect()


class _Secure(_Plain, HTTPSConnection):
    """The same connection over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}
