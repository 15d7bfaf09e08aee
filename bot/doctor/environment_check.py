"""The environment: variables that the bot ignores, proxies, certificates, the time zone, files with secrets."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.doctor.findings import Finding
from bot.settings.names import FILES, KNOWN, closest, ignored_variables, is_service_link, library_variables

_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
_ENV_FILE = ".env"
_MOUNTED = Path("/run/secrets")  # in a container, where secrets are readable by everyone in it


def check_environment(environment: Mapping[str, str], folder: Path) -> Iterator[Finding]:
    """Check the environment and the files of the bot's folder."""
    yield from _ignored(environment)
    yield from _proxies(environment)
    yield from _certificates(environment)
    yield _time_zone(environment)
    yield from _open_files(environment, folder)


def _ignored(environment: Mapping[str, str]) -> Iterator[Finding]:
    names = ignored_variables(environment)
    links = [name for name in names if is_service_link(name, environment[name])]
    for name in names:
        if name not in links:
            yield Finding("variable_ignored", f"{name} is no setting of the bot and is ignored{_hint(name)}")
    if links:
        yield Finding("service_links", f"Kubernetes set {_few(links)}; the bot ignores them.")
    if not names:
        yield Finding("nothing_ignored", "No variable looks like a setting and is ignored.")


def _hint(name: str) -> str:
    """Return the settings that it may mean: those with all its words and more, else the one spelt most like it."""
    words = set(name.split("_"))
    alike: list[str | None] = [setting for setting in KNOWN if words < set(setting.split("_"))]
    suggestions = " or ".join(setting for setting in (alike or [closest(name)])[:3] if setting)
    return f"; did you mean {suggestions}?" if suggestions else "."


def _proxies(environment: Mapping[str, str]) -> Iterator[Finding]:
    named = [name for name in library_variables(environment) if name.upper().endswith("_PROXY") and environment[name]]
    proxies = [name for name in named if name.upper() != "NO_PROXY"]
    for name in proxies:
        yield Finding("proxy_used", f"{name} sends calls through {_place(environment[name])}.")
    if not proxies:
        yield Finding("no_proxy", "No proxy is set.")


def _place(url: str) -> str:
    """Return the host and port of a proxy, without its user and password."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return "an address that cannot be read"
    return f"{host}:{port}" if port else str(host)


def _certificates(environment: Mapping[str, str]) -> Iterator[Finding]:
    for name in _CERTIFICATES:
        path = environment.get(name, "")
        if path and not Path(path).exists():
            yield Finding("certificates_missing", f"{name} names {path}, which does not exist, so no call can be made.")


def _time_zone(environment: Mapping[str, str]) -> Finding:
    name = environment.get("TZ", "").lstrip(":")
    if not name or name.startswith("/"):
        return Finding("time_zone", "Times in the log are in UTC, whatever the time zone of the machine.")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Finding("time_zone_unknown", f"TZ={name[:40]} is no time zone that this machine knows.")
    return Finding("time_zone", f"This machine's time zone is {name}. Times in the log are in UTC.")


def _open_files(environment: Mapping[str, str], folder: Path) -> Iterator[Finding]:
    """Report files with secrets that every user of the machine may read."""
    files = [folder / _ENV_FILE, *(Path(environment[name]) for name in FILES if environment.get(name))]
    for file in files:
        try:
            mode = file.stat().st_mode
        except OSError:
            continue
        if mode & stat.S_IROTH and _MOUNTED not in file.resolve().parents:
            yield Finding(
                "secrets_open_to_others", f"{file} holds secrets, and every user of this machine may read it."
            )


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 - a line stays readable
    return ", ".join(names[:3]) + more
