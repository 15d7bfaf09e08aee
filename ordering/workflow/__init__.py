"""The use cases: what users can do with a cart, one file per topic.

Each one reads, checks the rules, and writes the new state with its event in one transaction. A call to OVH never
happens inside a transaction. `ordering.process.fulfilment` carries out the decisions made here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ordering.model.policy import Policy
from ordering.ports.inbox import Click
from ordering.ports.registrar import Registrar
from ordering.ports.store import Store
from ordering.process.inbox import EndingStore
from ordering.process.recovery import RecoverMode
from ordering.workflow.approval_requests import ApprovalRequests
from ordering.workflow.approvals import Approvals
from ordering.workflow.buying import Buying
from ordering.workflow.cards import Cards
from ordering.workflow.cart_editing import CartEditing
from ordering.workflow.comparisons import Comparisons
from ordering.workflow.contacts import ContactBook
from ordering.workflow.decisions import Decisions
from ordering.workflow.owners import NameOwners
from ordering.workflow.payments import PaymentDecisions
from ordering.workflow.queries import Queries
from ordering.workflow.questions import Questions
from ordering.workflow.recovery import ManualRecovery
from ordering.workflow.registry_needs import RegistryNeeds
from ordering.workflow.search import MOST_LOOKUPS, NameSearch, Query

__all__ = ["MOST_LOOKUPS", "Query", "Workflow"]


class Workflow:
    """All use cases of one store and one registrar, in the order of a cart's life. Thread-safe; times are UTC."""

    def __init__(self, *, store: Store, registrar: Registrar, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._registrar = registrar
        self._clock = clock
        self.policy = policy
        self.recover_mode = RecoverMode(store, clock)
        decisions = Decisions(store, self.recover_mode, policy)
        self.search = NameSearch(registrar, policy)
        self.cart_editing = CartEditing(store, registrar, policy, clock)
        self.questions = Questions(store, registrar, policy, clock)
        self.contacts = ContactBook(registrar, policy)
        self.registry_needs = RegistryNeeds(store, registrar, policy)
        self.approval_requests = ApprovalRequests(decisions, store, registrar, policy, clock)
        self.buying = Buying(decisions, store, registrar, policy, clock, self.approval_requests)
        self.approvals = Approvals(decisions, registrar, policy, clock)
        self.owners = NameOwners(store, registrar, policy)
        self.payments = PaymentDecisions(decisions, store, registrar, policy, clock)
        self.recovery = ManualRecovery(decisions, store, registrar, policy, clock)
        self.comparisons = Comparisons(store, registrar, policy, self.recover_mode)
        self.queries = Queries(store, policy)
        self.cards = Cards(store)

    def under(self, click: Click, *, overtakes: bool = False) -> Workflow:
        """Return the same use cases, whose first decision ends this click in its own transaction.

        With `overtakes`, it also ends the older clicks on the same cart.
        """
        store = EndingStore(self._store, click, overtakes=overtakes)
        return Workflow(store=store, registrar=self._registrar, policy=self.policy, clock=self._clock)
