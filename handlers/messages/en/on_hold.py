"""What people read in recover mode: after a restore, until the records are compared with OVH's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.messages.en.buttons import ORDER_ANYWAY
from handlers.messages.en.grammar import counted
from handlers.text.mrkdwn import when
from ordering.model.money import Money
from ordering.model.recovery import Cause, Loss, Marker, Recovery

_COMPARING = "I'm comparing my records with OVH's after a restore."
_NOTHING_HAPPENS = "Until that's done, nothing is ordered, paid or approved."
_ON_HOLD = f"{_COMPARING} {_NOTHING_HAPPENS}"

_MOST_CARTS = 5  # that a warning names

# For everybody -------------------------------------------------------------------------------------------------------


def card_head(cart: int, total: Money | None = None) -> str:
    """Return the first line of a request that is on hold."""
    return " · ".join(filter(None, [f"#{cart}", "On hold", str(total) if total else ""]))


def card(cart: int, total: Money | None) -> str:
    """Return the card of a request that is on hold."""
    return f"⏸️ *{card_head(cart, total)}*\n{_ON_HOLD}\nYour request is safe. An operator is on it."


def card_alone(cart: int) -> str:
    """Return the notification's text of that card."""
    return f"#{cart} is on hold while I compare my records with OVH's. Nothing is ordered or paid in the meantime."


HOME_HEAD = "I'm on hold."
HOME = f"⏸️ *{HOME_HEAD}* {_ON_HOLD}"


BACK = "I'm back. My database was restored"


def forgotten(loss: Loss) -> str:
    """Return what was lost, once recover mode is over."""
    span = f"between {when(loss.from_)} and the restore" if loss.from_ else "before the restore"
    return (
        f"{BACK}; I noticed {when(loss.noticed_at)}. I've forgotten what happened here "
        f"{span}: requests, approvals and answers of that time."
    )


DECIDE_ON_NEWEST = "Decide on the newest cards; old buttons no longer work."


def your_request(cart: int) -> str:
    """Return what a requester does about a request that is still open."""
    return f"Your request #{cart} is open. Look at its newest card, and request again what is missing."


# For operators -------------------------------------------------------------------------------------------------------

QUESTION = "Compare with OVH, then release?"
BEGUN_ALONE = "I'm on hold: my database seems to be older than it was. Compare with OVH, then release."
IN_TERMINAL = "In a terminal: `domain-desk recover`"
NOT_ON_HOLD = "I'm not on hold."
RELEASE_TITLE = "Release?"
RELEASE_QUESTION = (
    "Old buttons stop working, and every card gets new ones. If an open order on this list shares a name with a "
    f"request, I won't order that request until an approver presses “{ORDER_ANYWAY}”."
)
ABOUT_COMPARE = "Compare my records with OVH's orders"
ABOUT_COMPARED = "I have compared OVH's orders with the list above"


def what_happened(mode: Recovery) -> str:
    """Return why recover mode began, and since when."""
    seen = "My database is older than what I've shown in Slack"
    if mode.cause is Cause.MARKERS:
        seen = "OVH shows a try to order or pay that my database doesn't have"
    return f"{seen}, perhaps after a restore. I've stopped ordering, paying and approving since {when(mode.began_at)}."


def no_unknown_order(since: datetime) -> str:
    """Return that a comparison found nothing."""
    return f"*What I found at OVH:* no order since {when(since)} that I don't know."


def unknown_orders(number: int) -> str:
    """Return the heading over the orders that no request knows."""
    return f"*What I found at OVH:* {counted(number, 'order') if number else 'no order'} that I don't know."


def unknown_order(order: int, total: Money, names: str, fits: Sequence[int]) -> str:
    """Return an order; `names` are escaped and may be empty, `fits` the open requests for exactly these names."""
    fitting = f", fits {', '.join(f'#{number}' for number in fits)}" if fits else ""
    return f"• {order} · {total} · {names or 'no names shown yet'}{fitting}"


def hidden_order(order: int, since: str | None) -> str:
    """Return what is known of an order that OVH does not show; `since` is when the bot first read it, in words.

    Read in Slack and in a terminal.
    """
    known = f"I first saw it {since}. " if since else ""
    return f"{order} · OVH lists it, but I can't read it. {known}Look at it on OVH's site."


def more_unknown(number: int) -> str:
    """Return how many unknown orders have no line."""
    return f"• and {counted(number, 'more order')}: look at OVH's list of orders"


def marker(of: Marker) -> str:
    """Return a trace of an attempt that no request has. The names of an order are only a digest, so not shown."""
    kind, _, order = of.about.partition(" ")
    if kind == "pays":
        return f"a try to pay order {order} that no request has"
    at = f" (cart {of.id} at OVH)" if of.id else ""
    return f"a try to order names that no request has{at}: look for orders that you don't recognize"


def unread_carts(carts: Sequence[str]) -> str:
    """Return the warning about carts that the key may not read; in Slack and in a terminal."""
    first = ", ".join(carts[:_MOST_CARTS])
    more = f" and {len(carts) - _MOST_CARTS} more" if len(carts) > _MOST_CARTS else ""
    return (
        f"OVH lists {counted(len(carts), 'cart')} that my key may not read ({first}{more}). Another program may have "
        "made them. If I had another key before, one may stand for an order that I forgot: look at OVH's orders."
    )


def released(mode: Recovery) -> str:
    """Return the answer to the operator who compared."""
    until = f"at {when(mode.ends_at)}" if mode.ends_at else "when OVH's clock can be read"
    return (
        f"Thank you. I go on {until} at the earliest: until then an order or a payment that left before the restore "
        "may still show at OVH."
    )


def health(began_at: datetime, *, undelivered: bool = False) -> str:
    """Return why the bot does nothing, for its health page; `began_at` is in UTC."""
    said = (
        f"on hold since {began_at:%Y-%m-%d %H:%M} UTC: the database is older than what was shown. Nothing is ordered "
        "or paid. Compare with OVH: domain-desk recover"
    )
    return f"{said}. No operator could be told in Slack" if undelivered else said


LOSS_UNDELIVERED = "nobody could be told in Slack that the database was restored and what was lost"
