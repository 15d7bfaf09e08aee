"""The help: how to use the bot, on one screen."""

from __future__ import annotations

from handlers.toolkit.blocks import Drawn, section
from handlers.toolkit.command_name import code, command
from handlers.toolkit.mrkdwn import cut, escape

_HOW = "You fill a cart together, an approver approves it by a button, the desk orders at OVH, and a payer pays."


def help_message(*, unknown: str = "", suggestion: str | None = None, hint: str = "") -> Drawn:
    """Return the help. After an unknown command it starts with a suggestion, or names the button to use."""
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
{code("search name")}  a word, tried with the team's extensions
{code("search name --tlds com,fr")}  or with others: `--list brand` for one of the team's lists, `--all` for all
{code("search blue otter --ideas")}  other names that the words suggest

*Collect*
{code("add name.ovh")}  into this channel's cart
{code("remove name.ovh")}  out of it again
{code("cart")}  see the cart, and request approval

*Follow*
{code("pending")}  carts that are waiting for someone
{code("show 12")}  one cart and what happened to it
{code("history")}  all requests, newest first"""
