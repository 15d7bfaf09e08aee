"""The account, what its key may do, and its contacts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from registrars.ovh.api.wire.base import Id, Moment, Shape, Text, Value, Wire, Word


class Account(Wire):
    """The part of the account that determines catalogue, currency and tax."""

    ovh_subsidiary: Word = Field(min_length=1)


class AccessRule(Wire):
    """A call that a key may make; the path may be a pattern."""

    method: Word
    path: Text


class Credential(Wire):
    """An application key's own state and rules."""

    status: Word | None = None
    expiration: Moment | None = None
    rules: list[AccessRule]


class AuthDetails(Wire):
    """A service account's routes; null stands for all."""

    allowed_routes: list[AccessRule] | None = None


class Address(Wire):
    """Where a contact lives."""

    line1: Value | None = Field(default=None, alias="line1")
    zip: Value | None = None
    city: Value | None = None
    province: Value | None = None
    country: Value | None = None


class Owner(Wire):
    """Who may own a name."""

    legal_form: Word | None = None
    address: Address | None = None
    organisation_name: Value | None = None
    first_name: Value | None = None
    last_name: Value | None = None
    email: Value | None = None
    phone: Value | None = None
    language: Value | None = None
    vat: Value | None = None
    company_national_identification_number: Value | None = None
    birth_day: Value | None = None
    birth_city: Value | None = None
    birth_country: Value | None = None
    national_identification_number: Value | None = None
    nationality: Value | None = None


class Contact(Owner):
    """An owner contact, by its number."""

    id: Id


class Holder(Owner):
    """The account itself as an owner, by its name."""

    nichandle: Annotated[Word, Field(min_length=1)]


CONTACTS = Shape[list[Contact]](list[Contact], "contacts")
