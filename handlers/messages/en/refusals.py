"""What people read when something is refused, by the code of the refusal."""

from __future__ import annotations

from handlers.messages.catalogue import Catalogue, Hint, Said

REFUSALS = Catalogue()
_says = REFUSALS.says


def unknown_refusal(code: str) -> Said:
    """Return the sentence for a code that has none: a refusal of another version of the bot."""
    return Said(f"That was refused, and nothing was changed. If it happens again, tell the operator this word: {code}.")


@_says("cart_changed")
def _(cart: int) -> str:
    return f"Cart #{cart} changed in the meantime. Look at it again, then try once more."


@_says("no_such_cart")
def _(cart: int) -> Said:
    return Said(f"There is no cart #{cart}.", Hint("pending", "lists the carts that are waiting"))
