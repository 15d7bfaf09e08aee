"""The simulated Slack and OVH, and the real bot against them."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from sandbox.bot_process import BotProcess
from sandbox.ovh import OvhSimulator
from sandbox.page import Page
from sandbox.slack import SlackSimulator


class Stage:
    """Starts the two services, then one or more bots; `folder` holds the database and the log."""

    def __init__(self, folder: Path, *, http_mode: bool = False, settings: dict[str, str] | None = None) -> None:
        self.slack = SlackSimulator()
        self.ovh = OvhSimulator()
        self.folder = folder
        self.log = folder / "bot.log"
        self.port = _free_port()
        self._http_mode = http_mode
        self._settings = settings or {}
        self._bots: list[BotProcess] = []
        self.slack_url = ""
        self.ovh_url = ""
        self.page_url = ""
        self.page = Page(self.slack, self.ovh, self._roles())

    async def open(self, *, page_port: int = 0) -> None:
        self.slack_url = await self.slack.start()
        self.ovh_url = await self.ovh.start()
        self.page_url = await self.page.start(page_port)
        if self._http_mode:
            self.slack.delivery.to.append(_door(self.port))

    async def close(self) -> None:
        for bot in self._bots:
            await bot.stop()
        await self.page.stop()
        await self.slack.stop()
        await self.ovh.stop()

    @cached_property
    def bot(self) -> BotProcess:
        """The bot of this stage, as a process that is not started yet."""
        return self._bot_at(self.port)

    def use(self, settings: Mapping[str, str]) -> None:
        """Add settings for bots that start from now on; an empty value counts as not set."""
        self._settings |= settings

    @property
    def environment(self) -> dict[str, str]:
        """The settings that connect the bot to this stage."""
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
        """Return the users' rights in words, by user id."""
        settings = self.environment
        approvers, payers = settings["DESK_APPROVERS"].split(","), settings["DESK_PAYERS"].split(",")
        return dict.fromkeys(approvers, "approves") | {
            user: "approves and pays" if user in approvers else "pays" for user in payers
        }

    def another_bot(self) -> BotProcess:
        """Return one more process with the same settings; in HTTP mode Slack's requests go to all of them in turn."""
        port = _free_port()
        if self._http_mode:
            self.slack.delivery.to.append(_door(port))
        return self._bot_at(port)

    def _bot_at(self, port: int) -> BotProcess:
        bot = BotProcess(self.environment, folder=self.folder, log=self.log, port=port)
        self._bots.append(bot)
        return bot


def _door(port: int) -> str:
    return f"http://127.0.0.1:{port}/slack/events"


def _free_port() -> int:
    """Return a free port below the range for outgoing connections, so that none of them takes it."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # no seed: tests that run in parallel would share it
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
