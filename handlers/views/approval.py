"""The card: one message from the request to the delivery, and the messages in its thread."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from handlers.messages import blocked, happened, remark
from handlers.messages.en.grammar import counted, names, people
from handlers.toolkit.action_ids import REASON, Act, Form
from handlers.toolkit.blocks import Drawn, button, buttons, context, rows, section
from handlers.toolkit.folding import MESSAGE, Part, Room
from handlers.toolkit.mrkdwn import cut_bytes, escape, escape_lines, group_or_person, person, when
from handlers.views.answer_summary import answered
from handlers.views.cart import copy_button
from handlers.views.details import details_button
from handlers.views.owners import owner_button
from handlers.views.payment import open_invoice, open_order, paying, payment
from handlers.views.receipt import receipt, short_receipt
from handlers.views.recovery import attention
from handlers.views.terms import contracts, cost, retraction, warnings
from ordering.model.cart import NOT_BOUGHT, Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind

_LONGEST_TEXT = 1_000  # bytes of text by users and by OVH on a card
_MOST_MENTIONED = 8
S = CartState


def card(
    cart: Cart,
    *,
    approvals_needed: int,
    waive_retraction: bool,
    approvers: frozenset[str],
    payers: frozenset[str],
    room: Room = MESSAGE,
) -> Drawn:
    """Return the card: what will be bought, for whom and why, the total, and who does what next.

    A *Details* button opens what does not fit the room.
    """
    status = _status(cart, approvals_needed, approvers, payers)
    parts = _parts(cart, status, waive_retraction=waive_retraction)
    drawn = Drawn.of(_alone(cart), parts, room)
    if drawn.is_complete:
        return drawn
    return replace(Drawn.of(_alone(cart), [*parts, *buttons(details_button(cart))], room), is_complete=False)


def _parts(cart: Cart, status: str, *, waive_retraction: bool) -> list[Block | Part]:
    """Return the card's parts in reading order. Links and sums fold first, then remarks on names, then names."""
    parts: list[Block | Part] = [section(cut_bytes(f"*Cart #{cart.id}*  {status}", _LONGEST_TEXT))]
    if cart.purpose:
        parts.append(section(cut_bytes(f">{escape(cart.purpose)}", _LONGEST_TEXT)))
    if cart.state is S.SUBMITTED and (note := escape_lines(remark(cart)).strip()):
        parts.append(section(cut_bytes(note, _LONGEST_TEXT)))
    parts.append(rows(warnings(cart), rank=2, more="warnings in *Details*"))
    deciding = cart.state in {S.SUBMITTED, S.APPROVED}
    parts.append((receipt if deciding else short_receipt)(cart.lines, cart.quote).part(rank=1))
    if deciding:
        parts += cost(cart, rank=5)
        parts.append(rows(answered(cart.lines, cart.quote), rank=3, more="lines of answers in *Details*"))
    parts.append(context(cut_bytes(_who(cart), _LONGEST_TEXT)))
    if deciding:
        parts += contracts(cart, rank=4)
        parts.append(context(retraction(waived=waive_retraction)))
    if cart.trouble:
        said = cut_bytes(escape(blocked(cart.trouble)), _LONGEST_TEXT)
        parts.append(section(f"{said} I've been retrying since {when(cart.trouble.since)}."))
    return [*parts, *_actions(cart)]


def reject_modal(cart: Cart, *, clicked: str) -> View:
    """Return the form that asks for a reason; `clicked` is the button's value."""
    return View(
        type="modal",
        callback_id=Form.REJECT,
        private_metadata=clicked,
        title=f"Reject cart #{cart.id}",
        submit="Reject",
        close="Not now",
        blocks=[
            section(names(cart)),
            InputBlock(
                block_id=REASON,
                label="Why not?",
                hint="The requester reads this, and can copy the names to a new cart.",
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
    by = person(event.by) if event.by else None
    note = escape_lines(happened(event))
    if event.state is S.OPEN or (event.state is S.CHECKING_OUT and not note) or event.kind is EventKind.PAYMENT_STARTED:
        return None
    requester = person(cart.requester) if cart.requester else "Everybody"
    plain = {
        S.SUBMITTED: f"{by} asked for approval." if by else f"{_circle(approvers)}: {note}",
        S.APPROVED: f"{by} approved." if by else note,
        S.CHECKING_OUT: note,
        S.CHECKED_OUT: _to_pay(event, cart, before, payers),
        S.PAYING: _paying(event, cart, note),
        S.PAID: note or "OVH has the payment.",
        S.DELIVERED: note or f"{requester}, all names are registered: {names(cart)}.",
        S.REJECTED: f"{requester}, {by} rejected this: {escape_lines(cart.reason or '')}",
        S.CANCELLED: _closed(event, by, note),
        S.NEEDS_ATTENTION: f"{_all_who_settle(cart, approvers | payers)}: this needs a person. {note}",
    }[event.state]
    if event.kind is EventKind.DECLARED_NOT_ORDERED:
        return (
            f"{by} looked at OVH: nothing was ordered. If OVH shows no order in about 15 minutes, I'll order again. "
            "Nobody needs to act."
        )
    if event.kind is EventKind.PARTLY_APPROVED:
        return f"{by} {note.rstrip('.')}."
    if event.state in {S.APPROVED, S.PAID} and by and note:
        return f"{by}: {note.rstrip('.')}."
    return plain or None


def _paying(event: Event, cart: Cart, note: str) -> str:
    """Return who pays or reported a payment's outcome; otherwise its state for the payer, and its deadline."""
    if event.by:
        return f"{person(event.by)}: {note.rstrip('.')}." if note else f"{person(event.by)} pays {_order(cart)}."
    until = cart.payment.waits_until_ovh if cart.payment else None
    again = f" If OVH shows no payment by {when(until)}, it can be paid again on the card." if until else ""
    return f"{person(cart.payment.by) if cart.payment else 'Everybody'}: {note}{again}"


def _closed(event: Event, by: str | None, note: str) -> str:
    if by is None:
        return note
    if event.kind is EventKind.ORDER_STOPPED:
        return f"{by} stopped this. Nothing was ordered or paid."
    return f"{by} closed this{'' if event.kind is EventKind.CLOSED else f': {note}'}."


def _to_pay(event: Event, cart: Cart, before: Event | None, payers: frozenset[str]) -> str:
    """Mention the payer after an attempt, all payers for a new order, nobody for minor updates."""
    note = escape_lines(happened(event))
    if event.kind is EventKind.OWNER_CHECK_ENDED:
        return f"{_circle(payers)}: {_order(cart)} can be paid now."
    if event.by:
        return f"{person(event.by)}: {note.rstrip('.')}. {_circle(payers)}: {_order(cart)} waits for payment."
    if note and before is not None and before.state is S.CHECKED_OUT:
        return note
    if before is not None and before.state is S.PAYING:
        return f"{person(before.by) if before.by else _circle(payers)}: {note}"
    made = note or f"OVH made {_order(cart)}."
    waits = "" if cart.order is not None and cart.order.owner_hidden else " It waits for payment."
    return f"{_circle(payers)}: {made}{waits}"


def _all_who_settle(cart: Cart, deciding: frozenset[str]) -> str:
    """Mention the payer, the requester, and those who may press the buttons, at most as many as fit a line."""
    concerned = [cart.payment.by] if cart.payment else []
    concerned += [cart.requester] if cart.requester else []
    everybody = list(dict.fromkeys([*concerned, *sorted(deciding)]))[:_MOST_MENTIONED]
    return ", ".join(map(group_or_person, everybody)) or "Everybody"


def _order(cart: Cart) -> str:
    return f"order {cart.order.id}" if cart.order else "the order"


def _reminder(cart: Cart, payers: frozenset[str]) -> str | None:
    """Return the payment reminder; None once the order is paid or cancelled."""
    if cart.state is not S.CHECKED_OUT or cart.order is None or cart.order.expires_at is None:
        return None
    return (
        f"{_circle(payers)}: order {cart.order.id} over {cart.order.total} with tax is still to be paid. "
        f"OVH cancels it on {when(cart.order.expires_at)}."
    )


def _status(cart: Cart, needed: int, approvers: frozenset[str], payers: frozenset[str]) -> str:
    """Return the cart's state and whom it waits for, in one sentence."""
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else "?"
    order = f"order {cart.order.id} over {total}" if cart.order else "the order"
    given = f" ({len(cart.approved_by)} of {needed} so far)" if cart.approved_by else ""
    asked = f"{counted(needed, 'approval')}{given}" if needed > 1 else "approval"
    payer = person(cart.payment.by) if cart.payment else "a payer"
    approver = person(cart.rejected_by) if cart.rejected_by else "an approver"
    under_way = "is approved. I'm ordering it at OVH"
    if cart.state is S.CHECKED_OUT and cart.order is not None and cart.order.owner_hidden:
        return f"is ordered: {order} with tax. I'm checking whose order it is before it can be paid"
    if cart.attempt is not None and cart.attempt.denied_by is not None and cart.is_undecided:
        return "is being looked for at OVH. I'll order again if OVH shows no order"
    return {
        S.SUBMITTED: f"waits for {asked} from {_circle(approvers - frozenset(cart.approved_by))}: {total} with tax",
        S.APPROVED: under_way,
        S.CHECKING_OUT: under_way,
        S.CHECKED_OUT: f"is ordered: {order} with tax waits for payment by {_circle(payers)}",
        S.PAYING: f"is being paid by {payer}: {order}",
        S.PAID: f"is paid: {order}. OVH is registering the names",
        S.DELIVERED: f"is delivered: {order}. The names are registered",
        S.REJECTED: f"was rejected by {approver}: {escape(cart.reason or '')}",
        S.CANCELLED: f"was not bought. {escape(remark(cart))}".rstrip(),
    }.get(cart.state, "needs a person")


def _who(cart: Cart) -> str:
    asked = f"Asked for by {person(cart.requester)}" if cart.requester else "Not asked for yet"
    others = tuple(sorted(cart.people_who_added - {cart.requester}))
    added = f" · names also added by {people(others)}" if others else ""
    approved = f" · approved by {people(cart.approved_by)}" if cart.approved_by else ""
    paid = f" · paid by {person(cart.payment.by)}" if cart.payment and cart.state in {S.PAID, S.DELIVERED} else ""
    return (
        f"{asked} for <#{cart.channel}>{added}{approved}{paid}" if _public(cart) else f"{asked}{added}{approved}{paid}"
    )


def _public(cart: Cart) -> bool:
    return not cart.channel.startswith("D")


def _actions(cart: Cart) -> list[Block]:
    number = cart.id
    match cart.state:
        case S.SUBMITTED:
            return buttons(
                button(
                    "Approve",
                    Act.APPROVE,
                    f"{number} {cart.request_mark}",
                    style="primary",
                    about=f"Approve cart {number}",
                ),
                button("Reject", Act.REJECT, number, style="danger", about=f"Reject cart {number}"),
                button("Withdraw", Act.WITHDRAW, number, about=f"Withdraw the request of cart {number}"),
                owner_button(cart),
            )
        case S.CHECKED_OUT if cart.order is not None:
            return [*payment(cart, cart.order), *buttons(owner_button(cart))]
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
    what = "the payment of cart" if cart.order else "cart"
    return button("Stop", Act.STOP, cart.id, style="danger", about=f"Stop {what} {cart.id}")


def _circle(members: frozenset[str]) -> str:
    shown = [group_or_person(member) for member in sorted(members)[:_MOST_MENTIONED]]
    return " or ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else "somebody with the right"


def _alone(cart: Cart) -> str:
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else None
    order = f", order {cart.order.id}" if cart.order else ""
    amount = f", {total} with tax" if total else ""
    return f"Cart #{cart.id} is {cart.state.in_words}: {names(cart)}{amount}{order}"
