"""What was decided is carried out once, whatever gets lost on the way."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ordering.model.cart import BlockedReason, CartState
from ordering.model.errors import OrderingError, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data, EventKind, Fact, amount
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import OrderReconciliation, OrderStatus, Outcome, SalesOrder
from store.transactions import SqlStore
from tests.builders import LATER, SILENT, a_quote, advanced, euros, failing
from tests.conftest import Rules
from tests.databases import new_sqlite, open_unsynced
from tests.fakes import CART_GONE
from tests.ordering.paying import BOOKED

S, K = CartState, EventKind
SEEN: Data = {"seen": "order_found", "order": 8}


def test_from_the_approval_to_the_delivery(rules):
    cart = rules.paid()
    assert cart.state is S.PAID
    rules.registrar.deliver()
    assert rules.run_worker(cart.id).state is S.DELIVERED
    assert len(rules.registrar.orders) == len(rules.registrar.payments) == 1


def test_a_restart_at_every_step_changes_nothing(rules):
    cart = rules.approved()
    for _ in range(20):
        rules.restart()
        rules.run_worker(cart.id, steps=1)
        seen = rules.workflow.queries.cart(cart.id)
        if seen.state is S.CHECKED_OUT and seen.order.methods:
            rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
        rules.registrar.deliver()
    assert rules.workflow.queries.cart(cart.id).state is S.DELIVERED
    assert len(rules.registrar.orders) == len(rules.registrar.payments) == 1


def test_a_dearer_quote_asks_again_and_orders_nothing(rules):
    cart = rules.approved()
    rules.registrar.quote = a_quote("4.00")
    again = rules.run_worker(cart.id)
    assert (again.state, again.approved_by) == (S.SUBMITTED, ())
    totals = [again.fact.data["approved"]["total"], again.fact.data["ovh"]["total"]]
    assert (again.fact.kind, totals) == (K.TERMS_CHANGED, [amount(euros("3.59")), amount(euros("4.00"))])
    assert rules.registrar.orders == {}


def test_a_cheaper_quote_goes_on_and_is_recorded(rules):
    cart = rules.approved()
    rules.registrar.quote = a_quote("3.00")
    ordered = rules.run_worker(cart.id)
    assert (ordered.state, str(ordered.quote.total), str(ordered.seal.total)) == (S.CHECKED_OUT, "€3.00", "€3.59")
    _, events = rules.workflow.queries.timeline(cart.id, by=rules.ada)
    (told,) = [event.fact for event in events if event.state is S.CHECKING_OUT]
    assert (told.kind, told.data["approved"]) == (K.CHECKOUT_STARTED, amount(euros("3.59")))
    assert told.data["ovh"]["total"] == amount(euros("3.00"))


def test_a_refused_cart_can_be_closed_or_tried_again(rules):
    """A cart that OVH refuses needs a person who can close it or try again."""
    cart = rules.approved()
    rules.registrar.prepare_refuses = "The name is gone."
    stuck = rules.run_worker(cart.id)
    refused = Fact(K.CHECKOUT_REFUSED, {"error": "registrar_refused", "ovh": {"said": "The name is gone."}})
    assert (stuck.state, stuck.fact) == (S.NEEDS_ATTENTION, refused)
    rules.registrar.prepare_refuses = None
    rules.workflow.recovery.try_again(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


@pytest.mark.parametrize("fault", ["lost_before", "lost_after", "unavailable"])
def test_a_checkout_without_a_clear_answer_orders_once(rules, fault):
    cart = rules.approved()
    rules.registrar.next_fault = fault
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_refused_checkout_is_not_repeated(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "refused"
    assert rules.run_worker(cart.id, steps=60).state is S.NEEDS_ATTENTION
    assert rules.registrar.orders == {}


def test_a_mistake_of_ours_after_an_order_was_made_orders_once(rules, monkeypatch):
    """The intent is on record, so a bug in reading the answer costs a search, and never a second order."""
    cart, check_out = rules.approved(), rules.registrar.check_out

    def misread(registrar_cart, **more):
        check_out(registrar_cart, **more)
        raise KeyError("orderId")

    monkeypatch.setattr(rules.registrar, "check_out", misread)
    with pytest.raises(KeyError):
        rules.run_worker(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S.CHECKING_OUT
    rules.fulfilment.postpone(cart.id, "f00d")
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


@pytest.mark.parametrize(
    ("answer", "steps"),
    [(RegistrarRefused(), 1), (RegistrarUnavailable(), 2)],
)
def test_an_order_that_was_made_although_ovh_said_no_is_found(rules, monkeypatch, answer, steps):
    """A proxy delivers the call, loses the answer and repeats it: the repeated one is rejected."""
    cart, check_out = rules.approved(), rules.registrar.check_out

    def repeated(registrar_cart, **more):
        check_out(registrar_cart, **more)
        raise answer

    monkeypatch.setattr(rules.registrar, "check_out", repeated)
    assert rules.run_worker(cart.id, steps=steps).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


@pytest.mark.parametrize("error", [RegistrarRefused(), RegistrarUnavailable()])
def test_a_checkout_that_fails_before_its_intent_leaves_no_cart(rules, monkeypatch, error):
    """Each try that ends before the intent gives its cart at OVH back."""
    cart = rules.approved()
    monkeypatch.setattr(rules.registrar, "clock_ahead", failing(error))
    rules.run_worker(cart.id, steps=4)
    assert rules.registrar.carts
    assert set(rules.registrar.carts) == rules.registrar.discarded
    monkeypatch.undo()
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_withdrawn_attempt_is_repeated_only_after_the_floor(rules, monkeypatch):
    """The first checkout came through just before its cart is discarded, and OVH lists the order late."""
    cart, discard = rules.approved(), rules.registrar.discard
    made: list[int] = []

    def too_late(registrar_cart):
        rules.registrar.check_out(registrar_cart, waive_retraction=False, not_after=LATER)
        made.append(rules.registrar.carts.pop(registrar_cart))
        return discard(registrar_cart)

    rules.registrar.next_fault = "lost_before"
    rules.run_worker(cart.id, steps=2)
    monkeypatch.setattr(rules.registrar, "discard", too_late)
    waiting = rules.run_worker(cart.id, steps=2, seconds=20)
    assert (waiting.state, len(made)) == (S.CHECKING_OUT, 1)
    rules.registrar.carts[waiting.attempt.registrar_cart] = made[0]
    after = rules.run_worker(cart.id, steps=4, seconds=20)
    assert (after.state, after.order.id, len(rules.registrar.orders)) == (S.CHECKED_OUT, made[0], 1)


def test_a_crash_after_the_intent_is_reconciled(rules, monkeypatch):
    """A death right after the intent leaves a cart that is looked for."""
    cart = rules.approved()
    with monkeypatch.context() as dying:
        dying.setattr(rules.registrar, "check_out", failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            rules.advance(cart.id)
    rules.restart()
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_another_carts_order_is_not_looked_at(rules, monkeypatch):
    other, cart = rules.ordered(), rules.approved("other.ovh", channel="C2")
    seen, look = [], rules.registrar.find_order
    both = [other.order.id, other.order.id + 1]

    def watched(*about, known):
        seen.append(known(both))
        return look(*about, known=known)

    monkeypatch.setattr(rules.registrar, "find_order", watched)
    rules.registrar.next_fault = "lost_after"
    rules.run_worker(cart.id, steps=2)
    assert seen == [{other.order.id}]


def test_a_dear_order_that_ovh_cancelled_is_looked_at_no_more(rules, monkeypatch):
    cart = rules.approved()
    cancelled = SalesOrder(OrderId(8), euros("99.00"), euros("16.50"), OrderStatus.CANCELLED)
    rules.registrar.next_fault = "lost_after"
    rules.advance(cart.id)
    monkeypatch.setattr(
        rules.registrar, "find_order", lambda *_, **__: OrderReconciliation(Outcome.FOUND, SEEN, cancelled)
    )
    after = rules.run_worker(cart.id, steps=3)
    assert after.has_nothing_to_come
    assert rules.fulfilment.due() == []


def test_what_has_nothing_to_come_does_not_come_back_at_once(rules):
    cart = rules.approved()
    rules.registrar.prepare_refuses = "The name is gone."
    rules.run_worker(cart.id)
    with rules.store.begin() as carts:
        carts.postpone(carts.cart(cart.id), due_at=rules.clock())
    rules.advance(cart.id)
    assert rules.fulfilment.due() == []


def test_a_clock_that_was_put_back_stops_nothing(rules):
    cart = rules.approved()
    rules.clock.pass_by(-86_400)
    assert rules.fulfilment.due() == [cart.id]
    assert rules.run_worker(cart.id, steps=3).state is S.CHECKED_OUT


def test_a_refusal_of_a_closed_cart_proves_nothing(rules):
    """A no to a cart that OVH closed is no proof that nothing was ordered."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "refused", True
    assert rules.run_worker(cart.id, steps=2).state is S.CHECKING_OUT
    assert rules.run_worker(cart.id, steps=20).is_undecided


def test_a_refusal_is_kept_if_the_read_after_it_fails(rules, monkeypatch):
    """OVH's no is kept where the look after it fails and nothing is ordered again."""
    cart, look = rules.approved(), rules.registrar.find_order
    rules.registrar.next_fault = "refused"
    monkeypatch.setattr(rules.registrar, "find_order", failing(RegistrarUnavailable()))
    with suppress(OrderingError):
        rules.advance(cart.id)
    monkeypatch.setattr(rules.registrar, "find_order", look)
    after = rules.run_worker(cart.id, steps=60)
    assert after.has_nothing_to_come
    refused: Data = {"error": "registrar_refused", "attempt": 1, "call_was_refused": True}
    assert after.fact == Fact(K.CHECKOUT_REFUSED, refused)
    assert rules.registrar.orders == {}


@pytest.mark.parametrize(("error", "minutes"), SILENT)
def test_an_order_of_which_ovh_does_not_tell_is_for_a_person(rules, monkeypatch, error, minutes):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_after"
    rules.advance(cart.id)
    monkeypatch.setattr(rules.registrar, "find_order", failing(error))
    assert advanced(rules, cart.id, minutes - 10).state is S.CHECKING_OUT
    after = advanced(rules, cart.id, 20)
    assert after.is_undecided
    assert (after.fact.kind, after.fact.data["error"]) == (K.ORDER_UNKNOWN, error.code)


def test_no_second_checkout_while_the_first_may_succeed(rules):
    """No second checkout while the first cart could still be ordered."""
    rules.registrar.undeletable = True
    cart = rules.approved()
    rules.registrar.next_fault = "lost_before"
    held = rules.run_worker(cart.id, steps=60)  # half an hour: longer than the floor after a DELETE
    assert (held.state, held.attempt.number, rules.registrar.orders) == (S.CHECKING_OUT, 1, {})
    rules.registrar.undeletable = False
    assert rules.run_worker(cart.id, steps=60).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_nothing_is_believed_before_the_settling_time(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_before"
    assert rules.run_worker(cart.id, steps=5, seconds=10).state is S.CHECKING_OUT


def test_an_undecided_order_is_for_a_person_and_found_later(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_after"
    rules.registrar.undecided = True
    stuck = rules.run_worker(cart.id, steps=10)
    assert stuck.state is S.NEEDS_ATTENTION
    assert (stuck.fact.kind, stuck.fact.data["refusal"]) == (K.ORDER_UNKNOWN, None)
    assert stuck.fact.data["evidence"] == CART_GONE
    with pytest.raises(OrderingError):
        rules.workflow.recovery.try_again(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    rules.registrar.undecided = False
    assert rules.run_worker(cart.id, steps=10, seconds=120).state is S.CHECKED_OUT
    assert len(rules.registrar.orders) == 1


def test_a_dearer_order_is_never_offered_for_payment(rules):
    """An order dearer than approved is never offered for payment."""
    cart = rules.approved()
    rules.registrar.order_total = euros("99.00")
    stuck = rules.run_worker(cart.id)
    assert stuck.state is S.NEEDS_ATTENTION
    assert stuck.fact.kind is K.ORDER_EXCEEDS_APPROVAL
    assert stuck.fact.data["approved"] == amount(euros("3.59"))
    assert stuck.fact.data["ovh"] == {"total": amount(euros("99.00"))}
    with pytest.raises(OrderingError):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    # Not for a moment: what it costs is compared before it counts as ordered.
    assert S.CHECKED_OUT not in [event.state for event in rules.workflow.queries.timeline(cart.id, by=rules.ada)[1]]


def test_an_order_that_ovh_cancels_unpaid_ends_there(rules):
    cart = rules.ordered()
    rules.registrar.cancel(cart.order.id)
    assert rules.run_worker(cart.id).state is S.CANCELLED


def test_a_dear_order_that_ovh_cancels_unpaid_ends_there(rules):
    cart = rules.approved()
    rules.registrar.order_total = euros("99.00")
    stuck = rules.run_worker(cart.id)
    rules.registrar.cancel(stuck.order.id)
    ended = rules.run_worker(cart.id, steps=10, seconds=60)
    assert (ended.state, ended.fact) == (S.CANCELLED, Fact(K.ORDER_CANCELLED, {"order": stuck.order.id}))


def test_asks_a_person_after_five_rejected_checkouts(rules, monkeypatch):
    """An OVH that rejects orders is asked five times and then a person."""
    cart = rules.approved()
    monkeypatch.setattr(rules.registrar, "check_out", failing(RegistrarUnavailable()))
    after = rules.run_worker(cart.id, steps=70, seconds=100)
    assert after.state is S.NEEDS_ATTENTION
    assert (after.fact.kind, after.fact.data["attempt"]) == (K.CHECKOUT_ATTEMPTS_EXHAUSTED, 5)
    assert len(rules.registrar.orders) == 0


def test_an_old_list_of_due_carts_starts_nothing(rules):
    """A cart with nothing to come is left alone by a process with an old list."""
    cart = rules.approved()
    rules.registrar.next_fault = "refused"
    rules.run_worker(cart.id, steps=60)
    before = rules.workflow.queries.cart(cart.id)
    rules.fulfilment.advance(cart.id)
    assert rules.workflow.queries.cart(cart.id) == before


def test_an_unforeseen_failure_is_told_on_the_card(rules):
    cart = rules.approved()
    rules.fulfilment.postpone(cart.id, "f00d")
    reason = rules.workflow.queries.cart(cart.id).blocked
    assert (reason.code, reason.data) == ("internal_error", {"reference": "f00d"})


def test_a_blocked_reason_is_recorded_and_removed(rules, monkeypatch):
    """What keeps the bot from going on is noted and taken off again."""
    cart = rules.approved()

    def silent(*_args, **_kwargs):
        raise RegistrarUnavailable

    monkeypatch.setattr(rules.registrar, "prepare", silent)
    began = rules.clock.now
    for _ in range(4):
        with pytest.raises(RegistrarUnavailable):
            rules.fulfilment.advance(cart.id)
        rules.clock.pass_by(60)
    stuck = rules.workflow.queries.cart(cart.id)
    assert (stuck.state, stuck.blocked) == (
        S.APPROVED,
        BlockedReason(began, "registrar_unavailable"),
    )
    monkeypatch.undo()
    assert rules.run_worker(cart.id, seconds=400).blocked is None


def test_a_question_that_fails_is_asked_later(rules, monkeypatch):
    cart = rules.approved()

    def refuses(*_args, **_kwargs):
        raise RegistrarRefused

    monkeypatch.setattr(rules.registrar, "payment_methods", refuses)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    monkeypatch.undo()
    assert rules.run_worker(cart.id, steps=30).order.methods


BLURRED = BOOKED
FAULTS = st.sampled_from([None, "lost_before", "lost_after", "refused", "unavailable"])
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "approve",
                "reject",
                "pay",
                "advance",
                "restart",
                "deliver",
                "rise",
                "try",
                "withdraw",
                "wait",
                "adopt",
                "blur",
                "paid",
                "unpaid",
            ]
        ),
        FAULTS,
    ),
    max_size=40,
)


@pytest.mark.slow  # on SQLite
@given(ACTIONS)
@settings(max_examples=60)
def test_no_sequence_orders_or_pays_twice_or_unapproved(tmp_path_factory, actions):
    """No walk orders twice pays twice or pays what nobody approved."""
    engines = open_unsynced(new_sqlite(tmp_path_factory.mktemp("walk")))
    rules = Rules(SqlStore(engines))
    cart = rules.requested()
    approvals = 0
    for action, fault in actions:
        rules.registrar.next_fault = fault
        before = rules.workflow.queries.cart(cart.id)
        try:
            _do(rules, cart.id, action)
        except OrderingError:
            continue
        if action == "approve":
            approvals += 1
        if before.state in {S.SUBMITTED, S.REJECTED}:
            assert len(rules.registrar.payments) == 0
    assert len(rules.registrar.orders) <= max(approvals, 0)
    assert len(rules.registrar.orders) <= 1
    assert len(rules.registrar.payments) <= 1
    engines.close()


CLICKS = ("pay", "try", "close", "adopt", "nothing", "paid", "unpaid")


@pytest.mark.slow  # on SQLite
@given(st.lists(st.tuples(st.sampled_from([*CLICKS, "wait", "blur", "hide"]), FAULTS), min_size=10, max_size=30))
@settings(max_examples=30, phases=[Phase.generate])  # to shorten a walk that fails would take minutes
def test_a_late_repeated_click_decides_nothing(tmp_path_factory, actions):
    """No click decides a second time however late Slack delivers it again."""
    engines = open_unsynced(new_sqlite(tmp_path_factory.mktemp("walk")))
    rules = Rules(SqlStore(engines))
    cart, decided = rules.approved(), []
    for action, fault in actions:
        rules.registrar.next_fault = fault
        shown = rules.mark(cart.id)
        with suppress(OrderingError):
            _do(rules, cart.id, action, shown)
            decided += [(action, shown)] if action in CLICKS else []
        rules.run_worker(cart.id, steps=1)
        for click in decided:
            before = rules.workflow.queries.cart(cart.id)
            with suppress(OrderingError):
                _do(rules, cart.id, *click)
            assert rules.workflow.queries.cart(cart.id) == before
    engines.close()


def _do(rules: Rules, cart_id: CartId, action: str, shown: str | None = None) -> None:
    """A user does it, on the newest card unless another mark was `shown`."""
    cart, work = rules.workflow.queries.cart(cart_id), rules.workflow
    shown = cart.mark if shown is None else shown
    actions: dict[str, Callable[[], object]] = {
        "approve": lambda: work.approvals.approve(cart_id, approver=rules.cleo, mark=cart.request_mark),
        "reject": lambda: work.approvals.reject(cart_id, approver=rules.cleo, reason="no"),
        "pay": lambda: work.payments.pay(cart_id, payer=rules.dan, method=None, mark=shown),
        "try": lambda: work.recovery.try_again(cart_id, by=rules.dan, mark=shown),
        "close": lambda: work.recovery.give_up(cart_id, by=rules.dan, mark=shown),
        "adopt": lambda: work.recovery.adopt(
            cart_id, OrderId(next(iter(rules.registrar.orders), 99)), by=rules.dan, mark=shown
        ),
        "nothing": lambda: work.recovery.nothing_ordered(cart_id, by=rules.dan, mark=shown),
        "withdraw": lambda: work.approval_requests.withdraw(cart_id, by=rules.ada),
        "restart": rules.restart,
        "deliver": rules.registrar.deliver,
        "rise": lambda: setattr(rules.registrar, "quote", a_quote(str(rules.registrar.quote.total.amount + 1))),
        "wait": lambda: rules.clock.pass_by(70),
        "advance": lambda: rules.run_worker(cart_id, steps=1),
        "blur": lambda: setattr(rules.registrar, "sighting", None if rules.registrar.reconciliation else BLURRED),
        "hide": lambda: setattr(rules.registrar, "undecided", not rules.registrar.undecided),
        "paid": lambda: work.recovery.it_was_paid(cart_id, by=rules.dan, mark=shown),
        "unpaid": lambda: work.recovery.not_paid(cart_id, by=rules.dan, mark=shown),
    }
    actions[action]()
