"""Checks an answer against OVH's own description of its API."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parents[2] / "spec" / "ovh"  # written by tools/write_spec.py
# Seen in real answers, though no schema lists them (contracts: GUIDE's samples).
UNLISTED = {
    "order.cart.ConfigurationRequirements": {"allowedValues"},
    "order.cart.ItemSettings": {"domain", "catalogName"},
    "order.cart.ProductSettings": {"domain", "catalogName"},
}
PRIMITIVES: dict[str, tuple[type, ...]] = {
    "string": (str,), "text": (str,), "password": (str,), "duration": (str,), "datetime": (str,), "date": (str,),
    "uuid": (str,), "time": (str,), "boolean": (bool,), "long": (int,), "int": (int,), "integer": (int,),
    "double": (int, float), "float": (int, float), "coreTypes.AccountId:string": (str,),
}  # fmt: skip


class Schema:
    """OVH's routes and models, merged from the compact descriptions in `tests/spec/ovh/`.

    Routes of the second version of the API have `/v2` before their path.
    """

    def __init__(self) -> None:
        self.models: dict[str, Any] = {}
        self.routes: dict[tuple[str, str], str] = {}
        self.unsigned: set[tuple[str, str]] = set()
        for path in sorted(SPEC.glob("*.json")):
            described = json.loads(path.read_text(encoding="utf-8"))
            prefix = "/v2" if described["base"].endswith("/v2") else ""
            self.models |= described["models"]
            for route, facts in described["routes"].items():
                method, _, place = route.partition(" ")
                key = (method, prefix + place)
                self.routes[key] = facts["returns"]
                if facts.get("unsigned"):
                    self.unsigned.add(key)

    def faults(self, kind: str, value: Any, where: str = "") -> Iterator[str]:
        """Where a value is not what its type says."""
        if kind.endswith("[]"):
            if not isinstance(value, list):
                yield f"{where} is no list"
                return
            for place, item in enumerate(value):
                yield from self.faults(kind[:-2], item, f"{where}[{place}]")
        elif kind == "void":
            yield from [f"{where} should be null"] if value is not None else []
        elif kind in PRIMITIVES:
            wrong = not isinstance(value, PRIMITIVES[kind]) or (isinstance(value, bool) and kind != "boolean")
            yield from [f"{where}: {value!r} is no {kind}"] if wrong else []
        elif kind in self.models:
            yield from self._model_faults(kind, self.models[kind], value, where)

    def _model_faults(self, kind: str, model: dict[str, Any], value: Any, where: str) -> Iterator[str]:
        if "enum" in model:
            yield from [f"{where}: {value!r} is not in {kind}"] if value not in model["enum"] else []
            return
        if not isinstance(value, dict):
            yield f"{where} is no {kind}"
            return
        fields = model.get("fields", {})
        for name in set(value) - set(fields) - UNLISTED.get(kind, set()):
            yield f"{where}.{name} is unknown to {kind}"
        for name, facts in fields.items():
            if value.get(name) is not None:
                yield from self.faults(facts.get("full", facts["type"]), value[name], f"{where}.{name}")
            elif name in value and not facts.get("null"):
                yield f"{where}.{name} may not be null"
