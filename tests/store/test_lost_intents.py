"""The commit of an intent is lost after its call was sent, on both databases: the marker at OVH remembers it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import text

from ordering.model.cart import Cart, CartState
from ordering.model.errors import DatabaseWentBack, OrderingError, RegistrarRefused
from ordering.model.facts import EventKind
from ordering.model.recovery import Cause
from ordering.ports.store import Transaction
from ordering.process.intent import Intents
from store.engine import Engines
from store.transactions import SqlStore
from tests.conftest import Rules
from tests.store.losing import lose_newest_events

S = CartState


@pytest.fixture
def rules(engines: Engines) -> Rules:
    return Rules(SqlStore(engines))


class _LostError(Exception):
    """Ends a transaction without its commit."""


@contextmanager
def losing(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each commit in this block seems to succeed, and is lost."""
    begin = store.begin

    @contextmanager
    def lost() -> Iterator[Transaction]:
        with suppress(_LostError), begin() as carts:
            yield carts
            raise _LostError

    with monkeypatch.context() as patched:
        patched.setattr(store, "begin", lost)
        yield


def lose_intents(patched: pytest.MonkeyPatch) -> None:
    commit = Intents.commit

    def lost(self, *args, **kwargs):
        with losing(self._store, patched):
            return commit(self, *args, **kwargs)

    patched.setattr(Intents, "commit", lost)


def forget_attempts(engines: Engines) -> None:
    """The announcement of the attempt is lost as well."""
    with engines.write.begin() as connection:
        connection.execute(text("DELETE FROM money_calls"))


def paying(rules: Rules) -> Cart:
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)


def pays_and_dies(rules: Rules, monkeypatch: pytest.MonkeyPatch, *, loses: bool) -> tuple[int, list[int]]:
    """OVH takes the payment, and shows it late; the process ends at that moment."""
    cart, sent = paying(rules), []

    def taken(order, _method, **_):
        sent.append(order)
        raise KeyboardInterrupt

    monkeypatch.setattr(rules.registrar, "pay", taken)
    with monkeypatch.context() as losing_them:
        if loses:
            lose_intents(losing_them)
        with pytest.raises(KeyboardInterrupt):
            rules.fulfilment.advance(cart.id)
    rules.restart()
    return cart.id, sent


@pytest.mark.parametrize("also", ["the intent alone", "its attempt"])
def test_a_lost_intent_to_pay_pays_once(rules, engines, monkeypatch, also):
    """The payment shows an hour later; until then nothing is sent next to it."""
    number, sent = pays_and_dies(rules, monkeypatch, loses=True)
    assert rules.workflow.queries.cart(number).payment.sent_at is None
    if also == "its attempt":
        forget_attempts(engines)
    waiting = rules.run_worker(number, steps=60, seconds=60)
    assert (waiting.payment_is_undecided, waiting.payment.sent_at is None, len(sent)) == (True, False, 1)
    assert rules.workflow.recover_mode.is_on is (also == "its attempt")
    rules.registrar.payments.append((waiting.order.id, 1))
    after = rules.run_worker(number, steps=20, seconds=60)
    assert (after.state, len(sent)) == (S.PAID, 1)


def test_the_audit_chain_knows_of_a_payment(rules, engines):
    """The intent has an event: where it is lost under a living process, that process notices."""
    cart, other = paying(rules), rules.requested("other.ovh", "C2")
    rules.registrar.next_fault = "lost_after"
    rules.advance(cart.id)
    with rules.store.read() as carts:
        newest = carts.events(cart.id)[-1]
    assert (newest.kind, newest.by) == (EventKind.PAYMENT_STARTED, rules.dan.id)
    lose_newest_events(engines, newest.id - 1)
    with pytest.raises(DatabaseWentBack):
        rules.workflow.approvals.approve(other.id, approver=rules.cleo, mark=other.request_mark)
    assert rules.workflow.recover_mode.standing().recovery.cause is Cause.PROCESS


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_process_that_died_right_after_its_intent_to_order(rules, monkeypatch, is_shown):
    """The next one goes on by itself and asks nobody: it finds the order, or makes it once none can show."""
    cart, check_out = rules.approved(), rules.registrar.check_out

    def dies(*args, **kwargs):
        if is_shown:
            check_out(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(rules.registrar, "check_out", dies)
        with pytest.raises(KeyboardInterrupt):
            rules.fulfilment.advance(cart.id)
    rules.restart()
    after = rules.run_worker(cart.id, steps=80)
    assert (after.state, len(rules.registrar.orders)) == (S.CHECKED_OUT, 1)
    with rules.store.read() as carts:
        assert S.NEEDS_ATTENTION not in {event.state for event in carts.events(cart.id)}


def test_a_process_that_died_right_after_its_intent_to_pay(rules, monkeypatch):
    """The next one sees the payment within the settling time, and asks nobody."""
    number, sent = pays_and_dies(rules, monkeypatch, loses=False)
    rules.run_worker(number, steps=1, seconds=10)
    rules.registrar.payments.append((rules.workflow.queries.cart(number).order.id, 1))
    after = rules.run_worker(number, steps=4)
    assert (after.state, len(sent)) == (S.PAID, 1)
    with rules.store.read() as carts:
        assert S.NEEDS_ATTENTION not in {event.state for event in carts.events(number)}


@pytest.mark.parametrize("also", ["the intent alone", "its attempt"])
@pytest.mark.parametrize("minutes", [1, 10, 30])
def test_a_frozen_process_whose_intent_was_lost(rules, engines, monkeypatch, also, minutes):
    """It wakes after another one went on, and sends its checkout: OVH has one order."""
    cart, check_out = rules.approved(), rules.registrar.check_out
    other = Rules(rules.store)
    other.registrar, other.clock = rules.registrar, rules.clock
    rules.store.clock = rules.clock
    other.restart()

    def frozen(registrar_cart, **kwargs):
        lost.undo()
        rules.registrar.check_out = check_out
        if also == "its attempt":
            forget_attempts(engines)
        other.run_worker(cart.id, steps=minutes * 2)
        if registrar_cart in rules.registrar.discarded:
            raise RegistrarRefused
        return check_out(registrar_cart, **kwargs)

    lost = pytest.MonkeyPatch()
    lose_intents(lost)
    rules.registrar.check_out = frozen
    with suppress(OrderingError):
        rules.fulfilment.advance(cart.id)
    after = other.run_worker(cart.id, steps=80)
    assert after.state in {S.CHECKED_OUT, S.NEEDS_ATTENTION}
    assert len(rules.registrar.orders) == 1
