"""A server that sends the configured answer: for the answers that no sane OVH gives."""

import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from registrars.ovh.api.client import Client
from registrars.ovh.api.config import OvhConfig

Script = tuple[int, bytes, Mapping[str, str]]


class Stub:
    """Answers calls with `script`, one entry each and the last indefinitely; `calls` are those it got."""

    def __init__(self) -> None:
        self.script: list[Script] = []
        self.ahead = 0  # seconds of its clock
        self.calls: list[tuple[str, str]] = []
        self._clients: list[Client] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, status: int, body: bytes = b"null", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.script.append((status, body, named))

    def next(self) -> Script:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def client(self, **changes: object) -> Client:
        values: dict[str, object] = {
            "application_key": "fake-key",
            "application_secret": "fake-secret",
            "consumer_key": "fake-consumer",
            "api_url": f"{self.address}/1.0",
            "requests_per_second": 1000.0,
            "burst": 1000,
            "read_timeout": 1.0,
        }
        opened = Client(OvhConfig(**(values | changes)))  # type: ignore[arg-type] # plain values by name
        self._clients.append(opened)
        return opened

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._server.shutdown()
        self._server.server_close()


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.endswith("/auth/time"):
                self._send(200, str(int(time.time()) + stub.ahead).encode(), {})
                return
            stub.calls.append((self.command, self.path))
            self._send(*stub.next())

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
            pass

    return Handler
