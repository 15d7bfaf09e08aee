"""A call that buys or pays."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

Result_co = TypeVar("Result_co", covariant=True)


class MoneyCall(Protocol[Result_co]):
    """A call that buys or pays, ready to be written: it has its permit, its token and an open connection of its own."""

    def send(self, *, signed_at: datetime, not_after: datetime) -> Result_co:
        """Write it once. Commit the intent before, and the result inside the same `with` block: a stop waits for that.

        `signed_at` is the intent's time by the registrar's clock, so that a process that slept does not sign afresh.
        `not_after` is by our clock. Raises

        - `NotSent`: no byte left. It can be prepared and sent again.
        - `RegistrarRefused`, `RegistrarUnavailable`: the registrar answered that it did not do it.
        - `OutcomeUnknown`: no clear answer came. The call has ended on our side, also where the bot is stopped. Look
          what became of it; never send it again.
        """
