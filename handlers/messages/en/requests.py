"""What people read in lists of requests: what is waiting and for whom, and what was requested. Notes are escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.messages.en import states
from handlers.messages.en.grammar import counted
from handlers.messages.en.status import PRIVATE, names_in_brief, total, waiting_for
from handlers.messages.en.trial import IN_LIST
from handlers.text.command_name import code
from handlers.text.mrkdwn import date, person
from ordering.model.cart import Cart, CartState

NEWEST_FIRST = "*Requests*, newest first"


def waiting(number: int) -> str:
    """Return the title of the list of requests that are waiting."""
    return f"*{counted(number, 'request')} waiting*"


def none_waiting() -> str:
    """Return what stands in place of that list."""
    return f"Nothing is waiting. {code('cart')} shows this channel's cart."


def waiting_alone(carts: Sequence[Cart]) -> str:
    """Return the notification's text of that list."""
    listed = "; ".join(f"#{cart.id} {states.title(cart)[1]}" for cart in carts)
    return f"{counted(len(carts), 'request')} waiting: {listed}"


def row_waiting(cart: Cart, next_to_act: Collection[str], *, message: str | None) -> str:
    """Return a request that is waiting: its number and amount, then for whom and since when."""
    by = person(cart.requester) if cart.requester else ""
    holds = PRIVATE if cart.hidden else ""
    return f"{_first(cart, [holds, by], message)}\n{waiting_for(cart, next_to_act)}"


def in_home() -> str:
    """Return where a person can act on requests whose card no link leads to."""
    return "My Home shows what is waiting for you, with its buttons."


def row(cart: Cart, reason: str, *, message: str | None) -> str:
    """Return a request: its number, amount and names, then its state in words, who requested it and when.

    `reason` is why it was rejected.
    """
    return f"{_first(cart, [names_in_brief(cart)], message)}\n{_second(cart, reason)}"


def short_row(cart: Cart, *, message: str | None = None) -> str:
    """Return a request in one line, without its names."""
    title = states.title(cart)[1]
    by = person(cart.requester) if cart.requester else ""
    holds = PRIVATE if cart.hidden else counted(len(cart.lines), "name")
    return _first(cart, [holds, title, by], message)


def listed_alone(carts: Sequence[Cart]) -> str:
    """Return the notification's text of a list of requests."""
    return f"Requests: {', '.join(f'#{cart.id} {states.title(cart)[1]}' for cart in carts)}"


def none_before(cart: int) -> str:
    """Return the answer if no request is older than this one."""
    return f"There are no requests before #{cart}. {code('history')} shows the newest."


def none_requested() -> str:
    """Return the answer if nothing was ever requested."""
    return f"Nothing was requested yet. {code('search name.ovh')} finds names to add."


def none_with(word: str) -> str:
    """Return the answer if no request has a name with this word, escaped."""
    return f"No request has a name with “{word}”. {code('history')} shows all."


ABOUT_OLDER = "Older requests"


def about_card(cart: int) -> str:
    """Return what a screen reader says about the link to a card."""
    return f"Open the card of request {cart}"


def _first(cart: Cart, more: Sequence[str], message: str | None) -> str:
    number = f"<{message}|#{cart.id}>" if message else f"#{cart.id}"
    amount = str(total(cart) or "")
    trial = IN_LIST if cart.is_trial else ""
    return " · ".join(filter(None, [f"{states.title(cart)[0]} *{number}*", amount, *more, trial]))


def _second(cart: Cart, reason: str) -> str:
    title = states.title(cart)[1]
    if cart.state is CartState.REJECTED and cart.rejected_by:
        title = f"{title} by {person(cart.rejected_by)}: “{reason}”"
    by = f" · {person(cart.requester)}" if cart.requester else ""
    return f"{title}{by}, {date(cart.since)}"
