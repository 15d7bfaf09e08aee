"""The entry point of `python -m bot` and of the console script `domain-desk`."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def main(program: str = "domain-desk") -> None:
    """Run a command. Signals are handled before the libraries are imported, which takes a second.

    The first process of a container ignores a signal without a handler, so SIGTERM would be lost.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    from bot.cli import main as run_command

    run_command(program)


def _end(number: int, _frame: FrameType | None) -> None:
    """Exit immediately, because nothing has begun yet: `run` with 0 as it does later, others as a shell reports it."""
    os._exit(0 if sys.argv[1:2] == ["run"] else 128 + number)


if __name__ == "__main__":
    main("python -m bot")
