"""Mutations of the guards of the trial: nothing of it is ordered or paid, in it or after it."""

from __future__ import annotations

from prove.mutants.changes import drop, never, swap
from prove.mutants.mutation import Mutation

_RULES = "tests/ordering/test_trial.py"

OF_TRIAL = (
    Mutation(
        "order what was requested in the trial",
        "ordering.process.checkout:Checkout.check_out",
        never("cart.is_trial"),
        _RULES,
    ),
    Mutation(
        "seal a request of the trial like any other",
        "ordering.workflow.approval_requests:submit",
        swap("policy.trial", "False"),
        _RULES,
    ),
    Mutation(
        "ask for real about the changed terms of a trial",
        "ordering.process.checkout:Checkout._decide_again",
        swap("cart.is_trial", "False"),
        _RULES,
    ),
    Mutation(
        "decide in the trial about a request of before",
        "ordering.workflow.decisions:Decisions.begin",
        never("self._policy.trial"),
        _RULES,
    ),
    Mutation(
        "carry out in the trial what was decided before",
        "ordering.process.fulfilment:Fulfilment._step",
        drop("wait_for_end_of_trial(self._policy, cart)"),
        _RULES,
    ),
    Mutation(
        "commit an intent in the trial",
        "ordering.process.trial:not_in_trial",
        never("policy.trial or intent.is_trial"),
        _RULES,
    ),
    Mutation(
        "open a connection for a money call in the trial",
        "registrars.ovh.api.client:Client.money_call",
        never("self._is_trial"),
        "tests/registrars/ovh/test_client.py::test_no_money_call_is_opened_in_the_trial",
    ),
)
