"""The card: one message from the request to the delivery, and the messages in its thread."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from handlers.messages import blocked, happened, remark, words
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
from ordering.model.events import Event
from ordering.model.facts import EventKind

_LONGEST_TEXT = 1_000  # bytes of text by users and by OVH on a card
_MOST_MENTIONED = 8
S, K = CartState, EventKind
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


def thread_line(
    event: Event, cart: Cart, *, before: Event | None, approvers: frozenset[str], payers: frozenset[str]
) -> str | None:
    """Return the thread's message about an event; None if the card alone is enough.

    Slack notifies no one of an edited card, so the users who must act now are mentioned here. `before` is the cart's
    previous event.
    """
    if event.kind is EventKind.PAYMENT_REMINDER:
        return _reminder(cart, payers)
    note = escape_lines(happened(event))
    if event.by and before is not None and before.state is S.RETURNED and event.state is S.SUBMITTED:
        return words.returns.asked_again(event.by, words.approving.either(approvers))
    if event.state is S.OPEN or (event.state is S.CHECKING_OUT and not note) or event.kind is EventKind.PAYMENT_STARTED:
        return None
    if event.by and (done := _by_person(event, event.by, note)):
        return done
    reason = escape_lines(cart.reason or "")
    plain = {
        S.SUBMITTED: _says.to(words.approving.either(approvers), note),
        S.APPROVED: note,
        S.CHECKING_OUT: note,
        S.CHECKED_OUT: _to_pay(event, cart, before, payers),
        S.PAYING: _paying(event, cart, note),
        S.PAID: note or _says.PAYMENT_RECEIVED,
        S.DELIVERED: note or _says.registered(cart),
        S.RETURNED: words.returns.in_thread(cart, event.by, note) if event.kind is K.CHANGES_REQUESTED else None,
        S.REJECTED: _says.rejected_in_thread(cart, event.by, reason),
        S.CANCELLED: note,
        S.NEEDS_ATTENTION: _says.needs_attention(_all_who_may_recover(cart, approvers | payers), note),
    }[event.state]
    return plain or None


def _by_person(event: Event, by: str, note: str) -> str | None:
    """Return what a person did or said, if the thread says no more about it than that."""
    match event.state, event.kind:
        case _, EventKind.DECLARED_NOT_ORDERED:
            line = _says.nothing_ordered(by)
        case _, EventKind.PARTLY_APPROVED:
            line = _says.did(by, note)
        case S.SUBMITTED, _:
            line = _says.requested(by)
        case ((S.APPROVED | S.PAID), _) if note:
            line = _says.said_by(by, note)
        case S.APPROVED, _:
            line = _says.approved(by)
        case S.CANCELLED, EventKind.ORDER_STOPPED:
            line = _says.stopped(by)
        case S.CANCELLED, kind:
            line = _says.closed(by, "" if kind is EventKind.CLOSED else note)
        case _:
            return None
    return line


def _paying(event: Event, cart: Cart, note: str) -> str:
    """Return who pays or reported a payment's outcome; otherwise its state for the payer, and its deadline."""
    if event.by:
        return _says.said_by(event.by, note) if note else _says.paying(event.by, cart)
    until = cart.payment.waits_until_ovh if cart.payment else None
    again = _says.unless_shown_by(until) if until else ""
    return _says.to_person(cart.payment.by if cart.payment else None, f"{note}{again}")


def _to_pay(event: Event, cart: Cart, before: Event | None, payers: frozenset[str]) -> str:
    """Mention the payer after an attempt, all payers for a new order, nobody for minor updates."""
    note = escape_lines(happened(event))
    if event.kind is EventKind.OWNER_CHECK_ENDED:
        return _says.payable_now(payers, cart)
    if event.by:
        return _says.named_order(event.by, note, payers, cart)
    if note and before is not None and before.state is S.CHECKED_OUT:
        return note
    if before is not None and before.state is S.PAYING:
        return _says.to_person(before.by, note) if before.by else _says.to(words.approving.either(payers), note)
    return _says.ordered(payers, cart, note, payable=cart.order is None or not cart.order.owner_hidden)


def _all_who_may_recover(cart: Cart, deciding: frozenset[str]) -> list[str]:
    """Return the payer, the requester, and those who may press the buttons, at most as many as fit a line."""
    concerned = [cart.payment.by] if cart.payment else []
    concerned += [cart.requester] if cart.requester else []
    return list(dict.fromkeys([*concerned, *sorted(deciding)]))[:_MOST_MENTIONED]


def _reminder(cart: Cart, payers: frozenset[str]) -> str | None:
    """Return the payment reminder; None once the order is paid or cancelled."""
    if cart.state is not S.CHECKED_OUT or cart.order is None or cart.order.expires_at is None:
        return None
    return _says.reminder(payers, cart.order, cart.order.expires_at)


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
