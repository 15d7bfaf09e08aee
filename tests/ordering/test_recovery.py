"""Recover mode: a database that went back is noticed, and nothing is sent until an operator compared."""

from dataclasses import replace

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import (
    CardBeforeRestore,
    CardOfAnotherDatabase,
    DatabaseWentBack,
    OnHold,
)
from ordering.model.recovery import Cause
from ordering.ports.store import MessageRole
from tests.ordering.paying import NOTHING
from tests.ordering.recovering import hold, release, stamp_of
from tests.refusing import refuses

S = CartState


def decisions(rules, cart, stamp):
    """Every decision that a card offers, over one cart."""
    flow, (cleo, dan) = rules.workflow, (rules.cleo, rules.dan)
    return {
        "approve": lambda: flow.approvals.approve(cart.id, approver=cleo, mark=cart.request_mark, stamp=stamp),
        "approved_so_far": lambda: flow.approvals.approved_so_far(cart.id, stamp=stamp),
        "may_reject": lambda: flow.approvals.may_reject(cart.id, approver=cleo, stamp=stamp),
        "reject": lambda: flow.approvals.reject(cart.id, approver=cleo, reason="No.", stamp=stamp),
        "withdraw": lambda: flow.approval_requests.withdraw(cart.id, by=rules.ada, stamp=stamp),
        "pay": lambda: flow.payments.pay(cart.id, payer=dan, method=None, mark=cart.mark, stamp=stamp),
        "try_again": lambda: flow.recovery.try_again(cart.id, by=dan, mark=cart.mark, stamp=stamp),
        "give_up": lambda: flow.recovery.give_up(cart.id, by=dan, mark=cart.mark, stamp=stamp),
        "may_recover": lambda: flow.recovery.may_recover(cart.id, by=dan, mark=cart.mark, stamp=stamp),
        "adopt": lambda: flow.recovery.adopt(cart.id, 1, by=dan, mark=cart.mark, stamp=stamp),
        "nothing_ordered": lambda: flow.recovery.nothing_ordered(cart.id, by=dan, mark=cart.mark, stamp=stamp),
        "it_was_paid": lambda: flow.recovery.it_was_paid(cart.id, by=dan, mark=cart.mark, stamp=stamp),
        "not_paid": lambda: flow.recovery.not_paid(cart.id, by=dan, mark=cart.mark, stamp=stamp),
    }


class TestStamps:
    def test_every_decision_checks_the_stamp_of_its_button(self, rules):
        """Another database, an earlier epoch, a later one, an unknown event, another digest: each is found by each."""
        cart = rules.requested()
        now = stamp_of(rules)
        with rules.store.begin() as carts:
            carts.raise_epoch(5)
        for stamp, refusal in (
            (replace(now, epoch=5, database="f" * 12), CardOfAnotherDatabase),
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
        assert rules.workflow.queries.cart(cart.id) == cart

    def test_a_card_with_an_older_event_still_decides(self, rules):
        """Events of other carts since the card was rendered do not matter."""
        cart = rules.requested()
        stamp = stamp_of(rules)
        rules.requested("other.ovh", "C2")
        approved = rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark, stamp=stamp)
        assert approved.state is S.APPROVED

    def test_a_lost_request_is_noticed_before_it_is_looked_for(self, rules):
        """The card names a request that the database does not have any more, or has given to others."""
        rules.requested()
        beyond = replace(stamp_of(rules), number=99)
        with pytest.raises(DatabaseWentBack):
            rules.workflow.approvals.approve(41, approver=rules.cleo, mark="x", stamp=beyond)
        standing = rules.workflow.recover_mode.standing()
        assert (standing.recovery.cause, standing.numbers_above) == (Cause.CARD, 41)

    def test_new_requests_get_numbers_above_all_on_buttons(self, rules):
        """A number that stands on an old card never names another request."""
        first = rules.requested()
        for number in (41, 17):
            with pytest.raises(DatabaseWentBack):
                rules.workflow.approvals.reject(
                    number, approver=rules.cleo, reason="No.", stamp=replace(stamp_of(rules), number=99)
                )
        numbers = [
            rules.workflow.cart_editing.add(channel, DomainName.parse("new.ovh"), by=rules.ada).id
            for channel in ("C2", "C3")
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
            rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada, stamp=newest)


class TestHeld:
    def test_nothing_is_approved_paid_or_requested(self, rules):
        """Every decision that can send something is refused, and nothing changes."""
        waiting, ordered = rules.requested("a.ovh", "C2"), rules.ordered()
        cart = rules.workflow.cart_editing.add("C3", DomainName.parse("b.ovh"), by=rules.ada)
        hold(rules)
        with refuses("on_hold", OnHold):
            rules.workflow.approvals.approve(waiting.id, approver=rules.cleo, mark=waiting.request_mark)
        with pytest.raises(OnHold):
            rules.workflow.payments.pay(ordered.id, payer=rules.dan, method=None, mark=ordered.mark)
        with pytest.raises(OnHold):
            rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")
        assert [rules.workflow.queries.cart(each.id).version for each in (waiting, ordered)] == [
            waiting.version, ordered.version,
        ]  # fmt: skip

    def test_filling_reject_and_withdraw_go_on(self, rules):
        """What cannot send anything works as always."""
        one, two = rules.requested("a.ovh", "C2"), rules.requested("b.ovh", "C3")
        hold(rules)
        assert rules.workflow.approvals.reject(one.id, approver=rules.cleo, reason="No.").state is S.REJECTED
        assert rules.workflow.approval_requests.withdraw(two.id, by=rules.ada).state is S.CANCELLED
        assert rules.workflow.cart_editing.add("C4", DomainName.parse("c.ovh"), by=rules.ada).lines

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
        rules.run_worker(cart.id, steps=20, seconds=60)
        kept = rules.workflow.queries.cart(cart.id)
        assert (kept.state, kept.attempt, kept.blocked, rules.registrar.orders) == (S.APPROVED, None, None, {})
        assert set(rules.registrar.carts) <= rules.registrar.discarded

    @pytest.mark.parametrize("moment", ["before the step", "during the step"])
    def test_what_a_payer_decided_is_not_paid(self, rules, monkeypatch, moment):
        """The same for a payment."""
        cart = rules.ordered()
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)
        if moment == "before the step":
            hold(rules)

        def looked(*_args, **_kwargs):
            hold(rules)
            return NOTHING

        monkeypatch.setattr(rules.registrar, "earlier_payment", looked)
        rules.run_worker(cart.id, steps=20, seconds=60)
        assert (rules.workflow.queries.cart(cart.id).state, rules.registrar.payments) == (S.PAYING, [])

    def test_a_lost_answer_is_still_adopted(self, rules):
        """Looks and adoptions go on in recover mode."""
        cart = rules.approved()
        rules.registrar.next_fault = "lost_after"
        rules.advance(cart.id)
        hold(rules)
        assert rules.run_worker(cart.id).state is S.CHECKED_OUT
        assert len(rules.registrar.orders) == 1

    def test_a_payment_under_way_is_still_followed(self, rules):
        """An order that was paid before is delivered in recover mode."""
        cart = rules.paid()
        hold(rules)
        rules.registrar.deliver()
        assert rules.run_worker(cart.id, steps=20).state is S.DELIVERED

    def test_all_open_cards_are_rendered_at_both_ends(self, rules):
        """People see on every open card that it is on hold, and later that it is not."""
        cart = rules.requested()
        with rules.store.begin() as carts:
            message = carts.show_in(cart.id, MessageRole.APPROVAL, "C1")
            carts.record_rendered(message, cart, ts="1.0")

        def outdated():
            with rules.store.begin() as carts:
                found = carts.outdated()
                for each in carts.messages(cart.id):
                    carts.record_rendered(each, cart, ts="1.0")
                for event in carts.undelivered(cart.id):
                    carts.record_delivered(event)
            return found

        outdated()
        assert outdated() == []
        hold(rules)
        assert outdated() == [cart.id]
        assert release(rules)
        assert outdated() == [cart.id]
