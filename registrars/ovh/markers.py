"""The descriptions that this desk gives its carts at OVH, and what they tell of its earlier attempts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

PRODUCT = "Domain Desk"
_DIGEST = 16  # hexadecimal digits; OVH may limit or cut a description, so all of them stay below 60 characters


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Builds exact descriptions, as OVH's list of carts matches a description as a whole.

    `desk` is this desk's id: two desks may share an account.
    """

    desk: str

    def checkout(self, names: Iterable[str]) -> str:
        """Return the description of a cart that is filled, and perhaps checked out, with exactly these names."""
        return f"{PRODUCT} {self.desk} carts {digest(names)}"

    @property
    def scratch(self) -> str:
        """The description of a cart that is never checked out."""
        return f"{PRODUCT} {self.desk} asks"

    def is_ours(self, description: object) -> bool:
        return str(description).startswith(f"{PRODUCT} {self.desk} ")


def digest(names: Iterable[str]) -> str:
    """Return a digest of sorted names, the same for every order of them."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:_DIGEST]
