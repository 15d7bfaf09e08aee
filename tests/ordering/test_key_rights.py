"""A right that the API key lacks is known before the intent: nothing is sent, and no floor has to be waited out."""

import pytest

from ordering.model.cart import CartState as S
from ordering.model.errors import RegistrarRefused
from ordering.model.facts import EventKind as K

CHECK_OUT, PAY = "POST /order/cart/*/checkout", "POST /me/order/*/pay"


@pytest.fixture(params=["checkout", "payment"])
def blocked(request, rules):
    """A request whose next money call needs a right that the key lacks; returns its state, event and right."""
    if request.param == "checkout":
        cart = rules.approved()
        rules.registrar.rights_missing.add(CHECK_OUT)
        return cart.id, S.APPROVED, S.CHECKED_OUT, K.CHECKOUT_STARTED, CHECK_OUT
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.registrar.rights_missing.add(PAY)
    return cart.id, S.PAYING, S.PAID, K.PAYMENT_STARTED, PAY


def kinds(rules, cart_id):
    _, events = rules.workflow.queries.timeline(cart_id, by=rules.dan)
    return [event.kind for event in events]


def test_nothing_is_marked_or_sent_without_the_right(rules, blocked):
    """No cart is built, no marker is left, no intent is on record, and the card says which right is missing."""
    cart_id, state, _, started, right = blocked
    registrar = rules.registrar
    before = [len(each) for each in (registrar.carts, registrar.left_markers, registrar.orders)]
    with pytest.raises(RegistrarRefused):
        rules.fulfilment.advance(cart_id)
    kept = rules.workflow.queries.cart(cart_id)
    assert kept.state is state
    assert kept.payment is None or kept.payment.sent_at is None
    assert kept.attempt is None or state is S.PAYING
    assert [len(each) for each in (registrar.carts, registrar.left_markers, registrar.orders)] == before
    assert registrar.payments == []
    assert started not in kinds(rules, cart_id)
    assert kept.blocked.code == "ovh_right_missing"
    assert kept.blocked.data == {"rights": [right]}


def test_it_goes_on_by_itself_once_the_right_is_there(rules, blocked):
    """Nobody has to click again, and it is sent once."""
    cart_id, state, after, started, _ = blocked
    assert rules.run_worker(cart_id, steps=4).state is state
    rules.registrar.rights_missing.clear()
    done = rules.run_worker(cart_id, steps=4)
    assert (done.state, done.blocked) == (after, None)
    assert len(rules.registrar.orders) == 1
    assert rules.registrar.payments == ([(done.order.id, 1)] if after is S.PAID else [])
    assert kinds(rules, cart_id).count(started) == 1


@pytest.mark.parametrize("blocked", ["payment"], indirect=True)
def test_a_payment_made_elsewhere_is_seen_without_the_right(rules, blocked):
    """The order is read before the right is needed: a user paid on OVH's own page in the meantime."""
    cart_id, _, _, _, _ = blocked
    rules.advance(cart_id)
    order = rules.workflow.queries.cart(cart_id).order
    rules.registrar.payments.append((order.id, 2))
    assert rules.run_worker(cart_id, steps=2).state is S.PAID
    assert rules.registrar.payments == [(order.id, 2)]


def test_a_payer_can_stop_while_the_right_is_missing(rules, blocked):
    """Nothing was sent, so a decision can be taken back at once."""
    cart_id, state, _, _, _ = blocked
    rules.advance(cart_id)
    rules.workflow.approvals.stop(cart_id, by=rules.cleo if state is S.APPROVED else rules.dan)
    stopped = rules.workflow.queries.cart(cart_id)
    assert stopped.state is (S.CANCELLED if state is S.APPROVED else S.CHECKED_OUT)
    assert stopped.payment is None
