"""A server and a proxy on this machine, with real sockets, that let a test look at who waits for them."""

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 10.0  # seconds; no test waits indefinitely


class Gate:
    """A caller waits here until it is opened."""

    def __init__(self) -> None:
        self._reached, self._open = threading.Event(), threading.Event()

    def wait(self) -> None:
        self._reached.set()
        self._open.wait(_PATIENCE)

    def is_reached(self) -> bool:
        """Wait for a caller."""
        return self._reached.wait(_PATIENCE)

    def open(self) -> None:
        self._open.set()


class Server:
    """Answers each request with the next of `answers`, as they are, the last indefinitely; CONNECT opens a tunnel.

    `heads` are the first lines of what it was asked. It waits at its `door` before it speaks TLS, which is open unless
    a test puts another there, and at its `gate` before it answers.
    """

    def __init__(self, *answers: bytes, tls: ssl.SSLContext | None = None, closes: bool = False) -> None:
        self.answers = list(answers)
        self.tls = tls
        self.closes = closes
        self.door, self.gate = Gate(), Gate()
        self.door.open()
        self.heads: list[str] = []
        self.connections = 0
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{'https' if self.tls else 'http'}://{host!s}:{port}"

    def next(self) -> bytes:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        self.door.open()
        self.gate.open()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(*answers: bytes, tls: ssl.SSLContext | None = None, closes: bool = False) -> Iterator[Server]:
    server = Server(*answers, tls=tls, closes=closes)
    try:
        yield server
    finally:
        server.close()


def _handler(server: Server) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        timeout = _PATIENCE

        def setup(self) -> None:
            server.door.wait()
            if server.tls is not None:
                self.request = server.tls.wrap_socket(self.request, server_side=True)
            server.connections += 1
            super().setup()

        def handle(self) -> None:
            while head := self._head():
                server.heads.append(head)
                server.gate.wait()
                if head.startswith("CONNECT "):
                    self.wfile.write(b"HTTP/1.0 200 Connection established\r\n\r\n")
                    _tunnel(self.request, head.split()[1])
                    return
                self.wfile.write(server.next())
                if server.closes:
                    return

        def finish(self) -> None:
            super().finish()
            self.request.close()

        def _head(self) -> str:
            first = self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return first.decode().strip()

    return Handler


def _tunnel(here: socket.socket, target: str) -> None:
    """Carry bytes both ways until one side ends."""
    host, _, port = target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=_PATIENCE) as there:
        other = {here: there, there: here}
        while ready := select.select([here, there], [], [], _PATIENCE)[0]:
            for side in ready:
                data = side.recv(65536)
                if not data:
                    return
                other[side].sendall(data)
