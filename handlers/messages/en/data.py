"""Reads the data of events and refusals, and writes it as people do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.messages.en.phrases import domain
from handlers.messages.en.refusals import REFUSALS, unknown_refusal
from ordering.model.facts import EARLIER_TEXT, Data, Json


def names(of: Sequence[str]) -> str:
    """Return domain names in Unicode, with commas between them."""
    return ", ".join(map(domain, of))


def day(moment: str) -> str:
    """Return a day such as ``3 March``."""
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%B}"


def why(data: Data) -> str:
    """Return the sentence of an error that is part of an event: its code is under `error`.

    An earlier version stored some errors as a sentence only: that is returned as it is.
    """
    code = str(data["error"])
    if code == EARLIER_TEXT:
        return str(data["text"])
    return (REFUSALS.sentence(code, data) or unknown_refusal(code)).text


def sentence(*parts: str) -> str:
    """Join sentences with spaces, without the empty ones."""
    return " ".join(filter(None, parts))


def as_mapping(value: Json) -> Data:
    """Return JSON that must be an object."""
    return value if isinstance(value, dict) else {}
