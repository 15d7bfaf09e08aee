"""The parts of an approval other than prices: warnings, contracts, what comes with the names, right of retraction."""

from __future__ import annotations

from handlers.messages import words
from handlers.messages.en.warnings import warning
from handlers.text.mrkdwn import escape
from ordering.model.cart import Cart


def warnings(cart: Cart) -> list[str]:
    """Return the warnings about single names, one line each."""
    return [
        f"*{line.domain}*  {' '.join(escape(warning(each)) for each in line.warnings)}"
        for line in cart.lines
        if line.warnings
    ]


def every_contract(cart: Cart) -> list[str]:
    """Return all contracts with their links, one line each."""
    return [_linked(contract.url, contract.name) for contract in (cart.quote.contracts if cart.quote else ())]


def retraction(*, waived: bool) -> str:
    """Return a sentence about the right of retraction."""
    return words.prices.RETRACTION_WAIVED if waived else words.prices.RETRACTION_KEPT


def _linked(url: str, name: str) -> str:
    text = escape(name).replace("|", "/")
    return f"<{url}|{text}>" if url.startswith(("https://", "http://")) and not set("<>| ") & set(url) else text


def extras(cart: Cart) -> str | None:
    """Return what OVH adds to an order in addition to the names, such as a DNS zone for each; None if nothing."""
    extras = cart.quote.extras if cart.quote else ()
    if not extras:
        return None
    return words.prices.PAID_ZONES if any(line.price.minor for line in extras) else words.prices.FREE_ZONES
