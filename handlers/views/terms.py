"""The parts of an approval other than prices: warnings, costs over the years, contracts, right of retraction."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from handlers.messages.en.warnings import warning
from handlers.toolkit.blocks import context, section
from handlers.toolkit.folding import Part, optional
from handlers.toolkit.mrkdwn import escape
from handlers.views.receipt import disagreements, over_the_years
from ordering.model.cart import Cart

_MOST_CONTRACTS = 20


def warnings(cart: Cart) -> list[str]:
    """Return the warnings about single names, one line each."""
    return [
        f"*{line.domain}*  {' '.join(escape(warning(each)) for each in line.warnings)}"
        for line in cart.lines
        if line.warnings
    ]


def cost(cart: Cart, *, rank: int) -> list[Block | Part]:
    """Return remarks on the receipt's figures; a contradiction between figures is never folded."""
    said = [over_the_years(cart.lines, cart.quote), _extras(cart)]
    return [
        *(section(words) for words in disagreements(cart.lines, cart.quote)),
        *(optional([context(words)], rank=rank) for words in said if words),
    ]


def contracts(cart: Cart, *, rank: int) -> list[Block | Part]:
    """Return the contracts with their links, or only their number if space is short."""
    named = _contracts(cart)
    if not named:
        return []
    more = f" and {len(named) - _MOST_CONTRACTS} more" if len(named) > _MOST_CONTRACTS else ""
    full = context(f"Contracts that ordering accepts: {', '.join(named[:_MOST_CONTRACTS])}{more}")
    short = context(f"Contracts that ordering accepts: {len(named)}, with their links in *Details*")
    return [Part(lambda n: [full if n else short], 1, rank)]


def every_contract(cart: Cart) -> list[str]:
    """Return all contracts, one line each."""
    named = _contracts(cart)
    return ["*Contracts that ordering accepts*", *named] if named else []


def retraction(*, waived: bool) -> str:
    """Return a sentence about the right of retraction."""
    if waived:
        return "Ordering waives the right of retraction, so that OVH registers the names at once."
    return "The right of retraction is kept: OVH may not register the names before it ends."


def _contracts(cart: Cart) -> Sequence[str]:
    return [_linked(contract.url, contract.name) for contract in (cart.quote.contracts if cart.quote else ())]


def _linked(url: str, name: str) -> str:
    shown = escape(name).replace("|", "/")
    return f"<{url}|{shown}>" if url.startswith(("https://", "http://")) and not set("<>| ") & set(url) else shown


def _extras(cart: Cart) -> str | None:
    """Return what OVH adds to an order in addition to the names, such as a DNS zone for each; None if nothing."""
    extras = cart.quote.extras if cart.quote else ()
    if not extras:
        return None
    if any(line.price.minor for line in extras):
        return "OVH adds a DNS zone to each name; where it costs something, that is in the name's price."
    return "OVH adds a DNS zone to each name, at no charge."
