"""OVH's `domain.Contact`, which can own a name: its 41 fields as the API description lists them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from registrars.ovh.api.schemas import Json

# Our names of fields where they are not OVH's in another spelling.
_OURS = {
    "organisation_name": "organisation",
    "company_national_identification_number": "company_number",
    "national_identification_number": "national_number",
}
_THEIRS = {ours: theirs for theirs, ours in _OURS.items()}


class _Model(BaseModel):
    # Enumerations are read as text: a new value of OVH's must not hide all contacts.
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", coerce_numbers_to_str=True, frozen=True
    )


class OvhAddress(_Model):
    """OVH's `domain.ContactAddress`."""

    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    zip: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    other_details: str | None = None


class OvhContact(_Model):
    """OVH's `domain.Contact`. A new one has no id."""

    id: str | None = None
    address: OvhAddress | None = Field(default_factory=OvhAddress)
    accreditation_country: str | None = None
    accreditation_id: str | None = None
    accreditation_organism: str | None = None
    accreditation_year: int | None = None
    birth_city: str | None = None
    birth_country: str | None = None
    birth_day: str | None = None
    birth_zip: str | None = None
    cell_phone: str | None = None
    company_national_identification_number: str | None = None
    email: str | None = None
    enterprise_id: str | None = None
    fax: str | None = None
    first_name: str | None = None
    gender: str | None = None
    insee: str | None = None
    language: str | None = None
    last_name: str | None = None
    legal_form: str | None = None
    legal_form_category: str | None = None
    national_identification_number: str | None = None
    nationality: str | None = None
    organisation_accountable: str | None = None
    organisation_funding: str | None = None
    organisation_funding_other: str | None = None
    organisation_name: str | None = None
    organisation_role: str | None = None
    organisation_role_other: str | None = None
    organisation_staff_status: str | None = None
    organisation_staff_status_other: str | None = None
    organisation_type: str | None = None
    organisation_type_other: str | None = None
    phone: str | None = None
    registrant_document_type: str | None = None
    registrant_document_type_other: str | None = None
    role_in_organisation: str | None = None
    trademark_id: str | None = None
    vat: str | None = None
    website: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """The non-empty fields as text, by our names, without the id and the legal form."""
        own = {
            _OURS.get(name, name): value
            for name, value in self.model_dump(exclude={"id", "address", "legal_form"}).items()
        }
        told = own | (self.address.model_dump() if self.address else {})
        return {name: str(value) for name, value in told.items() if value}

    @property
    def wire(self) -> Json:
        """The non-empty fields as OVH takes them, without the read-only id."""
        sent = self.model_dump(by_alias=True, exclude_none=True, exclude={"id"})
        return {name: value for name, value in sent.items() if value not in ("", {})}


def contact_of(legal_form: str, values: Mapping[str, str]) -> OvhContact:
    """Return a contact with these values, by our names; raises `ValueError` for an unknown one or a wrong type."""
    theirs = {_THEIRS.get(name, name): value for name, value in values.items()}
    address = {name: theirs.pop(name) for name in OvhAddress.model_fields if name in theirs}
    if unknown := theirs.keys() - OvhContact.model_fields.keys():
        raise ValueError(sorted(unknown))
    return OvhContact.model_validate({**theirs, "legal_form": legal_form, "address": address})


def our_name(label: str) -> str | None:
    """Return our name of a field by its label in a rule, such as `address.zip`; None if a contact has no such field."""
    return _BY_LABEL.get(label)


def label_of(name: str) -> str:
    """Return the label that a rule has for a field, by our name."""
    return _LABELS[name]


_LABELS = {
    **{_OURS.get(name, name): to_camel(name) for name in OvhContact.model_fields if name not in {"id", "address"}},
    **{name: f"address.{to_camel(name)}" for name in OvhAddress.model_fields},
}
_BY_LABEL = {label: name for name, label in _LABELS.items()}
