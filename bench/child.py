"""Processes of ours: started, spoken to, and ended, each on this machine alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

_OURS = ("SLACK_", "OVH_", "DESK_", "DATABASE_URL", "HOST", "PORT", "LOG_")


class SlowOvh:
    """The OVH of `bench.ovh`, from outside."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self.url = f"{self._base}/1.0"

    def be(self, **like: object) -> None:
        """Change what it is like, and forget what it saw."""
        body = json.dumps(like).encode()
        request = Request(f"{self._base}/be", body, {"Content-Type": "application/json"})  # noqa: S310 - our own server
        with urlopen(request, timeout=10):  # noqa: S310 - our own server
            return

    def seen(self) -> dict[str, Any]:
        with urlopen(f"{self._base}/seen", timeout=10) as answer:  # noqa: S310 - our own server
            found: dict[str, Any] = json.load(answer)
            return found


@contextmanager
def slow_ovh() -> Iterator[SlowOvh]:
    with child("bench.ovh") as process:
        if process.stdout is None:
            raise RuntimeError("the child's output is not a pipe")
        yield SlowOvh(int(process.stdout.readline()))


@contextmanager
def child(module: str, *arguments: str, settings: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A Python process of ours that ends with the context."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE, text=True, env=inherited | dict(settings or {}),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
