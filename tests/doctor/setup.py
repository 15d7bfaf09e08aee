"""A good set-up against the simulated Slack and OVH, and ways to make it wrong."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.doctor import Report, examine
from bot.doctor.codes import CODES
from bot.doctor.findings import Finding, Level
from sandbox.ovh import OvhSimulator
from sandbox.slack import SlackSimulator
from sandbox.stage import Stage
from store.engine import open_engines
from tests.bot.commands import run
from tests.databases import new_sqlite

ROOT = Path(__file__).parents[2]
APP_TOKEN = "xapp-1-A0SANDBOX-1-not-a-real-token"
_RULE = re.compile(r"(GET|POST|PUT|DELETE) +(/[\w/*]+)")


def readme_rules() -> tuple[tuple[str, str], ...]:
    """Return the rights of the key that the installation page recommends."""
    block = next(
        b for b in (ROOT / "docs" / "install.md").read_text().split("```") if "GET  /auth/currentCredential" in b
    )
    return tuple(_RULE.findall(block))


@dataclass
class SetUp:
    """A set-up that is right until a case changes it. `post` and `unprivileged` are how the doctor runs."""

    stage: Stage
    folder: Path
    patch: pytest.MonkeyPatch
    postgres_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    post: bool = False
    unprivileged: bool = False

    @property
    def slack(self) -> SlackSimulator:
        return self.stage.slack

    @property
    def ovh(self) -> OvhSimulator:
        return self.stage.ovh

    @property
    def database(self) -> Path:
        return self.folder / "desk.db"

    def use(self, **settings: str) -> None:
        """Set settings or other variables; an empty value removes one."""
        self.environment |= settings

    def sql(self, *statements: str) -> None:
        """Change the SQLite database by hand."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def postgresql(self, *statements: str) -> None:
        """Change the PostgreSQL database as its superuser."""
        engines = open_engines(self.postgres_url)
        with engines.write.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engines.close()

    def without_rights(self, *paths: str) -> None:
        """Remove the rules of these calls, such as ``GET /me``."""
        rules = self.ovh.credentials.rules
        self.ovh.credentials.rules = tuple(rule for rule in rules if f"{rule[0]} {rule[1]}" not in paths)

    def with_rights(self, *rules: str) -> None:
        extra = tuple((method, path) for method, _, path in (rule.partition(" ") for rule in rules))
        self.ovh.credentials.rules += extra

    def settings(self) -> dict[str, str]:
        return {name: value for name, value in (self.stage.environment | self.environment).items() if value}

    async def examine(self) -> Report:
        """Run the doctor on this set-up."""
        if self.unprivileged:
            arguments = ("-m", "bot", "doctor", "--json", *(["--post"] if self.post else []))
            done = await asyncio.to_thread(run, *arguments, cwd=self.folder, **self.settings())
            return _report(done.stdout)
        for name, value in self.settings().items():
            self.patch.setenv(name, value)
        return await examine(post=self.post)


Change = Callable[[SetUp], object]  # what it returns is of no use


@dataclass(frozen=True)
class Case:
    """One wrong set-up: what is wrong, in the words of the docs, and the codes that the doctor must report."""

    wrong: str
    code: str
    change: Change
    also: frozenset[str] = frozenset()
    on_postgresql: bool = False

    @property
    def id(self) -> str:
        return self.wrong.replace(" ", "-")


def problems(report: Report) -> set[str]:
    """Return the codes of all warnings and faults."""
    return {found.code for found in report.findings if found.level in {Level.WARNING, Level.FAULT}}


def find(report: Report, code: str) -> Finding:
    return next(found for found in report.findings if found.code == code)


async def open_set_up(folder: Path, patch: pytest.MonkeyPatch) -> SetUp:
    """Start the two services, and put a new database and nothing else into the folder."""
    new_sqlite(folder)
    stage = Stage(folder)
    await stage.open()
    stage.slack.credentials.app_token = APP_TOKEN
    stage.ovh.credentials.rules = readme_rules()
    patch.chdir(folder)
    patch.setattr("ovh.config.CONFIG_PATH", [])
    for name in list(os.environ):
        if name.startswith(("SLACK_", "OVH_", "DESK_", "DATABASE_URL")) or name.lower().endswith("_proxy"):
            patch.delenv(name)
    for name in ("TZ", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "HOST", "PORT"):
        patch.delenv(name, raising=False)
    return SetUp(stage, folder, patch)


def _report(printed: str) -> Report:
    findings = json.loads(printed)["findings"]
    assert all(found["code"] in CODES for found in findings)
    return Report([Finding(found["code"], found["what"]) for found in findings])
