"""The parts of an approval other than prices: warnings, costs over the years, contracts, right of retraction."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from handlers.messages import words
from handlers.messages.en.warnings import warning
from handlers.text.mrkdwn import escape
from handlers.toolkit.blocks import context, section
from handlers.toolkit.folding import Part, optional
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
    sentences = [over_the_years(cart.lines, cart.quote), _extras(cart)]
    return [
        *(section(remark) for remark in disagreements(cart.lines, cart.quote)),
        *(optional([context(remark)], rank=rank) for remark in sentences if remark),
    ]


def contracts(cart: Cart, *, rank: int) -> list[Block | Part]:
    """Return the contracts with their links, or only their number if space is short."""
    named = _contracts(cart)
    if not named:
        return []
    full = context(words.prices.contracts(named[:_MOST_CONTRACTS], max(len(named) - _MOST_CONTRACTS, 0)))
    short = context(words.prices.contracts_counted(len(named)))
    return [Part(lambda n: [full if n else short], 1, rank)]


def every_contract(cart: Cart) -> list[str]:
    """Return all contracts, one line each."""
    named = _contracts(cart)
    return [words.prices.CONTRACTS, *named] if named else []


def retraction(*, waived: bool) -> str:
    """Return a sentence about the right of retraction."""
    return words.prices.RETRACTION_WAIVED if waived else words.prices.RETRACTION_KEPT


def _contracts(cart: Cart) -> Sequence[str]:
    return [_linked(contract.url, contract.name) for contract in (cart.quote.contracts if cart.quote else ())]


def _linked(url: str, name: str) -> str:
    text = escape(name).replace("|", "/")
    return f"<{url}|{text}>" if url.startswith(("https://", "http://")) and not set("<>| ") & set(url) else text


def _extras(cart: Cart) -> str | None:
    """Return what OVH adds to an order in addition to the names, such as a DNS zone for each; None if nothing."""
    extras = cart.quote.extras if cart.quote else ()
    if not extras:
        return None
    return words.prices.PAID_ZONES if any(line.price.minor for line in extras) else words.prices.FREE_ZONES
