"""The team's policy: who may do what, and the spending limits."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from ordering.model.cart import Cart, CartState
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.facts import amount, canonical
from ordering.model.money import Money


class Membership(StrEnum):
    """A person's standing in the team's workspace.

    UNREADABLE: Slack did not answer; a retry may help. LOOKUP_REFUSED: Slack refuses until the operator fixes the app.
    """

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    STRANGER = "stranger"
    INVITED = "invited"
    UNREADABLE = "unreadable"
    LOOKUP_REFUSED = "lookup_refused"


_DIGITS = 16  # hex digits of the rules' digest
_UNREADABLE = {Membership.UNREADABLE, Membership.LOOKUP_REFUSED}


class Right(StrEnum):
    """Whether a person still has a right. UNREADABLE: Slack does not say, which is neither yes nor no."""

    HELD = "held"
    LOST = "lost"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Person:
    """A user who acts, as Slack described them a moment ago.

    `groups` are the user groups they belong to, `unread_groups` those that could not be read just now, `refused_groups`
    those that Slack refuses to list until the operator fixes the app.
    """

    id: str
    membership: Membership = Membership.MEMBER
    groups: frozenset[str] = frozenset()
    unread_groups: frozenset[str] = frozenset()
    refused_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """The team's rules. `approvers`, `payers` and `operators` are ids of people and of user groups.

    Operators receive alarms and end recover mode. Amounts include tax.

    `lists` are extensions that the team tries together, by the list's name. `approval_life` is how long an approval
    stays valid before the order, counted from the last approval; `payment_life` is how long a payment may wait before
    it is sent, counted from the click.
    """

    approvers: frozenset[str]
    payers: frozenset[str]
    operators: frozenset[str] = frozenset()
    self_approval: bool = False
    second_approval_over: Decimal | None = None
    limit_per_order: Decimal | None = None
    limit_per_month: Decimal | None = None
    allow_premium: bool = False
    waive_retraction: bool = True
    approval_channel: str | None = None
    approval_life: timedelta = timedelta(hours=72)
    payment_life: timedelta = timedelta(minutes=15)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A digest of the rules that decide about money, for the audit log; it tells whether they changed."""
        rules = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "lists"}
        plain = {name: sorted(rule) if isinstance(rule, frozenset) else str(rule) for name, rule in rules.items()}
        return hashlib.sha256(canonical(plain).encode()).hexdigest()[:_DIGITS]

    @property
    def groups(self) -> frozenset[str]:
        """The user groups whose members are approvers, payers or operators."""
        every = self.approvers | self.payers | self.operators
        return frozenset(member for member in every if member.startswith("S"))

    def must_be_member(self, person: Person) -> None:
        if person.membership is not Membership.MEMBER:
            raise NotAllowed(code=f"person_{person.membership.value}", to="decide")

    def may_search(self, person: Person) -> None:
        """Raise `NotAllowed` unless this person may search: members and guests may, strangers and apps may not."""
        if person.membership not in {Membership.MEMBER, Membership.GUEST}:
            raise NotAllowed(code=f"person_{person.membership.value}", to="search")

    def may_look(self, person: Person) -> None:
        """Raise `NotAllowed` if this person may not read what the team buys."""
        if person.membership is not Membership.MEMBER:
            raise NotAllowed(code=f"person_{person.membership.value}", to="look")

    def may_change(self, cart: Cart, person: Person) -> None:
        self.must_be_member(person)
        if cart.state is not CartState.OPEN:
            raise NotPossible(code="cart_closed", cart=cart.id, state=cart.state.value)

    def may_approve(self, cart: Cart, person: Person) -> None:
        """Raise `NotAllowed` if this person may not approve or reject this cart."""
        self.must_decide(person)
        if self.self_approval:
            return
        if person.id == cart.requester:
            raise NotAllowed(code="own_request", cart=cart.id)
        if person.id in cart.people_who_added:
            raise NotAllowed(code="own_name", cart=cart.id)
        if person.id in cart.people_who_shaped:
            raise NotAllowed(code="own_choice", cart=cart.id)

    def loses_approval(self, cart: Cart, person: Person) -> bool:
        """Return whether this person could approve this open cart now, but not after changing one of its names."""
        return not self.self_approval and self.decides(person) and person.id not in cart.people_who_shaped

    def needs_another_approver(self, cart: Cart, approvers: Collection[Person], *, requester: Person) -> bool:
        """Return whether none of these approvers could approve the cart if this requester asks for it.

        An approver whose right cannot be read just now counts as one who could.
        """
        asked = replace(cart, requester=requester.id)
        return all(self.right_to_approve(asked, person) is Right.LOST for person in approvers)

    def right_to_approve(self, cart: Cart, person: Person) -> Right:
        """Return whether an approval that this person gave still counts."""
        if person.membership in _UNREADABLE:
            return Right.UNREADABLE
        hidden = (person.unread_groups | person.refused_groups) & self.approvers
        if person.membership is Membership.MEMBER and hidden and not self.decides(person):
            return Right.UNREADABLE
        try:
            self.may_approve(cart, person)
        except NotAllowed:
            return Right.LOST
        return Right.HELD

    def right_to_pay(self, person: Person) -> Right:
        """Return whether a payment that this person decided on still counts."""
        if self.pays(person):
            return Right.HELD
        hidden = (person.unread_groups | person.refused_groups) & self.payers
        is_unread = person.membership in _UNREADABLE or (person.membership is Membership.MEMBER and bool(hidden))
        return Right.UNREADABLE if is_unread else Right.LOST

    def operates(self, person: Person) -> bool:
        return person.membership is Membership.MEMBER and _belongs(person, self.operators)

    def must_operate(self, person: Person) -> None:
        """Raise `NotAllowed` if this person is not an operator."""
        self.must_be_member(person)
        self._must_belong(person, self.operators, "not_operator")

    def must_decide(self, person: Person) -> None:
        """Raise `NotAllowed` if this person is not an approver."""
        self.must_be_member(person)
        self._must_belong(person, self.approvers, "not_approver")

    def may_pay(self, person: Person) -> None:
        self.must_be_member(person)
        self._must_belong(person, self.payers, "not_payer")

    def looks(self, person: Person) -> bool:
        return person.membership is Membership.MEMBER

    def decides(self, person: Person) -> bool:
        return person.membership is Membership.MEMBER and _belongs(person, self.approvers)

    def pays(self, person: Person) -> bool:
        return person.membership is Membership.MEMBER and _belongs(person, self.payers)

    def may_stop(self, cart: Cart, person: Person) -> None:
        """Raise `NotAllowed` if this person may not stop this cart: approvers, payers and its requester may."""
        self.must_be_member(person)
        if person.id != cart.requester:
            self._must_belong(person, self.approvers | self.payers, "cannot_stop")

    def may_see_owners(self, person: Person) -> None:
        """Raise unless this person approves or pays: an owner's address and phone are personal data."""
        self.must_be_member(person)
        self._must_belong(person, self.approvers | self.payers, "cannot_see_owners")

    def sees_owners(self, person: Person) -> bool:
        """Whether this person may see owners in full, and not by name only."""
        try:
            self.may_see_owners(person)
        except NotAllowed:
            return False
        return True

    def may_resolve(self, person: Person) -> None:
        """Raise `NotAllowed` if this person may not resolve a cart that needs attention."""
        self.must_be_member(person)
        self._must_belong(person, self.approvers | self.payers, "not_approver_or_payer")

    def may_deny(self, cart: Cart, person: Person) -> None:
        """Raise `NotAllowed` if this person may not state that an order or a payment did not happen.

        Another order or payment follows that statement, so the requester must not cause it alone.
        """
        self.may_resolve(person)
        if person.id == cart.requester and not self.self_approval:
            raise NotAllowed(code="own_denial", cart=cart.id)

    def approvals_needed(self, total: Money) -> int:
        over = self.second_approval_over
        return 2 if over is not None and total.amount > over else 1

    def within_limits(self, total: Money, *, committed: Money) -> None:
        """Raise `NotPossible` if this total exceeds the limit of an order or of the month.

        `committed` is the month's total without this order.
        """
        if self.limit_per_order is not None and total.amount > self.limit_per_order:
            limit = Money.rounded(self.limit_per_order, total.currency)
            raise NotPossible(code="order_limit_exceeded", total=amount(total), limit=amount(limit))
        if self.limit_per_month is not None and (total + committed).amount > self.limit_per_month:
            limit = Money.rounded(self.limit_per_month, total.currency)
            raise NotPossible(
                code="month_limit_exceeded",
                total=amount(total),
                committed=amount(committed),
                limit=amount(limit),
            )

    def _must_belong(self, person: Person, circle: frozenset[str], code: str) -> None:
        if _belongs(person, circle):
            return
        if person.unread_groups & circle:
            raise NotAllowed(code="group_not_read")
        if person.refused_groups & circle:
            raise NotAllowed(code="group_hidden", why=code, groups=sorted(person.refused_groups & circle))
        raise NotAllowed(code=code, ask=circle)


def _belongs(person: Person, circle: frozenset[str]) -> bool:
    return person.id in circle or bool(person.groups & circle)
