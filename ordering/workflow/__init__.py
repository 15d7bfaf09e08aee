"""The use cases: what users can do with a cart, one file per story.

Each one reads, checks the rules, and writes the new state with its event in one transaction. A call to OVH never
happens inside a transaction. `ordering.process.fulfilment` carries out the decisions made here.
"""

from __future__ import annotations

from ordering.ports.inbox import Click
from ordering.process.inbox import EndingStore
from ordering.workflow.approval_requests import ApprovalRequests
from ordering.workflow.approvals import Approvals
from ordering.workflow.cart_editing import CartEditing
from ordering.workflow.manual_recovery import ManualRecovery
from ordering.workflow.owners import Owners
from ordering.workflow.payments import PaymentRequests
from ordering.workflow.queries import Queries
from ordering.workflow.questions import QuestionAnswers
from ordering.workflow.recover_mode import RecoverModeDecisions
from ordering.workflow.search import MOST_LOOKUPS, NameSearch, Query

__all__ = ["MOST_LOOKUPS", "Query", "Workflow"]


class Workflow(
    NameSearch,
    CartEditing,
    QuestionAnswers,
    ApprovalRequests,
    Approvals,
    Owners,
    PaymentRequests,
    ManualRecovery,
    RecoverModeDecisions,
    Queries,
):
    """All use cases, in the order of a cart's life. Thread-safe."""

    def under(self, click: Click, *, overtakes: bool = False) -> Workflow:
        """Return the same use cases, whose first decision ends this click in its own transaction.

        With `overtakes`, it also ends the older clicks on the same cart.
        """
        store = EndingStore(self._store, click, overtakes=overtakes)
        return Workflow(store=store, registrar=self._registrar, policy=self.policy, clock=self._clock)
