"""The form in which approval is requested: of an open cart, or of a returned request once more."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.views import View

from handlers.views.cart import request_modal
from handlers.views.returns import edit_modal
from ordering.model.cart import Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.preflight_findings import Finding


def request_form(
    cart: Cart,
    *,
    purpose: str,
    problem: str | None = None,
    findings: Sequence[Finding] = (),
    ready: Sequence[DomainName] = (),
    answered_now: Sequence[DomainName] = (),
    asked_about: str = "",
    trial: bool = False,
) -> View:
    """Return the form that fits the cart's state, with the purpose that was typed."""
    form = edit_modal if cart.state is CartState.RETURNED else request_modal
    return form(
        cart, purpose=purpose, problem=problem, findings=findings, ready=ready, answered_now=answered_now,
        asked_about=asked_about, trial=trial,
    )  # fmt: skip
