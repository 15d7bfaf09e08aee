"""Recover mode: a database that went back is noticed, and nothing is sent until an operator compared."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import (
    CardBeforeRestore,
    CardOfAnotherDesk,
    DatabaseWentBack,
    NotAllowed,
    NotPossible,
    OnHold,
)
from ordering.model.recovery import FLOOR, FLOOR_WITH_PROCESSES, AccountOrder, Cause
from ordering.model.sales_order import OrderStatus, PaymentProgress, PaymentSighting
from ordering.ports.store import MessageRole
from tests.builders import euros

S = CartState


def stamp_of(rules):
    return rules.workflow.rendering()[0]


def hold(rules, cause=Cause.CARD):
    rules.workflow.recover_mode.begin(cause)


def release(rules):
    """Compare, confirm, and let the floor pass."""
    mode = rules.workflow.recover_mode
    mode.start_floor(rules.clock())
    found, stamp = rules.workflow.compare(by=rules.cleo)
    rules.workflow.confirm_compared(by=rules.cleo, epoch=stamp.epoch, compared=found.newest)
    rules.clock.pass_by(FLOOR.total_seconds())
    return mode.end_if_due(rules.clock())


def decisions(rules, cart, stamp):
    """Every decision that a card offers, over one cart."""
    flow, (cleo, dan) = rules.workflow, (rules.cleo, rules.dan)
    return {
        "approve": lambda: flow.approve(cart.id, approver=cleo, shown=cart.seal.short, stamp=stamp),
        "approved_so_far": lambda: flow.approved_so_far(cart.id, stamp=stamp),
        "may_reject": lambda: flow.may_reject(cart.id, approver=cleo, stamp=stamp),
        "reject": lambda: flow.reject(cart.id, approver=cleo, reason="No.", stamp=stamp),
        "withdraw": lambda: flow.withdraw(cart.id, by=rules.ada, stamp=stamp),
        "pay": lambda: flow.pay(cart.id, payer=dan, method=None, shown=cart.mark, stamp=stamp),
        "try_again": lambda: flow.try_again(cart.id, by=dan, shown=cart.mark, stamp=stamp),
        "give_up": lambda: flow.give_up(cart.id, by=dan, shown=cart.mark, stamp=stamp),
        "may_settle": lambda: flow.may_settle(cart.id, by=dan, shown=cart.mark, stamp=stamp),
        "adopt": lambda: flow.adopt(cart.id, 1, by=dan, shown=cart.mark, stamp=stamp),
        "nothing_ordered": lambda: flow.nothing_ordered(cart.id, by=dan, shown=cart.mark, stamp=stamp),
        "it_was_paid": lambda: flow.it_was_paid(cart.id, by=dan, shown=cart.mark, stamp=stamp),
        "not_paid": lambda: flow.not_paid(cart.id, by=dan, shown=cart.mark, stamp=stamp),
    }


class TestStamps:
    def test_every_decision_checks_the_stamp_of_its_button(self, rules):
        """Another database, an earlier epoch, a later one, an unknown event, another digest: each is found by each."""
        cart = rules.requested()
        now = stamp_of(rules)
        with rules.store.begin() as carts:
            carts.raise_epoch(5)
        for stamp, refusal in (
            (replace(now, epoch=5, database="f" * 12), CardOfAnotherDesk),
            (replace(now, epoch=4), CardBeforeRestore),
            (replace(now, epoch=6), DatabaseWentBack),
            (replace(now, epoch=5, number=now.number + 1), DatabaseWentBack),
            (replace(now, epoch=5, number=10**14), DatabaseWentBack),
            (replace(now, epoch=5, digest="0" * 12), DatabaseWentBack),
        ):
            for name, decide in decisions(rules, cart, stamp).items():
                with pytest.raises(refusal):
                    decide()
                is_proof = refusal is DatabaseWentBack
                assert rules.workflow.recover_mode.is_on is is_proof, name
                if is_proof:
                    with rules.store.begin() as carts:
                        carts.save_standing(replace(carts.standing(), recovery=None))
        assert rules.workflow.cart(cart.id) == cart

    def test_a_card_with_an_older_event_still_decides(self, rules):
        """Events of other carts since the card was rendered do not matter."""
        cart = rules.requested()
        stamp = stamp_of(rules)
        rules.requested("other.ovh", "C2")
        approved = rules.workflow.approve(cart.id, approver=rules.cleo, shown=cart.seal.short, stamp=stamp)
        assert approved.state is S.APPROVED

    def test_a_lost_request_is_noticed_before_it_is_looked_for(self, rules):
        """The card names a request that the database does not have any more, or has given to others."""
        rules.requested()
        beyond = replace(stamp_of(rules), number=99)
        with pytest.raises(DatabaseWentBack):
            rules.workflow.approve(41, approver=rules.cleo, shown="x", stamp=beyond)
        standing = rules.workflow.recover_mode.standing()
        assert (standing.recovery.cause, standing.numbers_above) == (Cause.CARD, 41)

    def test_new_requests_get_numbers_above_all_on_buttons(self, rules):
        """A number that stands on an old card never names another request."""
        first = rules.requested()
        for number in (41, 17):
            with pytest.raises(DatabaseWentBack):
                rules.workflow.reject(
                    number, approver=rules.cleo, reason="No.", stamp=replace(stamp_of(rules), number=99)
                )
        numbers = [
            rules.workflow.add(channel, DomainName.parse("new.ovh"), by=rules.ada).id for channel in ("C2", "C3")
        ]
        assert (first.id, numbers) == (1, [42, 43])

    def test_a_later_restore_is_noticed_over_the_new_epoch(self, rules):
        """A copy from before an earlier recover mode has an earlier epoch than the cards."""
        cart = rules.requested()
        copied = stamp_of(rules)
        hold(rules)
        assert release(rules)
        newest = stamp_of(rules)
        assert newest.epoch > copied.epoch
        with rules.store.begin() as carts:
            carts.raise_epoch(copied.epoch)  # as the copy has it
        with pytest.raises(DatabaseWentBack):
            rules.workflow.withdraw(cart.id, by=rules.ada, stamp=newest)


class TestHeld:
    def test_nothing_is_approved_paid_or_requested(self, rules):
        """Every decision that can send something is refused, and nothing changes."""
        waiting, ordered = rules.requested("a.ovh", "C2"), rules.ordered()
        cart = rules.workflow.add("C3", DomainName.parse("b.ovh"), by=rules.ada)
        hold(rules)
        with pytest.raises(OnHold, match="nothing is ordered, paid, approved or requested"):
            rules.workflow.approve(waiting.id, approver=rules.cleo, shown=waiting.seal.short)
        with pytest.raises(OnHold):
            rules.workflow.pay(ordered.id, payer=rules.dan, method=None, shown=ordered.mark)
        with pytest.raises(OnHold):
            rules.workflow.request_approval(cart.id, requester=rules.ada, purpose="x")
        assert [rules.workflow.cart(each.id).version for each in (waiting, ordered)] == [
            waiting.version, ordered.version,
        ]  # fmt: skip

    def test_filling_reject_and_withdraw_go_on(self, rules):
        """What cannot send anything works as always."""
        one, two = rules.requested("a.ovh", "C2"), rules.requested("b.ovh", "C3")
        hold(rules)
        assert rules.workflow.reject(one.id, approver=rules.cleo, reason="No.").state is S.REJECTED
        assert rules.workflow.withdraw(two.id, by=rules.ada).state is S.CANCELLED
        assert rules.workflow.add("C4", DomainName.parse("c.ovh"), by=rules.ada).lines

    @pytest.mark.parametrize("moment", ["before the step", "during the step"])
    def test_what_was_approved_is_not_ordered(self, rules, monkeypatch, moment):
        """Also where recover mode begins after the step has read it: the intent's own transaction reads it."""
        cart = rules.approved()
        if moment == "before the step":
            hold(rules)
        prepare = rules.registrar.prepare

        def prepared(*args, **kwargs):
            hold(rules)
            return prepare(*args, **kwargs)

        monkeypatch.setattr(rules.registrar, "prepare", prepared)
        rules.settle(cart.id, steps=20, seconds=60)
        kept = rules.workflow.cart(cart.id)
        assert (kept.state, kept.attempt, kept.trouble, rules.registrar.orders) == (S.APPROVED, None, None, {})
        assert set(rules.registrar.carts) <= rules.registrar.discarded

    @pytest.mark.parametrize("moment", ["before the step", "during the step"])
    def test_what_a_payer_decided_is_not_paid(self, rules, monkeypatch, moment):
        """The same for a payment."""
        cart = rules.ordered()
        rules.workflow.pay(cart.id, payer=rules.dan, method=None, shown=cart.mark)
        if moment == "before the step":
            hold(rules)

        def looked(*_args, **_kwargs):
            hold(rules)
            return PaymentSighting(PaymentProgress.NOT_SEEN, "OVH shows no payment.")

        monkeypatch.setattr(rules.registrar, "earlier_payment", looked)
        rules.settle(cart.id, steps=20, seconds=60)
        assert (rules.workflow.cart(cart.id).state, rules.registrar.payments) == (S.PAYING, [])

    def test_a_lost_answer_is_still_adopted(self, rules):
        """Looks and adoptions go on in recover mode."""
        cart = rules.approved()
        rules.registrar.next_fault = "lost_after"
        rules.advance(cart.id)
        hold(rules)
        assert rules.settle(cart.id).state is S.CHECKED_OUT
        assert len(rules.registrar.orders) == 1

    def test_a_payment_under_way_is_still_followed(self, rules):
        """An order that was paid before is delivered in recover mode."""
        cart = rules.paid()
        hold(rules)
        rules.registrar.deliver()
        assert rules.settle(cart.id, steps=20).state is S.DELIVERED

    def test_all_open_cards_are_rendered_at_both_ends(self, rules):
        """People see on every open card that it is on hold, and later that it is not."""
        cart = rules.requested()
        with rules.store.begin() as carts:
            message = carts.show_in(cart.id, MessageRole.APPROVAL, "C1")
            carts.shown(message.id, version=cart.version, ts="1.0")

        def outdated():
            with rules.store.begin() as carts:
                found = carts.outdated()
                for each in carts.messages(cart.id):
                    carts.shown(each.id, version=cart.version, ts="1.0")
                for event in carts.untold(cart.id):
                    carts.told(event.id)
            return found

        outdated()
        assert outdated() == []
        hold(rules)
        assert outdated() == [cart.id]
        assert release(rules)
        assert outdated() == [cart.id]


class TestReleased:
    def test_it_takes_an_operator_and_the_floor(self, rules):
        """A confirmation alone does not end it; the floor counts from OVH's clock, read after it began."""
        hold(rules)
        mode = rules.workflow.recover_mode
        rules.clock.pass_by(10 * FLOOR.total_seconds())
        found, stamp = rules.workflow.compare(by=rules.cleo)
        rules.workflow.confirm_compared(by=rules.cleo, epoch=stamp.epoch, compared=found.newest)
        assert not mode.end_if_due(rules.clock())  # its floor has not begun
        mode.start_floor(rules.clock())
        mode.start_floor(rules.clock() - FLOOR)  # a second process does not set it back
        rules.clock.pass_by(FLOOR.total_seconds() - 1)
        assert not mode.end_if_due(rules.clock())
        rules.clock.pass_by(1)
        assert mode.end_if_due(rules.clock())
        assert not mode.is_on

    def test_time_alone_does_not_end_it(self, rules):
        """Without an operator's word it lasts."""
        hold(rules)
        rules.workflow.recover_mode.start_floor(rules.clock())
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
        mode.start_floor(rules.clock())
        assert mode.standing().recovery.ends_at - rules.clock() == FLOOR_WITH_PROCESSES
        mode.all_stopped()
        assert mode.standing().recovery.ends_at - rules.clock() == FLOOR

    def test_only_operators_compare_and_release(self, rules):
        """A requester does neither."""
        hold(rules)
        with pytest.raises(NotAllowed):
            rules.workflow.compare(by=rules.ada)
        with pytest.raises(NotAllowed):
            rules.workflow.confirm_compared(by=rules.ada, epoch=0, compared=0)

    def test_money_that_moves_after_the_comparison_voids_it(self, rules):
        """Before the word of the operator, and between that and the end of the floor."""
        cart = rules.approved()
        rules.registrar.next_fault = "lost_after"
        rules.advance(cart.id)
        hold(rules)
        mode = rules.workflow.recover_mode
        mode.start_floor(rules.clock())
        found, stamp = rules.workflow.compare(by=rules.cleo)
        rules.settle(cart.id, steps=2)  # the order is adopted
        with pytest.raises(NotPossible, match="compare again"):
            rules.workflow.confirm_compared(by=rules.cleo, epoch=stamp.epoch, compared=found.newest)
        found, stamp = rules.workflow.compare(by=rules.cleo)
        rules.workflow.confirm_compared(by=rules.cleo, epoch=stamp.epoch, compared=found.newest)
        order = rules.workflow.cart(cart.id).order
        rules.registrar.pay(order.id, 1, not_after=rules.clock())  # on OVH's page
        rules.settle(cart.id, steps=20, seconds=FLOOR.total_seconds())
        assert not mode.end_if_due(rules.clock())
        assert (mode.is_on, mode.standing().recovery.confirmed_by) == (True, None)
        assert release(rules)

    def test_open_carts_that_change_void_nothing(self, rules):
        """People fill carts while the floor runs."""
        hold(rules)
        found, stamp = rules.workflow.compare(by=rules.cleo)
        rules.workflow.add("C4", DomainName.parse("c.ovh"), by=rules.ada)
        assert rules.workflow.confirm_compared(by=rules.cleo, epoch=stamp.epoch, compared=found.newest)

    def test_a_comparison_of_an_earlier_recover_mode_is_refused(self, rules):
        """The button of a comparison before another restore ends nothing."""
        hold(rules)
        found, stamp = rules.workflow.compare(by=rules.cleo)
        assert release(rules)
        hold(rules)
        with pytest.raises(NotPossible, match="another restore"):
            rules.workflow.confirm_compared(by=rules.cleo, epoch=stamp.epoch, compared=found.newest)

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
        with pytest.raises(CardBeforeRestore, match="Use the newest card"):
            rules.workflow.approve(cart.id, approver=rules.cleo, shown=cart.seal.short, stamp=before)
        approved = rules.workflow.approve(cart.id, approver=rules.cleo, shown=cart.seal.short, stamp=stamp_of(rules))
        assert approved.state is S.APPROVED

    def test_what_was_held_goes_on_at_once(self, rules):
        """A request that was approved before is ordered when recover mode ends."""
        cart = rules.approved()
        hold(rules)
        rules.settle(cart.id, steps=3)
        assert release(rules)
        assert rules.fulfilment.due() == [cart.id]
        assert rules.settle(cart.id, steps=2).state is S.CHECKED_OUT

    def test_the_loss_is_told_once(self, rules):
        """People read from when to when everything is forgotten."""
        rules.requested()
        newest = rules.clock()
        rules.clock.pass_by(60)
        began = rules.clock()
        hold(rules)
        mode = rules.workflow.recover_mode
        assert mode.loss_to_tell() is None
        assert release(rules)
        lost = mode.loss_to_tell()
        assert (lost.from_, lost.noticed_at) == (newest, began)
        assert mode.loss_to_tell() is None
        mode.tell_loss_again()
        assert mode.loss_to_tell() == lost

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
            rules.workflow.withdraw(cart.id, by=rules.ada, stamp=lost)
        assert rules.workflow.recover_mode.standing().recovery.last_event_at == kept

    def test_operators_are_told_once(self, rules):
        """And again where that failed, or where the comparison became void."""
        hold(rules)
        mode = rules.workflow.recover_mode
        assert [mode.must_tell(), mode.must_tell()] == [True, False]
        mode.tell_again()
        assert mode.must_tell()


class TestCompared:
    def test_orders_that_no_request_knows_are_listed(self, rules):
        """With the requests that they fit; our own and those that are over are not listed."""
        ordered, cart = rules.ordered(), rules.requested("lost.ovh", "C2")
        lost = frozenset({DomainName.parse("lost.ovh")})
        rules.registrar.foreign = [
            AccountOrder(900, euros("3.59"), OrderStatus.NOT_PAID, lost),
            AccountOrder(901, euros("9.99"), OrderStatus.DELIVERED, frozenset({DomainName.parse("else.ovh")})),
            AccountOrder(902, euros("3.59"), OrderStatus.CANCELLED, lost),
            AccountOrder(ordered.order.id, euros("3.59"), OrderStatus.NOT_PAID, lost),
        ]
        hold(rules)
        found, _ = rules.workflow.compare(by=rules.cleo)
        assert [(each.order.id, each.fits) for each in found.unknown] == [(900, (cart.id,)), (901, ())]

    def test_an_order_of_the_lost_state_is_not_made_again(self, rules):
        """After the release the look before a checkout goes back to before the loss."""
        asked_since = []
        cart = rules.requested()
        hold(rules)
        rules.clock.pass_by(3600)
        assert release(rules)
        rules.registrar.order_since = lambda since, *_args, **_kwargs: asked_since.append(since)
        approved = rules.workflow.approve(cart.id, approver=rules.cleo, shown=cart.seal.short, stamp=stamp_of(rules))
        rules.advance(cart.id)
        assert asked_since[0] <= cart.since < approved.since


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

    def test_any_other_database_starts_as_always(self, rules):
        """Without the mark nothing is held."""
        rules.workflow.recover_mode.begin_if_copied()
        assert not rules.workflow.recover_mode.is_on
