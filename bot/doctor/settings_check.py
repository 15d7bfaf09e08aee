"""The settings: every fault that a start would refuse, and settings that work but are unsafe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.app import ovh_config
from bot.doctor.findings import Finding
from bot.settings import LONGEST_MONEY_CALL, Settings, SettingsError, read_rules, read_settings
from registrars.ovh.api.session import check as check_keys

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What could be read: None if a fault leaves nothing to check with. Keys may be missing in it."""

    settings: Settings | None
    findings: list[Finding]

    @property
    def has_slack(self) -> bool:
        return self.settings is not None and bool(self.settings.slack_bot_token.get_secret_value())

    @property
    def has_ovh(self) -> bool:
        """Whether the keys are whole and OVH's client accepts them."""
        if self.settings is None or any(finding.code == "ovh_settings_unusable" for finding in self.findings):
            return False
        one, other = self.settings.ovh_consumer_key, self.settings.ovh_client_secret
        return one is not None or other is not None


def read_all() -> ReadSettings:
    """Read the settings; if keys are missing, read the rest, so that more than the first gap is checked."""
    settings, lines = _read(read_settings)
    findings = [Finding("setting_wrong", f"{line.rstrip('.')}.") for line in lines]
    if settings is None:
        settings, _ = _read(read_rules)
    if settings is not None:
        findings += _unusable_keys(settings) + _unsafe(settings)
    return ReadSettings(settings, findings or [Finding("settings_ok", "All settings can be read.")])


def _read(read: Callable[[], Settings]) -> tuple[Settings | None, tuple[str, ...]]:
    try:
        return read(), ()
    except SettingsError as error:
        return None, error.lines


def _unusable_keys(settings: Settings) -> list[Finding]:
    if settings.ovh_consumer_key is None and settings.ovh_client_secret is None:
        return []  # missing keys are faults already
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
