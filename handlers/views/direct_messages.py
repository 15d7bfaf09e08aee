"""Direct messages to a requester whose card is in a channel that they may not see."""

from __future__ import annotations

from handlers.messages import happened, remark
from handlers.messages.en import news as says
from handlers.text.mrkdwn import escape_lines
from handlers.toolkit.blocks import RenderedMessage, buttons, section
from handlers.views.cart import copy_button
from ordering.model.cart import NOT_BOUGHT, Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind

S = CartState


def news(event: Event, cart: Cart, *, before: Event | None) -> RenderedMessage | None:
    """Return the message that a request ended or is stuck; None otherwise, or if the requester caused it."""
    if event.by == cart.requester or _is_known(event, cart, before):
        return None
    if event.state is S.SUBMITTED and event.by is not None:
        return None  # one of several approvals
    sentences = {
        S.REJECTED: says.rejected(cart, event.by, _why(event, cart)),
        S.CANCELLED: says.closed(cart, event.by, _why_closed(event, cart)),
        S.NEEDS_ATTENTION: says.needs_attention(cart, _why_stuck(event, cart)),
        S.DELIVERED: says.delivered(cart),
        S.SUBMITTED: says.approval_again(cart, _why(event, cart)),
    }.get(event.state)
    if sentences is None:
        return None
    copy = buttons(copy_button(cart)) if event.state in NOT_BOUGHT else []
    return RenderedMessage.of(sentences, [section(sentences), *copy])


ARCHIVED = {"is_archived", "is_inactive"}


def shown_nowhere(cart: Cart) -> str:
    """Tell the requester that Slack accepts the card of their cart nowhere."""
    return says.shown_nowhere(cart.id)


def sent_directly(cart: Cart, channel: str, word: str, *, notified: int, others: int) -> str:
    """Explain why the requester gets a card as a direct message; `word` is Slack's refusal of the channel.

    `notified` users get the card directly as well; `others` who may decide do not.
    """
    if word in ARCHIVED:
        why = says.archived(channel, cart.id)
    elif word.startswith("restricted_action"):
        why = says.posting_restricted(channel, cart.id)
    else:
        why = says.not_in_channel(channel, cart.id)
    return says.sent_directly(why, told=notified, others=others)


def _is_known(event: Event, cart: Cart, before: Event | None) -> bool:
    """Return whether the requester already knows. Another problem is news; an invoice in the meantime is not."""
    if before is None or before.state is not event.state:
        return False
    if event.state is not S.NEEDS_ATTENTION or event.fact is None or event.fact.is_same_as(before.fact):
        return True
    return event.by is None and not event.fact.is_same_as(cart.fact)


def _why(event: Event, cart: Cart) -> str:
    if event.kind is EventKind.REJECTED and not event.note:
        return escape_lines(cart.reason or "")
    return escape_lines(happened(event))


def _why_closed(event: Event, cart: Cart) -> str:
    """Explain why a cart was closed; after a user's click, say what it means for the order."""
    if event.by is None:
        return _why(event, cart)
    return says.order_cancelled(cart.order.id) if cart.order else says.NOTHING_ORDERED


def _why_stuck(event: Event, cart: Cart) -> str:
    """Explain why a cart is stuck; after a user's click, return the card's current note."""
    if event.by is None:
        return _why(event, cart)
    return escape_lines(remark(cart)) if cart.state is S.NEEDS_ATTENTION else says.CARD_SAYS_MORE
