"""The name of the slash command. The app's configuration decides it, so the bot learns it from commands.

Only the payload of a command holds the name; no method of the Web API returns it to a bot token. The latest name is
kept in memory: after a restart, messages use the manifest's name until a user types a command. A table would correct
only that hint, and cost a write per command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context

DEFAULT = "/domain"  # as manifest.yml registers it
ANY = re.compile("^/")  # Slack sends an app only the commands that are registered for it
_HARMLESS = re.compile(r"/[^\s`<>&]{1,80}")


class CommandNames:
    """Remembers the command name that was typed last."""

    def __init__(self) -> None:
        self._latest = DEFAULT

    def latest(self) -> str:
        return self._latest

    @contextmanager
    def in_use(self, name: str = "") -> Iterator[None]:
        """Use this command's name in messages, or the latest one if none was typed."""
        if _HARMLESS.fullmatch(name):
            self._latest = name
        else:
            name = self._latest
        token = _name.set(lambda: name)
        try:
            yield
        finally:
            _name.reset(token)

    def context(self) -> Context:
        """Return a context for a task that outlives commands: its messages always name the latest."""
        context = copy_context()
        context.run(_name.set, self.latest)
        return context


_name: ContextVar[Callable[[], str]] = ContextVar("command_name", default=lambda: DEFAULT)


def command(words: str = "") -> str:
    """Return what to type: the command's name and these words, as plain text."""
    return f"{_name.get()()} {words}".rstrip()


def code(words: str = "") -> str:
    """Return what to type, as code for mrkdwn. `words` must be escaped already."""
    return f"`{command(words)}`"
