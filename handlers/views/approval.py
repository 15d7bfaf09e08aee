"""The card: one message from the request to the delivery."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from handlers.messages import blocked, remark, words
from handlers.messages.en.grammar import names
from handlers.text.mrkdwn import cut_bytes, escape, escape_lines
from handlers.toolkit.action_ids import REASON, Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, rows, section
from handlers.toolkit.folding import MESSAGE, Part, Room
from handlers.toolkit.payloads import CartAsShown, Decision
from handlers.views.card_rules import CardRules
from handlers.views.cart import copy_button
from handlers.views.details import details_button
from handlers.views.owners import owner_button
from handlers.views.payment import open_invoice, open_order, paying, payment
from handlers.views.receipt import short_receipt
from handlers.views.recovery import attention
from handlers.views.request_card import edit_button, request_card, withdraw_button
from handlers.views.terms import warnings
from handlers.views.trial import trial_notice, with_trial
from ordering.model.cart import NOT_BOUGHT, Cart, CartState

_LONGEST_TEXT = 1_000  # bytes of text by users and by OVH on a card
S = CartState
_says = words.card


def card(cart: Cart, rules: CardRules, room: Room = MESSAGE) -> RenderedMessage:
    """Return the card: what will be bought, for whom and why, the total, and who does what next.

    A *Details* button opens what does not fit the room.
    """
    if cart.state is S.SUBMITTED:
        return request_card(cart, rules, room)
    parts = _parts(cart, _head(cart, rules.payers), rules)
    alone = with_trial(_says.alone(cart), cart)
    rendered = RenderedMessage.of(alone, parts, room)
    if rendered.is_complete:
        return rendered
    return replace(RenderedMessage.of(alone, [*parts, *buttons(details_button(cart))], room), is_complete=False)


def _head(cart: Cart, payers: frozenset[str]) -> str:
    if cart.state is S.RETURNED:
        return words.returns.card(cart, escape_lines(remark(cart)))
    return _says.head(cart.id, _status(cart, payers))


def _parts(cart: Cart, head: str, rules: CardRules) -> list[Block | Part]:
    """Return the card's parts in reading order. Remarks on names fold first, then names."""
    parts: list[Block | Part] = [section(cut_bytes(head, _LONGEST_TEXT))]
    parts += trial_notice(cart, trial=rules.trial)
    if cart.purpose:
        parts.append(section(cut_bytes(f">{escape(cart.purpose)}", _LONGEST_TEXT)))
    parts.append(rows(warnings(cart), rank=2, more=_says.MORE_WARNINGS))
    parts.append(short_receipt(cart.lines, cart.quote).part(rank=1))
    parts.append(context(cut_bytes(_who(cart), _LONGEST_TEXT)))
    if cart.blocked:
        text = cut_bytes(escape(blocked(cart.blocked)), _LONGEST_TEXT)
        parts.append(section(_says.retrying(text, cart.blocked.since)))
    return [*parts, *_actions(cart, rules)]


def reject_modal(cart: Cart, *, clicked: Decision) -> View:
    """Return the form that asks for a reason; `clicked` is the button's payload."""
    return View(
        type="modal",
        callback_id=Form.REJECT,
        private_metadata=str(clicked),
        title=_says.reject_title(cart.id),
        submit=words.buttons.REJECT,
        close=words.buttons.NOT_NOW,
        blocks=[
            *trial_notice(cart, trial=False),
            section(names(cart)),
            InputBlock(
                block_id=REASON,
                label=_says.REASON,
                hint=_says.REASON_HINT,
                element=PlainTextInputElement(action_id=REASON, max_length=300),
            ),
        ],
    )


def _status(cart: Cart, payers: frozenset[str]) -> str:
    """Return the cart's state and whom it waits for, in one sentence."""
    if cart.state is S.CHECKED_OUT and cart.order is not None and cart.order.owner_hidden:
        return _says.checking_owner(cart)
    if cart.attempt is not None and cart.attempt.denied_by is not None and cart.is_undecided:
        return _says.LOOKING_FOR_ORDER
    return {
        S.APPROVED: words.trial.CHECKING if cart.is_trial else _says.ORDERING,
        S.CHECKING_OUT: _says.ORDERING,
        S.CHECKED_OUT: _says.waiting_for_payment(payers, cart),
        S.PAYING: _says.being_paid(cart.payment.by if cart.payment else None, cart),
        S.PAID: _says.paid(cart),
        S.DELIVERED: _says.delivered(cart),
        S.REJECTED: _says.rejected(cart.rejected_by, escape(cart.reason or "")),
        S.CANCELLED: _says.not_bought(escape(remark(cart))),
    }.get(cart.state, _says.NEEDS_ATTENTION)


def _who(cart: Cart) -> str:
    payer = cart.payment.by if cart.payment and cart.state in {S.PAID, S.DELIVERED} else None
    return _says.who(cart, channel=cart.channel if _public(cart) else None, payer=payer)


def _public(cart: Cart) -> bool:
    return not cart.channel.startswith("D")


def _actions(cart: Cart, rules: CardRules) -> list[Block]:
    match cart.state:
        case S.RETURNED:
            return buttons(edit_button(cart), withdraw_button(cart)) if rules.shared else []
        case S.CHECKED_OUT if cart.order is not None:
            return [*payment(cart, cart.order, confirms=rules.confirms_payment), *buttons(owner_button(cart))]
        case S.APPROVED | S.PAYING | S.PAID | S.DELIVERED:
            return _while_carried_out(cart)
        case state if state in NOT_BOUGHT:
            return buttons(copy_button(cart))
        case S.NEEDS_ATTENTION:
            return attention(cart)
        case _:
            return []


def _while_carried_out(cart: Cart) -> list[Block]:
    """Return the buttons while the bot or OVH works: a decision can be stopped until the bot acts on it."""
    stop = stop_button(cart) if cart.state is S.APPROVED or cart.payment_is_unsent else None
    if cart.order is None:
        return buttons(stop)
    if cart.state is S.PAYING:
        return [*buttons(stop), *paying(cart, cart.order)] if stop else paying(cart, cart.order)
    return buttons(open_order(cart), open_invoice(cart))


def stop_button(cart: Cart) -> ButtonElement:
    """Return the button that stops a decision before it is carried out."""
    about = words.buttons.about_stop(cart.id, pays=cart.order is not None)
    return button(words.buttons.STOP, Act.STOP, CartAsShown(cart.id), style="danger", about=about)
