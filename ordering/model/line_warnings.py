"""Warnings about a single name, for its buyers and approvers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ordering.model.facts import Data


class WarningKind(StrEnum):
    """What to know about a name. The values are stored: add to them, never rename one."""

    MIXED_SCRIPTS = "mixed_scripts"  # `scripts`
    LOOKS_LATIN = "looks_latin"  # in the letters of other `scripts`; `like` is what it looks like
    LIKE_AN_OWNED_NAME = "like_an_owned_name"  # its `twin`
    LIKE_A_NAME_IN_A_CART = "like_a_name_in_a_cart"  # its `twin`
    PRICE_CHANGED = "price_changed"  # since it was added: `price` and `renewal` at that time
    EARLIER_TEXT = "earlier_text"  # a sentence that an earlier version stored, as `text`
    UNKNOWN = "unknown"  # of a newer version

    @classmethod
    def _missing_(cls, _value: object) -> WarningKind:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class LineWarning:
    """A kind with its data."""

    kind: WarningKind
    data: Data = field(default_factory=dict, hash=False)

    @classmethod
    def earlier(cls, text: str) -> LineWarning:
        """Return a sentence that an earlier version stored."""
        return cls(WarningKind.EARLIER_TEXT, {"text": text})
