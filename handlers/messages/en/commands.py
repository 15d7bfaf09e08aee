"""The help: all commands, and the answer to a command that does not exist."""

from __future__ import annotations

from handlers.messages.en import buttons
from handlers.text.command_name import code, command

HOW_IT_WORKS = (
    "Fill a cart together. An approver approves it with one click, I order it at OVH, and a payer pays the order."
)


def all_commands() -> str:
    """Return all commands, by what a person wants to do."""
    return f"""*Find*
{code("name.ovh")} or {code("search name.ovh")}  one or many names, separated by spaces, commas or new lines
{code("search name")}  a word, tried with the team's extensions
{code("search name --tlds com,fr")}  with other extensions: `--list brand` for a list of the team's, `--all` for all
{code("search blue otter --ideas")}  other names that the words suggest
{code("search name --under 20 --sort cheapest")}  below a price a year, the cheapest over 3 years first

*Buy*
{code("buy name.ovh for the landing page")}  checks a name and requests approval, in one go

*Collect*
{code("add name.ovh")}  put a name into this channel's cart
{code("remove name.ovh")}  take it out
{code("cart")}  see the cart, and request approval

*Follow*
{code("pending")}  what is waiting, and who has to act
{code("show 12")}  one request and what happened to it; {code("show name.ovh")} for a name
{code("history")}  all requests, newest first; {code("history otter")} for a word in their names
{code("withdraw 12")}  take your own request back, until it is decided"""


def alone(first: str) -> str:
    """Return the notification's text of the help; `first` is its first paragraph."""
    return f"{first} Try {command('search name.ovh')}"


def no_such_command(typed: str, *, meant: str | None = None, hint: str = "") -> str:
    """Return the answer to a command that does not exist, both escaped.

    `meant` is the command that comes closest, `hint` where to find what was looked for.
    """
    guess = f" Did you mean {code(meant)}?" if meant else ""
    return f"There is no {code(typed)}.{guess} {hint}".rstrip()


def nothing_to_search(typed: str) -> str:
    """Return the answer to a search without a name; `typed` is escaped, and may be empty."""
    where = f" in “{typed}”" if typed else ""
    return f"Nothing to search{where}. Try {code('search name.ovh')}."


def approve_by_button() -> str:
    """Return where to approve, to a person who typed it as a command."""
    return "*Approve* is a button on the cart's card; approvers also find it in my Home."


def reject_by_button() -> str:
    """Return where to reject, to a person who typed it as a command."""
    return "*Reject* is a button on the cart's card; approvers also find it in my Home."


def pay_by_button() -> str:
    """Return where to pay, to a person who typed it as a command."""
    return "*Pay* is a button on the card of an order; payers also find it in my Home."


def request_by_button() -> str:
    """Return where to request approval, to a person who typed it as a command."""
    return f"*{buttons.REQUEST}* is a button on the cart. {code('cart')} shows it."
