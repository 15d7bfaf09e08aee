"""The use cases: what users can do with a cart, one file per story.

Each one reads, checks the rules, and writes the new state with its event in one transaction. A call to OVH never
happens inside a transaction. `ordering.process.fulfilment` carries out the decisions made here.
"""

from __future__ import annotations

from ordering.ports.inbox import Click
from ordering.process.inbox import EndingStore
from ordering.workflow.answering import Answering
from ordering.workflow.asking import Asking
from ordering.workflow.deciding import Deciding
from ordering.workflow.filling import Filling
from ordering.workflow.looking import Looking
from ordering.workflow.owners import Owners
from ordering.workflow.paying import Paying
from ordering.workflow.recovering import Recovering
from ordering.workflow.searching import MOST_LOOKUPS, Query, Searching
from ordering.workflow.settling import Settling

__all__ = ["MOST_LOOKUPS", "Query", "Workflow"]


class Workflow(Searching, Filling, Answering, Asking, Deciding, Owners, Paying, Settling, Recovering, Looking):
    """All use cases, in the order of a cart's life. Thread-safe."""

    def under(self, click: Click, *, overtakes: bool = False) -> Workflow:
        """Return the same use cases, whose first decision ends this click in its own transaction.

        With `overtakes`, it also ends the older clicks on the same cart.
        """
        store = EndingStore(self._store, click, overtakes=overtakes)
        return Workflow(store=store, registrar=self._registrar, policy=self.policy, clock=self._clock)
