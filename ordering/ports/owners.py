"""Port for the account's contacts, which can own a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ordering.model.contact import Contact, LegalForm


class Owners(Protocol):
    """Contacts that can own a name. Personal data.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def contacts(self) -> tuple[Contact, ...]:
        """Return the account's contacts that can own a name, newest first. Personal data."""

    def contact(self, contact_id: str) -> Contact:
        """Read one contact from OVH; raises `RegistrarRefused` if it does not exist. Personal data."""

    def account_holder(self) -> Contact:
        """Return the account's own data, which OVH uses as the owner if no contact was chosen. Personal data."""

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        """Create a contact from validated fields."""
