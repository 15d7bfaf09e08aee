"""The sources of settings: the environment, `.env`, `desk.toml`, and python-ovh's `ovh.conf`."""

from __future__ import annotations

import codecs
import configparser
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.settings import names
from bot.settings.values import brief, clean

ENVIRONMENT, DOTENV, TOML = "environment", ".env", "desk.toml"
NOWHERE = "?"  # the subject of a fault that belongs to no setting; a file's own fault has an empty name
# An empty limit would mean no limit, empty payers all approvers, empty requesters every member, and empty extensions
# all of them, even if a weaker source has a value.
_NEVER_EMPTY = frozenset(
    {
        "DESK_SECOND_APPROVAL_OVER", "DESK_LIMIT_PER_ORDER", "DESK_LIMIT_PER_MONTH", "DESK_PAYERS", "DESK_REQUESTERS",
        "DESK_ALLOWED_EXTENSIONS",
    }
)  # fmt: skip
# Their defaults: a new and empty database, the real Slack and OVH instead of a simulated one, a waived right, another
# owner. A value of another source is as good.
_FILLED = frozenset(
    {"DATABASE_URL", "SLACK_API_URL", "OVH_API_URL", "OVH_ENDPOINT", "DESK_WAIVE_RETRACTION", "DESK_OWNER_CONTACT"}
)
_WRITE = dict.fromkeys(_NEVER_EMPTY, "Write an amount or none") | {
    "DESK_PAYERS": "Write who may pay",
    "DESK_REQUESTERS": "Write who may request",
    "DESK_ALLOWED_EXTENSIONS": "Write extensions such as com,fr",
}
_LONGEST_NUMBER = 64  # bits
_OVH_KEYS = ("application_key", "application_secret", "consumer_key", "client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Given:
    """A setting as it was written. `origin` names the place, such as ``.env line 3``."""

    name: str
    value: object
    origin: str

    @property
    def is_empty(self) -> bool:
        return self.value is None or clean(self.value) == ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line for the operator; `name` is the setting it belongs to, for sorting."""

    name: str
    line: str


@dataclass(slots=True)
class Found:
    """The content of all sources. `given` is ordered from the strongest source to the weakest."""

    given: list[Given] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)  # sentences about ovh.conf files, used if OVH keys are missing

    def first(self, name: str) -> Given | None:
        """Return the strongest value that is not empty."""
        return next((one for one in self.given if one.name == name and not one.is_empty), None)

    def empty(self, name: str) -> Given | None:
        """Return a value that a file leaves empty, for a hint when the setting is missing."""
        return next((one for one in self.given if one.name == name and one.origin != ENVIRONMENT), None)

    def refuse(self, name: str, why: str, origin: str) -> None:
        """Add a fault; a name that does not exist is sorted next to the setting that it most likely means."""
        upper = names.canonical(name.lower())
        meant = upper if upper in names.KNOWN or upper in names.FILES else names.closest(upper) or NOWHERE
        about = names.FILES.get(meant, meant)
        self.faults.append(Fault(about, f"{name}: {why} ({origin})"))


def read_sources(environment: Mapping[str, str], folder: Path) -> Found:
    """Read the environment, then `.env`, then `desk.toml`. Files that do not exist count as empty.

    An empty value counts as not set, and is refused if that would cost money or hide the audit log.
    """
    found = Found()
    _take(found, [(name, value, ENVIRONMENT) for name, value in environment.items()])
    if (text := _text_of(found, folder / DOTENV, DOTENV)) is not None:
        _take(found, _dotenv(found, text))
    if (text := _text_of(found, folder / TOML, TOML)) is not None:
        _toml(found, text)
    _refuse_empties(found)
    return found


def _refuse_empties(found: Found) -> None:
    """Refuse an empty limit or payer, and each empty value whose default must not apply silently.

    Most come from ``${NAME}`` of a variable that is not set.
    """
    for one in found.given:
        name = names.FILES.get(one.name, one.name)
        if one.is_empty and (name in _NEVER_EMPTY or (name in _FILLED and not _is_filled(found, name))):
            remove = "unset it" if one.origin == ENVIRONMENT else "remove the line"
            found.refuse(one.name, f"it is empty. {_WRITE.get(name, 'Write a value')}, or {remove}", one.origin)


def _is_filled(found: Found, name: str) -> bool:
    return found.first(name) is not None or found.first(f"{name}_FILE") is not None


def read_ovh_conf(found: Found) -> None:
    """Add the content of python-ovh's `ovh.conf` files for the endpoint, as the weakest source.

    python-ovh would read them by itself; here their keys are checked like all others before anything is opened.
    """
    from ovh import config  # noqa: PLC0415 - loads requests, which no other command needs

    files: list[tuple[str, configparser.RawConfigParser]] = []
    for path in reversed(config.CONFIG_PATH):
        parser = configparser.RawConfigParser()
        displayed = _short(Path(path))
        try:
            # The parser's own `read` skips a file that it may not read.
            parser.read_string(Path(path).read_text(encoding="utf-8"), source=displayed)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            found.unreadable.append(f"{displayed} cannot be read ({error.strerror}). Give the bot's user the right to")
            continue
        except (configparser.Error, ValueError) as error:
            line = getattr(error, "lineno", None)
            place = f"{displayed} line {line}" if line else displayed
            found.faults.append(
                Fault("OVH_APPLICATION_KEY", f"{place}: python-ovh cannot read this file. Correct or remove it")
            )
            continue
        files.append((displayed, parser))
    if found.first("OVH_ENDPOINT") is None:
        _add_from_conf(found, files, "default", ("endpoint",))
    endpoint = found.first("OVH_ENDPOINT")
    _add_from_conf(found, files, str(clean(endpoint.value)) if endpoint else "ovh-eu", _OVH_KEYS)


def _add_from_conf(
    found: Found, files: list[tuple[str, configparser.RawConfigParser]], section: str, keys: tuple[str, ...]
) -> None:
    for displayed, parser in files:
        for key in keys:
            if value := parser.get(section, key, fallback=""):
                found.given.append(Given(f"OVH_{key.upper()}", value, displayed))


def _short(path: Path) -> str:
    for base_of, beginning in ((Path.cwd, ""), (Path.home, "~/")):
        try:
            base = base_of()
        except (OSError, RuntimeError):  # a folder that was deleted; a user without a home, as in many containers
            continue
        if path.is_relative_to(base):
            return f"{beginning}{path.relative_to(base)}"
    return str(path)


def _take(found: Found, written: list[tuple[str, str | None, str]]) -> None:
    """Keep our variables of the environment or `.env`, in any case, and refuse misspelt ones."""
    seen: dict[str, Given] = {}
    for key, value, origin in written:
        name = key.upper()
        if names.is_service_link(name, value or ""):
            continue
        if name not in names.KNOWN and name not in names.FILES:
            why = names.why_unknown(name, in_file=origin != ENVIRONMENT)
            if why and not (name in names.LATER and not value):
                found.refuse(key, why, origin)
            continue
        one = Given(name, value, origin)
        if not one.is_empty:
            if name in seen:
                found.refuse(name, "it is set twice; keep one", f"{seen[name].origin} and {origin}")
            seen[name] = one
        found.given.append(one)


def _dotenv(found: Found, text: str) -> list[tuple[str, str | None, str]]:
    """Return the variables of `.env`, with ``${NAME}`` expanded and `export`, quotes and CRLF understood."""
    bindings = list(parse_stream(io.StringIO(text)))
    # Lines that cannot be read are left out: python-dotenv would print its own warning for each.
    readable = "".join(binding.original.string for binding in bindings if not binding.error)
    expanded = dotenv_values(stream=io.StringIO(readable))
    written = []
    for binding in bindings:
        # A binding begins with the blank lines above it.
        blank = len(re.match(r"\s*", binding.original.string)[0].splitlines())  # type: ignore[index] # the pattern matches any text
        origin = f"{DOTENV} line {binding.original.line + blank}"
        if binding.error or (binding.key and binding.value is None):
            found.faults.append(Fault("", f"{origin}: write NAME=value"))
        elif binding.key:
            written.append((binding.key, expanded.get(binding.key, binding.value), origin))
    return written


def _text_of(found: Found, path: Path, displayed: str) -> str | None:
    """Return a file's text; None if it does not exist or, with a fault, if it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        found.faults.append(Fault("", f"{displayed} is a folder. Write the settings into a file of this name"))
        return None
    except OSError as error:
        found.faults.append(
            Fault("", f"{displayed} cannot be read ({error.strerror}). Give the bot's user permission to read it")
        )
        return None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        found.faults.append(Fault("", f"{displayed} line 1: the file is in UTF-16. Save it as UTF-8"))
    elif content.startswith(codecs.BOM_UTF8):
        found.faults.append(
            Fault("", f"{displayed} line 1: the file begins with a byte order mark. Save it as UTF-8 without BOM")
        )
    else:
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            found.faults.append(
                Fault("", f"{displayed} line {line}: there is a character that is not UTF-8. Save the file as UTF-8")
            )
    return None


def _toml(found: Found, text: str) -> None:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found.faults.append(Fault("", _slip(str(error), text)))
        return
    except RecursionError:
        found.faults.append(Fault("", f"{TOML}: tables or arrays are nested too deeply"))
        return
    except ValueError:  # Python reads no decimal number of more than 4,300 digits
        found.faults.append(Fault("", f"{TOML}: a number is too long"))
        return
    seen: dict[str, Given] = {}
    for key, value in tree.items():
        place = Place(text, key)
        for one in _key(found, key, value, place):
            if one.name in seen and not one.is_empty:
                found.refuse(one.name, "it is set twice; keep one", f"{seen[one.name].origin} and {one.origin}")
            if not one.is_empty:
                seen[one.name] = one
            found.given.append(one)


def _slip(message: str, text: str) -> str:
    """Return where desk.toml is not valid TOML, without quoting it: the text may be a secret."""
    place = re.search(r"line (\d+), column (\d+)", message)
    where = (
        f"{TOML} line {place[1]}, column {place[2]}"
        if place
        else f"{TOML} line {max(1, len(text.splitlines()))}, at the end"
    )
    if message.startswith(("Cannot overwrite", "Cannot declare")):
        return f"{where}: this key or table is defined twice. Keep one"
    return f'{where}: this is not TOML. Write key = value, with text in quotes: host = "127.0.0.1"'


def _key(found: Found, key: str, value: object, place: Place) -> Iterator[Given]:
    name = names.canonical(key)
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        found.refuse(brief(key), "the number is too long", place.origin())
    elif name in names.TABLES and isinstance(value, dict):
        yield from _table(found, name, value, place)
    elif isinstance(value, dict):
        _refuse_table(found, key, value, place)
    elif name in names.KNOWN or name in names.FILES:
        yield Given(name, value, place.origin())
    else:
        found.refuse(brief(key), names.why_unknown_key(key), place.origin())


def _refuse_table(found: Found, key: str, table: dict[str, object], place: Place) -> None:
    if key in names.LATER_TABLES:
        found.refuse(f"[{key}]", "this version does not know this table yet", place.origin())
    elif names.canonical(key) in names.KNOWN:
        found.refuse(key, "this is a table, but the setting takes one value", place.origin())
    elif inside := [k for k in table if names.canonical(k) in names.KNOWN]:
        found.refuse(
            f"[{brief(key)}]",
            f"there is no such table. Write {brief(inside[0])} at the top of the file, above all tables",
            place.origin(),
        )
    else:
        tables = (*map(str.lower, names.TABLES), *sorted(names.LATER_TABLES))
        near = next((table for table in tables if names.distance(key, table) <= names.NEAR), None)
        found.refuse(f"[{brief(key)}]", names.unknown(f"[{near}]" if near else None), place.origin())


def _table(found: Found, table_name: str, table: dict[str, object], place: Place) -> Iterator[Given]:
    """Read a table, and refuse a setting below its head: it belongs at the top of the file."""
    kept = {}
    for key, value in table.items():
        name = names.canonical(key.lower())
        near = name in names.KNOWN or name in names.FILES or name in names.LATER
        if near or names.resembles(key):
            setting = name.lower() if near else str(names.closest(name)).lower()
            head, thing = f"[{table_name.lower()}]", names.TABLES[table_name]
            found.refuse(
                brief(key),
                f"it is below {head}, so it would define {thing}. Write {setting} above all tables",
                place.inside(key),
            )
        else:
            kept[key] = value
    yield Given(table_name, kept, place.origin())


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a top-level key in desk.toml, which `tomllib` does not report."""

    text: str
    key: str

    def origin(self) -> str:
        return self._line(rf"\s*(\[+\s*)?[\"']?{re.escape(self.key)}[\"']?\s*([.=\]])", top=True)

    def inside(self, key: str) -> str:
        """Return the place of a key in this table."""
        return self._line(rf"\s*([\w\"']+\s*\.\s*)?[\"']?{re.escape(key)}[\"']?\s*=", top=False)

    def _line(self, pattern: str, *, top: bool) -> str:
        table = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := re.match(r"\s*\[+\s*[\"']?([^\]\"'.]+)", line):
                table = header[1].strip()
            is_here = (not table or header is not None) if top else table in {"", self.key}
            if is_here and re.match(pattern, line):
                return f"{TOML} line {number}"
        return TOML
