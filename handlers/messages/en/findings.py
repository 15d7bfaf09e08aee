"""What people read about a finding of the pre-flight: what to fix in a cart, by the finding's code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from handlers.messages.catalogue import Catalogue, Hint, Wording
from handlers.messages.en.phrases import domain as named
from handlers.messages.en.phrases import with_full_stop
from handlers.messages.en.question_labels import noun
from handlers.messages.en.refusals import REFUSALS
from ordering.model.facts import Data
from ordering.model.preflight_findings import FindingCode as F

FINDINGS = Catalogue()
_says = FINDINGS.says
_UNKNOWN = Wording(
    "Something in this cart needs to be fixed, and I cannot say what. Ask the operator to look at my log."
)
# OVH's rule engine repeats the field's name at the beginning.
_NAMED_AGAIN = re.compile(r'^Field "[^"]*" ')
_WHOSE = {
    "adminAccount": "the administrative account",
    "techAccount": "the technical account",
    "domain": "the registry's record",
    "extras": "the request",
}
_COMPLETE_IT = "The owner of that account can complete its data at OVH. Then request approval again."


def finding(data: Data) -> Wording:
    """Return what people read about a finding, from its data."""
    return FINDINGS.sentence(str(data.get("finding")), data) or _UNKNOWN


def all_of(findings: Iterable[Data]) -> Wording:
    """Return several findings as one text, with the first command to type next."""
    said = [finding(data) for data in findings]
    return Wording(" ".join(each.text for each in said), next((each.hint for each in said if each.hint), None))


@_says(F.NAME_OWNED)
def _(name: str) -> str:
    return f"{named(name)} is already in this OVH account."


@_says(F.NAME_HELD)
def _(name: str, cart: int) -> Wording:
    return Wording(f"{named(name)} is already in cart #{cart}, which is under way.", Hint(f"show {cart}"))


@_says(F.NAME_NOT_FREE)
def _(name: str) -> str:
    return f"{named(name)} is not free any more."


@_says(F.PREMIUM_NOT_BOUGHT)
def _(name: str) -> str:
    return f"{named(name)} is premium, and this team does not buy premium names."


@_says(F.SPECIAL_NOT_BOUGHT)
def _(name: str) -> str:
    return f"{named(name)} is offered on special terms, and this team does not buy those."


@_says(F.TERMS_CHANGED)
def _(name: str) -> str:
    return f"OVH offers {named(name)} on other terms now. Remove it, then add it again to see them."


@_says(F.YEARS_NOT_OFFERED)
def _(name: str, years: int) -> str:
    return f"OVH no longer offers {named(name)} for {years} year{'' if years == 1 else 's'}. Choose another number."


@_says(F.QUESTION_OPEN)
def _(name: str, label: str) -> str:
    return f"{named(name)}: the registry asks for {noun(label)}."


@_says(F.ANSWER_REFUSED)
def _(name: str, label: str, ovh: Mapping[str, str]) -> str:
    return with_full_stop(f"{named(name)}: {noun(label)} {ovh['said']}")


@_says(F.OWNER_BREAKS_RULE)
def _(name: str, ovh: Mapping[str, Any]) -> str:
    return (
        f"{_objections(name, ovh['faults'])} Choose another owner, or fill in what this one lacks. "
        "Then request approval again."
    )


@_says(F.ANSWERS_BREAK_RULE)
def _(name: str, ovh: Mapping[str, Any]) -> str:
    return _objections(name, ovh["faults"])


@_says(F.BOTS_ACCOUNT_BREAKS_RULE)
def _(name: str, ovh: Mapping[str, Any]) -> str:
    return f"{_objections(name, ovh['faults'])} That is data of the OVH account that I order with. {_COMPLETE_IT}"


@_says(F.BOTS_ACCOUNT_AS_OWNER_BREAKS_RULE)
def _(name: str, ovh: Mapping[str, Any]) -> str:
    return (
        f"{_objections(name, ovh['faults'])} Nobody can choose an owner here: OVH takes the account that I order with. "
        f"{_COMPLETE_IT}"
    )


@_says(F.REFUSED_BY_OVH)
def _(ovh: Mapping[str, str], name: str | None = None) -> str:
    said = _no(ovh["said"])
    return f"{named(name)}: {said}" if name else said


@_says(F.REFUSED)
def _(refusal: Mapping[str, Any], name: str | None = None) -> str:
    known = REFUSALS.sentence(str(refusal["error"]), refusal)
    said = known.text if known else _in_ovhs_words(refusal)
    return f"{named(name)}: {said}" if name and named(name) not in said else said


def _in_ovhs_words(refusal: Mapping[str, Any]) -> str:
    words = (refusal.get("ovh") or {}).get("said")
    return _no(words) if words else "OVH said no, without a reason."


def _no(words: str) -> str:
    return f"OVH said no: “{words.rstrip('.')}”."


def _objections(name: str, faults: Sequence[Mapping[str, str]]) -> str:
    return f"{named(name)}: {', '.join(_objection(**fault) for fault in faults)}."


def _objection(field: str, said: str, label: str = "") -> str:
    """Write `owner.birth_day` and `Field "birth_day" is required` as “the owner's “Date of birth” is required”.

    Without a label, which earlier versions did not record, the field is written like words.
    """
    whose, _, rest = field.partition(".")
    about = _WHOSE.get(whose, f"the {whose}")
    name = f"“{label}”" if label else rest.rpartition(".")[2].replace("_", " ")
    what = f"{about}'s {name}" if rest else about
    return f"{what} {_NAMED_AGAIN.sub('', said).rstrip('.')}"
