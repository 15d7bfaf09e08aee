"""The bot as a process, for tests of how it starts and how it ends."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

_OURS = ("SLACK_", "OVH_", "DESK_", "DATABASE_URL", "HOST", "PORT", "LOG_")
LONGEST_STOP = 5.0  # seconds: what interface.md promises


@dataclass
class Running:
    """One process of the bot; its output grows in `log`."""

    process: asyncio.subprocess.Process
    log: Path
    port: int
    began: float = field(default_factory=time.monotonic)

    @property
    def printed(self) -> str:
        return self.log.read_text()

    async def ends(self, seconds: float = 60.0) -> int:
        """Wait for the end, and return the exit code."""
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    async def stops(self, number: signal.Signals) -> tuple[int, float]:
        """Send a signal; return the exit code and how many seconds the end took."""
        sent = time.monotonic()
        self.process.send_signal(number)
        code = await self.ends(LONGEST_STOP + 5)
        return code, time.monotonic() - sent

    async def page(self, path: str, *, port: int | None = None) -> tuple[int, dict[str, Any]]:
        """GET one of the health pages: its status, and its JSON."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port or self.port}{path}") as answer,
        ):
            return answer.status, json.loads(await answer.text())

    async def says(
        self, path: str, words: str, *, seconds: float = 80.0, port: int | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Wait until a health page shows these words."""
        shown: object = None
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        status, body = await self.page(path, port=port)
                        shown = body
                        if words in json.dumps(body, ensure_ascii=False):
                            return status, body
                    except aiohttp.ClientError:
                        pass  # its port is not open yet
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{path} never said {words!r}: {shown}\n{self.printed[-3000:]}") from None

    async def logs(self, words: str, *, seconds: float = 40.0) -> None:
        """Wait until these words are in the log."""
        try:
            async with asyncio.timeout(seconds):
                while words not in self.printed:  # noqa: ASYNC110 - a file tells nobody that it grew
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"the log never said {words!r}:\n{self.printed[-3000:]}") from None


@asynccontextmanager
async def running(
    settings: Mapping[str, str], folder: Path, *, port: int, pipe: int | None = None
) -> AsyncIterator[Running]:
    """Start `bot run` in a folder, with these settings and none of this process's; kill it at the end.

    What it prints goes to a file, or to the descriptor `pipe`.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    log = folder / "process.log"
    with log.open("wb") as file:
        written = file if pipe is None else pipe
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run",
            cwd=folder, env=kept | dict(settings) | {"PORT": str(port)}, stdout=written, stderr=written,
        )  # fmt: skip
    try:
        yield Running(process, log, port)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
