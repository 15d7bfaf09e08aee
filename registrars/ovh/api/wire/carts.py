"""Carts, their items, and what a registry requires of an item."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from registrars.ovh.api.wire.base import Flag, Id, Listed, Moment, Shape, Text, Value, Wire, Word

CartId = Annotated[Word, Field(min_length=1)]


class NewCart(Wire):
    """The answer of the call that creates a cart."""

    cart_id: CartId
    description: Text | None = None


class CartDescription(Wire):
    """What a cart is for."""

    description: Text


class CartExpiry(Wire):
    """When a cart ends. OVH's description allows null, but such a cart cannot be reported from another bot's."""

    expire: Moment


class CartState(Wire):
    """Whether a cart was checked out."""

    read_only: Flag


class ItemSettings(Wire):
    """What an item was ordered with. The description does not list the duration; some answers have it."""

    pricing_mode: Word | None = None
    duration: Word | None = None


class Item(Wire):
    """A name in a cart."""

    item_id: Id
    duration: Word | None = None
    settings: ItemSettings | None = None
    configurations: list[Id] | None = None

    @property
    def may_be_configured(self) -> bool:
        """Whether the item may have settings that OVH filled in."""
        return "configurations" not in self.model_fields_set or bool(self.configurations)


class Requirement(Wire):
    """One setting that an item may need. Every key but the label may be missing."""

    label: Word
    type: Word | None = None
    required: Flag | None = None
    allowed_values: Listed[Value | None] = Field(default_factory=list)


CARTS = Shape[list[str]](list[CartId], "carts")
REQUIREMENTS = Shape[list[Requirement]](list[Requirement], "requirements")
