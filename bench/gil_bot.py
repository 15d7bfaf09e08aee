"""The bot with a switch for its GIL throttle: SIGUSR1 turns it on, SIGUSR2 off. Takes the bot's own arguments."""

from __future__ import annotations

import os
import signal
from types import FrameType

from bot.__main__ import main
from registrars.ovh.api.gil_turns import Floor

_take = Floor._take  # noqa: SLF001 - the switch sits where the lock is taken
_is_on = True


def _take_if_on(floor: Floor) -> None:
    if _is_on:
        _take(floor)
    else:
        floor._own.has = False  # noqa: SLF001


def _switch(number: int, _frame: FrameType | None) -> None:
    global _is_on  # noqa: PLW0603 - one switch in one process
    _is_on = number == signal.SIGUSR1


if __name__ == "__main__":
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads the logs, and a full pipe would stop the bot
    Floor._take = _take_if_on  # type: ignore[method-assign, assignment]  # noqa: SLF001
    for switch in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(switch, _switch)
    main("bench.gil_bot")
