"""Who can own a name: the account's contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ordering.model.contact import Contact, LegalForm


class Owners(Protocol):
    """Contacts that can own a name. Personal data.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def contacts(self) -> tuple[Contact, ...]:
        """The account's contacts that can own a name, newest first. Personal data."""

    def contact(self, contact_id: str) -> Contact:
        """Read one contact as OVH has it now; raises `RegistrarRefused` if it is not there. Personal data."""

    def account_holder(self) -> Contact:
        """The account's own data, which OVH uses as the owner if no contact was chosen. Personal data."""

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        """Make a contact of fields that were checked."""
