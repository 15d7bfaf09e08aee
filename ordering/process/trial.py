"""The trial: everything up to the order, and no order or payment.

Two rules make it safe to switch on and off. A request that was made in the trial carries that in its seal, so it is
never ordered. A request that was made before the trial waits: nobody decides about it, and nothing is sent for it.
"""

from __future__ import annotations

from ordering.model.cart import Cart
from ordering.model.errors import NotPossible, RegistrarUnavailable
from ordering.model.policy import Policy
from ordering.ports.store import Transaction
from ordering.process.intent import Condition, Objection


def refuse_in_trial(policy: Policy, cart: Cart) -> None:
    """Raise `NotPossible` if the trial is on and this decision could lead to an order or a payment.

    Decided in the trial, it would be carried out after it. A returned request has no terms: requested again in the
    trial, it is one of the trial.
    """
    if policy.trial and not cart.is_editable and not cart.is_trial:
        raise NotPossible(code="trial_is_on", cart=cart.id)


def wait_for_end_of_trial(policy: Policy, cart: Cart) -> None:
    """Raise `RegistrarUnavailable` if the trial is on, and this is a request of before: the step comes again."""
    if policy.trial and not cart.is_trial:
        raise RegistrarUnavailable(code="trial_is_on", cart=cart.id)


def not_in_trial(policy: Policy) -> Condition:
    """Return the condition of each intent that neither the bot nor the request is in the trial."""

    def hold(carts: Transaction, intent: Cart) -> Objection | None:  # noqa: ARG001 - a `Condition`
        if policy.trial or intent.is_trial:
            raise RegistrarUnavailable(code="trial_is_on", cart=intent.id)
        return None

    return hold
