"""Every setting, read once: from the environment, then `.env`, then `desk.toml`."""

from bot.settings.model import LONGEST_MONEY_CALL, Settings
from bot.settings.names import ignored_variables, library_variables
from bot.settings.reading import SettingsError, read_database_url, read_rules, read_settings, read_witness_key

__all__ = [
    "LONGEST_MONEY_CALL",
    "Settings",
    "SettingsError",
    "ignored_variables",
    "library_variables",
    "read_database_url",
    "read_rules",
    "read_settings",
    "read_witness_key",
]
