"""The stamp of the newest event, on every button that decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from handlers.toolkit.action_ids import DECIDING
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.payloads import CartAsShown, Decision
from ordering.model.recovery import Stamp

_EVENT = re.compile(r"([0-9a-f]{12}\.[0-9]+)\.[0-9]+\.[0-9a-f]{0,12}\.[0-9]+")


def stamped(blocks: Iterable[Block], stamp: Stamp) -> Sequence[Block]:
    """Add the stamp to the buttons that decide."""
    found = list(blocks)
    for block in found:
        for element in block.elements if isinstance(block, ActionsBlock) else ():
            if isinstance(element, ButtonElement) and element.action_id in DECIDING:
                clicked = CartAsShown.read(element.value or "")
                element.value = str(Decision(clicked.cart_id, clicked.mark, stamp))
    return found


def stamped_message(rendered: RenderedMessage, stamp: Stamp) -> RenderedMessage:
    """Return a message with the stamp on its buttons that decide."""
    return replace(rendered, blocks=stamped(rendered.blocks, stamp))


def without_events(rendered: str) -> str:
    """Remove the event from each stamp: a new epoch is a reason to publish a Home again, an event elsewhere is not."""
    return _EVENT.sub(r"\1", rendered)
