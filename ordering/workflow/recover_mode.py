"""The operator's comparison of the database with OVH, which ends recover mode."""

from __future__ import annotations

from ordering.model.cart import WAITING
from ordering.model.policy import Person
from ordering.model.recovery import Comparison, Recovery, Stamp
from ordering.process.comparison import compare
from ordering.workflow.use_cases import UseCases

_MOST_TOLD = 200  # requests


class RecoverModeDecisions(UseCases):
    """The operators' part of recover mode, and its data for rendering cards."""

    def rendering(self) -> tuple[Stamp, Recovery | None]:
        """Return the stamp for buttons that are rendered now, and recover mode if it is on."""
        with self._store.read() as carts:
            return carts.stamp(), carts.standing().recovery

    def requests_under_way(self) -> dict[str, int]:
        """Return the requesters of open requests, each with their newest one."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=_MOST_TOLD)
        return {cart.requester: cart.id for cart in reversed(waiting) if cart.requester}

    def compare(self, *, by: Person) -> tuple[Comparison, Stamp]:
        """Return what OVH shows and no request knows. Pass the stamp's epoch to `confirm_compared`."""
        self.policy.must_operate(by)
        stamp, _ = self.rendering()
        return compare(self._store, self._registrar, self.recover_mode), stamp

    def confirm_compared(self, *, by: Person, epoch: int, compared: int) -> Recovery:
        """Record an operator's statement that they compared; it takes effect when the floor is over.

        Raises `NotPossible` if recover mode is over, or if an order or a payment moved on since.
        """
        self.policy.must_operate(by)
        return self.recover_mode.confirm(by.id, epoch=epoch, compared=compared)
