"""An approval counts only while its approver has the right: the last approval checks the earlier ones again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CartChanged, NotAllowed, NotPossible
from ordering.model.facts import EventKind, Fact
from ordering.model.policy import Membership, Person
from tests.builders import POLICY
from tests.ordering.paying import BOOKED
from tests.refusing import refuses

S = CartState
GROUP = "S0TEAM"
TWO = replace(POLICY, second_approval_over=Decimal(3))
BY_GROUP = replace(TWO, approvers=frozenset({GROUP}))
IN_GROUP = frozenset({GROUP})


def half_approved(rules, policy=TWO, **of_cleo):
    """A cart that Cleo approved, and that needs one more approval."""
    rules.restart(policy)
    cart = rules.requested()
    return rules.workflow.approvals.approve(cart.id, approver=Person("U0CLEO", **of_cleo), mark=cart.request_mark)


LOST = [
    (TWO, {"membership": Membership.DEACTIVATED}),
    (TWO, {"membership": Membership.GUEST}),
    (TWO, {"membership": Membership.STRANGER}),
    (TWO, {"membership": Membership.INVITED}),
    (TWO, {"membership": Membership.BOT}),
    (replace(TWO, approvers=frozenset({"U0DAN", "U0EVE"})), {}),  # removed from the list
    (BY_GROUP, {"groups": frozenset()}),  # removed from the group
    (BY_GROUP, {"membership": Membership.DEACTIVATED, "unread_groups": IN_GROUP}),
]


@pytest.mark.parametrize(("policy", "now"), LOST)
def test_an_approval_ends_with_its_approvers_right(rules, policy, now):
    """The half of a person who lost the right does not count, and the card says so."""
    before = BY_GROUP if policy is BY_GROUP else TWO
    cart = half_approved(rules, before, groups=IN_GROUP)
    rules.restart(policy)
    dan, eve = Person("U0DAN", groups=IN_GROUP), Person("U0EVE", groups=IN_GROUP)
    after = rules.workflow.approvals.approve(
        cart.id, approver=dan, mark=cart.request_mark, earlier=[Person("U0CLEO", **now)]
    )
    assert (after.state, after.approved_by) == (S.SUBMITTED, ("U0DAN",))
    assert (after.fact.kind, after.fact.data["void"]) == (EventKind.PARTLY_APPROVED, 1)
    assert after.fact.data["before"] == {"kind": "approval_requested", "data": cart.fact.data}
    assert rules.run_worker(cart.id).state is S.SUBMITTED
    assert rules.registrar.orders == {}
    _, events = rules.workflow.queries.timeline(cart.id, by=rules.ada)
    half = Fact(EventKind.PARTLY_APPROVED, {"approvals": 1, "needed": 2, "void": 1, "policy": policy.digest})
    assert events[-1].fact == half
    rules.restart(replace(policy, approvers=policy.approvers | {"U0EVE"}))
    done = rules.workflow.approvals.approve(cart.id, approver=eve, mark=cart.request_mark, earlier=[dan])
    assert (done.state, done.approved_by, done.fact, done.note) == (S.APPROVED, ("U0DAN", "U0EVE"), None, None)


@pytest.mark.parametrize(
    ("policy", "now"),
    [
        (TWO, {"membership": Membership.UNREADABLE}),
        (TWO, {"membership": Membership.LOOKUP_REFUSED}),
        (BY_GROUP, {"unread_groups": IN_GROUP}),
        (BY_GROUP, {"refused_groups": IN_GROUP}),
    ],
)
def test_a_right_that_cannot_be_read_is_neither_yes_nor_no(rules, policy, now):
    """Nothing changes: the earlier approval stays, and the last one can be given again."""
    cart = half_approved(rules, policy, groups=IN_GROUP)
    dan = Person("U0DAN", groups=IN_GROUP)
    with refuses("earlier_approvers_not_read", NotPossible):
        rules.workflow.approvals.approve(
            cart.id, approver=dan, mark=cart.request_mark, earlier=[Person("U0CLEO", **now)]
        )
    assert rules.workflow.queries.cart(cart.id) == cart
    known = [Person("U0CLEO", groups=IN_GROUP)]
    assert (
        rules.workflow.approvals.approve(cart.id, approver=dan, mark=cart.request_mark, earlier=known).state
        is S.APPROVED
    )


def test_an_unread_group_does_not_hide_a_right_by_name(rules):
    cart = half_approved(rules)
    cleo = Person("U0CLEO", unread_groups=IN_GROUP)
    done = rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark, earlier=[cleo])
    assert done.state is S.APPROVED


def test_an_approval_given_meanwhile_is_checked_as_well(rules):
    """A user who was not looked up before the last approval does not count unseen."""
    cart = half_approved(rules)
    with pytest.raises(CartChanged):
        rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark)
    assert rules.workflow.queries.cart(cart.id) == cart


def test_an_approver_who_got_the_right_back_approves_again(rules):
    cart = half_approved(rules)
    gone = [replace(rules.cleo, membership=Membership.GUEST)]
    rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark, earlier=gone)
    done = rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark, earlier=[rules.dan])
    assert (done.state, done.approved_by) == (S.APPROVED, ("U0DAN", "U0CLEO"))


ADA_TOO = replace(POLICY, approvers=POLICY.approvers | {"U0ADA"}, payers=POLICY.payers | {"U0ADA"})


@pytest.mark.parametrize("allowed", [False, True])
def test_the_requester_does_not_say_that_nothing_was_ordered(rules, allowed):
    """Another order would follow, so it is for another user, except where self-approval is on."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    cart = rules.run_worker(cart.id, steps=10)
    rules.restart(replace(ADA_TOO, self_approval=allowed))
    if allowed:
        said = rules.workflow.recovery.nothing_ordered(cart.id, by=rules.ada, mark=cart.mark)
        assert said.attempt.denied_by == rules.ada.id
        return
    with refuses("own_denial", NotAllowed):
        rules.workflow.recovery.nothing_ordered(cart.id, by=rules.ada, mark=cart.mark)
    assert rules.workflow.queries.cart(cart.id) == cart
    said = rules.workflow.recovery.nothing_ordered(cart.id, by=rules.cleo, mark=cart.mark)
    assert said.attempt.denied_by == rules.cleo.id


def undecided_payment(rules):
    """A cart whose payment got lost, and OVH shows something that could be it."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    rules.registrar.next_fault = "lost_before"
    rules.registrar.reconciliation = BOOKED
    return rules.run_worker(cart.id, steps=4)


@pytest.mark.parametrize("allowed", [False, True])
def test_the_requester_does_not_say_that_it_was_not_paid(rules, allowed):
    """Another payment would follow, so it is for another user, except where self-approval is on."""
    cart = undecided_payment(rules)
    rules.restart(replace(ADA_TOO, self_approval=allowed))
    if allowed:
        assert rules.workflow.recovery.not_paid(cart.id, by=rules.ada, mark=cart.mark).payment.is_denied
        return
    with refuses("own_denial", NotAllowed):
        rules.workflow.recovery.not_paid(cart.id, by=rules.ada, mark=cart.mark)
    assert rules.workflow.queries.cart(cart.id) == cart
    assert rules.workflow.recovery.not_paid(cart.id, by=rules.dan, mark=cart.mark).payment.is_denied
