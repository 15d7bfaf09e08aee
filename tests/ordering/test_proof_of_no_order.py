"""After a DELETE, "nothing was ordered" is believed only when an order would surely show."""

import inspect
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CartGone, NotPossible, NotSent, RegistrarUnavailable
from ordering.model.facts import EventKind, Fact
from ordering.process.floors import Floors
from ordering.process.fulfilment import Fulfilment
from tests.builders import failing
from tests.refusing import refuses

S = CartState


def deleted(rules, fault="lost_before"):
    """A cart whose checkout got no answer, right after its cart at OVH was deleted."""
    cart = rules.approved()
    rules.registrar.next_fault = fault
    after = rules.run_worker(cart.id, steps=4)
    assert (after.state, after.attempt.deleting) == (S.CHECKING_OUT, True)
    assert after.attempt.withdrawn_at is not None
    return after


def test_the_floor_is_a_quarter_of_an_hour():
    """The real floor is 15 minutes, and DELETE proves nothing unless a probe has shown it."""
    defaults = inspect.signature(Fulfilment).parameters
    assert (defaults["floors"].default, Floors().ended) == (None, timedelta(minutes=15))
    assert Floors().delete_is_proof is False


@pytest.mark.parametrize("fault", ["lost_before", "unavailable"])
def test_an_order_shows_long_after_the_delete(rules, fault):
    """OVH deletes a cart that it ordered, and shows the order ten minutes later: it is adopted, not made again."""
    cart = deleted(rules, fault)
    rules.run_worker(cart.id, steps=20)  # ten minutes
    waiting = rules.workflow.queries.cart(cart.id)
    assert (waiting.state, waiting.attempt.number) == (S.CHECKING_OUT, 1)
    late = rules.registrar.check_out(cart.attempt.registrar_cart, waive_retraction=True, not_after=rules.clock())
    after = rules.run_worker(cart.id, steps=12)
    assert (after.state, after.order.id) == (S.CHECKED_OUT, late.id)
    assert len(rules.registrar.orders) == 1


def test_a_refused_checkout_shows_its_order_late(rules):
    """A repetition is refused with "cart is read only" after the first copy ordered: the refusal proves nothing."""
    cart = deleted(rules, "refused")
    told = [event.fact for event in rules.workflow.queries.timeline(cart.id, by=rules.ada)[1]]
    assert Fact(EventKind.CHECKOUT_CALL_REFUSED, {"attempt": 1, "error": "registrar_refused"}) in told
    rules.run_worker(cart.id, steps=20)
    late = rules.registrar.check_out(cart.attempt.registrar_cart, waive_retraction=True, not_after=rules.clock())
    assert rules.run_worker(cart.id, steps=12).order.id == late.id


def test_a_jump_of_our_clock_ends_no_floor(rules):
    """The floor runs by OVH's clock: an hour that only this machine counts is no hour."""
    cart = deleted(rules)
    rules.registrar.ahead -= timedelta(hours=1)
    rules.clock.pass_by(3600)
    for _ in range(5):
        rules.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKING_OUT
    rules.clock.pass_by(900)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_wrong_clock_of_ours_begins_no_floor(rules, ahead):
    """The floor begins by OVH's clock too, and takes neither no time nor an hour."""
    rules.registrar.ahead = ahead
    cart = deleted(rules)
    waiting = rules.run_worker(cart.id, steps=20)  # ten minutes
    assert (waiting.state, waiting.attempt.number) == (S.CHECKING_OUT, 1)
    assert rules.run_worker(cart.id, steps=20).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_no_floor_ends_while_ovh_tells_no_time(rules, monkeypatch):
    """Whether the floor is over is decided by a time that is read in that very step."""
    cart = deleted(rules)
    rules.clock.pass_by(900)
    with monkeypatch.context() as silent:
        silent.setattr(rules.registrar, "time", failing(RegistrarUnavailable()))
        rules.advance(cart.id)
        assert rules.workflow.queries.cart(cart.id).state is S.CHECKING_OUT
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_a_delete_whose_answer_was_lost_is_finished(rules, monkeypatch):
    """The cart is gone by our own DELETE: the floor begins at the next look, and nobody is asked."""
    cart = rules.approved()
    rules.registrar.next_fault = "lost_before"
    rules.run_worker(cart.id, steps=2)
    with monkeypatch.context() as lost:
        discard = rules.registrar.discard
        lost.setattr(rules.registrar, "discard", lambda gone: bool(discard(gone)) and False)
        rules.run_worker(cart.id, steps=1)
    after = rules.run_worker(cart.id, steps=2)
    assert (after.state, after.attempt.withdrawn_at is not None) == (S.CHECKING_OUT, True)
    assert rules.run_worker(cart.id, steps=40).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


@pytest.mark.parametrize(("fault", "state"), [("lost_before", S.CHECKED_OUT), ("refused", S.NEEDS_ATTENTION)])
def test_a_delete_that_proves_is_believed_soon(rules, fault, state):
    """Where OVH refuses to delete ordered carts, nothing waits for the floor."""
    rules.restart(delete_is_proof=True)
    cart = rules.approved()
    rules.registrar.next_fault = fault
    assert rules.run_worker(cart.id, steps=8).state is state
    assert len(rules.registrar.orders) == (fault == "lost_before")


def test_a_checkout_that_never_left_is_sent_again_soon(rules, monkeypatch):
    """Where the sender knows that no byte left, no floor holds up the next try."""
    cart = rules.approved()
    with monkeypatch.context() as unsent:
        unsent.setattr(rules.registrar, "check_out", failing(NotSent()))
        rules.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.APPROVED
    assert rules.run_worker(cart.id, steps=3).state is S.CHECKED_OUT


def test_a_step_whose_cart_is_gone_ends_quietly(rules, monkeypatch):
    """Another process deleted the draft: no person is asked, no trouble is shown, the next step builds another one."""
    cart = rules.approved()
    with monkeypatch.context() as gone:
        gone.setattr(rules.registrar, "prepare", failing(CartGone()))
        rules.advance(cart.id)
    quiet = rules.workflow.queries.cart(cart.id)
    assert (quiet.state, quiet.blocked, quiet.fact) == (S.APPROVED, None, cart.fact)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_a_cart_that_is_gone_again_and_again_is_shown(rules, monkeypatch):
    """Nothing is retried indefinitely in silence: after the settling time people see what stops the order."""
    cart = rules.approved()
    with monkeypatch.context() as gone:
        gone.setattr(rules.registrar, "prepare", failing(CartGone()))
        stopped = rules.run_worker(cart.id, steps=40)
    assert (stopped.state, stopped.blocked.code) == (S.APPROVED, "draft_gone")
    bought = rules.run_worker(cart.id)
    assert (bought.state, bought.blocked) == (S.CHECKED_OUT, None)


def undecided(rules):
    """A person is asked whether an order was made, and OVH shows nothing."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    cart = rules.run_worker(cart.id, steps=10)
    assert cart.is_undecided
    return cart


def test_a_persons_word_counts_after_the_floor(rules):
    """*Nothing was ordered* is taken at once, and takes effect when an order would surely show."""
    cart = undecided(rules)
    said = rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=cart.mark)
    assert (said.state, said.attempt.denied_by) == (S.NEEDS_ATTENTION, "U0DAN")
    assert rules.run_worker(cart.id, steps=20).state is S.NEEDS_ATTENTION
    assert rules.registrar.orders == {}
    assert rules.run_worker(cart.id, steps=30).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_persons_word_is_dropped_where_an_order_shows(rules):
    """The order of the first try shows after all: it is adopted, and nothing is ordered next to it."""
    cart = undecided(rules)
    rules.workflow.recovery.nothing_ordered(cart.id, by=rules.dan, mark=cart.mark)
    late = rules.registrar.check_out(cart.attempt.registrar_cart, waive_retraction=True, not_after=rules.clock())
    rules.registrar.undecided = False
    after = rules.run_worker(cart.id, steps=30)
    assert (after.state, after.order.id) == (S.CHECKED_OUT, late.id)
    assert len(rules.registrar.orders) == 1


def test_a_refusal_to_build_the_cart_asks_a_person_at_once(rules):
    """Before the checkout nothing can have been ordered, so nothing waits for a floor."""
    cart = rules.approved()
    rules.registrar.prepare_refuses = "The name is gone."
    assert rules.run_worker(cart.id, steps=1).state is S.NEEDS_ATTENTION


def test_a_clock_that_is_put_right_after_a_crash(rules, monkeypatch):
    """The checkout was made 25 hours ahead of OVH: people are asked within the floor, and nothing is ordered again."""
    day, registrar = timedelta(hours=25), rules.registrar
    rules.clock.now += day
    registrar.ahead = -day
    cart = rules.approved()
    with monkeypatch.context() as dying:
        dying.setattr(registrar, "check_out", failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            rules.fulfilment.advance(cart.id)
    rules.clock.now -= day
    registrar.ahead, registrar.undecided, registrar.candidates = timedelta(), True, (7,)
    rules.restart()
    asked = rules.run_worker(cart.id, steps=30)  # a quarter of an hour
    assert (asked.state, asked.is_undecided, registrar.orders) == (S.NEEDS_ATTENTION, True, {})
    with refuses("order_possible", NotPossible):
        rules.workflow.recovery.nothing_ordered(asked.id, by=rules.dan, mark=asked.mark)


def test_ovh_does_not_tell_its_time(rules, monkeypatch):
    """A clock that was put back counts as waiting: people hear of it at once, not after a day."""
    rules.clock.now += timedelta(hours=25)
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.advance(cart.id)
    rules.clock.now -= timedelta(hours=25)
    monkeypatch.setattr(rules.registrar, "time", failing(RegistrarUnavailable()))
    assert rules.run_worker(cart.id, steps=2).is_undecided
