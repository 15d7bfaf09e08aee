"""What an unpaid order costs of the calls that OVH allows, and how soon its payment is seen all the same."""

from dataclasses import replace
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
    """Second by second, as the driver would."""
    rules.run_worker(cart.id, steps=seconds, seconds=1)


def test_the_step_that_orders_goes_on_to_the_ways_to_pay_for_somebody_waits_for_them(rules, asked):
    cart = rules.approved()
    rules.fulfilment.advance(cart.id, TaskType.ADVANCE)
    assert asked == ["order!", "payment_methods"]
    assert rules.workflow.cart(cart.id).order.methods


def test_an_order_that_could_not_be_read_at_first_is_urgent_until_it_was(rules, asked, monkeypatch):
    def silent(*_args, **_kwargs):
        raise RegistrarUnavailable

    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "order", silent)
        cart = rules.approved()
        with pytest.raises(RegistrarUnavailable):
            rules.fulfilment.advance(cart.id, TaskType.ADVANCE)
    kept = rules.workflow.cart(cart.id)
    assert (kept.state, kept.blocked.code) == (S.CHECKED_OUT, "registrar_unavailable")
    look(rules, cart, 5)
    assert asked[:2] == ["order!", "payment_methods"]
    assert rules.workflow.cart(cart.id).blocked is None


def test_an_unpaid_order_costs_a_call_each_ten_seconds_and_later_fewer(rules, asked):
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
def test_a_payment_on_ovhs_own_page_is_seen_within_a_minute_in_the_first_ten(rules, waited):
    cart = rules.approved()
    rules.fulfilment.advance(cart.id)
    order = rules.workflow.cart(cart.id).order
    look(rules, cart, waited * MINUTE)
    rules.registrar.pay(order.id, 1, not_after=NOW)
    look(rules, cart, MINUTE)
    assert rules.workflow.cart(cart.id).state is S.PAID


def test_a_method_that_was_added_shows_within_minutes(rules):
    cart = rules.ordered()
    rules.registrar.methods = (*rules.registrar.methods, PaymentMethod(3, "PAYPAL"))
    look(rules, cart, 6 * MINUTE)
    assert [method.id for method in rules.workflow.cart(cart.id).order.methods] == [1, 2, 3]


def test_the_methods_are_read_at_once_after_a_payment_was_refused(rules, asked, monkeypatch):
    cart = rules.ordered()
    rules.registrar.reconciliation = replace(REFUSED, begun=0)
    takes_on(rules, monkeypatch)
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    asked.clear()
    look(rules, cart, 6)
    assert rules.workflow.cart(cart.id).state is S.CHECKED_OUT
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
    kept = rules.workflow.cart(cart.id)
    assert (kept.blocked, kept.version) == (None, cart.version)
    assert rules.fulfilment.next_due() >= rules.clock.now + timedelta(seconds=10)


def test_a_step_that_only_looks_leaves_a_cart_alone_that_somebody_decided_about_meanwhile(rules):
    cart = rules.ordered()
    rules.workflow.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    rules.fulfilment.advance(cart.id, TaskType.WATCH)
    rules.fulfilment.put_off(cart.id, "a1b2c3", TaskType.WATCH)
    kept = rules.workflow.cart(cart.id)
    assert (kept.state, kept.blocked, rules.registrar.payments) == (S.PAYING, None, [])
    assert rules.fulfilment.due(TaskType.ADVANCE) == [cart.id]
