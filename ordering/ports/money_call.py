"""Port for one money call: a call that orders or pays."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

Result_co = TypeVar("Result_co", covariant=True)


class MoneyCall(Protocol[Result_co]):
    """A money call ready to be sent: it holds its permit, its token and its own open connection."""

    def send(self, *, signed_at: datetime, not_after: datetime) -> Result_co:
        """Send the call once.

        Commit the intent before, and the result inside the same `with` block: a shutdown waits for that block.
        `signed_at` is the intent's time by the registrar's clock, so a process that slept does not sign with a newer
        time. `not_after` is by our clock. Raises

        - `NotSent`: no byte left. The call can be prepared and sent again.
        - `RegistrarRefused`, `RegistrarUnavailable`: the registrar answered that it did not do it.
        - `OutcomeUnknown`: no clear answer came. The call has ended on our side, even if the bot is being stopped.
          Reconcile; never send it again.
        """
