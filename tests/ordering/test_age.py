"""Decisions have an age, and rights, limits and policy are checked again right before they are carried out."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotPossible, RightsUnread
from ordering.model.facts import EventKind, Fact
from ordering.model.policy import Membership, Person, Policy
from ordering.model.sales_order import PaymentMethod
from tests.builders import POLICY, failing
from tests.refusing import refuses

S, K = CartState, EventKind
HOUR = 3600
GROUP_POLICY = Policy(approvers=frozenset({"S0TEAM"}), payers=frozenset({"S0PAY"}))


def test_lives_are_72_hours_and_15_minutes():
    """The real durations are the defaults; tests shorten nothing in production."""
    assert (POLICY.approval_life, POLICY.payment_life) == (timedelta(hours=72), timedelta(minutes=15))


@pytest.mark.parametrize(("hours", "orders"), [(1.9, 1), (2.1, 0)])
def test_an_approval_lives_from_its_click(rules, hours, orders):
    """A click that waited 70 hours for its turn is carried out within two more."""
    cart, clicked_at = rules.requested(), rules.clock()
    rules.clock.pass_by(70 * HOUR)
    approved = rules.workflow.approvals.approve(
        cart.id, approver=rules.cleo, mark=cart.request_mark, clicked_at=clicked_at
    )
    assert approved.approved_at == clicked_at
    rules.clock.pass_by(hours * HOUR)
    rules.run_worker(cart.id)
    assert len(rules.registrar.orders) == orders


def test_a_click_that_is_too_old_approves_nothing(rules):
    """It is refused, and says how old it may be."""
    cart, clicked_at = rules.requested(), rules.clock()
    rules.clock.pass_by(72 * HOUR + 1)
    with refuses("click_too_old", NotPossible) as refused:
        rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark, clicked_at=clicked_at)
    assert refused.value.params == {"cart": cart.id, "hours": 72}
    assert rules.workflow.queries.cart(cart.id).state is S.SUBMITTED


@pytest.mark.parametrize(("hours", "orders"), [(71.9, 1), (72.1, 0), (90 * 24, 0)])
def test_approval_lapses_after_72_hours(rules, hours, orders):
    """An approval is ordered within 72 hours, and asked for again after that."""
    cart = rules.approved()
    rules.clock.pass_by(hours * HOUR)
    after = rules.run_worker(cart.id, steps=3)
    assert len(rules.registrar.orders) == orders
    assert (after.state is S.SUBMITTED) == (orders == 0)


def test_lapsed_approval_says_so_and_is_given_again(rules):
    """A lapse voids the approvals and says who does what next; a new approval is ordered."""
    cart = rules.approved()
    rules.clock.pass_by(73 * HOUR)
    after = rules.run_worker(cart.id, steps=1)
    assert (after.approved_by, after.approved_at) == ((), None)
    assert after.fact == Fact(K.APPROVAL_LAPSED, {"seconds": 72 * HOUR})
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=after.request_mark)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_life_counts_from_the_last_approval(rules):
    """Two approvals 50 hours apart hold for 72 hours from the second one."""
    rules.restart(replace(POLICY, second_approval_over=Decimal(1)))
    cart = rules.requested()
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    rules.clock.pass_by(50 * HOUR)
    rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark, earlier=[rules.cleo])
    rules.clock.pass_by(60 * HOUR)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_trying_again_does_not_renew_an_approval(rules):
    """*Try again* goes on under the same approval, and so under its age."""
    cart = rules.approved()
    rules.registrar.prepare_refuses = "The name is gone."
    rules.run_worker(cart.id, steps=1)
    rules.registrar.prepare_refuses = None
    rules.clock.pass_by(73 * HOUR)
    rules.workflow.recovery.try_again(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id, steps=3).state is S.SUBMITTED
    assert rules.registrar.orders == {}


def test_approval_lapses_while_ovh_is_away(rules, monkeypatch):
    """Nobody needs OVH to learn that an approval lapsed."""
    cart = rules.approved()
    monkeypatch.setattr(rules.registrar, "prepare", failing(rules_away()))
    rules.run_worker(cart.id, steps=3)
    assert rules.workflow.queries.cart(cart.id).state is S.APPROVED
    rules.clock.pass_by(73 * HOUR)
    assert rules.run_worker(cart.id, steps=2).state is S.SUBMITTED


def rules_away():
    return RightsUnread()  # a question without an answer, as OVH's silence is


def paying(rules):
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)


@pytest.mark.parametrize(("minutes", "payments"), [(14, 1), (16, 0), (13 * 24 * 60, 0)])
def test_payment_lapses_after_15_minutes(rules, minutes, payments):
    """A click on Pay is carried out within 15 minutes, or not at all."""
    cart = paying(rules)
    rules.clock.pass_by(minutes * 60)
    after = rules.run_worker(cart.id, steps=2)
    assert len(rules.registrar.payments) == payments
    assert (after.state is S.CHECKED_OUT) == (payments == 0)


def test_lapsed_payment_is_watched_and_payable_again(rules):
    """After a lapse the order is looked after as before, and the next click pays it once."""
    cart = paying(rules)
    rules.clock.pass_by(16 * 60)
    after = rules.run_worker(cart.id, steps=1)
    assert after.fact == Fact(K.PAYMENT_LAPSED, {"seconds": 15 * 60})
    rules.registrar.methods = (PaymentMethod(7, "A new card"),)
    rules.clock.pass_by(600)
    assert rules.run_worker(cart.id, steps=2).order.methods == rules.registrar.methods
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    rules.run_worker(cart.id, steps=3)
    assert len(rules.registrar.payments) == 1


def test_sent_payment_does_not_lapse(rules):
    """Once the intent is on disk only evidence leads on."""
    cart = paying(rules)
    rules.registrar.next_fault = "lost_after"
    rules.advance(cart.id)
    rules.clock.pass_by(20 * 60)
    assert rules.run_worker(cart.id, steps=3).state is S.PAID
    assert len(rules.registrar.payments) == 1


@pytest.mark.parametrize("which", ["database", "ovh"])
def test_either_clock_alone_ends_a_decision(rules, which):
    """One clock that stands still, or was put back, keeps no decision alive."""
    cart = paying(rules)
    if which == "ovh":
        rules.registrar.ahead += timedelta(minutes=16)
    else:
        later = rules.clock() + timedelta(minutes=16)
        rules.store.clock = lambda: later
    rules.run_worker(cart.id, steps=1, seconds=0)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT
    assert rules.registrar.payments == []


def test_a_clock_that_is_always_off_lapses_nothing(rules):
    """Each clock is compared with itself: an hour between OVH's and ours is no age."""
    rules.registrar.ahead = timedelta(hours=1)
    cart = paying(rules)
    assert rules.run_worker(cart.id).state is S.PAID


def test_lapse_between_the_first_look_and_the_intent(rules, monkeypatch):
    """The age is checked in the transaction of the intent, whatever a slow OVH took before it."""
    cart = paying(rules)
    look = rules.registrar.earlier_payment

    def slowly(*args, **more):
        rules.clock.pass_by(16 * 60)
        return look(*args, **more)

    monkeypatch.setattr(rules.registrar, "earlier_payment", slowly)
    rules.run_worker(cart.id, steps=1, seconds=0)
    assert rules.registrar.payments == []
    assert rules.workflow.queries.cart(cart.id).payment is None
    rules.registrar.methods = (PaymentMethod(7, "A new card"),)
    rules.clock.pass_by(600)
    assert rules.run_worker(cart.id, steps=2).order.methods == rules.registrar.methods  # it is still looked after


def test_lapse_while_the_cart_is_built_gives_it_back(rules, monkeypatch):
    """An approval that lapses while OVH's cart is built is not ordered, and that cart is discarded."""
    cart = rules.approved()
    prepare = rules.registrar.prepare

    def slowly(*args, **more):
        rules.clock.pass_by(73 * HOUR)
        return prepare(*args, **more)

    monkeypatch.setattr(rules.registrar, "prepare", slowly)
    assert rules.run_worker(cart.id, steps=1).state is S.SUBMITTED
    assert set(rules.registrar.carts) == rules.registrar.discarded


def test_month_limit_is_checked_again_before_the_order(rules):
    """A limit that was lowered since the approval stops the order; the approvals are void."""
    cart = rules.approved()
    rules.restart(replace(POLICY, limit_per_month=Decimal(1)))
    after = rules.run_worker(cart.id, steps=2)
    assert (after.state, after.approved_by) == (S.SUBMITTED, ())
    assert (after.fact.kind, after.fact.data["error"]) == (K.APPROVAL_VOID, "month_limit_exceeded")
    assert rules.registrar.orders == {}


def test_limits_are_checked_again_before_the_payment(rules):
    """A limit that was lowered since the click stops the payment."""
    cart = paying(rules)
    rules.restart(replace(POLICY, limit_per_order=Decimal(1)))
    after = rules.run_worker(cart.id, steps=1)
    assert (after.state, after.payment) == (S.CHECKED_OUT, None)
    assert (after.fact.kind, after.fact.data["error"]) == (K.PAYMENT_VOID, "order_limit_exceeded")
    assert rules.registrar.payments == []


@pytest.mark.parametrize(
    "approver",
    [
        Person("U0CLEO", Membership.DEACTIVATED),
        Person("U0CLEO", Membership.GUEST),
        Person("U0CLEO", Membership.STRANGER),
    ],
)
def test_approver_who_lost_the_right_voids_the_approval(rules, approver):
    """An approval of a user who left is not ordered; the card asks again."""
    cart = rules.approved()
    rules.people.known["U0CLEO"] = approver
    after = rules.run_worker(cart.id, steps=2)
    assert (after.state, after.approved_by) == (S.SUBMITTED, ())
    assert after.fact == Fact(K.APPROVAL_VOID, {"approvals": 0, "lost": 1})
    assert rules.registrar.orders == {}


def test_one_lost_approval_of_two_keeps_the_other(rules):
    """Of two approvals only the void one is to be given again."""
    rules.restart(replace(POLICY, second_approval_over=Decimal(1)))
    cart = rules.requested()
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark, earlier=[rules.cleo])
    rules.people.known["U0CLEO"] = Person("U0CLEO", Membership.DEACTIVATED)
    after = rules.run_worker(cart.id, steps=2)
    assert (after.state, after.approved_by) == (S.SUBMITTED, ("U0DAN",))


def test_policy_that_asks_for_two_now_asks_for_the_second(rules):
    """A second approval that the rules demand since is asked for before the order."""
    cart = rules.approved()
    rules.restart(replace(POLICY, second_approval_over=Decimal(1)))
    after = rules.run_worker(cart.id, steps=2)
    assert (after.state, after.approved_by) == (S.SUBMITTED, ("U0CLEO",))
    assert after.fact == Fact(K.APPROVAL_VOID, {"approvals": 1, "lost": 0})


def test_approver_is_no_approver_any_more(rules):
    """Months later, with other approvers and a low limit, nothing is ordered by the old word."""
    cart = rules.approved()
    rules.restart(replace(POLICY, approvers=frozenset({"U0SOMEBODYELSE"})))
    assert rules.run_worker(cart.id, steps=3).state is S.SUBMITTED
    assert rules.registrar.orders == {}


@pytest.mark.parametrize("left", [Person("U0DAN", Membership.DEACTIVATED), Person("U0DAN", Membership.GUEST)])
def test_payer_who_lost_the_right_pays_nothing(rules, left):
    """A payment of a user who is no payer any more is not sent; another payer can pay."""
    cart = paying(rules)
    rules.people.known["U0DAN"] = left
    after = rules.run_worker(cart.id, steps=2)
    assert (after.state, after.payment) == (S.CHECKED_OUT, None)
    assert after.fact == Fact(K.PAYMENT_VOID)
    assert rules.registrar.payments == []


UNREAD = [
    lambda user: Person(user, Membership.UNREADABLE),
    lambda user: Person(user, Membership.LOOKUP_REFUSED),
    lambda user: Person(user, unread_groups=frozenset({"S0TEAM", "S0PAY"})),
    lambda user: Person(user, refused_groups=frozenset({"S0TEAM", "S0PAY"})),
]


@pytest.mark.parametrize("unread", UNREAD)
def test_unread_right_of_an_approver_waits(rules, unread):
    """A right that cannot be read is neither yes nor no: nothing is built at OVH, and then it goes on."""
    cart = rules.approved()
    before = dict(rules.registrar.carts)
    member = Person("U0CLEO", groups=frozenset({"S0TEAM"}))
    rules.people.known["U0CLEO"] = unread("U0CLEO")
    rules.restart(GROUP_POLICY)
    waiting = rules.run_worker(cart.id, steps=3)
    assert (waiting.state, rules.registrar.carts) == (S.APPROVED, before)
    assert waiting.blocked.code == "rights_unread"
    rules.people.known["U0CLEO"] = member
    assert rules.run_worker(cart.id, seconds=400).state is S.CHECKED_OUT


@pytest.mark.parametrize("unread", UNREAD)
def test_unread_right_of_a_payer_waits_and_lapses(rules, unread):
    """A payment waits for Slack within its life, and lapses after that."""
    cart = paying(rules)
    rules.people.known["U0DAN"] = unread("U0DAN")
    rules.restart(GROUP_POLICY)
    assert rules.run_worker(cart.id, steps=3).state is S.PAYING
    rules.clock.pass_by(16 * 60)
    assert rules.run_worker(cart.id, steps=2).state is S.CHECKED_OUT
    assert rules.registrar.payments == []


def test_right_that_is_lost_while_the_cart_is_built(rules, monkeypatch):
    """The rights are read right before the intent, not only before the step."""
    cart = rules.approved()
    prepare = rules.registrar.prepare

    def meanwhile(*args, **more):
        rules.people.known["U0CLEO"] = Person("U0CLEO", Membership.DEACTIVATED)
        return prepare(*args, **more)

    monkeypatch.setattr(rules.registrar, "prepare", meanwhile)
    assert rules.run_worker(cart.id, steps=1).state is S.SUBMITTED
    assert set(rules.registrar.carts) == rules.registrar.discarded
    assert rules.registrar.orders == {}


def test_an_old_click_renews_no_lapsed_approval(rules):
    """Pressed before the lapse and worked off after it, as after a crash: the approver decides about the new round."""
    cart = rules.requested()
    old = cart.request_mark
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=old)
    rules.clock.pass_by(73 * 3600)
    after = rules.run_worker(cart.id, steps=1)
    assert after.state is S.SUBMITTED
    with pytest.raises(CardOutdated):
        rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=old)
    assert rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=after.request_mark).state is S.APPROVED
