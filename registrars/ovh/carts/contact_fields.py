"""Our names of a contact's fields, next to OVH's."""

from __future__ import annotations

from collections.abc import Mapping

from registrars.ovh.api.wire.base import Json
from registrars.ovh.api.wire.contacts import Address, Owner

# Where our name is not OVH's in another spelling.
_OURS = {
    "organisation_name": "organisation",
    "company_national_identification_number": "company_number",
    "national_identification_number": "national_number",
}
_LEGAL_FORM, _ADDRESS, _YEAR = "legal_form", "address", "accreditation_year"
_OWN = Owner.model_fields.keys() - {_LEGAL_FORM, _ADDRESS}
_LABELS = {
    **{_OURS.get(name, name): field.alias or name for name, field in Owner.model_fields.items() if name != _ADDRESS},
    **{name: f"{_ADDRESS}.{field.alias or name}" for name, field in Address.model_fields.items()},
}
_BY_LABEL = {label: name for name, label in _LABELS.items()}


def our_name(label: str) -> str | None:
    """Return our name of a field by its label in a rule, such as `address.zip`; None if a contact has no such field."""
    return _BY_LABEL.get(label)


def label_of(name: str) -> str:
    """Return the label that a rule has for a field, by our name."""
    return _LABELS[name]


def values_of(owner: Owner) -> dict[str, str]:
    """Return the non-empty fields as text, by our names, without the id and the legal form."""
    own = {_OURS.get(name, name): value for name, value in owner.model_dump(include=set(_OWN)).items()}
    values_by_name = own | (owner.address.model_dump() if owner.address else {})
    return {name: str(value) for name, value in values_by_name.items() if value}


def body_of(legal_form: str, values: Mapping[str, str]) -> Json:
    """Return the non-empty fields as OVH takes them; raises `KeyError` for a field that a contact does not have."""
    body: Json = {}
    address: Json = {}
    for name, value in {_LEGAL_FORM: legal_form, **values}.items():
        part, _, field = label_of(name).rpartition(".")
        if value:
            (address if part else body)[field] = int(value) if name == _YEAR else value
    return body | ({_ADDRESS: address} if address else {})
