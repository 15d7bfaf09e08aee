"""Doubts about VAT, company and national numbers, by their check digits: a warning, because OVH knows better."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Protocol

from stdnum import get_cc_module

# Modules of python-stdnum by country: one of them must know the number. Other countries' numbers are not doubted.
_COMPANY: Mapping[str, tuple[str, ...]] = {
    "AU": ("au.abn", "au.acn"), "CH": ("ch.uid",), "DK": ("dk.cvr",), "EE": ("ee.registrikood",), "ES": ("es.nif",),
    "FI": ("fi.ytunnus",), "FR": ("fr.siren", "fr.siret"), "HR": ("hr.oib",), "HU": ("hu.anum",),
    "IT": ("it.iva", "it.codicefiscale"), "NO": ("no.orgnr",), "PT": ("pt.nif",), "RO": ("ro.cui",),
    "SE": ("se.orgnr", "se.personnummer"), "SG": ("sg.uen",),
}  # fmt: skip
_PERSON: Mapping[str, tuple[str, ...]] = {
    "ES": ("es.nif", "es.nie"), "FI": ("fi.hetu",), "HR": ("hr.oib",), "IT": ("it.codicefiscale",), "PL": ("pl.pesel",),
    "PT": ("pt.nif",), "RO": ("ro.cnp",), "SE": ("se.personnummer",),
}  # fmt: skip
_DOCUMENTS: Mapping[str, tuple[str, ...]] = {"ABN": ("au.abn",), "ACN": ("au.acn",)}  # whatever the owner's country
_PREFIXED = re.compile("[A-Za-z]{2}")
_VAT_PREFIXES = {"EL": "GR", "XI": "GB"}  # where a VAT number does not begin with the country's code


def doubtful(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of a contact's fields whose number has wrong check digits; `values` has the country, too."""
    country = values.get("country", "").upper()
    document = values.get("registrant_document_type", "")
    checks = {
        "vat": _vat_module(values.get("vat", ""), country),
        "company_number": _modules(_DOCUMENTS.get(document) or _COMPANY.get(country, ())),
        "national_number": _modules(_PERSON.get(country, ())),
        "enterprise_id": _modules(("ch.uid",)),
    }
    return tuple(
        name
        for name, modules in checks.items()
        if values.get(name) and modules and not any(module.is_valid(values[name]) for module in modules)
    )


def fingerprint(values: object) -> str:
    """Return the fingerprint of values that a user was warned about."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:12]


class _Checks(Protocol):
    """A module of python-stdnum."""

    def is_valid(self, number: str, /) -> bool:
        """Return whether the number has the right form and check digits."""


def _vat_module(number: str, country: str) -> tuple[_Checks, ...]:
    prefix = number[:2].upper() if _PREFIXED.match(number) else country
    module = _vat_of(_VAT_PREFIXES.get(prefix, prefix)) or _vat_of(country)
    return (module,) if module else ()


@cache
def _vat_of(country: str) -> _Checks | None:
    return get_cc_module(country.lower(), "vat") if _PREFIXED.fullmatch(country) else None


def _modules(names: tuple[str, ...]) -> tuple[_Checks, ...]:
    return tuple(import_module(f"stdnum.{name}") for name in names)
