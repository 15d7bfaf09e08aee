"""The account's contacts, which may own a name, and the accounts at OVH that may administer one."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count
from typing import Any

from sandbox.ovh.countries import COUNTRIES, LANGUAGES, WITHOUT_ZIP
from sandbox.ovh.errors import not_found, refused

Contact = dict[str, Any]
LEGAL_FORMS = ("administration", "association", "corporation", "individual", "other", "personalcorporation")
_ALWAYS = ("firstName", "lastName", "email", "phone", "language", "legalForm", "address")
_OPTIONAL = (
    "organisationName", "organisationType", "vat", "companyNationalIdentificationNumber",
    "nationalIdentificationNumber", "birthDay", "birthCity", "birthZip", "birthCountry", "nationality", "gender",
    "cellPhone", "fax",
)  # fmt: skip
_OF_ME = ("spareEmail",)  # only /me/contact has it
_OF_DOMAINS = (  # only /domain/contact has these
    "accreditationCountry", "accreditationId", "accreditationOrganism", "accreditationYear", "enterpriseId", "insee",
    "legalFormCategory", "organisationAccountable", "organisationFunding", "organisationFundingOther",
    "organisationRole", "organisationRoleOther", "organisationStaffStatus", "organisationStaffStatusOther",
    "organisationTypeOther", "registrantDocumentType", "registrantDocumentTypeOther", "roleInOrganisation",
    "trademarkId", "website",
)  # fmt: skip
# The names in GET /me of fields that a contact has, too.
_OF_ACCOUNT = {
    "firstName": "firstname", "lastName": "name", "organisationName": "organisation", "legalForm": "legalform",
    "email": "email", "phone": "phone", "language": "language", "vat": "vat",
    "companyNationalIdentificationNumber": "companyNationalIdentificationNumber",
    "nationalIdentificationNumber": "nationalIdentificationNumber",
}  # fmt: skip
_ADDRESS_OF_ACCOUNT = {"line1": "address", "province": "area", "zip": "zip", "city": "city", "country": "country"}
_ADDRESS = ("line1", "line2", "line3", "zip", "city", "country", "province", "otherDetails")
_FORMS = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+", "spareEmail": r"[^@\s]+@[^@\s]+\.[^@\s]+", "phone": r"\+\d{1,3}\.\d{4,14}",
    "cellPhone": r"\+\d{1,3}\.\d{4,14}", "fax": r"\+\d{1,3}\.\d{4,14}", "birthDay": r"\d{4}-\d\d-\d\d",
    "gender": "male|female",
}  # fmt: skip
_AMONG = {
    "legalForm": LEGAL_FORMS, "language": LANGUAGES, "birthCountry": COUNTRIES, "nationality": COUNTRIES,
    "accreditationCountry": COUNTRIES,
}  # fmt: skip
_NUMBERS = frozenset({"accreditationYear"})
HOLDER = 21_009_911  # OVH's copy of a contact, which owns the account's names


class Contacts:
    """`all` are the account's contacts by id, `accounts` those of OVH by nic; `own` is the calling account's nic.

    A contact is one object behind two routes: `/me/contact` has 22 of its fields, `/domain/contact` 41.
    `holder` owns the account's names. No list shows it, and what is read-only of it no route changes: both are guesses.
    The mandatory fields beyond the schema's are a guess: an organisation's name unless it is an individual, and a zip
    if the country has them.
    """

    own = "aa00000-ovh"

    def __init__(self) -> None:
        self._numbers = count(21_003_400)
        sandbox = _made("corporation", "Ada", "Sandbox", "Paris", "75001", "FR", organisationName="Sandbox Ltd")
        berlin = _made("individual", "Bea", "Linden", "Berlin", "10115", "DE", language="de_DE", phone="+49.301234567")
        self.accounts = {self.own: sandbox, "bl00000-ovh": berlin}
        self.all: dict[int, Contact] = {}
        for place, contact in enumerate((sandbox, berlin, _SPANISH, _AMERICAN)):
            self.all[21_003_344 + place] = {"id": 21_003_344 + place} | contact
        self.holder: Contact = {"id": HOLDER} | sandbox

    def get(self, number: str) -> Contact:
        if number == str(HOLDER):
            return self.holder
        contact = self.all.get(int(number)) if number.isdecimal() else None
        if contact is None:
            raise not_found(f"The requested object (contactId = {number}) does not exist")
        return contact

    def create(self, body: Contact, fields: Collection[str]) -> Contact:
        """Create a contact; `fields` are those that the route takes."""
        number = next(self._numbers)
        self.all[number] = {"id": number} | _checked(_taken(body, fields))
        return self.all[number]

    def change(self, number: str, body: Contact, fields: Collection[str], *, read_only: Collection[str] = ()) -> None:
        """Change a contact; `read_only` are the fields that the registries of the holder's names do not let change."""
        known, given = self.get(number), _taken(body, fields)
        address = known["address"] | (given.get("address") or {})
        changed = {"id": known["id"]} | _checked(known | given | {"address": address})
        if known is not self.holder:
            self.all[known["id"]] = changed
            return
        for field in sorted(read_only):
            if value_of(changed, field) != value_of(known, field):
                raise refused(f"Field {field} is read only")
        self.holder = changed

    def fields(self, number: str) -> list[dict[str, Any]]:
        """Return the fields, and which of them a contact of this legal form must have."""
        needed = set(mandatory(self.get(number)))
        every = [*_ALWAYS[:-1], *(f"address.{field}" for field in _ADDRESS), *_OPTIONAL, *_OF_ME]
        return [{"fieldName": name, "mandatory": name in needed, "readOnly": False} for name in every]

    def owner(self, value: str | None) -> Contact | None:
        """Return the contact that a value of OWNER_CONTACT means: the account itself if empty, None if unknown."""
        if not value:
            return self.accounts[self.own]
        number = value.rpartition("/")[2]
        return self.all.get(int(number)) if number.isdecimal() else None

    def admin(self, value: str | None) -> Contact | None:
        return self.accounts.get(value or self.own)


ME_FIELDS = (*_ALWAYS, *_OPTIONAL, *_OF_ME)
DOMAIN_FIELDS = (*_ALWAYS, *_OPTIONAL, *_OF_DOMAINS)


def value_of(contact: Contact, field: str) -> object:
    """Return a field of a contact; those of its address begin with `address.`."""
    part, _, inner = field.partition(".")
    return (contact.get(part) or {}).get(inner) if inner else contact.get(part)


def as_account(contact: Contact) -> dict[str, Any]:
    """Return a contact as GET /me shows an account: flat, and with other field names."""
    address = contact["address"]
    values = {theirs: contact.get(ours) for ours, theirs in _OF_ACCOUNT.items()}
    return values | {theirs: address.get(ours) for ours, theirs in _ADDRESS_OF_ACCOUNT.items()}


def from_account(account: dict[str, Any]) -> Contact:
    """Return an account, as the rule checker receives it, with a contact's field names."""
    address = {ours: account.get(theirs) for ours, theirs in _ADDRESS_OF_ACCOUNT.items()}
    return {ours: account.get(theirs) for ours, theirs in _OF_ACCOUNT.items()} | {"address": address}


def mandatory(contact: Contact) -> list[str]:
    needed = [*_ALWAYS[:-1], "address.line1", "address.city", "address.country"]
    if contact.get("legalForm") != "individual":
        needed.append("organisationName")
    if (contact.get("address") or {}).get("country") not in WITHOUT_ZIP:
        needed.append("address.zip")
    return needed


def _taken(body: Contact, fields: Collection[str]) -> Contact:
    """Return a body without its id, which is read-only; raises 400 for a field that the route does not have."""
    given = {field: value for field, value in body.items() if field != "id"}
    unknown = [field for field in given if field not in fields]
    unknown += [f"address.{part}" for part in given.get("address") or {} if part not in _ADDRESS]
    if unknown:
        raise refused(f"Unknown field {unknown[0]}")
    return given


def _checked(body: Contact) -> Contact:
    """Return a contact with every field; raises 400 for the first wrong field."""
    address = body.get("address") or {}
    given = {field: body.get(field) for field in (*_ALWAYS, *_OPTIONAL, *_OF_ME, *_OF_DOMAINS)}
    given["address"] = {field: address.get(field) for field in _ADDRESS}
    flat = given | {f"address.{field}": address.get(field) for field in _ADDRESS}
    for field, value in flat.items():
        if value and not _is_of_its_type(field, value):
            raise refused(f"Invalid value for field {field}")
    for field in mandatory(given):
        if not flat[field]:
            raise refused(f"Missing or empty field: {field}")
    return given


def _is_of_its_type(field: str, value: object) -> bool:
    if field == "address":
        return True
    if field in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    among = COUNTRIES if field == "address.country" else _AMONG.get(field)
    fits = field not in _FORMS or re.fullmatch(_FORMS[field], str(value)) is not None
    return isinstance(value, str) and fits and (not among or value in among)


def _made(form: str, first: str, last: str, city: str, zip_code: str, country: str, **more: str) -> Contact:
    """Create a valid contact from invented data."""
    usual = {
        "firstName": first, "lastName": last, "legalForm": form, "language": "fr_FR", "phone": "+33.123456789",
        "email": f"{first.lower()}@example.com",
    }  # fmt: skip
    address = {"line1": "1 Example Street", "zip": zip_code, "city": city, "country": country}
    return _checked(usual | more | {"address": address})


_SPANISH = _made(
    "individual", "Eva", "Ejemplo", "Madrid", "28001", "ES",
    language="es_ES", phone="+34.911234567", nationalIdentificationNumber="00000000T",
)  # fmt: skip
_AMERICAN = _made(
    "corporation", "Tex", "Sample", "Austin", "73301", "US",
    language="en_US", phone="+1.5125550100", organisationName="Sample Inc",
)  # fmt: skip
