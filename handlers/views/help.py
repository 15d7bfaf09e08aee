"""How to use the bot, on one screen."""

from __future__ import annotations

from handlers.command_name import code, command
from handlers.views.drawn import Drawn, section
from handlers.views.text import cut, escape

_HOW = "You fill a cart together, an approver approves it by a button, the desk orders at OVH, and a payer pays."


def help_message(*, unknown: str = "", suggestion: str | None = None, hint: str = "") -> Drawn:
    """Return the help; after something unknown, with a guess at what was meant, or with where it is done."""
    if unknown:
        typed = cut(escape(unknown), 80)
        guess = f" Did you mean {code(escape(suggestion))}?" if suggestion else ""
        first = f"I do not know “{typed}”.{guess} {hint}".rstrip()
    else:
        first = _HOW
    return Drawn.of(f"{first} Try {command('search name.ovh')}", [section(first), section(_commands())])


def _commands() -> str:
    return f"""*Find*
{code("search name.ovh")}  one name, or many: spaces, commas and line breaks all do
{code("search name")}  a word, tried over the team's extensions
{code("search name --tlds com,fr")}  or over others: `--list brand` for a list of the team's, `--all` for all
{code("search blue otter --ideas")}  other names that the words suggest

*Collect*
{code("add name.ovh")}  into this channel's cart
{code("remove name.ovh")}  out of it again
{code("cart")}  see the cart, and request approval

*Follow*
{code("pending")}  carts that wait for somebody
{code("show 12")}  one cart and what happened to it
{code("history")}  all that was asked for"""
