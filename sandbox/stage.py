"""The pretend Slack and OVH, and the very same bot as a child process against them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from sandbox.ovh import OvhSimulator
from sandbox.page import Page
from sandbox.slack import SlackSimulator

_OURS = ("SLACK_", "OVH_", "DESK_", "DATABASE_URL", "HOST", "PORT", "LOG_")
_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0


class Stage:
    """Start the two services, then the bot as often as you like; `folder` holds its database and log."""

    def __init__(self, folder: Path, *, http_mode: bool = False, settings: dict[str, str] | None = None) -> None:
        self.slack = SlackSimulator()
        self.ovh = OvhSimulator()
        self.folder = folder
        self.log = folder / "bot.log"
        self.port = _free_port()
        self._http_mode = http_mode
        self._settings = settings or {}
        self._bot: asyncio.subprocess.Process | None = None
        self.slack_url = ""
        self.ovh_url = ""
        self.page_url = ""
        self.page = Page(self.slack, self.ovh, self._roles())

    async def open(self, *, page_port: int = 0) -> None:
        self.slack_url = await self.slack.start()
        self.ovh_url = await self.ovh.start()
        self.page_url = await self.page.start(page_port)
        if self._http_mode:
            self.slack.delivery.to = f"http://127.0.0.1:{self.port}/slack/events"

    async def close(self) -> None:
        await self.stop_bot()
        await self.page.stop()
        await self.slack.stop()
        await self.ovh.stop()

    @property
    def environment(self) -> dict[str, str]:
        """The settings that join the bot to this stage."""
        slack, ovh = self.slack.credentials, self.ovh.credentials
        door = (
            {"SLACK_SIGNING_SECRET": slack.signing_secret} if self._http_mode else {"SLACK_APP_TOKEN": slack.app_token}
        )
        return {
            "SLACK_BOT_TOKEN": slack.bot_token,
            **door,
            "SLACK_API_URL": self.slack_url,
            "OVH_API_URL": self.ovh_url,
            "OVH_APPLICATION_KEY": ovh.application_key,
            "OVH_APPLICATION_SECRET": ovh.application_secret,
            "OVH_CONSUMER_KEY": ovh.consumer_key,
            "OVH_REQUESTS_PER_SECOND": "50",
            "OVH_BURST": "500",
            "DATABASE_URL": f"sqlite:///{self.folder / 'desk.db'}",
            "DESK_APPROVERS": "U0CLEO,U0DAN",
            "DESK_PAYERS": "U0DAN",
            "DESK_APPROVAL_CHANNEL": "C0APPROVALS",
            "PORT": str(self.port),
            **self._settings,
        }

    def _roles(self) -> dict[str, str]:
        """What people may do, in words, by user id."""
        settings = self.environment
        approvers, payers = settings["DESK_APPROVERS"].split(","), settings["DESK_PAYERS"].split(",")
        return dict.fromkeys(approvers, "approves") | {
            user: "approves and pays" if user in approvers else "pays" for user in payers
        }

    async def start_bot(self) -> None:
        """Start the bot and wait until it says that it is ready; raises `RuntimeError` with its log where it ends."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        with self.log.open("ab") as log:
            self._bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                cwd=self.folder, env=inherited | self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not await self.healthy():
                    if self._bot.returncode is not None:
                        raise RuntimeError(f"the bot ended by itself:\n{self.log.read_text()[-3000:]}")
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise RuntimeError(f"the bot did not become ready:\n{self.log.read_text()[-3000:]}") from error

    async def healthy(self) -> bool:
        try:
            return bool((await asyncio.to_thread(self._health))["status"] == "ok")
        except OSError:
            return False

    async def stop_bot(self) -> int | None:
        """End it as an operator would, and return its exit code."""
        if self._bot is None or self._bot.returncode is not None:
            return None
        self._bot.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                return await self._bot.wait()
        except TimeoutError:
            await self.kill_bot()
            raise

    async def kill_bot(self) -> None:
        """Kill -9: no goodbye."""
        if self._bot is not None and self._bot.returncode is None:
            self._bot.kill()
            await self._bot.wait()

    async def run_bot_command(self, *arguments: str) -> str:
        """Run another command of the bot against the same database, and return what it printed."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments,
            cwd=self.folder, env=inherited | self.environment, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        printed, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
        return printed.decode()

    def _health(self) -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
