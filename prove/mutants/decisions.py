"""Mutations of the guards on decisions: their age, Stop, the inbox of clicks, what a card showed."""

from __future__ import annotations

from prove.mutants.changes import always, drop, never, swap, without_item, without_keyword
from prove.mutants.mutation import Mutation

_AGE, _STOP, _INBOX = "tests/ordering/test_age.py", "tests/ordering/test_stop.py", "tests/store/test_inbox.py"
_RETURNS, _SEND_BACK = "tests/ordering/test_returns.py", "ordering.model.cart_phases:Requested.send_back"
_ROUTER = "tests/handlers/test_router.py"
_CONDITIONS = "ordering.process.fulfilment:Fulfilment.__init__"
_APPROVE, _STOPPING = "ordering.workflow.approvals:Approvals.approve", "ordering.workflow.approvals:Approvals.stop"

OF_DECISIONS = (
    Mutation(
        "carry out a decision of any age by the database's clock",
        "ordering.process.age:Age._is_over",
        never("now - decided.at > decided.life"),
        _AGE,
    ),
    Mutation(
        "carry out a decision of any age by OVH's clock",
        "ordering.process.age:Age._is_over",
        swap("now_at_ovh - decided.at_ovh > decided.life", "False"),
        _AGE,
    ),
    Mutation(
        "let Try again renew an approval",
        "ordering.process.age:Age._decided",
        swap(
            "Decided(cart.approved_at or cart.since, cart.approved_at_ovh, self._policy.approval_life)",
            "Decided(cart.since, None, self._policy.approval_life)",
        ),
        _AGE,
    ),
    Mutation("check the age before the step, not with the intent", _CONDITIONS, without_item("self._age"), _AGE),
    Mutation("check no limit with the intent", _CONDITIONS, without_item("Limits(policy, clock)"), _AGE),
    Mutation(
        "check the age with the intent only, and not while OVH is away",
        "ordering.process.fulfilment:Fulfilment._step",
        always("self._is_void(cart)"),
        _AGE,
    ),
    Mutation("read no right again before the intent", _CONDITIONS, without_keyword("reading"), _AGE),
    Mutation(
        "take a right that nobody can read for one that is lost",
        "ordering.process.standing:Standing._approvals",
        never("Right.UNREADABLE in rights.values()"),
        _AGE,
    ),
    Mutation(
        "take a payer's right that nobody can read for a no",
        "ordering.process.standing:Standing._payment",
        never("right is Right.UNREADABLE"),
        _AGE,
    ),
    Mutation(
        "order with fewer valid approvals than the rules ask for",
        "ordering.process.standing:Standing._approvals.hold",
        swap("len(valid) >= self._policy.approvals_needed(now.seal.total)", "valid"),
        _AGE,
    ),
    Mutation(
        "leave an order alone after its payment lapsed",
        "ordering.process.intent:Intents.commit",
        swap("at if instead.state is CartState.CHECKED_OUT else None", "None"),
        _AGE,
    ),
    Mutation("let anybody stop a decision", _STOPPING, drop("self._policy.may_stop(cart, by)"), _STOP),
    Mutation(
        "stop a payment that was sent", _STOPPING, swap("cart.payment_is_unsent", "cart.state is S.PAYING"), _STOP
    ),
    Mutation(
        "decide once more by a click that has ended",
        "store.inbox:end_decided",
        never("_end(connection, key, ClickOutcome.DECIDED)"),
        f"{_INBOX}::test_an_ended_click_decides_nothing",
    ),
    Mutation(
        "end a click in another transaction than its decision",
        "ordering.process.inbox:_Ending.save",
        never("events"),
        f"{_INBOX}::test_a_decision_ends_its_click_in_one_transaction",
    ),
    Mutation(
        "decide older clicks after a Stop",
        "ordering.process.inbox:_Ending.save",
        swap("cart.id if self._overtakes else None", "None"),
        f"{_INBOX}::test_what_stops_ends_older_clicks_on_its_cart",
    ),
    Mutation(
        "write a redelivered click down once more",
        "store.inbox:SqlInbox.put",
        swap("into.values(row)", "into.values({**row, 'key': click.key + str(now)})"),
        f"{_INBOX}::test_a_redelivery_is_the_same_row",
    ),
    Mutation(
        "take a click on a newer card for a repetition",
        "store.inbox:_same",
        swap("col(InboxRow.mark) == click.mark", "col(InboxRow.mark) != ''"),
        "tests/store/contract/test_clicks.py::test_a_repetition_of_an_open_click_is_folded",
    ),
    Mutation(
        "acknowledge a click that was not written down",
        "handlers.routing.inbox:Inbox.take",
        swap("return False", "return True"),
        "tests/scenarios/test_clicks.py::test_a_database_that_hangs_gets_no_answer",
    ),
    Mutation(
        "acknowledge a decision whatever the inbox says",
        "handlers.routing.router:Router.decision.clicked",
        never("not await self._inbox.take(act, Interaction.of_action(body))"),
        f"{_ROUTER}::test_a_decision_is_acknowledged_only_if_it_is_stored",
    ),
    Mutation(
        "acknowledge a form that decides whatever the inbox says",
        "handlers.routing.router:Router.decision_form.submitted",
        never("not await self._inbox.take(form, did)"),
        f"{_ROUTER}::test_a_deciding_form_is_stored_before_its_acknowledgement",
    ),
    Mutation(
        "decide by a card without a stamp",
        "handlers.toolkit.payloads:Decision.read",
        never("stamp is None"),
        "tests/handlers/test_stamps.py::test_a_button_without_a_stamp_is_outdated",
    ),
    Mutation(
        "work off nothing that another process left",
        "store.inbox:SqlInbox.take",
        swap("_AT_ONCE", "0"),
        f"{_INBOX}::test_a_click_is_left_to_its_process_for_five_seconds",
    ),
    Mutation(
        "keep what people typed after the decision",
        "store.inbox:_ended",
        swap("{'outcome': outcome.value, 'content': None}", "{'outcome': outcome.value}"),
        f"{_INBOX}::test_a_decision_ends_its_click_in_one_transaction",
    ),
    Mutation(
        "approve what the card did not show",
        _APPROVE,
        drop("_must_be_this_round(cart, mark)"),
        "tests/ordering/test_workflow.py::test_an_approval_is_for_the_card_that_was_shown",
    ),
    Mutation(
        "keep the terms of a returned request",
        _SEND_BACK,
        swap("{'quote': None, 'seal': None, 'approved_by': ()}", "{'approved_by': ()}"),
        f"{_RETURNS}::test_a_returned_request_has_no_terms_to_approve",
    ),
    Mutation(
        "keep the approvals of a returned request",
        _SEND_BACK,
        swap("{'quote': None, 'seal': None, 'approved_by': ()}", "{'quote': None, 'seal': None}"),
        f"{_RETURNS}::test_half_an_approval_does_not_survive",
    ),
    Mutation(
        "return a request by a form of an earlier round",
        "ordering.workflow.approvals:Approvals.ask_for_changes",
        drop("_must_be_this_round(cart, mark)"),
        f"{_RETURNS}::test_a_form_of_an_earlier_round_returns_nothing",
    ),
    Mutation(
        "send a returned request by a form of an earlier return",
        "ordering.workflow.approval_requests:_must_show_this_return",
        never("cart.state is S.RETURNED"),
        f"{_RETURNS}::test_a_form_of_an_earlier_return_sends_nothing",
    ),
    Mutation(
        "let somebody return their own request",
        "ordering.workflow.approvals:Approvals._must_wait_for_approval",
        drop("self._policy.may_approve(cart, approver)"),
        f"{_RETURNS}::test_only_an_approver_of_the_request_asks_for_changes",
    ),
    Mutation(
        "take another offer than the one that was seen",
        "ordering.model.offer_selection:choose",
        swap("found is None", "(found := found or offers[0]) is None"),
        "tests/ordering/test_offer_selection.py",
    ),
    Mutation(
        "ask for a name that the account owns",
        "ordering.workflow.preflight:Inspection._look",
        never("line.domain in owned"),
        "tests/ordering/test_inspection.py::test_an_owned_name_is_neither_added_nor_requested",
    ),
    Mutation(
        "date an approval from its turn, not from its click",
        "ordering.workflow.approvals:Approvals.approve",
        swap("carts.clock() - waited", "carts.clock()"),
        "tests/ordering/test_age.py::test_an_approval_lives_from_its_click",
    ),
    Mutation(
        "approve by a click that is too old",
        "ordering.workflow.approvals:Approvals._waited",
        never("waited > self._policy.approval_life"),
        "tests/ordering/test_age.py::test_a_click_that_is_too_old_approves_nothing",
    ),
)
