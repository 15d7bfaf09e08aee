"""What people read about terms that changed after an approval, and the remarks on a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.messages.catalogue import Catalogue
from handlers.messages.en.phrases import a_year, money
from handlers.messages.en.phrases import domain as named
from ordering.model.facts import Data
from ordering.model.preflight_findings import Remark
from ordering.model.seal import DifferenceKind as D

DIFFERENCES, REMARKS = Catalogue(), Catalogue()
_says = DIFFERENCES.says
_OTHER = "Something else in the terms of the order changed."
_NOT_SHOWN = "not shown"


def differences(changes: Iterable[Data]) -> list[str]:
    """Return one sentence per difference between the approved terms and OVH's, as plain text."""
    return [_difference(change) for change in changes]


def remarks(codes: Iterable[str]) -> list[str]:
    """Return the remarks of a pre-flight for the approvers, as plain text."""
    return [made.text for code in codes if (made := REMARKS.sentence(code, {}))]


def _difference(change: Data) -> str:
    made = DIFFERENCES.sentence(str(change.get("kind")), change)
    return made.text if made else _OTHER


@_says(D.PRICE)
def _(name: str, approved: Data, ovh: Data) -> str:
    return f"{named(name)}: was {money(approved)} without tax, now {money(ovh)}."


@_says(D.RENEWAL)
def _(name: str, approved: Data | None, ovh: Data | None) -> str:
    before, now = (a_year(price) or _NOT_SHOWN for price in (approved, ovh))
    return f"{named(name)}: the renewal was {before}, now {now}."


@_says(D.ANSWER_GONE)
def _(label: str, name: str, value: str | None = None) -> str:
    return f"No longer answered for {named(name)}: {_answer(label, value)}."


@_says(D.ANSWER_NEW)
def _(label: str, name: str, value: str | None = None) -> str:
    return f"Newly answered for {named(name)}: {_answer(label, value)}."


@_says(D.CONTRACT_GONE)
def _(ovh: Mapping[str, str]) -> str:
    return f"No longer a contract: {ovh['contract']}."


@_says(D.CONTRACT_NEW)
def _(ovh: Mapping[str, str]) -> str:
    return f"New contract: {ovh['contract']}."


@_says(D.CONTRACT_MOVED)
def _(ovh: Mapping[str, str]) -> str:
    return f"The contract {ovh['contract']} has another address."


@_says(D.TOTAL)
def _(approved: Data, ovh: Data) -> str:
    return f"Total with tax: was {money(approved)}, now {money(ovh)}."


@_says(D.OTHER)
def _() -> str:
    return _OTHER


def _answer(label: str, value: str | None) -> str:
    return label if value is None else f"{label} = {value}"


@REMARKS.says(Remark.NAMES_NOT_LISTED)
def _() -> str:
    return (
        "OVH does not let me list the account's names, so I cannot notice names that it owns already, "
        "nor names that look like them."
    )


@REMARKS.says(Remark.NO_PAYMENT_METHOD)
def _() -> str:
    return (
        "OVH has no valid payment method on file. Unless a prepaid account pays, the payer adds one there, "
        "or pays on the order's page at OVH."
    )
