"""Phrases made from data: an amount, a name, foreign text."""

from __future__ import annotations

import re

from ordering.model.domain_name import DomainName
from ordering.model.facts import Data
from ordering.model.money import Money

_MOST_CHARACTERS = 60  # characters of foreign text: enough to recognise it


def money(amount: Data) -> str:
    """Return an amount that `ordering.model.facts.amount` made, such as ``€3.59``."""
    return str(Money.of(str(amount["amount"]), str(amount["currency"])))


def a_year(renewal: Data | None) -> str:
    """Return a renewal price: ``€3.59 a year``; an empty string if there is none."""
    return f"{money(renewal)} a year" if renewal else ""


def domain(ascii_name: str) -> str:
    """Return a domain name in Unicode, with its ASCII form if that differs: ``café.fr (xn--caf-dma.fr)``."""
    return str(DomainName(ascii_name))


def quoted(text: str) -> str:
    """Return foreign text in quotation marks: short, without control or direction characters and backticks."""
    clean = "".join(c if c.isprintable() else "?" for c in text).replace("`", "'")
    return f"“{clean if len(clean) <= _MOST_CHARACTERS else clean[: _MOST_CHARACTERS - 1] + '…'}”"


def with_full_stop(words: str) -> str:
    """Return foreign words with one full stop at their end."""
    return f"{words.rstrip('.')}."


def ovh_words(ovh: Data) -> str:
    """Return what OVH said, in quotation marks; its status if it said nothing."""
    words = str(ovh.get("said") or "").rstrip(".")
    return f"“{words}”" if words else f"status {ovh.get('status')}"


def method(label: str) -> str:
    """Return how people call a payment method: OVH's label, unless that is only the name of a means."""
    if "_" in label and " " not in label:
        return label.replace("_", " ").capitalize()
    return _MEANS.get(label, label)


def short_method(label: str) -> str:
    """Return a payment method for everybody's eyes: its kind, and the last four digits of its number."""
    known = method(label)
    digits = _DIGITS.findall(known)
    if not digits:
        return known if len(known) <= _MOST_CHARACTERS else f"{known[: _MOST_CHARACTERS - 1]}…"
    kind = known.split()[0] if not known[0].isdigit() else ""
    return f"{kind} •••• {digits[-1][-4:]}".lstrip()


_DIGITS = re.compile(r"\d{4,}")
_MEANS = {
    "ovhAccount": "Prepaid OVH account",
    "fidelityAccount": "OVH loyalty points",
    "deferredPaymentAccount": "Deferred payment account",
}
