"""The thread below a card: a reply where a person must act or wants to know, and nothing else."""

from __future__ import annotations

from handlers.messages import happened, words
from handlers.text.mrkdwn import escape_lines
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.next_step import next_to_act
from ordering.model.policy import Policy

S, K = CartState, EventKind
_says = words.thread


def thread_line(
    event: Event, cart: Cart, *, before: Event | None, policy: Policy, is_told_directly: bool = False
) -> str | None:
    """Return the reply about an event; None if it needs nobody, because the card is current anyway.

    `before` is the cart's previous event. `is_told_directly`: a direct message tells the requester how it ended.
    """
    note = escape_lines(happened(event))
    line: str | None = None
    match event.state, event.kind:
        case _, K.INVOICE_RECEIVED:
            pass
        case S.CHECKED_OUT, K.PAYMENT_REMINDER:
            line = _reminder(cart, policy)
        case S.SUBMITTED, K.PARTLY_APPROVED:
            line = _says.one_more(next_to_act(cart, policy), cart) if cart.state is S.SUBMITTED else None
        case S.SUBMITTED, _ if event.by is None:
            line = _says.approve_again(next_to_act(cart, policy) or policy.approvers, note)
        case S.SUBMITTED, _ if event.by is not None and before is not None and before.state is S.RETURNED:
            line = _says.asked_again(next_to_act(cart, policy) or policy.approvers, event.by, cart)
        case S.RETURNED, K.CHANGES_REQUESTED if not is_told_directly:
            line = _returned(event, cart, note)
        case S.CHECKED_OUT, _:
            line = _to_pay(event, cart, before, policy, note)
        case S.NEEDS_ATTENTION, _:
            line = _says.needs_attention(next_to_act(cart, policy) or policy.approvers | policy.payers, cart, note)
        case ((S.DELIVERED | S.REJECTED | S.CANCELLED), _) if not is_told_directly:
            line = _end(event, cart, note)
    return line


def _to_pay(event: Event, cart: Cart, before: Event | None, policy: Policy, note: str) -> str | None:
    """Return a reply to the payer after a payment that failed, to all payers when there is an order to pay."""
    if event.state is not cart.state or cart.order is None or cart.order.owner_hidden:
        return None  # it has moved on, or cannot be paid yet
    if before is not None and before.state is S.PAYING:
        payer = before.by if event.kind is not K.PAYMENT_VOID else None
        if event.by is not None and event.by == payer:
            return None  # they stopped it themselves
        return _says.to_payer(payer, note) if payer else _says.to_payers(policy.payers, note)
    if before is not None and before.state is S.CHECKED_OUT and event.kind is not K.OWNER_CHECK_ENDED:
        return _says.to_payers(policy.payers, note) if note else None
    return _says.to_pay(policy.payers, cart)


def _returned(event: Event, cart: Cart, note: str) -> str | None:
    """Return a reply to the requester, unless they returned it themselves."""
    if cart.requester is None or event.by == cart.requester:
        return None
    return _says.returned(cart.requester, event.by, cart, note)


def _end(event: Event, cart: Cart, note: str) -> str | None:
    """Return a reply to the people who wanted the names, unless they ended it themselves."""
    if cart.requester is None or event.by == cart.requester:
        return None
    if event.state is S.DELIVERED:
        return _says.registered([cart.requester, *sorted(cart.people_who_added - {cart.requester})], cart)
    if event.state is S.REJECTED:
        return _says.rejected(cart.requester, event.by, cart, escape_lines(cart.reason or ""))
    return _says.ended(cart.requester, event.by, cart, note if event.by is None else "")


def _reminder(cart: Cart, policy: Policy) -> str | None:
    """Return the payment reminder; None once the order is paid or cancelled."""
    if cart.state is not S.CHECKED_OUT or cart.order is None or cart.order.expires_at is None:
        return None
    return _says.reminder(policy.payers, cart.order, cart.order.expires_at)
