"""Forms that close by themselves: their listener waits a moment for the outcome before it answers Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from slack_sdk.models.views import View

if TYPE_CHECKING:
    Outcome: TypeAlias = asyncio.Future[View | None]


class ClosingForms:
    """Connects a form's listener, which has three seconds for its answer to Slack, with the story that it started.

    Only the answer to a sent form can close it. The story says what the answer is; if it takes longer, the form is
    shown as waiting, and the story updates it later.
    """

    def __init__(self) -> None:
        self._expected: dict[str, Outcome] = {}

    @contextmanager
    def expected(self, trigger: str) -> Iterator[Outcome]:
        """Yield the outcome of the form that was sent with this trigger: a view to show in it, or None to close it."""
        outcome: Outcome = asyncio.get_running_loop().create_future()
        self._expected[trigger] = outcome
        try:
            yield outcome
        finally:
            del self._expected[trigger]

    def close(self, trigger: str) -> bool:
        """Close the form; returns False if its listener does not wait any more."""
        return self._end(trigger, None)

    def show(self, trigger: str, view: View) -> bool:
        """Show a view in the form; returns False if its listener does not wait any more."""
        return self._end(trigger, view)

    def _end(self, trigger: str, view: View | None) -> bool:
        outcome = self._expected.get(trigger)
        if outcome is None or outcome.done():
            return False
        outcome.set_result(view)
        return True
