"""Mutations of the guards on rights: who may approve, who may pay, who may declare that nothing happened."""

from __future__ import annotations

from prove.mutants.changes import drop, instead, never, returns, swap, without_keyword
from prove.mutants.mutation import Mutation

_EARLIER, _MANUAL_RECOVERY, _SELF = (
    "tests/ordering/test_earlier_approvals.py",
    "tests/ordering/test_manual_recovery.py",
    "tests/ordering/test_self_approval.py",
)
_WHO_MAY, _BUYING = "tests/ordering/test_who_may.py", "tests/store/contract/test_buying.py"
_RETURNS = "tests/ordering/test_returns.py"
_READS, _APPROVE = "ordering.workflow.approvals:Approvals._still_valid", "ordering.workflow.approvals:Approvals.approve"
_RIGHT, _POLICY = "ordering.model.policy:Policy.right_to_approve", "ordering.model.policy:Policy.may_approve"

OF_RIGHTS = (
    Mutation(
        "count an approval whose approver lost the right",
        _READS,
        swap("tuple((user for user, right in rights.items() if right is Right.HELD))", "tuple(rights)"),
        _EARLIER,
    ),
    Mutation(
        "take a right that cannot be read for a no", _READS, never("Right.UNREADABLE in rights.values()"), _EARLIER
    ),
    Mutation(
        "take an unread profile for a right",
        _RIGHT,
        instead("person.membership in _UNREADABLE", "return Right.HELD"),
        _EARLIER,
    ),
    Mutation("take an unread group for a right that was lost", _RIGHT, never("hidden"), _EARLIER),
    Mutation(
        "check no earlier approval again", _APPROVE, swap("len(given) + 1 >= needed", "len(given) > needed"), _EARLIER
    ),
    Mutation(
        "let the requester say that nothing was ordered",
        "ordering.workflow.recovery:ManualRecovery.nothing_ordered",
        drop("self._policy.may_deny(cart, by)"),
        _EARLIER,
    ),
    Mutation(
        "let the requester say that it was not paid",
        "ordering.workflow.recovery:ManualRecovery._payment_to_recover",
        never("not paid"),
        _EARLIER,
    ),
    Mutation(
        "let an approver answer before the first payment",
        "ordering.workflow.recovery:ManualRecovery._payment_to_recover",
        never("paying.payment.sent_at is None"),
        "tests/ordering/test_payment_questions.py::test_only_a_payer_answers_before_the_first_payment",
    ),
    Mutation(
        "let the requester order next to another order",
        "ordering.workflow.recovery:ManualRecovery.order_anyway",
        drop("self._policy.may_approve(cart, by)"),
        "tests/ordering/test_foreign_orders.py::test_who_may_not_order_anyway",
    ),
    Mutation(
        "let anybody pay",
        "ordering.workflow.payments:PaymentDecisions.pay",
        drop("self._policy.may_pay(payer)"),
        "tests/ordering/test_workflow.py::test_only_a_payer_pays_with_a_method_of_the_order_and_once",
    ),
    Mutation(
        "let anybody edit a returned request",
        "ordering.model.policy:Policy.may_change",
        never("cart.state is CartState.RETURNED and person.id not in cart.contributors"),
        f"{_RETURNS}::test_only_those_it_belongs_to_edit_it",
    ),
    Mutation(
        "take a contributor who sends a returned request for its requester",
        "ordering.workflow.approval_requests:asker_of",
        swap("cart.requester if cart.state is S.RETURNED and cart.requester else person.id", "person.id"),
        f"{_RETURNS}::test_a_contributor_edits_it_for_its_requester",
    ),
    Mutation(
        "let a contributor withdraw a returned request",
        "ordering.workflow.approval_requests:ApprovalRequests.withdraw",
        never("by.id != cart.requester"),
        f"{_RETURNS}::test_its_requester_withdraws_it",
    ),
    Mutation("let people approve their own request", _POLICY, swap("self.self_approval", "self.approvers"), _SELF),
    Mutation(
        "let an approver decide alone about a name that they shaped",
        _POLICY,
        swap("cart.people_who_shaped", "cart.people_who_added"),
        _SELF,
    ),
    Mutation(
        "forget who chose the years", "ordering.model.cart_line:Line.with_years", without_keyword("shaped_by"), _SELF
    ),
    Mutation(
        "forget who took an answer back", "ordering.model.cart_line:Line.answered", without_keyword("shaped_by"), _SELF
    ),
    Mutation(
        "wash off who shaped a name by copying it",
        "ordering.model.cart_line:Line.copied",
        swap("self.shapers", "frozenset()"),
        _SELF,
    ),
    Mutation(
        "take an unreadable right for a lost one before a request",
        "ordering.model.policy:Policy.needs_another_approver",
        swap(
            "self.right_to_approve(asked, person) is Right.LOST",
            "self.right_to_approve(asked, person) is not Right.HELD",
        ),
        _SELF,
    ),
    Mutation(
        "let people request whom the team did not name",
        "ordering.model.policy:Policy.may_fill",
        never("self.requesters is not None"),
        f"{_WHO_MAY}::test_only_requesters_fill_carts_and_request",
    ),
    Mutation(
        "judge who may request by the form alone",
        "ordering.model.policy:Policy.may_change",
        swap("self.may_fill(person)", "self.must_be_member(person)"),
        f"{_WHO_MAY}::test_who_lost_the_right_to_request_is_refused_at_the_request",
    ),
    Mutation(
        "approve a name that the rules refuse",
        _APPROVE,
        drop("refuse_against_naming(self._policy, cart)"),
        f"{_WHO_MAY}::TestNaming",
    ),
    Mutation(
        "order a name that the rules refuse",
        "ordering.process.standing:Limits.__call__",
        never("intent.order is None"),
        f"{_WHO_MAY}::TestNaming",
    ),
    Mutation(
        "request a name that the rules refuse",
        "ordering.workflow.preflight:Inspection.check",
        never("(barred := list(filter(None, map(self._policy.naming.refusal_of, names))))"),
        f"{_WHO_MAY}::TestNaming",
    ),
    Mutation(
        "forget the usual limit of an order",
        "ordering.model.policy:Policy.order_limit",
        never("self.limit_per_order is None and self.usual_limit and (currency in USUAL_LIMIT_CURRENCIES)"),
        f"{_WHO_MAY}::test_the_usual_limit_holds_at_each_step",
    ),
    Mutation(
        "request beyond the limits",
        "ordering.workflow.approval_requests:submit",
        drop("refuse_beyond_limits(policy, carts, cart, quote.total, now)"),
        f"{_BUYING}::test_the_rules_of_a_request_hold",
    ),
    Mutation(
        "request in one go a name that another request holds",
        "ordering.workflow.buying:Buying.request",
        never("(findings := held(carts, list(seen), without=NOT_STORED))"),
        f"{_BUYING}::test_what_the_account_owns_or_another_cart_holds_is_refused",
    ),
    Mutation(
        "request in one go on other terms than shown",
        "ordering.workflow.buying:Buying._offers",
        without_keyword("seen"),
        f"{_BUYING}::test_what_changed_since_the_preview_is_not_requested",
    ),
    Mutation(
        "request in one go what nobody could approve",
        "ordering.workflow.buying:Buying.request",
        drop("self._approval_requests.must_leave_an_approver(unstored, requester.id, approvers)"),
        f"{_BUYING}::test_a_request_that_nobody_could_approve_is_refused",
    ),
    Mutation(
        "pay a large order without a second question",
        "ordering.model.policy:Policy.confirms_payment",
        returns("False"),
        f"{_WHO_MAY}::test_a_large_payment_is_confirmed",
    ),
)
