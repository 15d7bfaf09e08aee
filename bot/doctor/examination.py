"""Run every check, part by part."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path

from bot import logging as logs
from bot.app import ovh_config, secrets
from bot.doctor.database_check import check_database, presences
from bot.doctor.environment_check import check_environment
from bot.doctor.findings import Finding, Report
from bot.doctor.ovh_check import check_ovh
from bot.doctor.settings_check import ReadSettings, read_all
from bot.doctor.slack_check import check_slack


async def examine(*, post: bool = False) -> Report:
    """Check the settings of this folder and environment, and what they connect to.

    With `post` one visible line is posted in the approval channel; nothing else is changed anywhere.
    """
    read = read_all()
    if read.settings is not None:
        logs.add_secrets(secrets(read.settings))
    found = [*read.findings, *check_environment(os.environ, Path())]
    url = _database_url(read)
    if url is None:
        found.append(Finding("database_not_checked", "DATABASE_URL cannot be used."))
    else:
        found += await asyncio.to_thread(lambda: list(check_database(url)))
    found += await _slack(read, post=post)
    found += await _ovh(read, url)
    return Report(found)


def _database_url(read: ReadSettings) -> str | None:
    return read.for_database.database_url.get_secret_value() if read.for_database is not None else None


async def _slack(read: ReadSettings, *, post: bool) -> list[Finding]:
    if read.for_slack is None:
        return [Finding("slack_not_checked", "Slack was not asked, because its settings are missing or wrong.")]
    return [finding async for finding in check_slack(read.for_slack, post=post)]


async def _ovh(read: ReadSettings, url: str | None) -> list[Finding]:
    if read.for_ovh is None:
        return [Finding("ovh_not_checked", "OVH was not asked, because its settings are missing or wrong.")]
    own = partial(presences, url) if url is not None else lambda: None
    config = ovh_config(read.for_ovh)
    return await asyncio.to_thread(lambda: list(check_ovh(config, own)))
