"""The fields of a form for an owner: the usual ones, and what the registries of its names need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ordering.model.contact import Field, LegalForm, checked, fields_of
from ordering.model.errors import InvalidAnswer
from ordering.model.owner_needs import OwnerNeeds

LEGAL_FORM = "legal_form"


def form_fields(form: LegalForm, needs: OwnerNeeds) -> tuple[Field, ...]:
    """Return the fields to ask an owner of this legal form for, in the order of the form.

    Fields that only some registries want are asked if they are needed, or if it is not known what is.
    """
    needed = {each.name: each for each in needs.fields}
    is_known = bool(needed) and not needs.undecided
    usual = [
        # A postal code is checked by country, which is typed in the same form.
        replace(field, needed_of=field.needed_of | {form}) if field.name in needed and field.name != "zip" else field
        for field in fields_of(form)
        if field.name in needed or not (field.of_registries and is_known)
    ]
    visible = {field.name for field in usual} | {LEGAL_FORM}
    more = [
        Field(name, needed_of=frozenset({form}), choices=each.allowed)
        for name, each in needed.items()
        if name not in visible
    ]
    return (*usual, *more)


def judged(
    form: LegalForm, typed: Mapping[str, str], needs: OwnerNeeds
) -> tuple[dict[str, str], dict[str, InvalidAnswer]]:
    """Return the input as the registrar takes it, and one error for each field that is wrong or not taken."""
    values, wrong = checked(form, typed, form_fields(form, needs))
    return values, needs.wrong | wrong


def as_far_as_valid(form: LegalForm, typed: Mapping[str, str]) -> dict[str, str]:
    """Return the input as the registrar takes it, for a rule that is evaluated while the form is not complete."""
    every = [replace(field, needed_of=frozenset()) for field in fields_of(form)]
    values, _ = checked(form, typed, every)
    return {name: " ".join(text.split()) for name, text in typed.items() if text.strip()} | values
