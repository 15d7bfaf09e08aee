"""What an unpaid order costs of the calls that OVH allows, and how soon its payment is seen all the same."""

from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import RateLimitTimeout, RegistrarUnavailable
from ordering.model.sales_order import PaymentMethod
from ordering.ports.store import TaskType
from tests.builders import NOW
from tests.ordering.paying import REFUSED, takes_on

S = CartState
MINUTE = 60


@pytest.fixture
def asked(rules, monkeypatch) -> list[str]:
    """What the registrar is asked about orders, by the method's name; with a ! where it is urgent."""
    heard: list[str] = []

    def listen(name: str) -> None:
        real = getattr(rules.registrar, name)

        def hear(*args, **kwargs):
            heard.append(name + "!" * bool(kwargs.get("urgent")))
            return real(*args, **kwargs)

        monkeypatch.setattr(rules.registrar, name, hear)

    for name in ("order", "order_status", "payment_methods"):
        listen(name)
    return heard


def look(rules, cart, seconds: int) -> None:
    """Second by second, as the worker would."""
    rules.run_worker(cart.id, steps=seconds, seconds=1)


def test_the_ordering_job_reads_the_payment_methods(rules, asked):
    """The job that orders goes on to the ways to pay for a user waits for them."""
    cart = rules.approved()
    rules.fulfilment.advance(cart.id, TaskType.ADVANCE)
    assert asked == ["order!", "payment_methods"]
    assert rules.workflow.queries.cart(cart.id).order.methods


def test_an_order_not_read_yet_stays_urgent(rules, asked, monkeypatch):
    """An order that could not be read at first is urgent until it was."""

    def silent(*_args, **_kwargs):
        raise RegistrarUnavailable

    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "order", silent)
        cart = rules.approved()
        with pytest.raises(RegistrarUnavailable):
            rules.fulfilment.advance(cart.id, TaskType.ADVANCE)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.blocked.code) == (S.CHECKED_OUT, "registrar_unavailable")
    look(rules, cart, 5)
    assert asked[:2] == ["order!", "payment_methods"]
    assert rules.workflow.queries.cart(cart.id).blocked is None


def test_an_unpaid_order_is_polled_less_and_less(rules, asked):
    """An unpaid order costs a call each ten seconds and later fewer."""
    cart = rules.approved()
    rules.fulfilment.advance(cart.id)
    asked.clear()
    look(rules, cart, MINUTE)
    assert set(asked) == {"order_status"}
    assert len(asked) <= 6
    look(rules, cart, 9 * MINUTE)
    asked.clear()
    look(rules, cart, 10 * MINUTE)
    assert asked.count("order_status") <= 10
    assert asked.count("payment_methods") <= 2


@pytest.mark.parametrize("waited", [0, 1, 5, 9])
def test_a_payment_on_ovhs_page_is_seen_within_a_minute(rules, waited):
    """A payment on OVH's own page is seen within a minute in the first ten."""
    cart = rules.approved()
    rules.fulfilment.advance(cart.id)
    order = rules.workflow.queries.cart(cart.id).order
    look(rules, cart, waited * MINUTE)
    rules.registrar.pay(order.id, 1, not_after=NOW)
    look(rules, cart, MINUTE)
    assert rules.workflow.queries.cart(cart.id).state is S.PAID


def test_a_method_that_was_added_shows_within_minutes(rules):
    cart = rules.ordered()
    rules.registrar.methods = (*rules.registrar.methods, PaymentMethod(3, "PAYPAL"))
    look(rules, cart, 6 * MINUTE)
    assert [method.id for method in rules.workflow.queries.cart(cart.id).order.methods] == [1, 2, 3]


def test_reads_the_methods_right_after_a_refused_payment(rules, asked, monkeypatch):
    """The methods are read at once after a payment was refused."""
    cart = rules.ordered()
    rules.registrar.reconciliation = REFUSED
    takes_on(rules, monkeypatch)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    asked.clear()
    look(rules, cart, 6)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT
    assert "payment_methods" in asked


def test_a_restart_reads_the_methods_again(rules, asked):
    cart = rules.ordered()
    rules.restart()
    asked.clear()
    rules.run_worker(cart.id, steps=2, seconds=MINUTE)
    assert "payment_methods" in asked


def test_a_look_that_had_no_turn_is_no_trouble_and_is_had_later(rules, monkeypatch):
    cart = rules.ordered()

    def busy(*_args, **_kwargs):
        raise RateLimitTimeout

    monkeypatch.setattr(rules.registrar, "order_status", busy)
    rules.clock.pass_by(60)
    with pytest.raises(RateLimitTimeout):
        rules.fulfilment.advance(cart.id, TaskType.WATCH)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.blocked, kept.version) == (None, cart.version)
    assert rules.fulfilment.next_due() >= rules.clock.now + timedelta(seconds=10)


def test_a_poll_skips_a_cart_that_was_decided(rules):
    """A job that only looks leaves a cart alone that a user decided about in the meantime."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id, TaskType.WATCH)
    rules.fulfilment.postpone(cart.id, "a1b2c3", TaskType.WATCH)
    kept = rules.workflow.queries.cart(cart.id)
    assert (kept.state, kept.blocked, rules.registrar.payments) == (S.PAYING, None, [])
    assert rules.fulfilment.due(TaskType.ADVANCE) == [cart.id]
