"""Mutations of the calls that buy and pay: the connection, the token, the lease, the answer."""

from __future__ import annotations

from prove.mutants.changes import drop, never, returns, swap, uncaught, without_part
from prove.mutants.mutation import Mutation

_CONNECTION, _TOKENS = "tests/registrars/ovh/test_money_connection.py", "tests/registrars/ovh/test_tokens.py"
_KEY_RIGHTS = "tests/ordering/test_key_rights.py"
_SEND = "registrars.ovh.api.money:MoneyCall.send"

OF_MONEY_CALLS = (
    Mutation(
        "send a call that buys or pays again when its answer is lost",
        _SEND,
        swap(
            "reply = self._connection.exchange(request)",
            "try:\n    reply = self._connection.exchange(request)\nexcept OSError:\n"
            "    self._connection._http.connect()\n    reply = self._connection.exchange(request)",
        ),
        f"{_CONNECTION}::test_a_call_cut_after_the_write_is_unknown_and_not_repeated",
    ),
    Mutation(
        "send a payment that was held up, however late",
        _SEND,
        never("datetime.now(UTC) >= not_after"),
        f"{_CONNECTION}::test_what_is_too_late_does_not_leave",
    ),
    Mutation(
        "trust the wall clock alone about how long a process slept",
        _SEND,
        without_part("uptime() - self._opened_at >= _FRESH_FOR"),
        f"{_CONNECTION}::test_a_wall_clock_put_back_does_not_make_it_early",
    ),
    Mutation(
        "write to a connection that OVH has ended",
        _SEND,
        never("self._connection.is_alive()"),
        f"{_CONNECTION}::test_a_connection_that_ended_while_idle_is_not_reopened",
    ),
    Mutation(
        "sign a payment with the time of the call",
        _SEND,
        swap("self._sign(signed_at)", "self._sign(datetime.now(UTC))"),
        f"{_CONNECTION}::test_the_request_is_signed_with_the_intents_time",
    ),
    Mutation(
        "take a cut connection after the write for a call that was not sent",
        _SEND,
        swap("OutcomeUnknown(code='answer_lost')", "NotSent()"),
        f"{_CONNECTION}::test_a_call_cut_after_the_write_is_unknown_and_not_repeated",
    ),
    Mutation(
        "wait as long as OVH sends a byte now and then",
        "registrars.ovh.api.connection:Connection.exchange",
        swap("self._ending_within(self._read_timeout)", "self._guard"),
        f"{_CONNECTION}::test_an_answer_that_drips_ends_at_the_time_out_too",
    ),
    Mutation(
        "leave the kernel to send on after the caller gave up",
        "registrars.ovh.api.connection:Connection._reset",
        drop("sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)"),
        f"{_CONNECTION}::test_a_call_that_is_given_up_is_reset",
    ),
    Mutation(
        "leave a money call on the wire when the process stops",
        "registrars.ovh.api.money:MoneyCalls.stop",
        drop("call.abort()"),
        f"{_CONNECTION}::test_a_stop_aborts_the_call_and_waits_for_its_result",
    ),
    Mutation(
        "fetch a token between the intent and the write",
        "registrars.ovh.api.session:Session._signer",
        swap("lambda _: bearer", "lambda _: {'Authorization': f'Bearer {self._tokens.bearer()}'}"),
        f"{_TOKENS}::test_no_token_is_fetched_between_the_intent_and_the_write",
    ),
    Mutation(
        "renew a token only when it ends",
        "registrars.ovh.api.tokens:Tokens.bearer",
        swap("token.life * _RENEWED_AFTER", "token.life"),
        f"{_TOKENS}::test_a_token_is_renewed_before_it_ends",
    ),
    Mutation(
        "take an unclear answer to a call that buys or pays for a no",
        "registrars.ovh.api.errors:of_money_call",
        swap("OutcomeUnknown()", "RegistrarUnavailable()"),
        "tests/registrars/ovh/test_errors.py::test_a_foreign_refusal_proves_nothing_of_a_money_call",
    ),
    Mutation(
        "read null as an empty list",
        "registrars.ovh.api.wire.base:Shape.read",
        swap(
            "self._adapter.validate_python(answer, strict=True)",
            "self._adapter.validate_python(answer or [], strict=True)",
        ),
        "tests/registrars/ovh/test_wire.py::test_null_is_no_empty_list",
    ),
    Mutation(
        "compare a time without its offset",
        "registrars.ovh.api.wire.base:_moment",
        never("moment.tzinfo is None"),
        "tests/registrars/ovh/test_wire.py::test_each_part_is_typed_or_unreadable",
    ),
    Mutation(
        "count with an amount that is no number",
        "registrars.ovh.api.wire.prices:_exact",
        never("not amount.is_finite() or abs(amount) >= _LARGEST"),
        "tests/registrars/ovh/test_wire.py::test_each_part_is_typed_or_unreadable",
    ),
    Mutation(
        "read OVH's time from a kept difference",
        "registrars.ovh.api.client:Client.time",
        swap(
            "return datetime.fromtimestamp(seconds(self.ask(CLOCK, priority=Priority.MONEY)), UTC)",
            "self._known = getattr(self, '_known', None) or self.clock_ahead()\nreturn datetime.now(UTC) + self._known",
        ),
        "tests/registrars/ovh/test_payments.py::test_ovhs_time_is_read_afresh",
    ),
    Mutation(
        "order without the right to, and search for the order that OVH refused",
        "ordering.process.checkout:Checkout._prepared",
        drop("self._registrar.require_right_to_check_out()"),
        f"{_KEY_RIGHTS}::test_nothing_is_marked_or_sent_without_the_right",
    ),
    Mutation(
        "pay without the right to, and wait out the floor of the refusal",
        "ordering.process.payment:Payments._send",
        drop("self._registrar.require_right_to_pay(known.id, payment.method)"),
        f"{_KEY_RIGHTS}::test_nothing_is_marked_or_sent_without_the_right",
    ),
    Mutation(
        "order with the first key though another one is for money",
        "registrars.ovh.api.client:Client.money_call",
        swap("self._money_session.open_money_call(path, body)", "self._session.open_money_call(path, body)"),
        "tests/registrars/ovh/test_money_key.py::test_the_second_key_orders_and_pays",
    ),
    Mutation(
        "ask the first key what the one for money may do",
        "registrars.ovh.key_rights:KeyRights._needed",
        swap("self._money, (right,)", "self._first, (right,)"),
        "tests/registrars/ovh/test_money_key.py::test_a_right_that_the_second_key_lacks_is_named",
    ),
    Mutation(
        "wait with the money while the key's rights cannot be read",
        "registrars.ovh.key_rights:_Key._read",
        uncaught("RegistrarUnavailable"),
        "tests/registrars/ovh/test_key_rights.py::test_silence_is_no_refusal",
    ),
    Mutation(
        "take a key that may order for one that may pay",
        "registrars.ovh.key_rights:_Key.refusal",
        without_part("self._refusal(self._known, rights) is None"),
        "tests/registrars/ovh/test_key_rights.py::test_a_right_counts_from_the_moment_it_is_granted",
    ),
    Mutation(
        "refuse a purchase for rules in an unknown notation",
        "registrars.ovh.key_rights:_is_known",
        returns("True"),
        "tests/registrars/ovh/test_key_rights.py::test_rules_of_an_application_key",
    ),
    Mutation(
        "hide an outage of OVH behind a right that the key lacks",
        "registrars.ovh.adapter:OvhGateway.health",
        swap("self._outage() or self._key_rights.problem()", "self._key_rights.problem() or self._outage()"),
        "tests/registrars/ovh/test_key_rights.py::test_an_outage_is_not_hidden_behind_a_missing_right",
    ),
    Mutation(
        "look for an order of a call that was never sent",
        "ordering.process.checkout:Checkout._send",
        uncaught("NotSent"),
        "tests/ordering/test_money_calls.py::test_a_checkout_that_was_not_sent_is_ordered_once",
    ),
    Mutation(
        "hold the only permit while the cart is discarded",
        "ordering.process.checkout:Checkout._order",
        drop("held.close()"),
        "tests/ordering/test_money_calls.py::test_an_intent_that_is_stopped_gives_the_cart_back",
    ),
    Mutation(
        "renew the lease of a job that hangs",
        "bot.worker_pool:WorkerPool.renew_leases",
        never("progress.is_stuck(self._stuck_after)"),
        "tests/bot/test_stuck_jobs.py::test_a_working_job_keeps_its_lease_a_hanging_one_loses_it",
    ),
    Mutation(
        "take the wait for a permit for a hanging job",
        "ordering.process.progress:Progress.is_stuck",
        without_part("not self._is_queued"),
        "tests/ordering/test_progress.py",
    ),
)
