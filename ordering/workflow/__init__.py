"""What people can do with a cart, told as use cases, one file for each story that a person lives through.

Each one reads, asks the rules, and writes the new state with its event in one transaction. A call to OVH
never falls inside a transaction. What people decide here, `ordering.process.fulfilment` carries out.
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
from ordering.workflow.searching import MOST_LOOK_UPS, Query, Searching
from ordering.workflow.settling import Settling

__all__ = ["MOST_LOOK_UPS", "Query", "Workflow"]


class Workflow(Searching, Filling, Answering, Asking, Deciding, Owners, Paying, Settling, Recovering, Looking):
    """The use cases, in the order in which a cart lives through them. Safe to call from several threads."""

    def under(self, click: Click, *, overtakes: bool = False) -> Workflow:
        """Return the same use cases, of which the first decision ends this click in its own transaction.

        With `overtakes`, it ends the older clicks on the same cart, too.
        """
        store = EndingStore(self._store, click, overtakes=overtakes)
        return Workflow(store=store, registrar=self._registrar, policy=self.policy, clock=self._clock)
