"""Mutations of the calls that buy and pay: the connection, the token, the lease, the answer."""

from __future__ import annotations

from prove.mutants.changes import drop, never, swap, uncaught, without_part
from prove.mutants.mutation import Mutation

_CONNECTION, _TOKENS = "tests/registrars/ovh/test_money_connection.py", "tests/registrars/ovh/test_tokens.py"
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
        _CONNECTION,
    ),
    Mutation(
        "send a payment that was held up, however late", _SEND, never("datetime.now(UTC) >= not_after"), _CONNECTION
    ),
    Mutation(
        "trust the wall clock alone about how long a process slept",
        _SEND,
        without_part("uptime() - self._opened_at >= _FRESH_FOR"),
        _CONNECTION,
    ),
    Mutation("write to a connection that OVH has ended", _SEND, never("self._connection.is_alive()"), _CONNECTION),
    Mutation(
        "sign a payment with the time of the call",
        _SEND,
        swap("self._sign(signed_at)", "self._sign(datetime.now(UTC))"),
        _CONNECTION,
    ),
    Mutation(
        "take a cut connection after the write for a call that was not sent",
        _SEND,
        swap('OutcomeUnknown("OVH\'s answer was lost.")', "NotSent('Nothing was sent.')"),
        _CONNECTION,
    ),
    Mutation(
        "wait as long as OVH sends a byte now and then",
        "registrars.ovh.api.connection:Connection.exchange",
        swap("self._ending_within(self._read_timeout)", "self._guard"),
        _CONNECTION,
    ),
    Mutation(
        "leave the kernel to send on after the caller gave up",
        "registrars.ovh.api.connection:Connection._reset",
        drop("sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)"),
        _CONNECTION,
    ),
    Mutation(
        "leave a money call on the wire when the process stops",
        "registrars.ovh.api.money:MoneyCalls.stop",
        drop("call.abort()"),
        _CONNECTION,
    ),
    Mutation(
        "fetch a token between the intent and the write",
        "registrars.ovh.api.session:Session._signer",
        swap("lambda _: bearer", "lambda _: {'Authorization': f'Bearer {self._tokens.bearer()}'}"),
        _TOKENS,
    ),
    Mutation(
        "renew a token only when it ends",
        "registrars.ovh.api.tokens:Tokens.bearer",
        swap("token.life * _RENEWED_AFTER", "token.life"),
        _TOKENS,
    ),
    Mutation(
        "take an unclear answer to a call that buys or pays for a no",
        "registrars.ovh.api.errors:of_deed",
        swap("OutcomeUnknown('OVH gave no clear answer.')", "RegistrarUnavailable(LATER)"),
        "tests/registrars/ovh/test_errors.py",
    ),
    Mutation(
        "read null as an empty list",
        "registrars.ovh.api.schemas:listed",
        swap("isinstance(answer, list)", "isinstance(answer := answer or [], list)"),
        "tests/registrars/ovh/test_empty_answers.py",
    ),
    Mutation(
        "read OVH's time from a kept difference",
        "registrars.ovh.api.client:Client.time",
        swap(
            "return datetime.fromtimestamp(int(self.ask(CLOCK, priority=Priority.MONEY)), UTC)",
            "self._known = getattr(self, '_known', None) or self.clock_ahead()\nreturn datetime.now(UTC) + self._known",
        ),
        "tests/registrars/ovh/test_payments.py::test_ovhs_time_is_read_afresh",
    ),
    Mutation(
        "look for an order of a call that was never sent",
        "ordering.process.checkout:Checkout._send",
        uncaught("NotSent"),
        "tests/ordering/test_money_calls.py::test_a_checkout_that_was_not_sent_is_ordered_once",
    ),
    Mutation(
        "hold the only permit while the cart is given back",
        "ordering.process.checkout:Checkout._order",
        drop("held.close()"),
        "tests/ordering/test_money_calls.py::test_an_intent_that_is_stopped_gives_the_cart_back",
    ),
    Mutation(
        "renew the lease of a job that hangs",
        "bot.worker_pool:Steps.renew_leases",
        never("progress.is_stuck(self._stuck_after)"),
        "tests/bot/test_stuck_jobs.py::test_a_job_that_works_keeps_its_lease_and_one_that_hangs_loses_it",
    ),
    Mutation(
        "take the wait for a permit for a hanging job",
        "ordering.process.progress:Progress.is_stuck",
        without_part("not self._is_queued"),
        "tests/ordering/test_progress.py",
    ),
)
