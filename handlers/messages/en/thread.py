"""What people read in the thread below a request's card: only what needs a person. Notes arrive escaped.

Slack notifies nobody of an edited card, so each of these sentences begins with the people who have to act or to know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from handlers.messages.en.approving import either as one_of
from handlers.messages.en.grammar import counted, people
from handlers.messages.en.status import total
from handlers.text.mrkdwn import date, person, when
from ordering.model.cart import Cart
from ordering.model.sales_order import SalesOrder


def approve_again(approvers: Collection[str], note: str) -> str:
    """Return, to the approvers, why a request needs their approval again; `note` asks for it."""
    return f"{one_of(approvers)}: {note}"


def returned(requester: str, by: str | None, cart: Cart, reason: str) -> str:
    """Return, to the requester, that an approver asks for changes."""
    return f"{person(requester)}: {person(by) if by else 'an approver'} asks for changes to #{cart.id}: {reason}"


def asked_again(approvers: Collection[str], by: str, cart: Cart) -> str:
    """Return, to the approvers, that a returned request was changed."""
    return f"{one_of(approvers)}: {person(by)} made the changes to #{cart.id} and requests approval again."


def one_more(approvers: Collection[str], cart: Cart) -> str:
    """Return, to the other approvers, that one more approval is needed."""
    return f"{one_of(approvers)}: one more approval is needed for #{cart.id}{_for(cart)}."


def to_pay(payers: Collection[str], cart: Cart) -> str:
    """Return, to the payers, what there is to pay and until when."""
    until = f" by {date(cart.order.expires_at)}" if cart.order and cart.order.expires_at else ""
    return f"{one_of(payers)}: #{cart.id} is ordered. {total(cart) or 'It is'} {READY_TO_PAY}{until}."


READY_TO_PAY = "to pay"


def to_payer(payer: str, note: str) -> str:
    """Return, to the person who paid, why they have to pay another way."""
    return f"{person(payer)}: {note}"


def to_payers(payers: Collection[str], note: str) -> str:
    """Return, to the payers, what changed about an order that is to be paid."""
    return f"{one_of(payers)}: {note}"


def needs_attention(members: Collection[str], cart: Cart, note: str) -> str:
    """Return, to those who can act, that the bot cannot go on by itself."""
    return f"{one_of(members)}: #{cart.id} needs attention. {note}".rstrip()


def reminder(payers: Collection[str], order: SalesOrder, expires_at: datetime) -> str:
    """Return the reminder to pay."""
    return (
        f"{one_of(payers)}: order {order.id} for {order.total} with tax is still unpaid. OVH cancels it on "
        f"{when(expires_at)}."
    )


# To the requester, where no direct message tells it -------------------------------------------------------------------


def registered(whom: Iterable[str], cart: Cart) -> str:
    """Return, to those who wanted the names, that they are registered."""
    number = len(cart.lines)
    names = f"all {counted(number, 'name')} of #{cart.id} are" if number > 1 else f"{cart.lines[0].domain} is"
    return f"{people(whom)}: {names if cart.lines else f'#{cart.id} is'} registered."


def rejected(requester: str, by: str | None, cart: Cart, reason: str) -> str:
    """Return, to the requester, who rejected a request and why."""
    return f"{person(requester)}: {person(by) if by else 'an approver'} rejected #{cart.id}: “{reason}”"


def ended(requester: str, by: str | None, cart: Cart, note: str) -> str:
    """Return, to the requester, that another person ended a request, or why it ended."""
    if by is None:
        return f"{person(requester)}: {note}"
    return f"{person(requester)}: {person(by)} stopped #{cart.id}. {note}".rstrip()


def _for(cart: Cart) -> str:
    amount = total(cart)
    return f": {amount}" if amount else ""
