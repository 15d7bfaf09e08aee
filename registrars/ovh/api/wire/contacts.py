"""OVH's `domain.Contact`, which can own a name: its 41 fields, as the API description lists them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from registrars.ovh.api.wire.base import Id, Shape, Value, Wire, Word


class Address(Wire):
    """Where a contact lives."""

    line1: Value | None = Field(default=None, alias="line1")
    line2: Value | None = Field(default=None, alias="line2")
    line3: Value | None = Field(default=None, alias="line3")
    zip: Value | None = None
    city: Value | None = None
    province: Value | None = None
    country: Value | None = None
    other_details: Value | None = None


class Owner(Wire):
    """Who may own a name. Enumerations are read as text: a new value of OVH's must not hide all contacts."""

    address: Address | None = None
    accreditation_country: Value | None = None
    accreditation_id: Value | None = None
    accreditation_organism: Value | None = None
    accreditation_year: Annotated[int, Strict(), Field(ge=0, le=9999)] | None = None
    birth_city: Value | None = None
    birth_country: Value | None = None
    birth_day: Value | None = None
    birth_zip: Value | None = None
    cell_phone: Value | None = None
    company_national_identification_number: Value | None = None
    email: Value | None = None
    enterprise_id: Value | None = None
    fax: Value | None = None
    first_name: Value | None = None
    gender: Value | None = None
    insee: Value | None = None
    language: Value | None = None
    last_name: Value | None = None
    legal_form: Word | None = None
    legal_form_category: Value | None = None
    national_identification_number: Value | None = None
    nationality: Value | None = None
    organisation_accountable: Value | None = None
    organisation_funding: Value | None = None
    organisation_funding_other: Value | None = None
    organisation_name: Value | None = None
    organisation_role: Value | None = None
    organisation_role_other: Value | None = None
    organisation_staff_status: Value | None = None
    organisation_staff_status_other: Value | None = None
    organisation_type: Value | None = None
    organisation_type_other: Value | None = None
    phone: Value | None = None
    registrant_document_type: Value | None = None
    registrant_document_type_other: Value | None = None
    role_in_organisation: Value | None = None
    trademark_id: Value | None = None
    vat: Value | None = None
    website: Value | None = None


class Contact(Owner):
    """An owner contact, by its number."""

    id: Id


class Holder(Owner):
    """The account itself as an owner, by its name."""

    nichandle: Annotated[Word, Field(min_length=1)]


CONTACTS = Shape[list[Contact]](list[Contact], "contacts")
