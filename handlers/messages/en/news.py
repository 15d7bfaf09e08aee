"""What a requester reads in a direct message: how a request ended, or why its card came this way. Notes are escaped."""

from __future__ import annotations

from collections.abc import Collection

from handlers.messages.en.approving import either
from handlers.messages.en.grammar import names
from handlers.text.mrkdwn import person
from ordering.model.cart import Cart

# How a request ended -------------------------------------------------------------------------------------------------

CARD_SAYS_MORE = "Its card says more."
NOTHING_ORDERED = "Nothing was ordered."


def approved(cart: Cart, by: str | None) -> str:
    """Return who approved a request, and what comes next."""
    return f"✅ {_about(cart)} is approved{_by(by)}. I'm ordering it at OVH."


def ordered(cart: Cart, payers: Collection[str]) -> str:
    """Return that a request is ordered, for how much, and who pays."""
    total = f" for {cart.order.total} with tax" if cart.order else ""
    return f"✅ {_about(cart)} is ordered{total}. Next: {either(payers)} pays."


def rejected(cart: Cart, by: str | None, reason: str) -> str:
    """Return who rejected a request and why."""
    return f"{_about(cart)} was rejected{_by(by)}: {reason}"


def closed(cart: Cart, by: str | None, why: str) -> str:
    """Return who closed a request, if it was a person, and why or what it means."""
    return f"{_about(cart)} was closed{_by(by)}. {why}"


def needs_attention(cart: Cart, why: str) -> str:
    """Return that the bot cannot go on by itself, and who knows."""
    return f"{_about(cart)} needs attention. {why} The approvers and payers know."


def delivered(cart: Cart) -> str:
    """Return that everything is done."""
    return f"{_about(cart)} is done: all names are registered."


def approval_again(cart: Cart, why: str) -> str:
    """Return that an approval no longer counts."""
    return f"{_about(cart)} is waiting for approval again, and nothing was ordered. {why}"


def order_cancelled(order: int) -> str:
    """Return what a closed cart means for its order."""
    return f"OVH had cancelled order {order}."


def _about(cart: Cart) -> str:
    return f"Cart #{cart.id} ({names(cart)})"


def _by(user: str | None) -> str:
    return f" by {person(user)}" if user else ""


# Where the card is ---------------------------------------------------------------------------------------------------


def shown_nowhere(cart: int) -> str:
    """Return that Slack accepts the card nowhere."""
    return (
        f"Slack refuses to show the card of cart #{cart}, so the approvers and payers don't see it. Ask one of them "
        "to open my Home: they can decide there."
    )


def archived(channel: str, cart: int) -> str:
    """Return why the card is not in its channel: it is archived."""
    return f"<#{channel}> is archived, so nobody there sees cart #{cart}. Ask the operator for another channel."


def posting_restricted(channel: str, cart: int) -> str:
    """Return why the card is not in its channel: only some members may post there."""
    return f"I may not post in <#{channel}>, so nobody there sees cart #{cart}. Ask its owners to let me post."


def not_in_channel(channel: str, cart: int) -> str:
    """Return why the card is not in its channel, for any other reason."""
    return f"I can't post in <#{channel}>, so nobody there sees cart #{cart}. Invite me there before the next request."


def sent_directly(why: str, *, told: int, others: int) -> str:
    """Return who gets the card directly: the requester, `told` who may decide, and not the `others` who may, too."""
    here = f"{why} You get the card here."
    if not told:
        return f"{here} Approvers and payers find it in my Home."
    who = "One approver or payer gets" if told == 1 else f"{told} approvers and payers get"
    rest = "They also find it in my Home."
    if others:
        rest = "The other one finds it in my Home." if others == 1 else f"The other {others} find it in my Home."
    return f"{here} {who} it in a direct message. {rest}"
