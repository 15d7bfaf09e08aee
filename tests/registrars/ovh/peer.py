"""A server on this machine that treats each connection as a test tells it to, with real sockets."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[["Peer", socket.socket], None]
_PATIENCE = 10.0  # seconds
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull"
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER


class Peer:
    """Each connection gets the next of `behaviours`, the last one indefinitely.

    `requests` are the requests that came, whole; `cut` is set when a client ends a connection by a reset.
    """

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._behaviours = list(behaviours)
        self._tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self.opened, self.came, self.go_on, self.closed, self.cut = (threading.Event() for _ in range(5))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def lines(self) -> list[str]:
        """The first line of each request."""
        return [request.partition(b"\r\n")[0].decode() for request in self.requests]

    def close(self) -> None:
        self.go_on.set()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
                threading.Thread(target=self._serve, args=(behaviour, connection), daemon=True).start()

    def _serve(self, behaviour: Behaviour, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        with suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True, suppress_ragged_eofs=True)
            self.opened.set()
            behaviour(self, connection)
        connection.close()
        self.closed.set()


@contextmanager
def listening(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    peer = Peer(*behaviours, tls=tls)
    try:
        yield peer
    finally:
        peer.close()


def answers(reply: bytes = OK) -> Behaviour:
    """Read a request and answer it."""

    def behave(peer: Peer, connection: socket.socket) -> None:
        _read(peer, connection)
        connection.sendall(reply)

    return behave


def answers_late(peer: Peer, connection: socket.socket) -> None:
    """Read a request, and answer when the test says so; notices a client that resets the connection before."""
    _read(peer, connection)
    peer.go_on.wait(_PATIENCE)
    try:
        connection.sendall(OK)
        while connection.recv(1024):
            pass
    except ConnectionError:
        peer.cut.set()


def never_answers(peer: Peer, connection: socket.socket) -> None:
    """Read a request and say nothing; notices a client that resets the connection, and not one that only closes it."""
    _read(peer, connection)
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            peer.cut.set()
            return
        time.sleep(0.02)


def drips(peer: Peer, connection: socket.socket) -> None:
    """Read a request, and send its answer a byte at a time, so that no single wait is long."""
    _read(peer, connection)
    try:
        for byte in OK * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
    except ConnectionError:
        peer.cut.set()


def says_goodbye(peer: Peer, connection: socket.socket) -> None:
    """End an idle connection in the orderly way, when the test says so."""
    peer.go_on.wait(_PATIENCE)
    if isinstance(connection, ssl.SSLSocket):
        connection.unwrap()
    connection.shutdown(socket.SHUT_RDWR)


def vanishes(peer: Peer, connection: socket.socket) -> None:
    """Reset an idle connection when the test says so."""
    peer.go_on.wait(_PATIENCE)
    _reset(connection)


def speaks_first(peer: Peer, connection: socket.socket) -> None:
    """Answer before anything was asked, when the test says so, as servers do that give up on an idle connection."""
    peer.go_on.wait(_PATIENCE)
    connection.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    connection.recv(1)


def resets_after_reading(peer: Peer, connection: socket.socket) -> None:
    """Take a request, and reset the connection in place of an answer."""
    _read(peer, connection)
    _reset(connection)


def resets_within_the_answer(peer: Peer, connection: socket.socket) -> None:
    _read(peer, connection)
    connection.sendall(OK[:-2])
    time.sleep(0.05)
    _reset(connection)


def closes_within_the_answer(peer: Peer, connection: socket.socket) -> None:
    _read(peer, connection)
    connection.sendall(OK[:30])


def tunnels(host_port: tuple[str, int], *, refuses: bool = False) -> Behaviour:
    """Be a proxy: CONNECT leads to `host_port`, whatever its name."""

    def behave(peer: Peer, connection: socket.socket) -> None:
        _read(peer, connection)
        if refuses:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(host_port, timeout=_PATIENCE) as there:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_carry, args=(there, connection), daemon=True)
            back.start()
            _carry(connection, there)
            back.join(_PATIENCE)

    return behave


def _carry(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
        there.shutdown(socket.SHUT_WR)


def _read(peer: Peer, connection: socket.socket) -> None:
    request = b""
    while b"\r\n\r\n" not in request:
        request += _received(connection)
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0].partition(b":")[2]):
        body += _received(connection)
    peer.requests.append(head + b"\r\n\r\n" + body)
    peer.came.set()


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError
    return data


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    socket.socket.close(connection)
