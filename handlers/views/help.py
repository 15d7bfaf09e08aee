"""How to use the desk, on one screen."""

from __future__ import annotations

from handlers.views.drawn import Drawn, section
from handlers.views.text import cut, escape

_COMMANDS = """*Find*
`/domain search name.ovh`  one name, or many: spaces, commas and line breaks all do
`/domain search name`  a word, tried over the team's extensions
`/domain search name --tlds com,fr`  or over others: `--list brand` for a list of the team's, `--all` for all
`/domain search blue otter --ideas`  other names that the words suggest

*Collect*
`/domain add name.ovh`  into this channel's cart
`/domain remove name.ovh`  out of it again
`/domain cart`  see the cart, and request approval

*Follow*
`/domain pending`  carts that wait for somebody
`/domain show 12`  one cart and what happened to it
`/domain history`  all that was asked for"""
_HOW = "You fill a cart together, an approver approves it by a button, the desk orders at OVH, and a payer pays."


def help_message(*, unknown: str = "", suggestion: str | None = None, hint: str = "") -> Drawn:
    """The help; after something unknown, with a guess at what was meant, or with where it is done."""
    if unknown:
        typed = cut(escape(unknown), 80)
        guess = f" Did you mean `/domain {escape(suggestion)}`?" if suggestion else ""
        first = f"I do not know “{typed}”.{guess} {hint}".rstrip()
    else:
        first = _HOW
    return Drawn.of(f"{first} Try /domain search name.ovh", [section(first), section(_COMMANDS)])
