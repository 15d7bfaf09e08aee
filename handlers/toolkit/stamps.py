"""The value of a button that decides: its cart, what the card showed (fingerprint), and the newest event's stamp."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from handlers.toolkit.action_ids import DECIDING
from handlers.toolkit.interaction import cart_number
from ordering.model.errors import CardOutdated
from ordering.model.recovery import Stamp

_EVENT = re.compile(r"([0-9a-f]{12}\.[0-9]+)\.[0-9]+\.[0-9a-f]{0,12}\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Decision:
    """The value of a button that decides. `mark` is the card's seal or fingerprint; empty without one."""

    cart_id: int
    mark: str
    stamp: Stamp

    @classmethod
    def read(cls, value: str) -> Decision:
        """Parse a button's value or a form's metadata.

        Raises `CardOutdated` if it has no stamp, because an older version of the bot rendered it.
        """
        number, *rest = value.split()
        cart_id, stamp = cart_number(number), Stamp.parse(rest[-1]) if rest else None
        if stamp is None:
            raise CardOutdated(cart_id)
        return cls(cart_id, rest[0] if len(rest) > 1 else "", stamp)


def stamped(blocks: Iterable[Block], stamp: Stamp) -> Sequence[Block]:
    """Add the stamp to the buttons that decide."""
    found = list(blocks)
    for block in found:
        for element in block.elements if isinstance(block, ActionsBlock) else ():
            if isinstance(element, ButtonElement) and element.action_id in DECIDING:
                element.value = f"{element.value} {stamp}"
    return found


def without_events(rendered: str) -> str:
    """Remove the event from each stamp: a new epoch is a reason to publish a Home again, an event elsewhere is not."""
    return _EVENT.sub(r"\1", rendered)
