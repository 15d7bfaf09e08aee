"""The operator's comparison of the database with OVH, which ends recover mode."""

from __future__ import annotations

from ordering.model.policy import Person, Policy
from ordering.model.recovery import Comparison, Recovery, Stamp
from ordering.ports.account import Account
from ordering.ports.store import Store
from ordering.process.comparison import compare
from ordering.process.recovery import RecoverMode


class Comparisons:
    """The operators' part of recover mode."""

    def __init__(self, store: Store, registrar: Account, policy: Policy, recover_mode: RecoverMode) -> None:
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._recover_mode = recover_mode

    def compare(self, *, by: Person) -> tuple[Comparison, Stamp]:
        """Return what OVH shows and no request knows. Pass the stamp to `confirm`."""
        self._policy.must_operate(by)
        with self._store.read() as carts:
            stamp = carts.stamp()
        return compare(self._store, self._registrar, self._recover_mode), stamp

    def confirm(self, *, by: Person, stamp: Stamp, compared: int) -> Recovery:
        """Record an operator's statement that they compared; it takes effect when the floor is over.

        Raises `NotPossible` if recover mode is over, or if money moved on or the database went back since.
        """
        self._policy.must_operate(by)
        return self._recover_mode.confirm(by.id, stamp=stamp, compared=compared)
