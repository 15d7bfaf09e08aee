"""The real bot as a child process, against the simulated services."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

_OURS = ("SLACK_", "OVH_", "DESK_", "DATABASE_URL", "HOST", "PORT", "LOG_")
_READY_SECONDS = 90.0
_STOP_SECONDS = 5.0


class BotProcess:
    """Starts, stops and kills the bot as often as needed; it logs to `log` and serves its health at `port`."""

    def __init__(self, environment: Mapping[str, str], *, folder: Path, log: Path, port: int) -> None:
        self.environment = {**environment, "PORT": str(port)}
        self.port = port
        self._folder = folder
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process id; raises `RuntimeError` if the bot was never started."""
        if self._process is None:
            raise RuntimeError("the bot was not started")
        return self._process.pid

    async def start(self) -> None:
        """Start the bot and wait until it is healthy; raises `RuntimeError` with its log if it ends."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                cwd=self._folder, env=_inherited() | self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not await self.is_healthy():
                    if self._process.returncode is not None:
                        raise RuntimeError(f"the bot ended by itself:\n{self._log.read_text()[-3000:]}")
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise RuntimeError(f"the bot did not become ready:\n{self._log.read_text()[-3000:]}") from error

    async def is_healthy(self) -> bool:
        try:
            return bool((await asyncio.to_thread(self._health))["status"] == "ok")
        except OSError:
            return False

    async def stop(self) -> int | None:
        """Stop the bot as an operator would, and return its exit code."""
        if self._process is None or not self.is_running:
            return None
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            await self.kill()
            raise

    async def kill(self) -> None:
        """Kill the bot by SIGKILL."""
        if self._process is not None and self.is_running:
            self._process.kill()
            await self._process.wait()

    async def run_command(self, *arguments: str) -> str:
        """Run another command of the bot against the same database, and return what it printed.

        Raises `RuntimeError`, with what it printed, if its exit code is not 0.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments,
            cwd=self._folder, env=_inherited() | self.environment, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        printed, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{printed.decode()}")
        return printed.decode()

    def _health(self) -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


def _inherited() -> dict[str, str]:
    """Return the environment of this process without the bot's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
