"""How many runs the machine carries: on a slow one, users of a run give up before a healthy bot can answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_EVERY = 0.1  # seconds between two looks at the loop
_LOOKS = 50  # looks that are remembered
_LATE = 0.3  # seconds by which the loop is late where too much goes on: Slack waits three seconds for the bot's answer
_ALWAYS = 3  # runs that go on however slow the machine is


class RunLimiter:
    """Lets a run begin when the event loop keeps up with those under way."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=_LOOKS)
        self._under_way = 0

    async def measure(self) -> None:
        """Measure by how much the loop is late, until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            before = clock()
            await asyncio.sleep(_EVERY)
            self._late.append(clock() - before - _EVERY)

    @property
    def keeps_up(self) -> bool:
        """Whether most of the last looks were in time."""
        late = sorted(self._late)
        return not late or late[len(late) * 3 // 4] < _LATE

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Wait until the machine carries another run, and count it while it goes on."""
        while self._under_way >= _ALWAYS and not self.keeps_up:  # noqa: ASYNC110 - time alone changes it
            await asyncio.sleep(_EVERY)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
