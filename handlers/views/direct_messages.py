"""Direct messages to a requester whose card is in a channel that they may not see."""

from __future__ import annotations

from handlers.messages import happened, remark
from handlers.messages.en.grammar import names
from handlers.toolkit.blocks import Drawn, buttons, section
from handlers.toolkit.mrkdwn import escape_lines, person
from handlers.views.cart import copy_button
from ordering.model.cart import NOT_BOUGHT, Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind

S = CartState


def news(event: Event, cart: Cart, *, before: Event | None) -> Drawn | None:
    """Return the message that a request ended or is stuck; None otherwise, or if the requester caused it."""
    if event.by == cart.requester or _is_known(event, cart, before):
        return None
    if event.state is S.SUBMITTED and event.by is not None:
        return None  # one of several approvals
    about = f"Cart #{cart.id} ({names(cart)})"
    said = {
        S.REJECTED: f"{about} was rejected{_by(event)}: {_why(event, cart)}",
        S.CANCELLED: f"{about} was closed{_by(event)}. {_why_closed(event, cart)}",
        S.NEEDS_ATTENTION: f"{about} needs a person. {_why_stuck(event, cart)} The approvers and payers were told.",
        S.DELIVERED: f"{about} is delivered: all names are registered.",
        S.SUBMITTED: f"{about} waits for approval again, and nothing was ordered. {_why(event, cart)}",
    }.get(event.state)
    if said is None:
        return None
    copy = buttons(copy_button(cart)) if event.state in NOT_BOUGHT else []
    return Drawn.of(said, [section(said), *copy])


ARCHIVED = {"is_archived", "is_inactive"}


def shown_nowhere(cart: Cart) -> str:
    """Tell the requester that Slack accepts the card of their cart nowhere."""
    return (
        f"Slack refuses to show the card of cart #{cart.id}, so the approvers and payers don't see it. "
        "Ask one of them to open my Home: they can decide there."
    )


def sent_directly(cart: Cart, channel: str, word: str, *, told: int, others: int) -> str:
    """Explain why the requester gets a card as a direct message; `word` is Slack's refusal of the channel.

    `told` users get the card directly as well; `others` who may decide do not.
    """
    if word in ARCHIVED:
        why = f"<#{channel}> is archived, so nobody there sees cart #{cart.id}. Ask the operator for another channel."
    elif word.startswith("restricted_action"):
        why = f"I may not post in <#{channel}>, so nobody there sees cart #{cart.id}. Ask its owners to let me post."
    else:
        why = (
            f"I can't post in <#{channel}>, so nobody there sees cart #{cart.id}. "
            "Invite me there before the next request."
        )
    why += " You get the card here."
    if not told:
        return f"{why} Approvers and payers find it in my Home."
    who = "One approver or payer gets" if told == 1 else f"{told} approvers and payers get"
    rest = "They also find it in my Home."
    if others:
        rest = "The other one finds it in my Home." if others == 1 else f"The other {others} find it in my Home."
    return f"{why} {who} it in a direct message. {rest}"


def _is_known(event: Event, cart: Cart, before: Event | None) -> bool:
    """Return whether the requester already knows. Another problem is news; an invoice in the meantime is not."""
    if before is None or before.state is not event.state:
        return False
    if event.state is not S.NEEDS_ATTENTION or event.fact is None or event.fact.is_same_as(before.fact):
        return True
    return event.by is None and not event.fact.is_same_as(cart.fact)


def _by(event: Event) -> str:
    return f" by {person(event.by)}" if event.by else ""


def _why(event: Event, cart: Cart) -> str:
    if event.kind is EventKind.REJECTED and not event.note:
        return escape_lines(cart.reason or "")
    return escape_lines(happened(event))


def _why_closed(event: Event, cart: Cart) -> str:
    """Explain why a cart was closed; after a user's click, say what it means for the order."""
    if event.by is None:
        return _why(event, cart)
    return f"OVH had cancelled order {cart.order.id}." if cart.order else "Nothing was ordered."


def _why_stuck(event: Event, cart: Cart) -> str:
    """Explain why a cart is stuck; after a user's click, return the card's current note."""
    if event.by is None:
        return _why(event, cart)
    return escape_lines(remark(cart)) if cart.state is S.NEEDS_ATTENTION else "Its card says more."
