"""Owner contacts at OVH, by /domain/contact: unlike /me/contact, it has every field that registries want."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from cachetools import TTLCache

from ordering.model.contact import Contact, LegalForm, newest_first
from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.wire import contacts as wire
from registrars.ovh.api.wire.base import OBJECT, Json
from registrars.ovh.carts.contact_fields import body_of, values_of
from registrars.ovh.throttling.scheduler import Priority

_FRESH = 300.0  # seconds; a contact that is made here shows at once
_LIST = "/domain/contact"
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
        self._guard = threading.Lock()  # held while the list is read, so that threads read it once
        self._known: TTLCache[str, dict[str, Contact], float] = TTLCache(1, _FRESH)  # the whole list, by id

    def all(self) -> tuple[Contact, ...]:
        """Return every contact, newest first."""
        with self._guard:
            known = self._known.get(_LIST)
            if known is None:
                entries = wire.CONTACTS.read(self._client.ask(_LIST, priority=Priority.PEOPLE))
                contacts = [_contact(entry) for entry in entries]
                known = self._known[_LIST] = {contact.id: contact for contact in contacts}
            return newest_first(known.values())

    def one(self, number: str) -> Contact:
        """Read one contact from OVH; raises `RegistrarRefused` if it does not exist."""
        return _contact(wire.Contact.read(self.read(number)))

    def holder(self) -> Contact:
        """Read the account's own data as a contact; its id is the account's name."""
        account = self.account()
        holder = wire.Holder.read({**as_owner(account), "nichandle": account.get("nichandle")})
        return _owner(holder, holder.nichandle)

    def create(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        """Create a contact. A lost answer may leave one behind: it is harmless, and shows in the list."""
        try:
            answer = self._client.build("POST", _LIST, body_of(form.value, values), priority=Priority.PEOPLE)
            made = _contact(wire.Contact.read(answer))
        except RegistrarUnavailable as error:
            with self._guard:
                self._known.clear()
            raise RegistrarUnavailable(code="contact_perhaps_created") from error
        self._keep(made)
        return made

    def complete(self, number: str, values: Mapping[str, str]) -> Contact:
        """Fill in empty fields of a contact, and never change one that has a value; raises `RegistrarRefused`."""
        known = wire.Contact.read(self.read(number))
        had = values_of(known)
        body = body_of(known.legal_form or "", {**values, **had})
        answer = self._client.build("PUT", f"{_LIST}/{segment(number)}", body, priority=Priority.PEOPLE)
        changed = _contact(wire.Contact.read(answer))
        self._keep(changed)
        return changed

    def _keep(self, contact: Contact) -> None:
        with self._guard:
            if (known := self._known.get(_LIST)) is not None:
                known[contact.id] = contact

    def read(self, number: str) -> Json:
        """Read one contact from OVH as JSON; raises `RegistrarRefused` if it does not exist."""
        path = f"{_LIST}/{segment(number.rpartition('/')[2])}"
        return OBJECT.read(self._client.ask(path, priority=Priority.PEOPLE))

    def account(self) -> Json:
        """Read the bot's own account from OVH. It administers a name unless the user chose another."""
        me = OBJECT.read(self._client.ask("/me", priority=Priority.PEOPLE))
        return {name: value for name, value in me.items() if value is not None}


def as_owner(account: Json) -> Json:
    """Return the account in the form of an owner for the rule engine, with a contact's field names."""
    own = {theirs: account[ours] for theirs, ours in _OF_ACCOUNT.items() if account.get(ours)}
    address = {theirs: account[ours] for theirs, ours in _ADDRESS_OF_ACCOUNT.items() if account.get(ours)}
    return own | {"address": address}


def _contact(entry: wire.Contact) -> Contact:
    return _owner(entry, str(entry.id))


def _owner(entry: wire.Owner, owner_id: str) -> Contact:
    return Contact(owner_id, LegalForm(entry.legal_form or "other"), values_of(entry))
