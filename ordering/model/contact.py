"""Contacts that can own a name. Personal data: only for the one user who chooses or writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ordering.model.errors import InvalidAnswer

LONGEST_FIELD = 255  # OVH's own limit for every field of a contact
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+\d{1,3}\.\d{4,14}")
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
# Countries without postal codes, from OVH's own rules.
_WITHOUT_ZIP = frozenset({"AN", "AZ", "BO", "CI", "CO", "DJ", "HK", "HN", "IE", "LA", "NI", "PA", "SV"})
# Country codes that OVH accepts in a contact.
_COUNTRIES = """
    AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM
    JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE
    RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR
    TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
LANGUAGES = (
    "cs_CZ", "de_DE", "en_AU", "en_CA", "en_GB", "en_IE", "en_US", "es_ES", "fi_FI", "fr_CA", "fr_FR", "fr_MA",
    "fr_SN", "fr_TN", "it_IT", "lt_LT", "nl_NL", "pl_PL", "pt_PT",
)  # fmt: skip


class LegalForm(StrEnum):
    """The legal form of an owner, in OVH's terms."""

    CORPORATION = "corporation"
    INDIVIDUAL = "individual"
    ASSOCIATION = "association"
    ADMINISTRATION = "administration"
    PERSONAL_CORPORATION = "personalcorporation"
    OTHER = "other"

    @classmethod
    def _missing_(cls, _value: object) -> LegalForm:
        return cls.OTHER

    @property
    def is_a_person(self) -> bool:
        return self is LegalForm.INDIVIDUAL


@dataclass(frozen=True, slots=True)
class Contact:
    """An owner as stored at the registrar; `values` maps our field names to its non-empty fields."""

    id: str
    legal_form: LegalForm
    values: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of the organisation, or of the person; it may be empty."""
        person = " ".join(filter(None, [self.values.get("first_name"), self.values.get("last_name")]))
        return (None if self.legal_form.is_a_person else self.values.get("organisation")) or person

    @property
    def place(self) -> str:
        return " ".join(filter(None, [self.values.get("city"), self.values.get("country")]))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a contact.

    `wanted_of` are the legal forms that are asked for it, `needed_of` those that must fill it. `of_registries`: some
    registries want it, so it is asked where it is not known what they want.
    """

    name: str
    wanted_of: frozenset[LegalForm] = frozenset(LegalForm)
    needed_of: frozenset[LegalForm] = frozenset()
    choices: tuple[str, ...] = ()
    of_registries: bool = False


_ALL = frozenset(LegalForm)
_PERSON = frozenset({LegalForm.INDIVIDUAL})
_ORGANISED = _ALL - _PERSON
FIELDS: tuple[Field, ...] = (
    Field("organisation", wanted_of=_ORGANISED, needed_of=_ORGANISED),
    Field("first_name", needed_of=_ALL),
    Field("last_name", needed_of=_ALL),
    Field("email", needed_of=_ALL),
    Field("phone", needed_of=_ALL),
    Field("line1", needed_of=_ALL),
    Field("zip"),
    Field("city", needed_of=_ALL),
    Field("province"),
    Field("country", needed_of=_ALL),
    Field("language", needed_of=_ALL, choices=LANGUAGES),
    Field("vat", wanted_of=_ORGANISED, of_registries=True),
    Field("company_number", wanted_of=_ORGANISED, of_registries=True),
    Field("birth_day", wanted_of=_PERSON, of_registries=True),
    Field("birth_city", wanted_of=_PERSON, of_registries=True),
    Field("birth_country", wanted_of=_PERSON, of_registries=True),
    Field("national_number", wanted_of=_PERSON, of_registries=True),
    Field("nationality", wanted_of=_PERSON, of_registries=True),
)


def fields_of(form: LegalForm) -> tuple[Field, ...]:
    """Return the fields for an owner of this legal form, in the order of the form."""
    return tuple(field for field in FIELDS if form in field.wanted_of)


def checked(
    form: LegalForm, typed: Mapping[str, str], fields: Iterable[Field] | None = None
) -> tuple[dict[str, str], dict[str, InvalidAnswer]]:
    """Return the input as the registrar takes it, and one error for each invalid field, by the field's name.

    `fields` are those of the form; without them it has the usual ones of this legal form.
    """
    values: dict[str, str] = {}
    wrong: dict[str, InvalidAnswer] = {}
    for field in fields_of(form) if fields is None else fields:
        text = " ".join(typed.get(field.name, "").split())
        try:
            value = _checked(field, text, needed=form in field.needed_of)
        except InvalidAnswer as error:
            wrong[field.name] = error
        else:
            values |= {field.name: value} if value else {}
    if "zip" not in values and "zip" not in wrong and values.get("country", "") not in _WITHOUT_ZIP:
        wrong["zip"] = InvalidAnswer(code="field_zip_missing")
    return values, wrong


def newest_first(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=lambda contact: int(contact.id), reverse=True))


def _checked(field: Field, text: str, *, needed: bool) -> str:
    if not text:
        if needed:
            raise InvalidAnswer(code="field_empty")
        return ""
    if len(text) > LONGEST_FIELD:
        raise InvalidAnswer(code="field_too_long", most=LONGEST_FIELD)
    if field.choices and text not in field.choices:
        raise InvalidAnswer(code="field_not_in_list")
    check = _CHECKS.get(field.name)
    return check(text) if check else text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise InvalidAnswer(code="field_no_email")
    return text


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise InvalidAnswer(code="field_no_phone")
    return text


def _country(text: str) -> str:
    if text.upper() not in _COUNTRIES.split():
        raise InvalidAnswer(code="field_no_country")
    return text.upper()


def _year(text: str) -> str:
    if not _YEAR.fullmatch(text):
        raise InvalidAnswer(code="field_no_year")
    return text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise InvalidAnswer(code="field_no_date") from error


_CHECKS: dict[str, Callable[[str], str]] = {
    "email": _email,
    "phone": _phone,
    "country": _country,
    "birth_country": _country,
    "nationality": _country,
    "birth_day": _day,
    "accreditation_country": _country,
    "accreditation_year": _year,
    "cell_phone": _phone,
    "fax": _phone,
}
