"""Mutations of the guards on orders: the intent, the proof that none was made, whose carts and orders are touched."""

from __future__ import annotations

from prove.mutants.changes import always, drop, never, returns, swap, uncaught, without_keyword, without_part
from prove.mutants.mutation import Mutation

_MARKERS, _FOREIGN = "tests/ordering/test_money_markers.py", "tests/ordering/test_foreign_orders.py"
_LATE = "tests/ordering/test_late_lists.py"
_PROOF, _CALLS = "tests/ordering/test_proof_of_no_order.py", "tests/ordering/test_money_calls.py"
_ADOPTED, _ADOPTION = "tests/ordering/test_adopted_orders.py", "tests/registrars/ovh/test_adoption.py"
_DRAFTS, _SEARCH = "registrars.ovh.carts.carts:OvhCarts", "ordering.process.order_search:OrderSearch"
_ANNOUNCE, _JUDGED = "ordering.process.money_markers:MoneyMarkers.announce", "registrars.ovh.orders:Orders._judged"
_COMPARE = "ordering.process.money_markers:MoneyMarkers._compare"
_CHECKOUT, _HINDRANCE = "ordering.process.checkout:Checkout", "ordering.process.foreign_orders:ForeignOrders.hindrance"

OF_ORDERS = (
    Mutation(
        "skip the seal before the checkout",
        f"{_CHECKOUT}._still_sealed",
        always("prepared.quote.total"),
        "tests/ordering/test_fulfilment.py::test_a_dearer_quote_asks_again_and_orders_nothing",
    ),
    Mutation(
        "forget the intent to order",
        f"{_CHECKOUT}._commit_intent",
        swap("self._intents.commit", "(lambda cart, *_, **__: cart)"),
        "tests/ordering/test_money_calls.py::test_the_intent_is_on_record_before_the_call",
    ),
    Mutation(
        "buy and pay without an intent on record",
        "ordering.process.intent:Intents.commit",
        swap(
            "carts.save(intent, *events, due_at=due_at)", "carts.save(carts.cart(intent.id), due_at=due_at) and intent"
        ),
        "tests/ordering/test_fulfilment.py::test_a_crash_after_the_intent_is_reconciled",
    ),
    Mutation(
        "let a dearer quote pass under the seal",
        f"{_CHECKOUT}._still_sealed",
        without_part("prepared.quote.total.is_within(cart.seal.total)"),
        "tests/ordering/test_fulfilment.py::test_a_dearer_quote_asks_again_and_orders_nothing",
    ),
    Mutation(
        "take every total for one that was approved",
        "ordering.model.cart:Cart.covers",
        without_part("total.is_within(self.seal.total)"),
        "tests/ordering/test_fulfilment.py::test_a_dearer_order_is_never_offered_for_payment",
    ),
    Mutation(
        "order again while the first try may still come through",
        f"{_SEARCH}._withdraw",
        never("self._registrar.discard(attempt.registrar_cart)"),
        "tests/ordering/test_fulfilment.py::test_no_second_checkout_while_the_first_may_succeed",
    ),
    Mutation(
        "pay before comparing what OVH ordered",
        f"{_SEARCH}.found",
        never("cart.covers(order.total)"),
        "tests/ordering/test_fulfilment.py::test_a_dearer_order_is_never_offered_for_payment",
    ),
    Mutation(
        "believe OVH's no to a checkout without a look",
        f"{_CHECKOUT}._send",
        swap(
            "self._search.refused(begun, refusal)",
            "self._book.needs_attention(begun.without_attempt(), K.CHECKOUT_REFUSED, data=refusal.data)",
        ),
        f"{_PROOF}::test_a_refused_checkout_shows_its_order_late",
    ),
    Mutation(
        "find a marker of a lost attempt without switching recover mode on",
        _ANNOUNCE,
        drop("self._recover.begin(Cause.MARKERS)"),
        f"{_MARKERS}::test_a_marker_that_is_not_on_record_stops_the_checkout",
    ),
    Mutation(
        "stop for a marker that an operator has compared",
        _COMPARE,
        swap("compared", "set()"),
        "tests/ordering/test_recovery_ends.py::TestCompared::test_a_marker_of_the_lost_state_is_shown_once",
    ),
    Mutation(
        "ignore a marker that is not on record",
        _COMPARE,
        never("unknown"),
        f"{_MARKERS}::test_a_marker_that_is_not_on_record_stops_the_checkout",
    ),
    Mutation(
        "list the markers before this attempt's own is on record",
        _ANNOUNCE,
        swap("self._registrar.leave_marker(call.subject, call.started_at)", "None"),
        f"{_MARKERS}::test_the_attempt_is_on_record_before_its_marker",
    ),
    Mutation(
        "forget an attempt that has no intent on record",
        "ordering.process.money_markers:MoneyMarkers.left_over",
        returns("None"),
        f"{_MARKERS}::test_an_attempt_without_intent_counts_as_sent",
    ),
    Mutation(
        "keep the markers of a comparison outside recover mode",
        "ordering.process.comparison:_unknown_markers",
        always("mode.is_on"),
        "tests/ordering/test_recovery_ends.py::TestCompared::test_a_comparison_outside_recover_mode_keeps_nothing",
    ),
    Mutation(
        "trust OVH's filter of carts",
        "registrars.ovh.markers:Markers.described",
        swap("self._description(cart) == description", "True"),
        "tests/registrars/ovh/test_markers.py",
    ),
    Mutation(
        "stop every look at a cart that may not be read",
        "registrars.ovh.markers:Markers._description",
        uncaught("RegistrarRefused"),
        "tests/registrars/ovh/test_markers.py::test_a_cart_that_may_not_be_read_hides_no_marker",
    ),
    Mutation(
        "count no cart that may not be read as a marker",
        "registrars.ovh.markers:Markers.described",
        swap("found | unread if unread and self._filters() else found", "found"),
        "tests/registrars/ovh/test_markers.py::test_a_cart_that_may_not_be_read_counts_where_ovh_filters",
    ),
    Mutation(
        "count every cart that may not be read as a marker",
        "registrars.ovh.markers:Markers._filters",
        returns("True"),
        "tests/registrars/ovh/test_markers.py::test_a_cart_that_may_not_be_read_counts_where_ovh_filters",
    ),
    Mutation(
        "let a refusal of the moment hide a marker",
        "registrars.ovh.markers:Markers._description",
        swap(
            "self._ask_twice(f'/order/cart/{segment(cart)}', priority)",
            "self._client.ask(f'/order/cart/{segment(cart)}', priority=priority)",
        ),
        "tests/registrars/ovh/test_markers.py::test_a_refusal_of_the_moment_hides_no_marker",
    ),
    Mutation(
        "take a cart that was shown to an operator for another loss",
        "ordering.process.comparison:_unknown_markers",
        swap("[*unknown, *found.unread]", "unknown"),
        "tests/ordering/test_recovery_ends.py::TestCompared::test_a_cart_that_may_not_be_read_is_shown_once",
    ),
    Mutation(
        "take another process's checkout of a moment ago for interrupted",
        f"{_CHECKOUT}._was_interrupted",
        never("is_over(self._registrar, call.started_at, self._settle)"),
        f"{_MARKERS}::test_an_attempt_of_a_moment_ago_is_left_to_its_process",
    ),
    Mutation(
        "believe at once that a deleted cart ordered nothing",
        f"{_SEARCH}._floor_is_over",
        swap("is_over(self._registrar, attempt.withdrawn_at, floor)", "True"),
        f"{_PROOF}::test_an_order_shows_long_after_the_delete",
    ),
    Mutation(
        "begin the floor by the clock of this machine",
        f"{_SEARCH}._withdraw",
        swap("self._registrar.time()", "self._book.now()"),
        "tests/ordering/test_proof_of_no_order.py::test_a_wrong_clock_of_ours_begins_no_floor",
    ),
    Mutation(
        "wait for an order by the clock of this machine",
        f"{_SEARCH}._waited",
        returns("self._book.now() - cart.since"),
        f"{_PROOF}::test_a_clock_that_is_put_right_after_a_crash",
    ),
    Mutation(
        "believe a refusal of the checkout without the floor",
        f"{_SEARCH}._floor_is_over",
        without_part("self._floors.delete_is_proof"),
        f"{_PROOF}::test_a_refused_checkout_shows_its_order_late",
    ),
    Mutation(
        "order again on a person's word before an order would show",
        f"{_SEARCH}.look_again",
        without_part("is_proven"),
        f"{_PROOF}::test_a_persons_word_counts_after_the_floor",
    ),
    Mutation(
        "delete a cart of another bot",
        f"{_DRAFTS}.discard",
        never("self._descriptions.is_ours(description)"),
        "tests/registrars/ovh/test_cart_ownership.py",
    ),
    Mutation(
        "take a draft that is gone for a refusal",
        f"{_DRAFTS}.prepare",
        never("self._description(cart) is None"),
        "tests/registrars/ovh/test_cart_ownership.py::test_a_draft_that_somebody_deleted_is_no_refusal",
    ),
    Mutation(
        "adopt an order with another total",
        _JUDGED,
        swap("(*_other_total(order, quote), *compared.different)", "compared.different"),
        _ADOPTION,
    ),
    Mutation(
        "adopt an order with other years, mode, plan or owner",
        _JUDGED,
        swap("(*_other_total(order, quote), *compared.different)", "_other_total(order, quote)"),
        _ADOPTION,
    ),
    Mutation(
        "adopt an order that does not show its terms",
        _JUDGED,
        never("compared.hidden"),
        f"{_ADOPTION}::test_a_term_that_is_not_shown_adopts_nothing",
    ),
    Mutation(
        "adopt one of two orders with the same names",
        "registrars.ovh.orders:Orders.find",
        swap("len(ours) == 1", "ours"),
        f"{_ADOPTION}::test_two_orders_that_fit_are_for_a_person",
    ),
    Mutation(
        "take an owner that nobody asked for",
        "registrars.ovh.order_terms:_Seen.different",
        never("OWNER_CONTACT not in self._given"),
        _ADOPTION,
    ),
    Mutation(
        "believe any order that a person names",
        "registrars.ovh.orders:Orders._with_names",
        swap("found == names", "found"),
        _ADOPTION,
    ),
    Mutation(
        "take an order that does not show all its names yet for another's",
        "registrars.ovh.orders:Orders._with_names",
        swap("not lines or (found and found < names)", "not lines"),
        "tests/registrars/ovh/test_orders.py::test_an_order_that_shows_some_of_the_names_may_be_ours",
    ),
    Mutation(
        "order next to an order made elsewhere",
        _HINDRANCE,
        never("fresh.is_over"),
        f"{_FOREIGN}::test_an_order_that_shares_a_name_stops_the_checkout",
    ),
    Mutation(
        "order next to an order that shows no lines yet",
        _HINDRANCE,
        never("order.may_hold(cart)"),
        f"{_FOREIGN}::test_an_order_without_lines_holds_for_ten_minutes",
    ),
    Mutation(
        "order next to an order that shows no line for an hour",
        _HINDRANCE,
        swap("not order.whole", "not order.is_read"),
        f"{_FOREIGN}::test_an_order_that_shows_no_line_for_an_hour_is_a_question",
    ),
    Mutation(
        "let an order that OVH does not show stand still indefinitely",
        "ordering.process.foreign_orders:ForeignOrders._as_hidden",
        swap("replace(before, read_at=now)", "before"),
        f"{_FOREIGN}::test_an_order_hidden_after_its_first_read_is_asked_about",
    ),
    Mutation(
        "delete the cart of an intent that may be on record",
        f"{_CHECKOUT}._order",
        always("isinstance(error, OrderingError | IntentStopped | UnknownMarkers)"),
        f"{_MARKERS}::test_an_intent_whose_commit_lost_its_answer_asks_nobody",
    ),
    Mutation(
        "ask about a lost checkout with nothing on hold",
        f"{_CHECKOUT}._stopped",
        without_keyword("first"),
        f"{_MARKERS}::test_a_person_is_asked_with_recover_mode_on",
    ),
    Mutation(
        "ask about a lost payment with nothing on hold",
        "ordering.process.payment_marker:PaymentMarkers.announce",
        without_keyword("first"),
        f"{_MARKERS}::test_a_person_is_asked_with_recover_mode_on",
    ),
    Mutation(
        "take a marker that OVH may not show for one of a lost attempt",
        "registrars.ovh.markers:Markers.is_of",
        swap("NotThere", "RegistrarRefused"),
        "tests/registrars/ovh/test_markers.py::test_a_marker_that_ovh_may_not_show_is_no_other_ones",
    ),
    Mutation(
        "look at no markers but those of a call's own subject",
        "ordering.process.lost_markers:LostMarkers.look",
        drop("self._recover.begin(Cause.MARKERS)"),
        "tests/bot/test_account_watch.py::test_a_marker_that_is_not_on_record_holds_everything",
    ),
    Mutation(
        "look for others' orders by our own clock",
        "ordering.process.foreign_orders:ForeignOrders._read_new",
        swap("time_at_ovh(self._registrar, self._clock()) or self._clock()", "self._clock()"),
        f"{_FOREIGN}::test_clocks_that_are_far_apart_hide_no_order",
    ),
    Mutation(
        "adopt an order that an approver called another user's",
        "ordering.process.order_search:OrderSearch._find",
        swap("frozenset(cart.foreign_allowed).intersection(among)", "frozenset()"),
        f"{_FOREIGN}::test_an_order_that_was_allowed_is_never_adopted",
    ),
    Mutation(
        "adopt an order from before the attempt",
        _JUDGED,
        never("self._made_at(order) < attempt.started_at - _DATED_BEFORE"),
        f"{_ADOPTION}::test_an_order_from_before_the_attempt_is_not_adopted",
    ),
    Mutation(
        "send though OVH's list of markers shows nothing",
        _COMPARE,
        swap("call.marker in seen", "True"),
        f"{_MARKERS}::test_a_list_that_cannot_see_stops_everything",
    ),
    Mutation(
        "put a failed look for lost attempts off for long",
        "bot.account_watch:AccountWatch._keep",
        swap("(pause, min(2 * pause, _EVERY))", "(_EVERY, pause)"),
        "tests/bot/test_account_watch.py::test_a_look_that_fails_comes_again_soon",
    ),
    Mutation(
        "take a list with an earlier marker for one that is new enough",
        _COMPARE,
        swap("call.marker in seen", "bool(seen & {known.marker for known in recorded})"),
        f"{_LATE}::test_a_list_with_an_earlier_marker_only_proves_nothing",
    ),
    Mutation(
        "forget that an attempt waits for its marker to be listed",
        _ANNOUNCE,
        drop("self._unlisted[call.subject] = announced, take_back"),
        f"{_LATE}::test_a_list_that_shows_markers_late_holds_nothing_for_long",
    ),
    Mutation(
        "wait indefinitely for a marker to be listed",
        "ordering.process.money_markers:MoneyMarkers.list_again",
        without_part("now - call.started_at >= PATIENCE"),
        f"{_LATE}::test_a_marker_that_is_never_listed_is_given_up",
    ),
    Mutation(
        "count an attempt as sent while its process waits for the list",
        "ordering.process.money_markers:leave_while_unlisted",
        never("says_so"),
        f"{_LATE}::test_another_process_leaves_an_attempt_that_waits",
    ),
    Mutation(
        "let the attempt of an ended request wait on",
        "ordering.process.money_markers:MoneyMarkers.list_again",
        without_part("call.cart_id != cart_id"),
        f"{_LATE}::test_a_stopped_request_holds_no_other",
    ),
    Mutation(
        "leave an attempt that waited without an end if its request changed",
        f"{_CHECKOUT}.check_out",
        never("prepared is None and waiting is not None"),
        f"{_LATE}::test_terms_are_looked_at_again_after_the_wait",
    ),
    Mutation(
        "let a try without a marker explain a lost one",
        "ordering.process.money_markers:name_by_age",
        swap("registrar.marker_is_of(marker, call.started_at)", "True"),
        f"{_MARKERS}::test_a_try_that_left_none_explains_no_later_one",
    ),
    Mutation(
        "know a marker by about the time of its attempt",
        "registrars.ovh.markers:Markers.is_of",
        swap(
            "self._expiry(marker) in _expiries(started_at.replace(microsecond=0) + _LIVES[0])",
            "(found := self._expiry(marker)) and found.date() == (started_at + _LIVES[0]).date()",
        ),
        "tests/registrars/ovh/test_markers.py::test_a_marker_is_known_by_the_second_of_its_attempt",
    ),
    Mutation(
        "forget an unfinished try of a closed request",
        "ordering.process.money_markers:MoneyMarkers.left_over",
        swap("_announced(carts, subject)", "[]"),
        f"{_MARKERS}::test_an_attempt_of_a_closed_request_is_looked_after",
    ),
    Mutation(
        "look at the account's orders only before the cart is built",
        f"{_CHECKOUT}._prepared",
        without_part("self._is_free(cart, prepared)"),
        f"{_FOREIGN}::test_an_order_that_comes_while_the_cart_is_built",
    ),
    Mutation(
        "let a yes to one order count for all",
        _HINDRANCE,
        swap("order.number in cart.foreign_allowed", "cart.foreign_allowed"),
        f"{_FOREIGN}::test_another_order_is_another_question",
    ),
    Mutation(
        "pay an adopted order next to a second one of its names",
        "ordering.process.adoption:Adoptions.has_second",
        returns("False"),
        "tests/ordering/test_foreign_orders.py::test_a_second_order_after_an_adoption_stops_pay",
    ),
    Mutation(
        "take another bot for this one",
        "ordering.process.presence:Presence.find_others",
        swap("seen - self._own()", "seen - seen"),
        "tests/bot/test_account_watch.py",
    ),
    Mutation(
        "pay an adopted order whose owner is hidden",
        "ordering.process.adoption:Adoptions.holds",
        always("order.owner_hidden"),
        _ADOPTED,
    ),
    Mutation(
        "commit the intent to pay an order whose owner is hidden",
        "ordering.process.adoption:owner_is_shown",
        returns("None"),
        _ADOPTED,
    ),
    Mutation(
        "take a clock that was put back for no wait",
        "ordering.process.order_search:OrderSearch._waited",
        swap("abs(self._book.now() - cart.since)", "self._book.now() - cart.since"),
        "tests/ordering/test_proof_of_no_order.py::test_ovh_does_not_tell_its_time",
    ),
    Mutation(
        "believe a no while an order may show, by this machine's clock",
        "ordering.workflow.recovery:ManualRecovery._look_once_more",
        swap("is_over(self._registrar, attempt.started_at, UNTIL_ALL_SHOWS)", "self._clock() > attempt.started_at"),
        "tests/ordering/test_proof_of_no_order.py::test_a_clock_that_is_put_right_after_a_crash",
    ),
    Mutation(
        "announce an attempt next to one without an end on record",
        "ordering.process.money_markers:MoneyMarkers.announce",
        drop("_require_no_other(carts, call)"),
        f"{_MARKERS}::test_an_attempt_that_came_in_between_is_looked_after",
    ),
    Mutation(
        "commit an intent next to another announced attempt",
        "ordering.process.money_markers:attempt_is_announced",
        swap("len(announced) != 1", "not announced"),
        f"{_MARKERS}::test_two_announced_attempts_commit_no_intent",
    ),
    Mutation(
        "count an attempt as sent though its intent was not saved",
        "ordering.process.money_markers:MoneyMarkers.unsent",
        drop("self._unsent[replace(call, state=CallState.UNSENT)] = take_back"),
        f"{_MARKERS}::test_an_intent_that_cannot_be_saved_is_tried_again",
    ),
    Mutation(
        "leave a checkout that another process counts as sent to a person",
        "ordering.process.checkout:Checkout._take_back",
        returns("None"),
        "tests/ordering/test_overtaken.py::test_an_overtaken_checkout_is_ordered_at_once",
    ),
    Mutation(
        "take the order of another attempt for one that was not sent",
        "ordering.process.checkout:Checkout._take_back",
        swap("carts.cart_with_attempt(call.registrar_cart)", "carts.cart(call.cart_id)"),
        "tests/ordering/test_overtaken.py::test_the_order_of_another_attempt_stays",
    ),
    Mutation(
        "count a checkout as sent that its process has just ended",
        "ordering.process.checkout:Checkout._was_interrupted",
        drop("carts.mark_intended(call)"),
        "tests/ordering/test_overtaken.py::test_an_attempt_that_ends_during_a_take_over_was_not_sent",
    ),
    Mutation(
        "count a payment as sent that its process has just ended",
        "ordering.process.payment_marker:PaymentMarkers.was_interrupted",
        drop("carts.mark_intended(left)"),
        "tests/ordering/test_overtaken.py::test_an_attempt_that_ends_during_a_take_over_was_not_sent",
    ),
    Mutation(
        "undo the end of an attempt by marking it as intended",
        "store.transactions:SqlTransaction.mark_intended",
        swap("update(MoneyCallRow).where(is_call(call), announced)", "update(MoneyCallRow).where(is_call(call))"),
        "tests/store/contract/test_money_traces.py::test_only_an_announced_call_is_marked_intended",
    ),
    Mutation(
        "write a state of an attempt as it was read long ago",
        "store.transactions:SqlTransaction.update_call",
        swap("call.state is CallState.UNSENT", "call.state is not CallState.ANNOUNCED"),
        "tests/store/contract/test_money_traces.py::test_only_an_announced_call_is_marked_intended",
    ),
    Mutation(
        "lock the attempt before its cart",
        "ordering.process.money_markers:MoneyMarkers._end_unsent",
        swap("carts.decide_alone()", "carts.update_call(call)"),
        "tests/store/test_lock_order.py",
    ),
    Mutation(
        "stop every request for a mistake in one correction",
        "ordering.process.money_markers:MoneyMarkers.record_unsent",
        uncaught("Exception"),
        "tests/ordering/test_overtaken.py::test_a_mistake_in_one_correction_stops_no_other_request",
    ),
    Mutation(
        "drop a correction because the database is away",
        "ordering.process.money_markers:MoneyMarkers.record_unsent",
        uncaught("StoreError"),
        "tests/ordering/test_overtaken.py::test_a_correction_waits_for_the_database",
    ),
    Mutation(
        "order a name again and again at once",
        "ordering.process.order_search:step_back",
        swap("book.poll_schedule.quickest * 2 ** tries", "book.poll_schedule.quickest"),
        "tests/ordering/test_overtaken.py::test_a_checkout_that_is_held_up_again_waits_longer",
    ),
    Mutation(
        "take the bot's own cart of a crash for another bot",
        "ordering.process.presence:Presence._end_unfinished",
        returns("None"),
        "tests/store/test_presence.py::test_a_cart_without_an_answer_is_this_bots_own",
    ),
    Mutation(
        "take another bot's cart for the one of a crash",
        "registrars.ovh.markers:Markers.is_made_with",
        returns("True"),
        "tests/registrars/ovh/test_markers.py::test_a_presence_is_known_by_its_expiry",
    ),
    Mutation(
        "stop the search for other desks at a cart that OVH does not show",
        "registrars.ovh.markers:Markers.is_made_with",
        swap("RegistrarRefused", "LookupError"),
        "tests/registrars/ovh/test_markers.py::test_a_presence_that_ovh_does_not_show_is_not_ours",
    ),
    Mutation(
        "give each bot of a second the same expiry",
        "ordering.process.presence:Presence._show",
        swap("secrets.randbelow(_SHORTER)", "0"),
        "tests/store/test_presence.py::test_each_call_asks_for_an_expiry_of_its_own",
    ),
    Mutation(
        "list the markers of all desks",
        "registrars.ovh.markers:Descriptions.may_own",
        returns("True"),
        "tests/registrars/ovh/test_markers.py",
    ),
    Mutation(
        "adopt what an approver called somebody else's",
        "ordering.workflow.recovery:ManualRecovery._named",
        never("order_id in cart.foreign_allowed"),
        f"{_FOREIGN}::test_what_an_approver_called_somebody_elses_is_not_adopted",
    ),
    Mutation(
        "adopt an order from before the try because a person names it",
        "registrars.ovh.orders:Orders.fitting",
        never("(made_at := self._made_at(ours[0])) < attempt.started_at - _DATED_BEFORE"),
        f"{_ADOPTION}::test_a_person_names_an_order_from_before_the_attempt",
    ),
)
