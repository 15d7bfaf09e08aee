"""A registry's fields in words, from `registry_fields.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ordering.model.owner_needs import FieldWords

_FILE = Path(__file__).parents[1] / "registry_fields.toml"


def words_for(label: str, extension: str) -> FieldWords:
    """Return what is known of a field in words, by its label in a rule; the file has every field of a contact."""
    entry = _entries()[label]
    own: Mapping[str, Any] = {key: value for key, value in entry.items() if key != "of"}
    return FieldWords(**(own | entry.get("of", {}).get(extension, {})))


def label_of_fault(field: str) -> str | None:
    """Return an owner's field as rules name it, from a refusal such as `owner.birth_day`; None if it is unknown."""
    whose, _, name = field.partition(".")
    return _labels().get(name.replace("_", "").lower()) if whose == "owner" else None


@cache
def _labels() -> Mapping[str, str]:
    """Return the labels of all fields by their letters alone: refusals spell them in another case."""
    bare = {label.rpartition(".")[2].lower(): label for label in _entries()}  # OVH leaves out `address` there
    return bare | {label.lower(): label for label in _entries()}


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
