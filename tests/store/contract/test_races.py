"""A crowd at one cart: exactly one wins, and everybody else is notified."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.facts import EventKind
from ordering.model.policy import Membership, Person, Policy
from tests.builders import NOW, POLICY, a_line
from tests.conftest import Rules

EIGHT = 8


def all_at_once(call: Callable[[int], object]) -> list[object]:
    """Do it in eight threads; an error of the rules is a result, any other is the test's failure."""

    def one(number: int) -> object:
        try:
            return call(number)
        except OrderingError as error:
            return error

    with ThreadPoolExecutor(EIGHT) as pool:
        return list(pool.map(one, range(EIGHT)))


def winners(results: list[object]) -> int:
    return sum(1 for result in results if not isinstance(result, OrderingError))


def test_one_version_is_saved_once(store):
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)

    def save(number: int) -> object:
        with store.begin() as carts:
            return carts.save(replace(cart, purpose=str(number)))

    assert winners(all_at_once(save)) == 1


def test_a_channel_has_one_open_cart(store):
    def add(number: int) -> object:
        with store.begin() as carts:
            cart = carts.open_cart("C1") or carts.open("C1", by=f"U0{number}", at=NOW)
            return carts.save(cart.with_line(a_line(f"n{number}.ovh")))

    assert winners(all_at_once(add)) >= 1
    with store.read() as carts:
        assert len(carts.carts()) == 1


def test_eight_approvers_approve_once(store):
    rules = Rules(store, Policy(approvers=frozenset(f"U0{n}" for n in range(EIGHT)), payers=frozenset()))
    cart = rules.requested()
    results = all_at_once(
        lambda n: rules.workflow.approvals.approve(cart.id, approver=Person(f"U0{n}"), mark=cart.request_mark)
    )
    assert winners(results) == 1
    assert len(rules.workflow.queries.cart(cart.id).approved_by) == 1


def test_of_eight_approvers_two_approve_where_two_are_needed(store):
    """The second one finds the first one's approval, and the rights of everybody are known."""
    team = [Person(f"U0{n}") for n in range(EIGHT)]
    policy = Policy(
        approvers=frozenset(person.id for person in team), payers=frozenset(), second_approval_over=Decimal(1)
    )
    rules = Rules(store, policy)
    cart = rules.requested()
    results = all_at_once(
        lambda n: rules.workflow.approvals.approve(cart.id, approver=team[n], mark=cart.request_mark, earlier=team)
    )
    assert winners(results) == 2
    assert len(set(rules.workflow.queries.cart(cart.id).approved_by)) == 2


def test_a_void_approval_is_gone_from_the_database(store):
    """What the last approver's click found stays found for any later reader."""
    rules = Rules(store, replace(POLICY, second_approval_over=Decimal(1)))
    cart = rules.requested()
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    gone = [replace(rules.cleo, membership=Membership.DEACTIVATED)]
    rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark, earlier=gone)
    rules.restart()
    after = rules.workflow.queries.cart(cart.id)
    assert (after.state, after.approved_by) == (CartState.SUBMITTED, ("U0DAN",))


def test_eight_drivers_order_once(store):
    rules = Rules(store)
    cart = rules.approved()
    all_at_once(lambda _: rules.fulfilment.advance(cart.id))
    assert len(rules.registrar.orders) == 1


def test_eight_drivers_pay_once(store):
    rules = Rules(store)
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    all_at_once(lambda _: rules.fulfilment.advance(cart.id))
    assert len(rules.registrar.payments) == 1


def test_eight_drivers_remind_the_payers_once(store):
    rules = Rules(store)
    cart = rules.ordered()
    rules.clock.now = NOW + timedelta(days=12)
    all_at_once(lambda _: rules.fulfilment.advance(cart.id))
    kinds = [event.kind for event in rules.workflow.queries.timeline(cart.id, by=rules.ada)[1]]
    assert kinds.count(EventKind.PAYMENT_REMINDER) == 1


def test_of_eight_carts_with_the_same_name_one_is_submitted(store):
    rules = Rules(store)
    carts = [rules.workflow.cart_editing.add(f"C{n}", DomainName.parse("one.ovh"), by=rules.ada) for n in range(EIGHT)]
    results = all_at_once(
        lambda n: rules.workflow.approval_requests.request(carts[n].id, requester=rules.ada, purpose="For the launch")
    )
    assert winners(results) == 1


def test_eight_approvals_at_once_stay_within_the_month(store):
    """Each alone fits, two together do not."""
    rules = Rules(store, Policy(approvers=frozenset({"U0CLEO"}), payers=frozenset(), limit_per_month=Decimal(5)))
    carts = [rules.requested(f"n{n}.ovh", channel=f"C{n}") for n in range(EIGHT)]
    results = all_at_once(
        lambda n: rules.workflow.approvals.approve(carts[n].id, approver=rules.cleo, mark=carts[n].request_mark)
    )
    assert winners(results) == 1
