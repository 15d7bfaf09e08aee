"""A request that an approver returned for changes: the approver's form, and the form in which it is edited."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from handlers.messages import remark, words
from handlers.messages.en.grammar import names
from handlers.text.mrkdwn import escape_lines
from handlers.toolkit.action_ids import REASON, Form
from handlers.toolkit.blocks import buttons, context, section
from handlers.toolkit.folding import VIEW, Part, fold, listed
from handlers.toolkit.payloads import CartAsShown, Decision
from handlers.views.cart import purpose_input, removable, to_fix
from handlers.views.questions import questions_button
from handlers.views.trial import notice_of_trial
from handlers.views.years import years_button
from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.preflight_findings import Finding

_says = words.returns


def changes_modal(cart: Cart, *, clicked: Decision) -> View:
    """Return the form that asks an approver what should change; `clicked` is the button's payload."""
    return View(
        type="modal",
        callback_id=Form.CHANGES,
        private_metadata=str(clicked),
        title=_says.ask_title(cart.id),
        submit=words.buttons.ASK_FOR_CHANGES,
        close=words.buttons.NOT_NOW,
        blocks=[
            section(names(cart)),
            InputBlock(
                block_id=REASON,
                label=_says.WHAT_TO_CHANGE,
                hint=_says.WHAT_TO_CHANGE_HINT,
                element=PlainTextInputElement(action_id=REASON, max_length=300),
            ),
        ],
    )


def edit_modal(
    cart: Cart,
    *,
    purpose: str | None = None,
    problem: str | None = None,
    findings: Sequence[Finding] = (),
    ready: Sequence[DomainName] = (),
    answered_now: Sequence[DomainName] = (),
    asked_about: str = "",
    trial: bool = False,
) -> View:
    """Return the form of a returned request: what should change, its names to edit, and its purpose.

    Its submit requests approval again; the form carries this return, so it does not submit a later one. Shown again, it
    lists the problems and keeps what was typed, as the form of a first request does. `asked_about` is the fingerprint
    of a purpose that may hold a typing slip.
    """
    parts: list[Block | Part] = [section(_says.wanted(cart, escape_lines(remark(cart)))), *notice_of_trial(trial=trial)]
    if problem:
        parts.append(section(words.cart.not_sent(problem)))
    parts += to_fix(cart, findings, ready=ready, answered_now=answered_now)
    parts.append(listed([removable(cart, line) for line in cart.lines], rank=1, more=_more_names))
    parts += buttons(questions_button(cart), years_button(cart)) if cart.lines else [section(_says.NO_NAMES)]
    parts.append(purpose_input((cart.purpose or "") if purpose is None else purpose))
    return View(
        type="modal",
        callback_id=Form.EDIT,
        private_metadata=str(CartAsShown(cart.id, cart.mark, asked_about)),
        title=_says.edit_title(cart.id),
        submit=words.buttons.REQUEST,
        close=words.buttons.NOT_YET,
        blocks=fold(parts, VIEW).blocks,
    )


def _more_names(number: int) -> Block:
    return context(words.cart.more_to_remove(number))
