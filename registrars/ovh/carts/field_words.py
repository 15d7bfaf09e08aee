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


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
