"""Read all settings and report all faults together."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from bot.settings import names
from bot.settings.checks import missing_and_mixed
from bot.settings.model import FROM_FILES, SECRETS, Settings
from bot.settings.sources import Fault, Found, Given, read_ovh_conf, read_sources
from bot.settings.values import brief, clean

_DATABASE = "DATABASE_URL"
_WITNESS_KEY = "DESK_WITNESS_KEY"
_LONGEST_SECRET = 10_000  # bytes
# The sentences about these name the wrong part, so the line does not repeat the whole value.
_NAME_THE_PART = {
    "desk_approvers",
    "desk_payers",
    "desk_operators",
    "desk_approval_channel",
    "desk_extensions",
    "lists",
    "owners",
}


class SettingsError(Exception):
    """Settings that cannot be used; `lines` are what to fix, one fault per line, without any secret."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def read_settings() -> Settings:
    """Read all settings; raises `SettingsError` with a line for each fault, in the order of `.env.example`."""
    found = read_sources(os.environ, Path())
    read_ovh_conf(found)
    return _settings(found, missing_and_mixed)


def read_rules() -> Settings:
    """Read the settings for `rules`: the keys of Slack and OVH may be missing, all else is checked.

    A reviewer of the rules need not hold the secrets.
    """
    found = read_sources(os.environ, Path())
    read_ovh_conf(found)  # it may name the endpoint
    return _settings(found, lambda found: missing_and_mixed(found, access=False))


def read_database_url() -> str:
    """Read `DATABASE_URL` and check no other setting.

    `export`, `verify` and `migrate` need no token, and a mistyped rule must not block access to the record. Anything
    that could hide `DATABASE_URL` is still refused: a file that cannot be read, or a misspelling of that name.
    """
    found = read_sources(os.environ, Path())
    found.given = [one for one in found.given if one.name.removesuffix("_FILE") == _DATABASE]
    found.faults = [fault for fault in found.faults if fault.name in {"", _DATABASE}]
    return _settings(found, lambda _found: []).database_url.get_secret_value()


def read_witness_key() -> str | None:
    """Read `DESK_WITNESS_KEY`, and check no other setting."""
    found = read_sources(os.environ, Path())
    found.given = [one for one in found.given if one.name.removesuffix("_FILE") == _WITNESS_KEY]
    found.faults = [fault for fault in found.faults if fault.name in {"", _WITNESS_KEY}]
    key = _settings(found, lambda _found: []).desk_witness_key
    return key.get_secret_value() if key else None


def _settings(found: Found, check: Callable[[Found], list[Fault]]) -> Settings:
    chosen = _chosen(found)
    faults = [*found.faults, *check(found)]
    settings = Settings()
    try:
        settings = Settings.model_validate({name.lower(): one.value for name, one in chosen.items()})
    except ValidationError as error:
        secrets = [str(clean(one.value)) for name, one in chosen.items() if name.lower() in SECRETS]
        for problem in error.errors(include_url=False, include_input=False):
            one = chosen[str(problem["loc"][0]).upper()]
            faults.append(Fault(one.name, _line(one, problem["ctx"]["error"], secrets)))
    if faults:
        raise SettingsError(_sorted(faults))
    settings._origins.update({name.lower(): one.origin for name, one in chosen.items()})  # noqa: SLF001 - our own
    if settings.desk_ops_port == settings.port and settings.port:
        settings.desk_ops_port = None  # the same port is the default: one server for all
    return settings


def _chosen(found: Found) -> dict[str, Given]:
    """Return the value of each setting from its strongest source, or from the file that it names."""
    chosen = {}
    for name in names.KNOWN:
        one = found.first(name)
        by_file = found.first(f"{name}_FILE") if name.lower() in FROM_FILES else None
        if one and by_file:
            found.refuse(name, f"{name}_FILE is set as well; keep one", f"{one.origin} and {by_file.origin}")
        elif by_file and (content := _content(found, name, by_file)):
            chosen[name] = content
        elif one:
            chosen[name] = one
    return chosen


def _content(found: Found, name: str, by_file: Given) -> Given | None:
    """Read the file that `NAME_FILE` names, without surrounding whitespace."""
    path = Path(str(clean(by_file.value)))
    displayed = brief(str(path))
    why = ""
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_SECRET + 1)
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        why = f"{displayed} is not UTF-8 text"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        why = f"{displayed} cannot be read ({reason})"
    else:
        if len(content) > _LONGEST_SECRET:
            why = f"{displayed} is too large for a secret"
        elif not text:
            why = f"{displayed} is empty"
    if why:
        found.refuse(f"{name}_FILE", why, by_file.origin)
        return None
    return Given(name, text, f"{displayed}, named by {name}_FILE")


def _line(one: Given, error: object, secrets: list[str]) -> str:
    """Format one fault as one line: name, value unless it may be a secret, what to write, and its origin."""
    field = one.name.lower()
    sentence = str(error).rstrip(".")
    value = str(clean(one.value))
    if any(secret and secret in value for secret in secrets):
        value = "***"
    is_silent = field in FROM_FILES or field in _NAME_THE_PART or not isinstance(one.value, str | int | float)
    displayed = one.name if is_silent else f"{one.name}={brief(value)}"
    return f"{displayed}: {sentence} ({one.origin})"


def _sorted(faults: list[Fault]) -> tuple[str, ...]:
    """Sort by the order of `.env.example`; files that cannot be read come first, unknown names last."""

    def place(fault: Fault) -> int:
        if fault.name in names.KNOWN:
            return names.KNOWN.index(fault.name)
        return -1 if not fault.name else len(names.KNOWN)

    return tuple(dict.fromkeys(fault.line for fault in sorted(faults, key=place)))
