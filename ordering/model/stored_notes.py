"""The sentences of two notes, until notes are facts: `handlers.messages.en.terms` has the words for the same data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, Json
from ordering.model.money import Money
from ordering.model.seal import Difference

_REMARKS = {
    "owned_names_not_listed": (
        "OVH does not let the bot list the account's names, so owned ones and look-alikes of them go unnoticed."
    ),
    "no_payment_method": (
        "OVH has no valid payment method on file. Unless a prepaid account pays, the payer adds one there, "
        "or pays on the order's page at OVH."
    ),
}


def note_of_remarks(remarks: Sequence[str]) -> str | None:
    """Return the remarks of a pre-flight as a note, one a line; None if there are none."""
    return "\n".join(_REMARKS[remark] for remark in remarks) or None


def note_of_differences(differences: Iterable[Difference]) -> str:
    """Return the note of a request whose terms changed after its approval, one difference a line."""
    head = "OVH's terms changed, so nothing was ordered. Please decide again."
    return "\n".join([head, *map(_line, differences)])


def _line(told: Difference) -> str:  # noqa: PLR0911 - one line a kind
    name, before, after = _name(told.get("name")), _amount(told.get("approved")), _amount(told.get("ovh"))
    value = f" = {told['value']}" if "value" in told else ""
    match told["kind"]:
        case "price":
            return f"{name}: was {before} without tax, now {after}."
        case "renewal":
            return f"{name}: the renewal was {_a_year(before)}, now {_a_year(after)}."
        case "answer_gone" | "answer_new" as kind:
            return f"Answer to OVH {kind.removeprefix('answer_')}: {told['label']}{value} for {name}."
        case "contract_gone" | "contract_new" as kind:
            return f"Contract {kind.removeprefix('contract_')}: {_contract(told)}."
        case "contract_moved":
            return f"Contract {_contract(told)} has another address."
        case "total":
            return f"Total with tax: was {before}, now {after}."
        case _:
            return "The terms of the order have changed."


def _name(ascii_form: Json) -> str:
    return str(DomainName(ascii_form)) if isinstance(ascii_form, str) else ""


def _amount(told: Json) -> str:
    match told:
        case {"amount": str(figure), "currency": str(currency)}:
            return str(Money.of(figure, currency))
        case _:
            return ""


def _a_year(price: str) -> str:
    return f"{price} a year" if price else "not shown"


def _contract(told: Data) -> str:
    match told["ovh"]:
        case {"contract": str(name)}:
            return name
        case _:
            return ""
