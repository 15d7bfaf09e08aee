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
from bot.settings import Settings, SettingsError, read_database_url


async def examine(*, post: bool = False) -> Report:
    """Check the settings of this folder and environment, and what they connect to.

    With `post` one visible line is posted in the approval channel; nothing else is changed anywhere.
    """
    read = read_all()
    if read.settings is not None:
        logs.add_secrets(secrets(read.settings))
    found = [*read.findings, *check_environment(os.environ, Path())]
    url = _database_url(read.settings)
    if url is None:
        found.append(Finding("database_not_checked", "DATABASE_URL cannot be used."))
    else:
        found += await asyncio.to_thread(lambda: list(check_database(url)))
    found += await _slack(read, post=post)
    found += await _ovh(read, url)
    return Report(found)


def _database_url(settings: Settings | None) -> str | None:
    if settings is not None:
        return settings.database_url.get_secret_value()
    try:
        return read_database_url()
    except SettingsError:
        return None


async def _slack(read: ReadSettings, *, post: bool) -> list[Finding]:
    if read.settings is None or not read.has_slack:
        return [Finding("slack_not_checked", "Slack was not asked: SLACK_BOT_TOKEN is missing, or a setting is wrong.")]
    return [finding async for finding in check_slack(read.settings, post=post)]


async def _ovh(read: ReadSettings, url: str | None) -> list[Finding]:
    if read.settings is None or not read.has_ovh:
        return [Finding("ovh_not_checked", "OVH was not asked: its keys are missing, or a setting is wrong.")]
    own = partial(presences, url) if url is not None else lambda: None
    config = ovh_config(read.settings)
    return await asyncio.to_thread(lambda: list(check_ovh(config, own)))
