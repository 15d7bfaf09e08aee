"""What cards, carts and forms say about the trial."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from handlers.messages import words
from handlers.toolkit.blocks import context
from ordering.model.cart import WAITING, Cart

_says = words.trial


def trial_notice(cart: Cart, *, trial: bool) -> list[Block]:
    """Return the line about the trial below a cart's first line; nothing if the trial does not concern the cart.

    A request of the trial says so for good, and what may still be changed says it while the `trial` is on. One of
    before says, while the `trial` is on, that it waits.
    """
    if cart.is_trial or (trial and cart.is_editable):
        return [context(_says.LINE)]
    return [context(_says.BEFORE)] if trial and cart.state in WAITING else []


def notice_of_trial(*, trial: bool) -> list[Block]:
    """Return the line about the trial for what is no cart yet, such as Home or a preview."""
    return [context(_says.LINE)] if trial else []


def with_trial(text: str, cart: Cart, *, trial: bool = False) -> str:
    """Return a sentence about a cart, and that nothing is ordered if the trial concerns the cart."""
    return _says.said(text) if cart.is_trial or (trial and cart.is_editable) else text
