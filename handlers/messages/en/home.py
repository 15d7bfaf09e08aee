"""What people read in the bot's Home, and in the form that searches from there."""

from __future__ import annotations

from collections.abc import Collection

from handlers.messages.en.grammar import counted
from handlers.messages.en.states import title
from handlers.messages.en.status import names_in_brief, total, waiting_for
from handlers.messages.en.trial import IN_LIST
from handlers.text.command_name import code
from handlers.text.mrkdwn import date, person
from ordering.model.cart import Cart
from ordering.model.money import Money

NOTHING_WAITING = "Nothing is waiting for you."
YOUR_REQUESTS = "Your carts and requests"
RECENTLY_BOUGHT = "Recently bought"
NOTHING_BOUGHT = "Nothing bought yet."

SEARCH_TITLE = "Search names"
NAMES = "Which names?"
NAMES_HINT = "One or many names, or words to try with the team's extensions. You can paste a list."
NAMES_MISSING = "Write at least one name or word."
SEARCHING = "I'm searching. The answer comes in my *Messages* tab."


def waiting(number: int) -> str:
    """Return the heading over the requests that are waiting for this person."""
    return f"{number} waiting for you"


def more_waiting(number: int) -> str:
    """Return how many requests are waiting for this person that the Home has no room for."""
    return f"{number} more waiting: {code('pending')} lists them."


def no_carts() -> str:
    """Return what stands in place of a person's own carts."""
    return f"You have no open cart. *{SEARCH_TITLE}* starts one."


def commands() -> str:
    """Return where to find all commands."""
    return f"{code('help')} shows all commands. You can also type to me in my *Messages* tab."


def own_request(cart: Cart, next_to_act: Collection[str], *, message: str | None) -> str:
    """Return one of the person's requests: its amount and names, then whom it is waiting for."""
    number = f"<{message}|#{cart.id}>" if message else f"#{cart.id}"
    trial = IN_LIST if cart.is_trial else ""
    parts = [f"{title(cart)[0]} *{number}*", str(total(cart) or ""), names_in_brief(cart), trial]
    first = " · ".join(filter(None, parts))
    return f"{first}\n{waiting_for(cart, next_to_act)}"


def own_cart(cart: Cart, price: Money | None, todo: int, *, is_shared: bool) -> str:
    """Return an open cart of the person's; `todo` counts the names whose registry still asks something."""
    where = f" in <#{cart.channel}>" if is_shared else ""
    holds = counted(len(cart.lines), "name")
    first = f"{title(cart)[0]} *Cart #{cart.id}*{where} · {holds}{f', {price} before tax' if price else ''}"
    return f"{first}\n{_unanswered(todo)}" if todo else first


def short(cart: Cart) -> str:
    """Return a cart or request in one line."""
    dot, state = title(cart)
    trial = IN_LIST if cart.is_trial else ""
    return " · ".join(filter(None, [f"{dot} *#{cart.id}*", counted(len(cart.lines), "name"), state, trial]))


def bought(cart: Cart, *, message: str | None) -> str:
    """Return a purchase: its names and total, then its number, who requested it and when."""
    number = f"<{message}|#{cart.id}>" if message else f"#{cart.id}"
    by = person(cart.requester) if cart.requester else ""
    first = " · ".join(filter(None, [f"{title(cart)[0]} *{names_in_brief(cart)}*", str(total(cart) or "")]))
    return f"{first}\n{' · '.join(filter(None, [number, by, date(cart.since)]))}"


def results(address: str | None) -> str:
    """Return where the answer to a search is."""
    return f"The answer is in my *Messages* tab: <{address}|open it>." if address else SEARCHING


def refused_by_slack() -> str:
    """Return the Home that Slack accepts if it refuses the full one."""
    return (
        f"I can't show your Home just now. {code('pending')} lists what is waiting, {code('show 12')} shows one cart."
    )


def _unanswered(number: int) -> str:
    return f"{counted(number, 'name')} {'needs' if number == 1 else 'need'} answers for the registry"
