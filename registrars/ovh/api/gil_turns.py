"""Dozens of answers from OVH may arrive at once, and whoever just clicked must not wait until all are read.

Python runs one thread at a time and takes the next one by chance: of 64 threads with an answer to read and one that
speaks with Slack, each is as likely. So the threads that speak with OVH have the floor one after the other, and leave
it while they wait for the wire: then the one that speaks with Slack is one of two.
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

_PATIENCE = 0.1  # seconds; this only paces, so that no call may ever be lost for it


class Floor:
    """Held by one thread at a time, for as long as it runs."""

    def __init__(self) -> None:
        self._free = threading.Lock()
        self._own = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the floor in this block. Blocks are not put into one another."""
        self._own.wants = True
        self._take()
        try:
            yield
        finally:
            self._own.wants = False
            self._leave()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Wait for something in this block, and let another thread have the floor meanwhile.

        In such a block there may be another one: only who wanted the floor before it wants it after it.
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


FLOOR = Floor()  # one, as there is one interpreter


class Adapter(HTTPAdapter):
    """Connections of `requests` that leave the floor while they connect, and while they wait for an answer.

    So do those by a proxy of the environment (HTTPS_PROXY): while they connect they wait for its answer, too.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on as they are
        manager = super().proxy_manager_for(*args, **kwargs)
        if isinstance(manager, ProxyManager):  # the other kind, SOCKS, needs connections of its own
            manager.pool_classes_by_scheme = _POOLS
        return manager


class _Patient(io.RawIOBase):
    """A socket's stream, read without the floor."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401 - a buffer of any type
        with FLOOR.left():
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
        with FLOOR.left():
            super().connect()


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}
