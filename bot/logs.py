"""Logs that a person can read, or a machine, and that never hold a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor

_BLANK = "***"
_SHORTEST = 6  # characters; blanking shorter values would blank words
_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"  # Slack's tokens
    r"|(?<=orderPassword=)[^&\s\"'|>]+|(?<=password\": \")[^\"]+"  # OVH's order links
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user and password in a database's address
    r"|(?<=hooks\.slack\.com/)[\w/-]+",
    re.IGNORECASE,
)
_QUIET = ("alembic", "aiohttp.access", "oauthlib", "requests_oauthlib", "slack_bolt", "slack_sdk", "urllib3", "stamina")


class Redactor:
    """Blanks known secrets and anything of a secret's shape, wherever they stand."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clean(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(_BLANK, text)
        return _SHAPES.sub(_BLANK, text)

    def __call__(self, _logger: object, _name: str, event: EventDict) -> EventDict:
        return {key: self._cleaned(value) for key, value in event.items()}

    def _cleaned(self, value: Any) -> Any:  # noqa: ANN401 - whatever somebody logs
        if isinstance(value, str):
            return self.clean(value)
        return value if isinstance(value, int | float | bool | None) else self.clean(str(value))


def configure(level: str, form: Literal["console", "json"] | None, *, secrets: Iterable[str] = ()) -> None:
    """Send our logs and the libraries' to stderr: for eyes on a terminal, else (or where said) as JSON lines."""
    redactor = Redactor(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    as_json = form == "json" or (form is None and not sys.stderr.isatty())
    renderer: Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redactor, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
