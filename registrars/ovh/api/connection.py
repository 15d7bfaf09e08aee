"""One HTTP connection for one request: opened ahead of it, never pooled, never reopened.

`requests` silently reopens a lost connection, even with `max_retries=0`. A money call must not be written to such a
connection: a process that was suspended for hours would still send it.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig, port_by_scheme
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url
from urllib3.util.ssl_ import create_urllib3_context

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Everything that connecting and exchanging can raise: urllib3 connects, http.client reads, the socket does the rest.
FAILURES = (OSError, HTTPError, HTTPException, ValueError)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 seconds
_NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class SocksUnsupported(ValueError):
    """The environment configures a proxy that is neither http nor https."""


@dataclass(frozen=True, slots=True)
class Route:
    """The route to a server: TLS as `requests` verifies it, and the proxy that tunnels there by CONNECT, if any."""

    host: str
    port: int | None
    tls: bool
    ca_certs: str | None = None
    ca_cert_dir: str | None = None
    proxy: Url | None = None
    proxy_headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def to(cls, url: str, session: requests.Session) -> Route:
        """Return the route that `requests` would take here; never through a proxy to this machine itself.

        `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` count. Raises
        `SocksUnsupported`.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        given = session.merge_environment_settings(url, {}, None, None, None)
        named = None if host in LOOPBACK else select_proxy(url, given["proxies"])
        proxy = parse_url(named if "://" in named else f"http://{named}") if named else None
        if proxy is not None and proxy.scheme not in {"http", "https"}:
            raise SocksUnsupported(f"a proxy of kind {proxy.scheme} cannot carry calls that buy or pay")
        headers = HTTPAdapter().proxy_headers(named) if named else {}
        bundle = given["verify"] if isinstance(given["verify"], str) else DEFAULT_CA_BUNDLE_PATH
        is_folder = Path(bundle).is_dir()
        return cls(
            host,
            parts.port,
            tls=parts.scheme == "https",
            ca_certs=None if is_folder else bundle,
            ca_cert_dir=bundle if is_folder else None,
            proxy=proxy,
            proxy_headers=headers,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """A connection for one exchange. `abort` may be called from any thread, at any time."""

    def __init__(self, route: Route, *, connect_timeout: float, read_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._http = _connection(route, connect_timeout, read_timeout)
        self._http.auto_open = 0
        self._guard = threading.Lock()
        self.was_aborted = False

    def open(self) -> None:
        """Connect, through the proxy and with TLS if the route has them; raises one of `FAILURES`."""
        with self._ending_within(self._connect_timeout + self._read_timeout):  # bounds a slow TLS handshake, too
            self._http.connect()
        if self.was_aborted:
            raise ConnectionAbortedError("connecting took too long")
        self._socket.settimeout(self._read_timeout)

    def is_alive(self) -> bool:
        """Return whether the server could still answer: it has neither closed the connection nor sent anything."""
        if self.was_aborted:
            return False
        try:
            self._socket.settimeout(0)
            # This consumes TLS 1.3 tickets. Any other data answers no request, as none was sent.
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            self._socket.settimeout(self._read_timeout)
            return True
        except FAILURES:
            return False
        return False

    def exchange(self, request: bytes) -> Reply:
        """Write the request once and read the answer, in `read_timeout` seconds altogether.

        Raises one of `FAILURES`; the outcome at the server is unknown then.
        """
        with self._ending_within(self._read_timeout):
            self._socket.sendall(request)
            response = HTTPResponse(self._socket, method="POST")
            try:
                response.begin()
                headers = {name.lower(): value for name, value in response.getheaders()}
                return Reply(response.status, headers, response.read())
            finally:
                response.close()

    def abort(self) -> None:
        """End the connection at once: a thread waiting for it wakes up, and undelivered data is dropped."""
        with self._guard:
            self.was_aborted = True
            self._reset()

    def close(self, *, reset: bool) -> None:
        """Close it; with `reset` the kernel drops data that the server has not received, and does not resend it."""
        with self._guard:
            if reset:
                self._reset()
            with suppress(*FAILURES):
                self._http.close()

    def _reset(self) -> None:
        sock: Any = self._http.sock
        if sock is None:  # not connected yet, or already closed
            return
        sock = getattr(sock, "socket", sock)  # TLS inside TLS uses its own underlying socket
        with suppress(*FAILURES):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    @property
    def _socket(self) -> Any:  # noqa: ANN401 - a socket, or urllib3's TLS inside TLS that acts like one
        if self._http.sock is None:
            raise ConnectionAbortedError("the connection is closed")
        return self._http.sock

    @contextmanager
    def _ending_within(self, seconds: float) -> Iterator[None]:
        """Abort the connection if the block takes longer: a socket timeout restarts with each byte."""
        watchdog = threading.Timer(seconds, self.abort)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()


def _connection(route: Route, connect_timeout: float, read_timeout: float) -> HTTPConnection:
    options: list[tuple[int, int, int | bytes]] = [_NO_DELAY]
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: by default it would retransmit for minutes
        options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(read_timeout * 1000)))
    if not route.tls:
        return HTTPConnection(route.host, route.port, timeout=connect_timeout, socket_options=options)
    proxy = route.proxy
    secure = HTTPSConnection(
        route.host if proxy is None else proxy.host or "",
        route.port if proxy is None else proxy.port or port_by_scheme[proxy.scheme or "http"],
        timeout=connect_timeout,
        socket_options=options,
        proxy=proxy,
        proxy_config=None if proxy is None else ProxyConfig(_verifying(route), False, None, None),  # noqa: FBT003 - urllib3's own order
        cert_reqs="CERT_REQUIRED",
        ca_certs=route.ca_certs,
        ca_cert_dir=route.ca_cert_dir,
    )
    if proxy is not None:
        secure.set_tunnel(route.host, route.port or 443, headers=route.proxy_headers, scheme=proxy.scheme or "http")
    return secure


def _verifying(route: Route) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(route.ca_certs, route.ca_cert_dir)
    return context
