"""What one person has to act on, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from ordering.model.cart import Cart


@dataclass(frozen=True, slots=True)
class Overview:
    """The content of one person's Home tab."""

    to_approve: tuple[Cart, ...]
    to_pay: tuple[Cart, ...]
    needs_attention: tuple[Cart, ...]
    mine: tuple[Cart, ...]
    recent: tuple[Cart, ...]
