"""What waits for somebody, at one look."""

from __future__ import annotations

from dataclasses import dataclass

from ordering.model.cart import Cart


@dataclass(frozen=True, slots=True)
class Overview:
    """What one person's Home shows."""

    to_approve: tuple[Cart, ...]
    to_pay: tuple[Cart, ...]
    needs_attention: tuple[Cart, ...]
    mine: tuple[Cart, ...]
    recent: tuple[Cart, ...]
