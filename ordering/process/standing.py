"""Rechecks a decision right before it is carried out: the limits, and the rights of the people who decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Paying
from ordering.model.errors import NotPossible, RightsUnread
from ordering.model.facts import Data, EventKind
from ordering.model.money import Money
from ordering.model.policy import Person, Policy, Right
from ordering.ports.rights import Rights
from ordering.ports.store import Reading, Transaction
from ordering.process.age import undecided
from ordering.process.intent import Condition, Objection

S = CartState


def refuse_beyond_limits(policy: Policy, carts: Reading, cart: Cart, total: Money, now: datetime) -> None:
    """Raise `NotPossible` if this total exceeds the limit of an order, or of the month with what is committed."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    policy.within_limits(total, committed=carts.committed(month, total.currency, without=cart.id))


def refuse_against_naming(policy: Policy, cart: Cart) -> None:
    """Raise `NotPossible` if the team's rules refuse one of the names: the rules may be newer than the cart."""
    for line in cart.lines:
        policy.naming.must_allow(line.domain)


def _void(cart: Cart, data: Data) -> Objection:
    """Return the objection that voids a decision: the cart without it, and the reason."""
    kind = EventKind.APPROVAL_VOID if cart.state is S.SUBMITTED else EventKind.PAYMENT_VOID
    return Objection(cart, kind, data)


class Limits:
    """Condition of each intent: the limits of an order and of the month hold. `clock` is this process's.

    Before the order, the team's rules on names hold as well. What is ordered already is paid or not as people decide.
    """

    def __init__(self, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._policy = policy
        self._clock = clock

    def __call__(self, carts: Transaction, intent: Cart) -> Objection | None:
        cart, now = carts.cart(intent.id), self._clock()
        total = intent.order.total if intent.order else intent.quote.total if intent.quote else None
        if not cart.is_same_save(intent) or total is None:
            return None
        try:
            if intent.order is None:
                refuse_against_naming(self._policy, cart)
            refuse_beyond_limits(self._policy, carts, cart, total, now)
        except NotPossible as refusal:
            return _void(undecided(cart, at=now), refusal.data)
        return None


class Standing:
    """Makes the condition that the people who decided still have the right. `clock` is this process's."""

    def __init__(self, policy: Policy, rights: Rights, clock: Callable[[], datetime]) -> None:
        self._policy = policy
        self._rights = rights
        self._clock = clock

    def read(self, cart: Cart) -> Condition:
        """Read the rights of the people who decided, outside any transaction, and return the condition that they hold.

        Raises `RightsUnread` if Slack does not return them.
        """
        if cart.state in {S.APPROVED, S.CHECKING_OUT}:
            return self._approvals(cart, [self._rights.person(user) for user in cart.approved_by])
        return self._payment(self._rights.person(Paying.of(cart).payment.by))

    def _approvals(self, cart: Cart, approvers: list[Person]) -> Condition:
        rights = {person.id: self._policy.right_to_approve(cart, person) for person in approvers}
        if Right.UNREADABLE in rights.values():
            raise RightsUnread
        valid = tuple(user for user, right in rights.items() if right is Right.HELD)

        def hold(carts: Transaction, intent: Cart) -> Objection | None:
            now = carts.cart(intent.id)
            if not now.is_same_save(intent) or now.seal is None:
                return None
            if len(valid) >= self._policy.approvals_needed(now.seal.total):
                return None
            data: Data = {"approvals": len(valid), "lost": len(rights) - len(valid)}
            return _void(undecided(now, at=self._clock(), approved_by=valid), data)

        return hold

    def _payment(self, payer: Person) -> Condition:
        right = self._policy.right_to_pay(payer)
        if right is Right.UNREADABLE:
            raise RightsUnread

        def hold(carts: Transaction, intent: Cart) -> Objection | None:
            now = carts.cart(intent.id)
            if right is Right.HELD or not now.is_same_save(intent):
                return None
            return _void(undecided(now, at=self._clock()), {})

        return hold
