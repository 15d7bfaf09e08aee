"""An owner of names in a cart."""

from __future__ import annotations

from dataclasses import dataclass

from ordering.model.contact import Contact
from ordering.model.domain_name import DomainName


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner, and the names of the cart it will own. `is_account`: OVH uses the account's own data."""

    contact: Contact
    domains: tuple[DomainName, ...]
    is_account: bool
