"""The status message: one for each request in its cart's channel, updated from the request to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from handlers.messages import blocked, remark, words
from handlers.text.mrkdwn import cut_bytes, escape, escape_lines
from handlers.toolkit.blocks import RenderedMessage, buttons, section
from handlers.views.cart import copy_button
from handlers.views.details import details_button
from handlers.views.request_card import edit_button, withdraw_button
from handlers.views.trial import trial_notice, with_trial
from ordering.model.cart import NOT_BOUGHT, WAITING, Cart, CartState
from ordering.model.next_step import next_to_act
from ordering.model.policy import Policy

_LONGEST_NOTE = 800  # bytes
_WITHDRAWABLE = {CartState.SUBMITTED, CartState.RETURNED}
_MENTIONS = ("<@", "<!subteam^")
_says = words.status


def status(
    cart: Cart, policy: Policy, *, ended_by: str | None = None, card: str | None = None, on_hold: bool = False
) -> RenderedMessage:
    """Return a request's state in words, who acts next, and what the reader can do.

    `ended_by` ended a request that was not bought; `card` is the address of its approval card; `on_hold` is recover
    mode.
    """
    if on_hold and cart.state in WAITING:
        return _held(cart)
    lines = [_says.head(cart), *_says.below(cart, _known(cart, policy, ended_by))]
    if card is not None:
        lines[-1] = _says.linked(lines[-1], card)
    parts = [section("\n".join(lines)), *trial_notice(cart, trial=policy.trial), *buttons(*_actions(cart))]
    return RenderedMessage.of(with_trial(_says.alone(cart), cart, trial=policy.trial), parts)


def _held(cart: Cart) -> RenderedMessage:
    """Return the message in recover mode: a request can only be withdrawn."""
    withdraw = withdraw_button(cart) if cart.state in _WITHDRAWABLE else None
    parts = [
        section(_says.held(cart)),
        *trial_notice(cart, trial=False),
        *buttons(details_button(cart), withdraw),
    ]
    return RenderedMessage.of(with_trial(_says.held_alone(cart), cart), parts)


def without_mentions(rendered: RenderedMessage) -> RenderedMessage:
    """Return a message without the lines that mention people.

    Slack notifies everybody whom a new message mentions, and nobody whom an edit adds.
    """
    return replace(rendered, blocks=[_quiet(block) for block in rendered.blocks])


def _known(cart: Cart, policy: Policy, ended_by: str | None) -> words.status.Known:
    note = cart.reason or "" if cart.state is CartState.REJECTED else remark(cart)
    return words.status.Known(
        next_to_act=next_to_act(cart, policy),
        note=cut_bytes(escape_lines(note).strip(), _LONGEST_NOTE),
        problem=cut_bytes(escape(blocked(cart.blocked)), _LONGEST_NOTE) if cart.blocked else "",
        ended_by=ended_by,
    )


def _actions(cart: Cart) -> Sequence[ButtonElement]:
    if cart.state in NOT_BOUGHT:
        return [copy_button(cart), details_button(cart)]
    edit = [edit_button(cart)] if cart.state is CartState.RETURNED else []
    withdraw = [withdraw_button(cart)] if cart.state in _WITHDRAWABLE else []
    return [*edit, details_button(cart), *withdraw]


def _quiet(block: Block) -> Block:
    if not isinstance(block, SectionBlock) or block.text is None:
        return block
    kept = [line for line in str(block.text.text).split("\n") if not any(mention in line for mention in _MENTIONS)]
    return section("\n".join(kept))
