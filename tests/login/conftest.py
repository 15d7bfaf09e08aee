"""The command `login` as a process, against the simulated OVH."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from sandbox.ovh import OvhSimulator

_OURS = ("SLACK_", "OVH_", "DESK_", "DATABASE_URL", "HOST", "PORT", "LOG_", "DISPLAY", "WAYLAND_")
_SECONDS = 60


@dataclass
class Operator:
    """Types the command in a folder of their own, and answers on OVH's page."""

    ovh: OvhSimulator
    folder: Path
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)

    @property
    def dotenv(self) -> Path:
        return self.folder / ".env"

    async def login(self, *options: str, choice: str | None = None, days: int = 0, typed: str = "") -> tuple[int, str]:
        """Run `login`; with `choice` answer on the page that it prints. Return the exit code and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "login", "--no-browser", *options,
            cwd=self.folder, env={n: v for n, v in os.environ.items() if not n.startswith(_OURS)} | self.environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(typed.encode())
        process.stdin.close()
        lines: list[str] = []
        async with asyncio.timeout(_SECONDS):
            async for line in process.stdout:
                lines.append(line.decode())
                if choice and "credentialToken=" in lines[-1]:
                    await self.answer(lines[-1].strip(), choice, days)
            code = await process.wait()
        return code, "".join(lines)

    async def answer(self, page: str, choice: str, days: int = 0) -> None:
        async with aiohttp.ClientSession() as browser:
            async with browser.get(page) as shown:
                self.said.append(await shown.text())
            async with browser.post(page, data={"choice": choice, "days": str(days)}) as done:
                assert done.status == 200


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """An operator with an application at OVH, whose two keys are in `.env`, next to other settings."""
    ovh = OvhSimulator()
    base = await ovh.start()
    keys = ovh.credentials
    operator = Operator(ovh, tmp_path, {"OVH_API_URL": base})
    operator.dotenv.write_text(
        f"# Ours\nOVH_APPLICATION_KEY={keys.application_key}\nOVH_APPLICATION_SECRET={keys.application_secret}\n"
        "OVH_CONSUMER_KEY=\n\nDESK_APPROVERS=U0CLEO  # the chief\nexport LOG_LEVEL='DEBUG'\n"
    )
    yield operator
    await ovh.stop()
