"""Recover mode ends after an operator's comparison and its floor, and not before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import (
    CardBeforeRestore,
    DatabaseWentBack,
    NotAllowed,
    NotPossible,
)
from ordering.model.foreign_order import ForeignOrder
from ordering.model.ids import OrderId
from ordering.model.money_call import orders
from ordering.model.recovery import FLOOR, FLOOR_WITH_PROCESSES, AccountOrder, Cause, HiddenOrder, Stamp
from ordering.model.sales_order import OrderStatus
from ordering.process.recovery import must_allow
from tests.builders import euros
from tests.ordering.recovering import hold, release, stamp_of
from tests.refusing import refuses

S = CartState


class TestReleased:
    def test_it_takes_an_operator_and_the_floor(self, rules):
        """A confirmation alone does not end it; the floor counts from OVH's clock, read after it began."""
        hold(rules)
        mode = rules.workflow.recover_mode
        rules.clock.pass_by(10 * FLOOR.total_seconds())
        found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
        rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)
        assert not mode.end_if_due(rules.clock())  # its floor has not begun
        mode.start_floor(rules.clock)
        mode.start_floor(lambda: rules.clock() - FLOOR)  # a second process does not set it back
        rules.clock.pass_by(FLOOR.total_seconds() - 1)
        assert not mode.end_if_due(rules.clock())
        rules.clock.pass_by(1)
        assert mode.end_if_due(rules.clock())
        assert not mode.is_on

    def test_time_alone_does_not_end_it(self, rules):
        """Without an operator's word it lasts."""
        hold(rules)
        rules.workflow.recover_mode.start_floor(rules.clock)
        rules.clock.pass_by(FLOOR_WITH_PROCESSES.total_seconds())
        assert not rules.workflow.recover_mode.end_if_due(rules.clock())

    def test_the_floors_are_a_quarter_of_an_hour_and_a_day(self):
        """Money's floors: findings on payments use the same."""
        assert timedelta(minutes=15) == FLOOR
        assert timedelta(days=1) == FLOOR_WITH_PROCESSES

    def test_a_process_of_the_lost_state_makes_it_a_day(self, rules):
        """Unless an operator stopped all of them."""
        hold(rules)
        with rules.store.begin() as carts:
            standing = carts.standing()
            carts.save_standing(replace(standing, recovery=replace(standing.recovery, processes_may_live=True)))
        mode = rules.workflow.recover_mode
        mode.start_floor(rules.clock)
        assert mode.standing().recovery.ends_at - rules.clock() == FLOOR_WITH_PROCESSES
        mode.all_stopped(rules.clock)
        assert mode.standing().recovery.ends_at - rules.clock() == FLOOR

    def test_the_shorter_floor_counts_from_the_word(self, rules):
        """The process that was stopped last may have sent something a moment ago; the word said again adds nothing."""
        mode = _with_processes(rules)
        mode.start_floor(rules.clock)
        rules.clock.pass_by(4 * 3600)
        mode.all_stopped(rules.clock)
        _confirm(rules)
        assert not mode.end_if_due(rules.clock())
        rules.clock.pass_by(FLOOR.total_seconds())
        mode.all_stopped(rules.clock)
        assert mode.end_if_due(rules.clock())

    def test_a_floor_does_not_count_from_before_another_loss(self, rules):
        """A process that slept with OVH's time in hand does not count for the recover mode that began since."""
        hold(rules)
        mode = rules.workflow.recover_mode
        early = rules.clock()

        def slept():
            rules.clock.pass_by(2 * FLOOR.total_seconds())
            mode.begin(Cause.OPERATOR)
            return early

        mode.start_floor(slept)
        assert mode.standing().recovery.floor_from is None

    def test_only_operators_compare_and_release(self, rules):
        """A requester does neither."""
        hold(rules)
        with pytest.raises(NotAllowed):
            rules.workflow.comparisons.compare(by=rules.ada)
        with pytest.raises(NotAllowed):
            rules.workflow.comparisons.confirm(by=rules.ada, stamp=Stamp("0" * 12), compared=0)

    def test_an_operator_need_not_be_an_approver(self, rules):
        """`DESK_OPERATORS` names who compares: then an approver who is not among them does not."""
        rules.restart(replace(rules.policy, operators=frozenset({"U0BEN"})))
        hold(rules)
        with refuses("not_operator"):
            rules.workflow.comparisons.compare(by=rules.cleo)
        assert rules.workflow.comparisons.compare(by=rules.ben)[0].unknown == ()

    def test_money_that_moves_after_the_comparison_voids_it(self, rules):
        """Before the word of the operator, and between that and the end of the floor."""
        cart = rules.approved()
        rules.registrar.next_fault = "lost_after"
        rules.advance(cart.id)
        hold(rules)
        mode = rules.workflow.recover_mode
        mode.start_floor(rules.clock)
        found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
        rules.run_worker(cart.id, steps=2)  # the order is adopted
        with refuses("comparison_outdated", NotPossible):
            rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)
        found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
        rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)
        order = rules.workflow.queries.cart(cart.id).order
        rules.registrar.pay(order.id, 1, not_after=rules.clock())  # on OVH's page
        rules.run_worker(cart.id, steps=20, seconds=FLOOR.total_seconds())
        assert not mode.end_if_due(rules.clock())
        assert (mode.is_on, mode.standing().recovery.confirmed_by) == (True, None)
        assert release(rules)

    def test_open_carts_that_change_void_nothing(self, rules):
        """People fill carts while the floor runs."""
        hold(rules)
        found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
        rules.workflow.cart_editing.add("C4", DomainName.parse("c.ovh"), by=rules.ada)
        assert rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)

    def test_a_comparison_of_an_earlier_recover_mode_is_refused(self, rules):
        """The button of a comparison before another restore ends nothing."""
        hold(rules)
        found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
        assert release(rules)
        hold(rules)
        with refuses("comparison_of_another_epoch", NotPossible):
            rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)

    def test_the_epoch_is_ovhs_time_and_always_rises(self, rules):
        """Also where OVH's clock stands behind the last epoch."""
        hold(rules)
        assert release(rules)
        assert stamp_of(rules).epoch == int(rules.clock().timestamp())
        later = stamp_of(rules).epoch + 10_000
        with rules.store.begin() as carts:
            carts.raise_epoch(later)
        hold(rules)
        assert release(rules)
        assert stamp_of(rules).epoch == later + 1

    def test_cards_from_before_are_refused_and_rendered_again(self, rules):
        """The old card decides nothing after the release, the new one does."""
        cart = rules.requested()
        before = stamp_of(rules)
        hold(rules)
        assert release(rules)
        with refuses("card_before_restore", CardBeforeRestore):
            rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark, stamp=before)
        approved = rules.workflow.approvals.approve(
            cart.id, approver=rules.cleo, mark=cart.request_mark, stamp=stamp_of(rules)
        )
        assert approved.state is S.APPROVED

    def test_what_was_held_goes_on_at_once(self, rules):
        """A request that was approved before is ordered when recover mode ends."""
        cart = rules.approved()
        hold(rules)
        rules.run_worker(cart.id, steps=3)
        assert release(rules)
        assert rules.fulfilment.due() == [cart.id]
        assert rules.run_worker(cart.id, steps=2).state is S.CHECKED_OUT

    def test_the_loss_is_told_once(self, rules):
        """People read from when to when everything is forgotten."""
        rules.requested()
        newest = rules.clock()
        rules.clock.pass_by(60)
        began = rules.clock()
        hold(rules)
        mode = rules.workflow.recover_mode
        assert mode.loss_to_report() is None
        assert release(rules)
        lost = mode.loss_to_report()
        assert (lost.from_, lost.noticed_at) == (newest, began)
        assert mode.loss_to_report() == lost  # until a user was reached
        mode.loss_told(replace(lost, noticed_at=newest))
        assert mode.loss_to_report() == lost
        mode.loss_told(lost)
        assert mode.loss_to_report() is None

    def test_what_others_did_after_the_restore_is_not_forgotten(self, rules):
        """The moment is found by the lost event's time, however late it is noticed."""
        rules.requested()
        kept, lost = rules.clock(), replace(stamp_of(rules), number=99)
        rules.clock.pass_by(100)
        lost = replace(lost, at=int(rules.clock().timestamp() * 1000))
        rules.clock.pass_by(3600)  # the restore; then others go on
        cart = rules.requested("other.ovh", "C2")
        rules.clock.pass_by(7200)
        with pytest.raises(DatabaseWentBack):
            rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada, stamp=lost)
        assert rules.workflow.recover_mode.standing().recovery.last_event_at == kept

    def test_operators_are_told_once(self, rules):
        """That they were is kept for this recover mode, and not for one that began again in the meantime."""
        hold(rules)
        mode = rules.workflow.recover_mode
        first = mode.standing().recovery
        rules.clock.pass_by(1)
        mode.begin(Cause.OPERATOR)
        mode.notifies(first)
        assert not mode.standing().recovery.notified
        mode.notifies(mode.standing().recovery)
        assert mode.standing().recovery.notified


class TestAnotherLoss:
    """The database goes back once more while recover mode is on."""

    def test_a_later_loss_begins_it_anew(self, rules):
        """The floor, the comparison and its button count no more; what was lost counts from the earlier loss."""
        rules.requested()
        kept = rules.clock()
        rules.clock.pass_by(60)
        mode = _nearly_over(rules)
        earlier = mode.standing().recovery
        compared = rules.workflow.comparisons.compare(by=rules.cleo)
        with pytest.raises(DatabaseWentBack):
            _press(rules, earlier.began_at + timedelta(seconds=1))
        later = mode.standing().recovery
        assert (later.began_at, later.last_event_at) == (rules.clock(), kept)
        assert (later.floor_from, later.confirmed_by, later.notified) == (None, None, False)
        with refuses("comparison_of_another_epoch", NotPossible):
            rules.workflow.comparisons.confirm(by=rules.cleo, stamp=compared[1], compared=compared[0].newest)
        assert release(rules)

    def test_the_same_loss_noticed_again_changes_nothing(self, rules):
        """Cards of one loss may be pressed for days; recover mode ends all the same."""
        mode = _nearly_over(rules)
        before = mode.standing().recovery
        for seconds in (60, 1, 0):
            with pytest.raises(DatabaseWentBack):
                _press(rules, before.began_at - timedelta(seconds=seconds))
        assert mode.standing().recovery == before
        assert mode.end_if_due(rules.clock())

    def test_the_later_loss_noticed_again_changes_nothing(self, rules):
        """Its first notice ends all evidence from before."""
        mode = _nearly_over(rules)
        lost_at = rules.clock() - timedelta(seconds=1)
        lost = _lost(rules, lost_at)
        with pytest.raises(DatabaseWentBack):
            _press(rules, lost_at)
        began = mode.standing().recovery
        rules.clock.pass_by(60)
        with pytest.raises(CardBeforeRestore):
            _press_stamp(rules, lost)
        assert mode.standing().recovery == began

    def test_markers_that_the_comparison_did_not_show_void_it(self, rules):
        """Before a confirmed comparison they are those of the loss that began it."""
        hold(rules, Cause.MARKERS)
        mode = rules.workflow.recover_mode
        mode.start_floor(rules.clock)
        began = mode.standing().recovery
        mode.begin(Cause.MARKERS)
        assert mode.standing().recovery == began
        _confirm(rules)
        mode.begin(Cause.MARKERS)
        assert (mode.standing().recovery.confirmed_by, mode.standing().recovery.floor_from) == (None, None)

    def test_a_copy_from_recover_mode_is_another_loss(self, rules):
        """A backup made in recover mode was restored: its earlier comparison ends nothing."""
        mode = _nearly_over(rules)
        with rules.store.begin() as carts:
            carts.save_standing(replace(carts.standing(), is_copy=True))
        assert not mode.end_if_due(rules.clock())
        assert (mode.standing().recovery.cause, mode.standing().is_copy) == (Cause.COPY, False)
        assert release(rules)

    def test_an_operator_begins_it_anew(self, rules):
        """They restored by hand once more."""
        mode = _nearly_over(rules)
        mode.begin(Cause.OPERATOR)
        assert not mode.end_if_due(rules.clock())


class TestCompared:
    def test_orders_that_no_request_knows_are_listed(self, rules):
        """With the requests that they fit; our own and those that are over are not listed."""
        ordered, cart = rules.ordered(), rules.requested("lost.ovh", "C2")
        lost = frozenset({DomainName.parse("lost.ovh")})
        rules.registrar.account = [
            AccountOrder(OrderId(900), euros("3.59"), OrderStatus.NOT_PAID, lost),
            AccountOrder(OrderId(901), euros("9.99"), OrderStatus.DELIVERED, frozenset({DomainName.parse("else.ovh")})),
            AccountOrder(OrderId(902), euros("3.59"), OrderStatus.CANCELLED, lost),
            AccountOrder(ordered.order.id, euros("3.59"), OrderStatus.NOT_PAID, lost),
        ]
        hold(rules)
        found, _ = rules.workflow.comparisons.compare(by=rules.cleo)
        assert [(each.order.id, each.fits) for each in found.unknown] == [(900, (cart.id,)), (901, ())]

    def test_an_order_that_ovh_never_shows_ends_nothing_for_ever(self, rules):
        """It is listed with the time of its first read, and the operator decides."""
        seen = rules.clock.now
        with rules.store.begin() as carts:
            carts.keep_foreign_order(
                ForeignOrder(
                    OrderId(901), frozenset(), euros("3.59"), seen, OrderStatus.NOT_PAID, seen, seen, whole=False
                )
            )
        rules.registrar.hidden_orders = [902, 901]
        hold(rules)
        found, _ = rules.workflow.comparisons.compare(by=rules.cleo)
        assert found.hidden == (HiddenOrder(OrderId(902)), HiddenOrder(OrderId(901), seen))
        assert release(rules)

    def test_an_order_of_the_lost_state_is_not_made_again(self, rules):
        """After the release a person decides next to an order of the same names, as after any order made elsewhere."""
        cart = rules.requested()
        hold(rules)
        made = rules.clock.now
        rules.registrar.foreign[900] = ForeignOrder(
            OrderId(900), frozenset({"name.ovh"}), euros("3.59"), made, OrderStatus.NOT_PAID, made, made, whole=True
        )
        rules.clock.pass_by(3600)
        assert release(rules)
        rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark, stamp=stamp_of(rules))
        after = rules.run_worker(cart.id)
        assert (after.state, after.foreign_order, rules.registrar.orders) == (CartState.NEEDS_ATTENTION, 900, {})

    def test_a_marker_of_the_lost_state_is_shown_once(self, rules):
        """It switches recover mode on; after a comparison that showed it, it stops no checkout any more."""
        marker = rules.registrar.leave_marker(orders(["name.ovh"]))
        stopped = rules.run_worker(rules.approved().id)
        mode = rules.workflow.recover_mode
        assert (mode.standing().recovery.cause, stopped.state) == (Cause.MARKERS, CartState.NEEDS_ATTENTION)
        found, _ = rules.workflow.comparisons.compare(by=rules.cleo)
        assert [each.id for each in found.markers] == [marker]
        assert release(rules)
        rules.workflow.recovery.try_again(stopped.id, by=rules.dan, mark=rules.workflow.queries.cart(stopped.id).mark)
        assert rules.run_worker(stopped.id).state is CartState.CHECKED_OUT

    def test_a_cart_that_may_not_be_read_is_shown_once(self, rules):
        """Where OVH filters it counts as a marker, so it would switch recover mode on indefinitely."""
        rules.registrar.unread_carts = ("a-shop",)
        rules.workflow.recover_mode.begin(Cause.OPERATOR)
        found, _ = rules.workflow.comparisons.compare(by=rules.dan)
        assert found.unread == ("a-shop",)
        assert release(rules)
        rules.registrar.left_markers.append((orders(["name.ovh"]), "a-shop"))  # the filtered list has it
        assert rules.run_worker(rules.approved().id).state is S.CHECKED_OUT

    def test_a_comparison_outside_recover_mode_keeps_nothing(self, rules):
        """A marker that was only looked at still shows that the database went back."""
        rules.registrar.leave_marker(orders(["name.ovh"]))
        rules.workflow.comparisons.compare(by=rules.cleo)
        assert rules.run_worker(rules.approved().id).state is CartState.NEEDS_ATTENTION
        assert rules.workflow.recover_mode.is_on


class TestCopies:
    def test_a_copy_by_a_backup_starts_on_hold(self, rules):
        """The mark in the copy switches it on at the start, once."""
        with rules.store.begin() as carts:
            carts.save_standing(replace(carts.standing(), is_copy=True))
        mode = rules.workflow.recover_mode
        mode.begin_if_copied()
        assert (mode.standing().recovery.cause, mode.standing().is_copy) == (Cause.COPY, False)
        assert release(rules)
        mode.begin_if_copied()
        assert not mode.is_on

    def test_a_copy_under_a_process_holds_the_next_decision(self, rules):
        """A backup can be restored without a restart: the first decision or intent switches recover mode on."""
        with rules.store.begin() as carts:
            carts.save_standing(replace(carts.standing(), is_copy=True))
        mode = rules.workflow.recover_mode
        with pytest.raises(DatabaseWentBack), mode.noticing(), rules.store.begin() as carts:
            must_allow(carts)
        assert (mode.standing().recovery.cause, mode.standing().is_copy) == (Cause.COPY, False)

    def test_any_other_database_starts_as_always(self, rules):
        """Without the mark nothing is held."""
        rules.workflow.recover_mode.begin_if_copied()
        assert not rules.workflow.recover_mode.is_on


def _with_processes(rules):
    """Recover mode on a database that processes of the lost state may still use."""
    hold(rules)
    with rules.store.begin() as carts:
        standing = carts.standing()
        carts.save_standing(replace(standing, recovery=replace(standing.recovery, processes_may_live=True)))
    return rules.workflow.recover_mode


def _confirm(rules):
    found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
    rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)


def _nearly_over(rules):
    """Recover mode that is confirmed, and whose floor is over."""
    hold(rules)
    rules.workflow.recover_mode.start_floor(rules.clock)
    _confirm(rules)
    rules.clock.pass_by(FLOOR.total_seconds())
    return rules.workflow.recover_mode


def _lost(rules, at):
    """The stamp of an event that is gone, and happened then."""
    return replace(stamp_of(rules), number=99, digest="0" * 12, at=int(at.timestamp() * 1000))


def _press(rules, lost_at):
    _press_stamp(rules, _lost(rules, lost_at))


def _press_stamp(rules, stamp):
    """Press a button of a card of the lost state."""
    rules.workflow.approval_requests.withdraw(1, by=rules.ada, stamp=stamp)
