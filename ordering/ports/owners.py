"""Port for the account's contacts, which can own a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.owner_needs import OwnerNeeds


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

    def complete_contact(self, contact_id: str, values: Mapping[str, str]) -> Contact:
        """Fill in empty fields of a contact; a field that has a value keeps it. A lost answer can be repeated."""

    def owner_needs(
        self,
        domains: Sequence[DomainName],
        form: LegalForm,
        values: Mapping[str, str],
        *,
        at_once: bool = False,
        changes: bool = False,
    ) -> OwnerNeeds:
        """Return what the registries of these names need of an owner with this legal form and these values.

        With `at_once` the registrar is not asked, and only what it told before is known. With `changes` the fields say
        whether changing them later would change the holder. Raises nothing: what is not known leaves a name undecided.
        """
