"""Direct messages to a requester: what became of their request, each once, unless they did it themselves."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from handlers.messages import happened, remark, words
from handlers.messages.en import news as says
from handlers.text.mrkdwn import escape_lines
from handlers.toolkit.blocks import RenderedMessage, buttons, section
from handlers.views.cart import copy_button
from handlers.views.details import details_button
from handlers.views.request_card import edit_button, withdraw_button
from handlers.views.trial import with_trial
from ordering.model.cart import NOT_BOUGHT, Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind

S = CartState


def news(
    event: Event, cart: Cart, *, before: Event | None, payers: frozenset[str] = frozenset()
) -> RenderedMessage | None:
    """Return the message of what became of a request; None if nothing did, or if the requester caused it."""
    if event.by == cart.requester or _is_known(event, cart, before):
        return None
    if event.state is S.RETURNED and event.kind is not EventKind.CHANGES_REQUESTED:
        return None  # a contributor edits it
    if event.state is S.SUBMITTED and event.by is not None:
        return None  # one of several approvals
    sentences = {
        S.APPROVED: says.approved(cart, event.by) if event.kind is EventKind.APPROVED else None,
        S.RETURNED: words.returns.told(cart, event.by, _why(event, cart)),
        S.CHECKED_OUT: says.ordered(cart, payers) if _is_new_order(event, before) else None,
        S.REJECTED: says.rejected(cart, event.by, _why(event, cart)),
        S.CANCELLED: says.closed(cart, event.by, _why_closed(event, cart)),
        S.NEEDS_ATTENTION: says.needs_attention(cart, _why_stuck(event, cart)),
        S.DELIVERED: says.delivered(cart),
        S.SUBMITTED: says.approval_again(cart, _why(event, cart)),
    }.get(event.state)
    if sentences is None:
        return None
    sentences = with_trial(sentences, cart)
    return RenderedMessage.of(sentences, [section(sentences), *_buttons(event, cart)])


def _buttons(event: Event, cart: Cart) -> list[Block]:
    if event.state in NOT_BOUGHT:
        return buttons(copy_button(cart))
    if event.state is S.RETURNED:
        return buttons(edit_button(cart), withdraw_button(cart))
    return buttons(details_button(cart))


def _is_new_order(event: Event, before: Event | None) -> bool:
    """Return whether this event made or found the order; a payment that failed, or an invoice, did not."""
    return event.kind in {EventKind.ORDER_CREATED, EventKind.ORDER_FOUND, EventKind.ORDER_ADOPTED} and (
        before is None or before.state is not S.CHECKED_OUT
    )


ARCHIVED = {"is_archived", "is_inactive"}


def shown_nowhere(cart: Cart) -> str:
    """Tell the requester that Slack accepts the card of their cart nowhere."""
    return with_trial(says.shown_nowhere(cart.id), cart)


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
    return with_trial(says.sent_directly(why, told=notified, others=others), cart)


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
