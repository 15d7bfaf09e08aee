"""A database that goes back under living processes, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Ordered
from ordering.model.errors import CartChanged, DatabaseWentBack, NotPossible
from ordering.model.recovery import Cause, Stamp
from ordering.process.recovery import must_allow
from store.engine import Engines
from store.head import NewestHead
from store.transactions import SqlStore
from tests.builders import NOW
from tests.conftest import Rules
from tests.ordering.recovering import release
from tests.refusing import refuses
from tests.store.losing import lose_newest_events
from tests.store.restoring import backup

S = CartState


def test_a_failover_under_a_living_process_is_noticed(engines: Engines):
    """The process committed events that are gone: it orders nothing, though its own cart is still there."""
    rules = Rules(SqlStore(engines))
    cart = rules.approved()
    kept = rules.workflow.cards.rendering()[0].number
    rules.requested("later.ovh", "C2")
    lose_newest_events(engines, kept)
    rules.advance(cart.id)
    standing = rules.workflow.recover_mode.standing()
    assert standing.recovery is not None
    assert (standing.recovery.cause, rules.registrar.orders) == (Cause.PROCESS, {})
    assert standing.recovery.processes_may_live is engines.are_shared


def test_events_of_others_that_took_the_place_are_noticed(engines: Engines):
    """After a failover other events have the numbers of the lost ones: the digest differs."""
    rules, others = Rules(SqlStore(engines)), Rules(SqlStore(engines))
    cart = rules.approved()
    kept = rules.workflow.cards.rendering()[0].number
    rules.requested("later.ovh", "C2")
    lose_newest_events(engines, kept)
    for channel in ("C3", "C4", "C5"):
        with others.store.begin() as carts:
            carts.open(channel, by="U0BEN", at=NOW)
    rules.advance(cart.id)
    assert (rules.workflow.recover_mode.is_on, rules.registrar.orders) == (True, {})


def test_a_process_that_saw_nothing_newer_goes_on(engines: Engines):
    """Another process's events are no reason, nor is a process that has just started."""
    rules, others = Rules(SqlStore(engines)), Rules(SqlStore(engines))
    cart = rules.approved()
    others.requested("other.ovh", "C2")
    rules.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT
    assert not rules.workflow.recover_mode.is_on


def test_another_process_learns_of_recover_mode(engines: Engines, monkeypatch: pytest.MonkeyPatch):
    """The row is read in the transaction of the intent, also where another process wrote it a moment ago."""
    rules, others = Rules(SqlStore(engines)), Rules(SqlStore(engines))
    cart = rules.approved()
    prepare = rules.registrar.prepare

    def prepared(*args, **kwargs):
        others.workflow.recover_mode.begin(Cause.OPERATOR)
        return prepare(*args, **kwargs)

    monkeypatch.setattr(rules.registrar, "prepare", prepared)
    rules.advance(cart.id)
    assert (rules.workflow.queries.cart(cart.id).state, rules.registrar.orders) == (S.APPROVED, {})


def test_what_a_process_saw_before_a_release_is_forgotten(engines: Engines):
    """Recover mode ended over the older state: its epoch tells each process to forget what it saw before."""
    rules = Rules(SqlStore(engines))
    cart = rules.approved()
    kept = rules.workflow.cards.rendering()[0].number
    rules.requested("later.ovh", "C2")
    lose_newest_events(engines, kept)
    rules.advance(cart.id)
    mode = rules.workflow.recover_mode
    mode.start_floor(rules.clock)
    mode.all_stopped(rules.clock)
    found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
    rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)
    rules.clock.pass_by(900)
    assert mode.end_if_due(rules.clock())
    rules.run_worker(cart.id, steps=3)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKED_OUT


def test_another_database_under_a_living_process_is_noticed(engines: Engines):
    """A user put another database in the place of this one."""
    rules = Rules(SqlStore(engines))
    rules.requested()
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE chain SET database_id = 'ffffffffffff'"))
    with pytest.raises(DatabaseWentBack), rules.store.begin() as carts:
        must_allow(carts)


def test_later_events_of_the_process_hide_no_loss(engines: Engines):
    """The process adds names and requests on, and orders nothing: its own lost event stays in mind."""
    rules = Rules(SqlStore(engines))
    cart = rules.approved()
    kept = rules.workflow.cards.rendering()[0].number
    rules.requested("later.ovh", "C2")
    lose_newest_events(engines, kept)
    for channel in ("C3", "C4", "C5"):
        with rules.store.begin() as carts:
            carts.open(channel, by="U0BEN", at=NOW)
    rules.advance(cart.id)
    assert (rules.workflow.recover_mode.is_on, rules.registrar.orders) == (True, {})


def test_the_newest_heads_are_kept():
    """A stamp goes only where a transaction found it, or a recover mode ended since; threads report in any order."""
    head, first = NewestHead(), Stamp("d" * 12, 0, 3, "c" * 12)
    second, third = replace(first, number=4), replace(first, number=5)
    head.committed(first, head.found(first, lambda _: True))
    found_by_second = head.found(second, lambda _: True)
    found_by_third = head.found(third, lambda _: True)  # before the second one was reported
    head.committed(third, found_by_third)
    head.committed(second, found_by_second)
    assert head.stamps == (third, second)
    fourth = replace(first, number=6)
    head.committed(fourth, head.found(fourth, lambda seen: seen != third))
    assert head.stamps == (third, fourth)
    recovered = replace(first, epoch=9, number=2)
    head.committed(recovered, head.found(recovered, lambda _: False))
    assert set(head.stamps) == {recovered}


def test_a_head_of_another_database_is_kept():
    """Its number and digest may look alike; only a recover mode that ended since makes it irrelevant."""
    head, first = NewestHead(), Stamp("d" * 12, 7, 3, "c" * 12)
    head.committed(first, frozenset())
    other = Stamp("e" * 12, 7, 4, "b" * 12)
    assert head.found(other, lambda _: True) == frozenset()
    assert head.found(replace(other, epoch=8), lambda _: True) == {first}


def test_an_order_read_in_the_lost_time_is_read_again(engines: Engines):
    """The process remembers a full read that the database lost: its card would offer no way to pay."""
    rules = Rules(SqlStore(engines))
    cart = rules.ordered()
    assert Ordered.of(rules.workflow.queries.cart(cart.id)).order.was_read
    lose_what_was_read(engines)
    assert not Ordered.of(rules.workflow.queries.cart(cart.id)).order.was_read
    assert rules.run_worker(cart.id, seconds=1).order.methods


def test_a_sleeper_cannot_undo_what_was_decided_since(engines: Engines, monkeypatch: pytest.MonkeyPatch):
    """It wakes, knows that nothing left, and steps back: the cart has its version again, by another save."""
    rules, later = Rules(SqlStore(engines)), Rules(SqlStore(engines))
    requested = rules.requested()
    put_back = backup(engines)
    approve(rules, requested)
    stopped: list[tuple[Cart, Cart]] = []

    def sleep(*_):
        asleep = later.workflow.queries.cart(requested.id)
        put_back()
        approve(later, requested)
        stopped.append((asleep, later.workflow.approvals.stop(requested.id, by=later.cleo)))

    rules.registrar.next_fault = "not_sent"
    monkeypatch.setattr(rules.registrar, "discard", sleep)
    with pytest.raises(CartChanged):
        rules.advance(requested.id)
    ((asleep, cancelled),) = stopped
    assert (asleep.state, cancelled.state) == (S.CHECKING_OUT, S.CANCELLED)
    assert asleep.version == cancelled.version
    assert later.workflow.queries.cart(requested.id) == cancelled


def test_what_was_read_in_recover_mode_saves_nothing_after_it(engines: Engines):
    """A process read the cart before the loss was noticed, and wakes after recover mode: it has to read it again."""
    rules = Rules(SqlStore(engines))
    cart = rules.approved()
    rules.workflow.recover_mode.begin(Cause.OPERATOR)
    rules.workflow.recover_mode.start_floor(rules.clock)
    rules.workflow.recover_mode.all_stopped(rules.clock)
    assert release(rules)
    with pytest.raises(CartChanged), rules.store.begin() as carts:
        carts.save(cart)
    assert rules.run_worker(cart.id, steps=3).state is S.CHECKED_OUT


def test_a_comparison_of_the_lost_time_is_refused(engines: Engines):
    """Two losses raise the epoch to the same number, with as many events about money: the orders shown were others."""
    rules, later = Rules(SqlStore(engines)), Rules(SqlStore(engines))
    rules.requested()
    put_back = backup(engines)
    compared = []
    for each, name in ((rules, "a.ovh"), (later, "b.ovh")):
        each.approved(name, "C2")
        each.workflow.recover_mode.begin(Cause.OPERATOR)
        compared.append(each.workflow.comparisons.compare(by=each.cleo))
        if each is rules:
            put_back()
    (lost, before), (found, now) = compared
    assert (lost.newest, before.epoch, before.number) == (found.newest, now.epoch, now.number)
    with refuses("comparison_of_another_epoch", NotPossible):
        later.workflow.comparisons.confirm(by=later.cleo, stamp=before, compared=lost.newest)
    assert later.workflow.comparisons.confirm(by=later.cleo, stamp=now, compared=found.newest).confirmed_by


def approve(rules: Rules, cart: Cart) -> None:
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)


def lose_what_was_read(engines: Engines) -> None:
    """Set the orders back to the moment at which they were made."""
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE sales_orders SET methods = '[]', expires_at = NULL"))
