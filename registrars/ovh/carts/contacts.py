"""Owner contacts at OVH. /domain/contact lists them in one call; its ids are those of /me/contact."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from ordering.model.contact import Contact, LegalForm, newest_first
from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.schemas import Json, listed
from registrars.ovh.throttling.scheduler import Priority

_FRESH = 300.0  # seconds; a contact that is made here shows at once
_OURS = {
    "organisation": "organisationName",
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "language": "language",
    "vat": "vat",
    "company_number": "companyNationalIdentificationNumber",
    "birth_day": "birthDay",
    "birth_city": "birthCity",
    "birth_country": "birthCountry",
    "national_number": "nationalIdentificationNumber",
    "nationality": "nationality",
}
_ADDRESS = ("line1", "zip", "city", "province", "country")
# GET /me has other field names for the account's own data than a contact has.
_OF_ACCOUNT = {
    "organisationName": "organisation",
    "firstName": "firstname",
    "lastName": "name",
    "email": "email",
    "phone": "phone",
    "language": "language",
    "legalForm": "legalform",
    "vat": "vat",
    "companyNationalIdentificationNumber": "companyNationalIdentificationNumber",
    "nationalIdentificationNumber": "nationalIdentificationNumber",
    "birthDay": "birthDay",
    "birthCity": "birthCity",
}
_ADDRESS_OF_ACCOUNT = {"line1": "address", "zip": "zip", "city": "city", "country": "country", "province": "area"}


class Contacts:
    """Reads the account's contacts, caches them for a while, and creates new ones."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._guard = threading.Lock()
        self._read_at = float("-inf")
        self._known: dict[str, Json] = {}

    def all(self) -> tuple[Contact, ...]:
        """Return every contact, newest first."""
        with self._guard:
            if time.monotonic() - self._read_at >= _FRESH:
                entries = listed(self._client.ask("/domain/contact", priority=Priority.PEOPLE))
                self._known = {str(entry["id"]): entry for entry in entries}
                self._read_at = time.monotonic()
            return newest_first(_contact(entry) for entry in self._known.values())

    def one(self, number: str) -> Contact:
        """Read one contact from OVH; raises `RegistrarRefused` if it does not exist."""
        return _contact(self.read(number))

    def holder(self) -> Contact:
        """Read the account's own data as a contact; its id is the account's name."""
        account = self.account()
        return _contact({**as_owner(account), "id": account["nichandle"]})

    def create(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        """Create a contact. A lost answer may leave one behind: it is harmless, and shows in the list."""
        try:
            made: Json = self._client.build("POST", "/me/contact", _body(form, values), priority=Priority.PEOPLE)
        except RegistrarUnavailable as error:
            self._read_at = float("-inf")
            raise RegistrarUnavailable(code="contact_perhaps_created") from error
        with self._guard:
            self._known[str(made["id"])] = made
        return _contact(made)

    def read(self, number: str) -> Json:
        """Read one contact from OVH as JSON; raises `RegistrarRefused` if it does not exist."""
        return dict(self._client.ask(f"/domain/contact/{segment(number.rpartition('/')[2])}", priority=Priority.PEOPLE))

    def account(self) -> Json:
        """Read the bot's own account from OVH. It administers a name unless the user chose another."""
        me: Json = self._client.ask("/me", priority=Priority.PEOPLE)
        return {name: value for name, value in me.items() if value is not None}


def as_owner(account: Json) -> Json:
    """Return the account in the form of an owner for the rule engine, with a contact's field names."""
    own = {theirs: account[ours] for theirs, ours in _OF_ACCOUNT.items() if account.get(ours)}
    address = {theirs: account[ours] for theirs, ours in _ADDRESS_OF_ACCOUNT.items() if account.get(ours)}
    return own | {"address": address}


def _contact(entry: Json) -> Contact:
    address: dict[str, Any] = entry.get("address") or {}
    values = {ours: entry.get(theirs) for ours, theirs in _OURS.items()}
    values |= {part: address.get(part) for part in _ADDRESS}
    known = {name: str(value) for name, value in values.items() if value}
    return Contact(str(entry["id"]), LegalForm(entry.get("legalForm") or "other"), known)


def _body(form: LegalForm, values: Mapping[str, str]) -> dict[str, object]:
    named: dict[str, object] = {theirs: values[ours] for ours, theirs in _OURS.items() if ours in values}
    return named | {"legalForm": form.value, "address": {part: values[part] for part in _ADDRESS if part in values}}
