"""What registries want to know of an owner, from `registries.toml`, as fields in OVH's rule format."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.ovh.countries import EU

Node = dict[str, Any]
REQUIRED: Node = {"operator": "required"}
_LISTS = {"EU": EU}  # values that the file names instead of repeating them
_NOT = "!"


@dataclass(frozen=True)
class Registry:
    """The registry's fields of the owner. `known` is the source, if OVH's own material shows them, else None."""

    fields: tuple[Mapping[str, Any], ...]
    known: str | None = None

    def rules(self, action: str) -> list[Node]:
        """Return the fields for an action. Only an update tells which of them are read-only."""
        return [_field(entry, action) for entry in self.fields]

    def read_only(self) -> frozenset[str]:
        """Return the fields whose change is a change of holder."""
        return frozenset(entry["label"] for entry in self.fields if entry.get("readonly"))


_NOTHING = Registry(())


def registry_of(extension: str) -> Registry:
    """Return what a registry wants to know beyond the usual; nothing for an extension that the file does not list."""
    return registries().get(extension, _NOTHING)


@cache
def registries() -> Mapping[str, Registry]:
    """Return the registries of the file by extension; raises `ValueError` for one without exactly one origin."""
    text = Path(__file__).with_name("registries.toml").read_text(encoding="utf-8")
    found: dict[str, Registry] = {}
    for entry in tomllib.loads(text)["registry"]:
        if ("known" in entry) == ("invented" in entry):
            raise ValueError(entry["extensions"])
        found |= dict.fromkeys(entry["extensions"], Registry(tuple(entry["fields"]), entry.get("known")))
    return found


def condition(*alternatives: Mapping[str, Any]) -> Node:
    """Return a rule that is satisfied if the owner fits one of these; see `registries.toml` for their form."""
    fitting = [_fits(each) for each in alternatives]
    fields = fitting[0] if len(fitting) == 1 else {"or": fitting, "constraints": []}
    return {"label": "OWNER_CONTACT", "type": "contact", "fields": fields, "constraints": [REQUIRED]}


def _fits(wanted: Mapping[str, Any]) -> Node:
    fields = [_has(label, _values(values)) for label, values in wanted.items()]
    return fields[0] if len(fields) == 1 else {"and": fields, "constraints": []}


def _has(label: str, values: Sequence[str]) -> Node:
    is_one = len(values) == 1
    operator = {(False, True): "eq", (True, True): "ne", (False, False): "contains", (True, False): "notcontains"}[
        label.startswith(_NOT), is_one
    ]
    constraint = {"operator": operator} | ({"value": values[0]} if is_one else {"values": list(values)})
    return {"label": label.removeprefix(_NOT), "type": "string", "constraints": [constraint, REQUIRED]}


def _field(entry: Mapping[str, Any], action: str) -> Node:
    constraints = [
        *(_conditional({"operator": "contains", "values": list(_values(each["values"]))}, each)
          for each in entry.get("contains", ())),
        *(_conditional({"operator": "match", "value": each["pattern"]}, each) for each in entry.get("match", ())),
    ]  # fmt: skip
    needed = entry.get("needed", False)
    if needed:
        constraints.append(REQUIRED if needed is True else REQUIRED | {"conditions": condition(*needed)})
    if entry.get("readonly") and action == "update":
        constraints.append({"operator": "readonly"})
    constraints.append({"operator": "maxlength", "value": "255"})
    node: Node = {"label": entry["label"], "type": entry.get("type", "string"), "constraints": constraints}
    return node | {key: entry[key] for key in ("description", "placeholder") if key in entry}


def _conditional(constraint: Node, entry: Mapping[str, Any]) -> Node:
    return constraint | ({"conditions": condition(*entry["when"])} if "when" in entry else {})


def _values(names: str | Sequence[str]) -> Sequence[str]:
    return _LISTS[names] if isinstance(names, str) else names
