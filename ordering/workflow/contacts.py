"""The account's contacts; a contact can own a name."""

from __future__ import annotations

from collections.abc import Mapping

from ordering.model.contact import Contact, LegalForm
from ordering.model.policy import Person, Policy
from ordering.ports.owners import Owners


class ContactBook:
    """Lists, creates and completes contacts. Personal data: only for the member who asks."""

    def __init__(self, registrar: Owners, policy: Policy) -> None:
        self._registrar = registrar
        self._policy = policy

    def all(self, *, by: Person) -> tuple[Contact, ...]:
        """Return the account's contacts, newest first, to choose from: by name only."""
        self._policy.must_be_member(by)
        return self._registrar.contacts()

    def in_full(self, *, by: Person) -> tuple[Contact, ...]:
        """Return the account's contacts, newest first, to be shown only to this approver or payer."""
        self._policy.may_see_owners(by)
        return self._registrar.contacts()

    def create(self, form: LegalForm, values: Mapping[str, str], *, by: Person) -> Contact:
        """Create a contact from validated fields."""
        self._policy.must_be_member(by)
        return self._registrar.create_contact(form, values)

    def complete(self, contact_id: str, values: Mapping[str, str], *, by: Person) -> Contact:
        """Fill in empty fields of a contact, from validated fields."""
        self._policy.must_be_member(by)
        return self._registrar.complete_contact(contact_id, values)
