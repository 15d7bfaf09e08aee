"""Logs for people or machines, without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor

_BLANK = "***"
_SHORTEST = 6  # characters; blanking shorter values would blank words
_LONGEST = 100_000  # characters of one value; longer ones are cut, because cleaning them would stall the bot
_DEEPEST = 6  # levels of nesting; deeper values are cleaned as text
_QUOTE = r"(?:\\*[\"']|%22|%27)"
# Names of secret values, in a URL, a header, JSON, a Python literal or a log event.
_NAMED = (
    r"(?:pass(?:w(?:or)?d|phrase|code)?(?![a-z])|passw(?:or)?d|pwd|secret|token|ticket|signature|credential"
    r"|authorization|cookie|(?:api|access|private|consumer)[_-]?key|x-ovh-consumer)"
)
_NAME = re.compile(_NAMED, re.IGNORECASE)
_VALUE = (
    rf"[bru]?(?P<quote>{_QUOTE})(?:.{{0,4096}}?)(?<!\\)(?P=quote)"  # in quotes, with escaped ones inside
    r"|(?:(?:bearer|basic|digest|token)(?:\s|%20|\+){1,4})?(?:(?!%26)[^\s&,;|<>\"'\\)\]}])+"
)
_FIELD = re.compile(
    rf"(?P<name>{_NAMED}[\w-]{{0,24}}"
    rf"(?:{_QUOTE}?\s{{0,8}}(?:=>|[:=]|%3[ad])\s{{0,8}}|{_QUOTE}\s{{0,8}},\s{{0,8}}(?=[bru]?{_QUOTE})))"
    rf"(?:{_VALUE})",
    re.IGNORECASE | re.DOTALL,
)
_SHAPES = (
    (re.compile(r"cookie(\"|')?\s{0,8}[:=]\s{0,8}[^\r\n]+", re.IGNORECASE), f"Cookie: {_BLANK}"),
    (re.compile(r"-----BEGIN[A-Z ]*PRIVATE KEY-----.*?(?:-----END[A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), _BLANK),
    (re.compile(r"xox[a-z][-.][\w.%+/=-]{2,}|xapp-[\w-]{2,}", re.IGNORECASE), _BLANK),  # Slack's tokens
    (re.compile(r"(hooks\.slack(?:-gov)?\.com(?:\\?/|%2F))[^\s\"'<>|]+", re.IGNORECASE), rf"\1{_BLANK}"),
    # Both parts before the host: the password may hold @ and /.
    (re.compile(r"://(?:[^\s/@:\"'<>]{0,256}:[^\s\"'<>]{0,512}|[^\s/@\"'<>]{1,512})@"), f"://{_BLANK}@"),
    (re.compile(r"\bbearer(?:\s|%20|\+){1,4}[\w.~+/=%-]{6,}", re.IGNORECASE), f"Bearer {_BLANK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*"), _BLANK),  # signed tokens
)
_QUIET = ("alembic", "aiohttp.access", "oauthlib", "requests_oauthlib", "slack_bolt", "slack_sdk", "urllib3", "stamina")


class Redactor:
    """Blanks known secrets, and values with the name or format of a secret. Never raises."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: tuple[str, ...] = ()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Also blank these values from now on, and their quoted forms in URLs, JSON and Python."""
        spelled = {form for secret in secrets if len(secret) >= _SHORTEST for form in _spellings(secret)}
        self._known = tuple(sorted({*self._known, *spelled}, key=len, reverse=True))

    def clean(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, _BLANK)
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}… ({len(text) - _LONGEST} more characters)"
        for shape, blank in _SHAPES:
            text = shape.sub(blank, text)
        return _FIELD.sub(_blank_field, text)

    def __call__(self, _logger: object, _name: str, event: EventDict) -> EventDict:
        return {self.clean(str(key)): self._cleaned(value, str(key)) for key, value in event.items()}

    def _cleaned(self, value: Any, name: str = "", depth: int = 0) -> Any:  # noqa: ANN401 - any value may be logged
        if value is None or isinstance(value, bool):
            return value
        if name and _NAME.search(name):
            return _BLANK
        if isinstance(value, int | float):
            return value
        try:
            return self._cleaned_parts(value, depth)
        except Exception as error:  # noqa: BLE001 - a value that cannot be printed must not lose the log line
            return f"<{type(value).__name__} that cannot be printed: {type(error).__name__}>"

    def _cleaned_parts(self, value: Any, depth: int) -> Any:  # noqa: ANN401 - as above
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, bytes | bytearray):
            return self.clean(value.decode(errors="replace"))
        if depth < _DEEPEST and isinstance(value, Mapping):
            pairs = value.items()
            return {self.clean(str(key)): self._cleaned(each, str(key), depth + 1) for key, each in pairs}
        if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
            # A pair, such as a header, is cleaned by its name, like a field of a dict.
            *names, last = value or ("",)
            name = str(names[0]) if len(names) == 1 and isinstance(names[0], str | bytes) else ""
            cleaned = [*(self._cleaned(each, "", depth + 1) for each in names), self._cleaned(last, name, depth + 1)]
            return cleaned if value else []
        return self.clean(str(value))


_redactor = Redactor()


def add_secrets(values: Iterable[str]) -> None:
    """Keep these values out of this process's log from now on."""
    _redactor.add(values)


class _Handler(logging.StreamHandler[Any]):
    """Writes log records. If a record cannot be written, only its origin is printed, without its content.

    Never raises: a log without a reader must not stop what is being logged.
    """

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[0]
        name = error.__name__ if error else "an error"
        with suppress(OSError, ValueError):
            sys.stderr.write(f"log record of {record.name}, line {record.lineno}, was not written: {name}\n")


def is_json(form: Literal["console", "json"] | None) -> bool:
    """Whether the log is JSON lines: if the setting says so, or if the setting is missing and stderr is no terminal."""
    return form == "json" or (form is None and not sys.stderr.isatty())


def configure(level: str, form: Literal["console", "json"] | None, *, secrets: Iterable[str] = ()) -> None:
    """Send our logs and the libraries' to stderr: readable on a terminal, otherwise (or by setting) as JSON lines."""
    add_secrets(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor = structlog.processors.JSONRenderer()
    if not is_json(form):
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redactor, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _blank_field(found: re.Match[str]) -> str:
    quoted = found["quote"] or ""
    return f"{found['name']}{quoted}{_BLANK}{quoted}"


def _spellings(secret: str) -> set[str]:
    """Return the forms of a value in a text: plain, in a URL, in JSON, in a Python literal."""
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
