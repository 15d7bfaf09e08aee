"""What people read in the form for a contact that can own a name, by the field's name."""

from __future__ import annotations

from collections.abc import Mapping

from ordering.model.contact import Field, LegalForm

_SOME_WANT_IT = "Some registries want it."
_TWO_LETTERS = "Its two letters, such as FR."
LABELS: Mapping[str, str] = {
    "organisation": "Organisation",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail address",
    "phone": "Phone",
    "line1": "Street and number",
    "zip": "Postal code",
    "city": "City",
    "province": "Province or state",
    "country": "Country",
    "language": "Language",
    "vat": "VAT number",
    "company_number": "Company's registration number",
    "birth_day": "Date of birth",
    "birth_city": "City of birth",
    "birth_country": "Country of birth",
    "national_number": "National identification number",
    "nationality": "Nationality",
}
_USUAL = frozenset({
    "organisation", "first_name", "last_name", "email", "phone", "line1", "zip", "city", "province", "country",
    "language",
})  # fmt: skip
HINTS: Mapping[str, str] = {
    "email": "OVH and the registry write to it.",
    "phone": "Such as +33 6 12 34 56 78. A number without a + counts as one of the country below.",
    "province": "Only where addresses have one.",
    "country": _TWO_LETTERS,
    "vat": _SOME_WANT_IT,
    "company_number": _SOME_WANT_IT,
    "birth_day": f"{_SOME_WANT_IT} Such as 1990-04-30.",
    "birth_city": _SOME_WANT_IT,
    "birth_country": _TWO_LETTERS,
    "national_number": _SOME_WANT_IT,
    "nationality": _TWO_LETTERS,
}
LEGAL_FORMS: Mapping[LegalForm, str] = {
    LegalForm.CORPORATION: "Company",
    LegalForm.INDIVIDUAL: "Private person",
    LegalForm.ASSOCIATION: "Association",
    LegalForm.ADMINISTRATION: "Public body",
    LegalForm.PERSONAL_CORPORATION: "Sole trader",
    LegalForm.OTHER: "Other",
}
NO_NAME = "without a name"  # in place of a contact's name


def is_usual(name: str) -> bool:
    """Return whether every owner is asked for a field, whatever the registries want."""
    return name in _USUAL


def label(field: Field) -> str:
    """Return the label of a field."""
    return LABELS[field.name]


def hint(field: Field) -> str:
    """Return the help text of a field; it may be empty."""
    return HINTS.get(field.name, "")
