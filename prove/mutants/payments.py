"""Mutations of the guards on payments: the intent, the floor, refusals, users' answers, explained transactions."""

from __future__ import annotations

from prove.mutants.changes import always, drop, instead, never, returns, swap, uncaught, without_part
from prove.mutants.mutation import Mutation

_FLOOR, _QUESTIONS, _PAY = (
    "tests/ordering/test_payment_floor.py",
    "tests/ordering/test_payment_questions.py",
    "tests/ordering/test_payment.py",
)
_SHOWN, _MISSING = "tests/registrars/ovh/test_payments.py", "tests/ordering/test_missing_order.py"
_PAYMENTS, _OUTCOME = "ordering.process.payment:Payments", "ordering.process.payment_outcome:PaymentOutcome"
_OVH, _PAYING = "registrars.ovh.payments:Payments", "ordering.workflow.payments:PaymentDecisions"

OF_PAYMENTS = (
    Mutation(
        "forget the intent to pay",
        f"{_PAYMENTS}._send",
        swap("self._intents.commit", "(lambda cart, *_, **__: cart)"),
        "tests/ordering/test_money_calls.py::test_the_intent_is_on_record_before_the_call",
    ),
    Mutation(
        "pay without an entry in the audit log",
        f"{_PAYMENTS}._send",
        swap(
            "self._intents.commit(sending, begun, standing=standing, at=now, due_at=due_at)",
            "self._intents.commit(sending, standing=standing, at=now, due_at=due_at)",
        ),
        "tests/store/test_lost_intents.py::test_the_audit_chain_knows_of_a_payment",
    ),
    Mutation(
        "forget that the payment was sent", f"{_PAYMENTS}.pay_or_watch", never("payment.sent_at is not None"), _PAY
    ),
    Mutation(
        "pay an order that was paid or changed at OVH in the meantime",
        f"{_PAYMENTS}._send",
        never("self._is_settled(cart, fresh)"),
        _PAY,
    ),
    Mutation(
        "send without looking for an earlier payment",
        f"{_PAYMENTS}._send",
        never("self._hinders(cart, payment, earlier)"),
        _PAY,
    ),
    Mutation(
        "pay what the card did not show",
        f"{_PAYING}.pay",
        drop("cart.require_mark(mark)"),
        f"{_PAY}::test_another_total_than_the_card_showed_is_not_paid",
    ),
    Mutation(
        "pay next to a payment by another method",
        f"{_OVH}.reconcile_any",
        swap(
            "self._unfinished(order, made_at, others)",
            "PaymentReconciliation(P.NOT_SEEN, 'The order shows no payment.')",
        ),
        _SHOWN,
    ),
    Mutation(
        "date a payment by a clock that may be put right",
        f"{_OVH}._sent_at",
        without_part("payment.sent_at_ovh"),
        _SHOWN,
    ),
    Mutation(
        "keep a payment for a day that its sender knows was not sent",
        "ordering.process.payment_marker:PaymentMarkers._take_back",
        returns("None"),
        "tests/ordering/test_overtaken.py::test_an_overtaken_payment_is_payable_at_once",
    ),
    Mutation(
        "take the payment of another attempt for one that was not sent",
        "ordering.process.payment_marker:PaymentMarkers._take_back",
        always("was_taken_over"),
        "tests/ordering/test_overtaken.py::test_the_payment_of_another_attempt_stays",
    ),
    Mutation(
        "take a lost payment back with the attempt that found it",
        "ordering.process.money_markers:MoneyMarkers.announce",
        swap("None if isinstance(error, UnknownMarkers) else take_back", "take_back"),
        "tests/ordering/test_overtaken.py::test_a_lost_payment_is_not_taken_back",
    ),
    Mutation(
        "take another process's payment of a moment ago for interrupted",
        "ordering.process.payment_marker:PaymentMarkers.was_interrupted",
        never("is_over(self._registrar, left.started_at, self._settle)"),
        "tests/ordering/test_money_markers.py::test_a_payment_of_a_moment_ago_is_left_to_its_process",
    ),
    Mutation(
        "take silence for a payment that was not taken",
        f"{_OUTCOME}._may_have_failed",
        returns("reconciliation.progress is P.NOT_SEEN or payment.is_denied"),
        _FLOOR,
    ),
    Mutation(
        "believe a no to the call at once",
        f"{_OUTCOME}.follow",
        swap("now < self._floor_of(cart)", "payment.refusal is None and now < self._floor_of(cart)"),
        _FLOOR,
    ),
    Mutation(
        "take a method that was removed since the call for a no",
        f"{_PAYMENTS}._call",
        swap(
            "self._refused(sent, refusal)",
            "self._refused(sent, refusal) if self._is_listed(sent.order, payment.method) "
            "else self._not_sent(sent, refusal)",
        ),
        f"{_FLOOR}::test_a_method_that_was_removed_since_the_call_proves_nothing",
    ),
    Mutation(
        "pay with a method that was removed at OVH",
        f"{_PAYMENTS}._send",
        never("self._is_listed(known, payment.method)"),
        f"{_FLOOR}::test_with_a_method_that_was_removed_nothing_is_sent",
    ),
    Mutation(
        "take a list of methods that cannot be read for one without the method",
        f"{_PAYMENTS}._is_listed",
        swap("return True", "return False"),
        f"{_FLOOR}::test_a_list_that_ovh_refuses_to_show_hinders_nobody",
    ),
    Mutation(
        "take an empty list of methods for one without the method",
        f"{_OVH}.lists_method",
        without_part("not listed"),
        _SHOWN,
    ),
    Mutation(
        "end a floor by our own clock", f"{_OUTCOME}.follow", swap("self._registrar.time()", "self._book.now()"), _FLOOR
    ),
    Mutation(
        "count the floor from the sending where no end is on record",
        "ordering.process.floors:Floors.end_for",
        swap("sent_at + self.unknown", "sent_at + self.ended"),
        _FLOOR,
    ),
    Mutation(
        "believe what OVH showed before its time was read",
        f"{_OUTCOME}._after_the_floor",
        swap("self._registrar.payment(order, cart.payment)", "PaymentReconciliation(P.NOT_SEEN)"),
        _FLOOR,
    ),
    Mutation(
        "believe a refusal after a lost answer",
        f"{_OUTCOME}._is_decided",
        without_part("payment.accepted_at is not None"),
        _FLOOR,
    ),
    Mutation(
        "take a refusal on OVH's page for ours",
        f"{_OUTCOME}._is_decided",
        without_part("order.opened_at is None"),
        _FLOOR,
    ),
    Mutation(
        "forget that the order's page was opened",
        f"{_PAYING}._note_opened",
        swap("replace(cart, order=replace(cart.order, opened_at=now))", "cart"),
        f"{_FLOOR}::test_a_refusal_after_the_page_was_opened_waits_for_the_floor",
    ),
    Mutation(
        "forget with the intent that the order's page was opened",
        f"{_PAYMENTS}._intent",
        swap(
            "replace(cart, payment=replace(payment, sent_at=sent_at, sent_at_ovh=sent_at + ahead))",
            "replace(cart, order=replace(cart.order, opened_at=None), "
            "payment=replace(payment, sent_at=sent_at, sent_at_ovh=sent_at + ahead))",
        ),
        f"{_FLOOR}::test_a_page_that_was_opened_before_the_payment_counts",
    ),
    Mutation(
        "take a refusal of any method for ours",
        f"{_OUTCOME}._is_decided",
        swap("reconciliation.is_own", "reconciliation.progress is P.REFUSED"),
        f"{_FLOOR}::test_an_ambiguous_refusal_waits_for_the_settling_time",
    ),
    Mutation(
        "take a refusal of an account, which leaves no transaction, for ours",
        f"{_OVH}._is_refused",
        instead("not isinstance(method, int)", "return True"),
        f"{_SHOWN}::test_a_refusal_is_the_payments_own_by_its_transaction",
    ),
    Mutation(
        "take a refusal next to a transaction of the same method for ours",
        f"{_OVH}._is_refused",
        swap("len(failed) == len(own) == 1", "len(failed) == 1"),
        f"{_SHOWN}::test_a_refusal_next_to_a_booked_transaction_is_not_ours",
    ),
    Mutation(
        "take a refusal of minutes later for ours",
        f"{_OVH}._is_refused",
        without_part("failed[0].creation_date < since + _BEGUN_WITHIN"),
        f"{_SHOWN}::test_a_refusal_is_the_payments_own_by_its_transaction",
    ),
    Mutation(
        "wait for the floor of a refusal without a word",
        f"{_OUTCOME}._wait",
        without_part("reconciliation.progress is P.REFUSED"),
        f"{_FLOOR}::test_an_ambiguous_refusal_waits_for_the_settling_time",
    ),
    Mutation(
        "open the order next to a payment without a question",
        f"{_PAYING}._note_opened",
        drop("cart.require_mark(mark or '')"),
        f"{_FLOOR}::test_a_card_without_the_payment_opens_no_page",
    ),
    Mutation(
        "take one of two refusals for ours",
        f"{_OVH}._follow_up_evidence",
        without_part("_begun(own) == begun == 1"),
        _SHOWN,
    ),
    Mutation(
        "pay again next to money that nobody explains",
        f"{_OUTCOME}._after_the_floor",
        swap("money.unexplained <= order.explained", "True"),
        _FLOOR,
    ),
    Mutation(
        "pay again next to a transaction that has not ended",
        f"{_OUTCOME}._after_the_floor",
        never("money.unfinished"),
        f"{_FLOOR}::test_an_unexplained_transaction_makes_the_floor_a_day",
    ),
    Mutation(
        "pay first what may be paid already",
        f"{_PAYMENTS}._hinders",
        never("earlier.unexplained > order.explained"),
        f"{_QUESTIONS}::test_money_that_may_have_paid_the_order_is_asked_about_first",
    ),
    Mutation(
        "take a refusal to list orders for one to list transactions",
        f"{_OVH}._order_numbers",
        uncaught("RegistrarRefused"),
        f"{_SHOWN}::test_orders_that_cannot_be_read_explain_no_money",
    ),
    Mutation(
        "let a payment explain a transaction from before it",
        "registrars.ovh.payments:_without",
        without_part("e.creation_date >= since"),
        _SHOWN,
    ),
    Mutation(
        "count only transactions that ended",
        "registrars.ovh.payments:_that_may_pay",
        swap("e.status not in _FAILED", "e.status == _ENDED"),
        _SHOWN,
    ),
    Mutation(
        "make an order paid by a word",
        "ordering.workflow.recovery:ManualRecovery._say",
        swap(
            "replace(paying, order=order).pay(declared, at=now)",
            "replace(paying, order=order, payment=declared).paid(at=now) if paid else "
            "replace(paying, order=order).pay(declared, at=now)",
        ),
        _QUESTIONS,
    ),
    Mutation(
        "send a payment that a person said was made",
        f"{_PAYMENTS}.pay_or_watch",
        never("payment.is_affirmed"),
        _QUESTIONS,
    ),
    Mutation(
        "leave the call of a dead process without an end",
        "ordering.process.predecessor:end_predecessors_calls",
        never("payment.sent_at is not None"),
        f"{_FLOOR}::test_a_dead_senders_call_ends_with_it",
    ),
    Mutation(
        "date the end of a call a second time",
        "ordering.process.predecessor:end_predecessors_calls",
        without_part("payment.ended_at is None"),
        f"{_FLOOR}::test_a_call_with_an_end_is_not_dated_again",
    ),
    Mutation(
        "lose the end of a call next to another change",
        f"{_PAYMENTS}._ended",
        swap("cart is not None", "cart is not None and cart.version == sent.version"),
        f"{_FLOOR}::test_the_end_of_a_call_is_kept_beside_another_change",
    ),
    Mutation(
        "pay an order that OVH does not know", f"{_PAYING}.pay", never("cart.order.missing_since is not None"), _MISSING
    ),
    Mutation(
        "take OVH's silence for an order that it does not know",
        f"{_PAYMENTS}.watch_order",
        swap("NotKnown", "RegistrarError"),
        _MISSING,
    ),
)
