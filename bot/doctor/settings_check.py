"""The settings: every fault that a start would refuse, and settings that work but are unsafe."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app import ovh_config
from bot.doctor.findings import Finding
from bot.settings import LONGEST_MONEY_CALL, Settings, SettingsError, read_settings, read_valid
from registrars.ovh.api.session import check as check_keys


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """The settings, without values that are wrong; None if a file cannot be read.

    `wrong` are the names with a fault.
    """

    settings: Settings | None
    findings: list[Finding]
    wrong: frozenset[str] = frozenset()

    @property
    def for_slack(self) -> Settings | None:
        """The settings if Slack can be asked with them."""
        has_token = self.settings is not None and bool(self.settings.slack_bot_token.get_secret_value())
        return self.settings if has_token and not self.wrong & {"SLACK_BOT_TOKEN", "SLACK_API_URL"} else None

    @property
    def for_ovh(self) -> Settings | None:
        """The settings if OVH can be asked with them: the keys are whole, and OVH's client accepts them."""
        is_usable = not any(finding.code == "ovh_settings_unusable" for finding in self.findings)
        are_wrong = any(name.startswith("OVH_") for name in self.wrong)
        return self.settings if is_usable and not are_wrong else None

    @property
    def for_database(self) -> Settings | None:
        """The settings if they name a database."""
        return None if "DATABASE_URL" in self.wrong else self.settings


def read_all() -> ReadSettings:
    """Read the settings. A wrong value does not hide what else can be checked."""
    try:
        settings = read_settings()
    except SettingsError as error:
        reading, lines = read_valid(), error.lines
    else:
        found = _unusable_keys(settings) + _unsafe(settings)
        return ReadSettings(settings, found or [Finding("settings_ok", "All settings can be read.")])
    findings = [Finding("setting_wrong", f"{line.rstrip('.')}.") for line in lines]
    if reading is None:
        return ReadSettings(None, findings)
    return ReadSettings(reading.settings, findings, reading.wrong)


def _unusable_keys(settings: Settings) -> list[Finding]:
    try:
        check_keys(ovh_config(settings))
    except ValueError as error:
        return [Finding("ovh_settings_unusable", str(error))]
    return []


def _unsafe(settings: Settings) -> list[Finding]:
    if not settings.settles_too_soon:
        return []
    seconds = f"{settings.desk_settle_seconds:g}"
    what = f"DESK_SETTLE_SECONDS is {seconds}, but one call for money may take {LONGEST_MONEY_CALL} seconds."
    return [Finding("settle_too_short", what)]
