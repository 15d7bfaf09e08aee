"""Write `tests/spec/`: the facts of OVH's API descriptions and Slack's manifest schemas that tests compare with.

    python -m tools.write_spec FOLDER            write the data from FOLDER/ovh/*.json and FOLDER/slack/*.json
    python -m tools.write_spec FOLDER --check    change nothing; exit 1 where the data differ from what it would write

Each file lists one entry a line, sorted, so that a diff shows what the vendor changed. Descriptions are left out.
The script stops at a key that it does not know, so that it never drops one silently.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parents[1] / "tests" / "spec"

_OPERATION = {
    "apiStatus", "httpMethod", "parameters", "responseType", "responseTypes", "noAuthentication", "iamActions",
    "description", "longDescription", "operationId",
}  # fmt: skip
_STATUS = {"value", "description", "deprecatedDate", "deletionDate", "replacement"}
_PARAMETER = {"dataType", "paramType", "fullType", "required", "description", "name"}
_MODEL = {"id", "namespace", "description", "properties", "enum", "enumType", "generics"}
_FIELD = {"type", "fullType", "canBeNull", "readOnly", "required", "description"}

# JSON Schema's keywords by what their value holds. `regex` is Slack's own word for a pattern; validators ignore it.
_PROSE = {"description", "title", "default", "_note"}
_PLAIN = {
    "$ref", "$schema", "type", "enum", "required", "pattern", "regex", "format", "uniqueItems",
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
}  # fmt: skip
_ONE_SCHEMA = {"items", "additionalProperties"}
_SCHEMAS = {"anyOf"}
_NAMED_SCHEMAS = {"properties", "patternProperties", "definitions"}


class UnknownKeyError(Exception):
    """The source holds a key that this script does not know."""


def ovh_facts(described: dict[str, Any]) -> dict[str, Any]:
    """Reduce one of OVH's API descriptions to routes and models without prose.

    A route or field leaves out what holds for most: not deprecated, signed, not nullable, writable, not required.
    """
    return {
        "base": described["basePath"],
        "routes": {
            f"{operation['httpMethod']} {api['path']}": _route(operation)
            for api in described["apis"]
            for operation in api["operations"]
        },
        "models": {name: _model(model) for name, model in described["models"].items()},
    }


def slack_facts(schema: object) -> object:
    """Reduce a JSON Schema to what validates."""
    if not isinstance(schema, dict):  # `additionalProperties: false`
        return schema
    kept: dict[str, object] = {}
    for keyword, value in schema.items():
        if keyword in _PLAIN:
            kept[keyword] = value
        elif keyword in _ONE_SCHEMA:
            kept[keyword] = slack_facts(value)
        elif keyword in _SCHEMAS:
            kept[keyword] = [slack_facts(each) for each in value]
        elif keyword in _NAMED_SCHEMAS:
            kept[keyword] = {name: slack_facts(each) for name, each in value.items()}
        elif keyword not in _PROSE:
            raise UnknownKeyError(keyword)
    return kept


def _route(operation: dict[str, Any]) -> dict[str, Any]:
    _only(operation, _OPERATION)
    returned = operation["responseType"]
    if operation.get("responseTypes", {"200": returned}) != {"200": returned}:
        raise UnknownKeyError("a second response type")
    route: dict[str, Any] = {"returns": returned}
    status = dict(operation["apiStatus"])
    _only(status, _STATUS)
    if status["value"] != "PRODUCTION":
        route["status"] = status["value"]
        route |= {key: status[key] for key in ("deprecatedDate", "deletionDate", "replacement") if status.get(key)}
    if operation["noAuthentication"]:
        route["unsigned"] = True
    if operation.get("iamActions"):
        route["rights"] = {action["name"]: action["required"] for action in operation["iamActions"]}
    if operation["parameters"]:
        parameters = dict(map(_parameter, operation["parameters"]))
        if len(parameters) < len(operation["parameters"]):
            raise UnknownKeyError("two parameters of one name")
        route["parameters"] = parameters
    return route


def _parameter(parameter: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A body that is one model has no name: it is listed as `*`."""
    _only(parameter, _PARAMETER)
    fact = {"in": parameter["paramType"]} | _types(parameter["dataType"], parameter.get("fullType"))
    if parameter["required"]:
        fact["required"] = True
    return parameter.get("name", "*"), fact


def _model(model: dict[str, Any]) -> dict[str, Any]:
    _only(model, _MODEL)
    fact: dict[str, Any] = {}
    if "enum" in model:
        fact["enum"] = sorted(model["enum"])
        if model["enumType"] != "string":
            fact["of"] = model["enumType"]
    if "properties" in model:
        fact["fields"] = {name: _field(field) for name, field in model["properties"].items()}
    if "generics" in model:
        fact["generics"] = model["generics"]
    return fact


def _field(field: dict[str, Any]) -> dict[str, Any]:
    _only(field, _FIELD)
    fact: dict[str, Any] = _types(field["type"], field.get("fullType"))
    for key, name in (("canBeNull", "null"), ("readOnly", "readOnly"), ("required", "required")):
        if field[key]:
            fact[name] = True
    return fact


def _types(plain: str, full: str | None) -> dict[str, Any]:
    """The type, and OVH's more exact one where that differs."""
    return {"type": plain} | ({"full": full} if full not in {None, plain} else {})


def _only(found: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(found) - known):
        raise UnknownKeyError(", ".join(unknown))


def as_text(value: object, indent: str = "") -> str:
    """Return JSON with sorted keys in which a value without nested objects stands on one line.

    An enumeration has a line for each value.
    """
    inner = f"{indent} "
    if isinstance(value, dict) and not _is_leaf(value):
        lines = [f"{inner}{json.dumps(key)}: {_entry(key, value[key], inner)}" for key in sorted(value)]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return "[\n" + ",\n".join(f"{inner}{as_text(each, inner)}" for each in value) + f"\n{indent}]"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _entry(key: str, value: object, indent: str) -> str:
    if key == "enum" and isinstance(value, list):
        return "[\n" + ",\n".join(f"{indent} {json.dumps(each)}" for each in value) + f"\n{indent}]"
    return as_text(value, indent)


def _is_leaf(value: dict[str, Any]) -> bool:
    return "enum" not in value and not any(isinstance(each, dict | list) for each in value.values())


def wanted(source: Path) -> dict[Path, str]:
    """Return the path, relative to `tests/spec/`, and the text of every data file."""
    files = {}
    for vendor, reduce in (("ovh", ovh_facts), ("slack", slack_facts)):
        for path in sorted((source / vendor).glob("*.json")):
            try:
                facts = reduce(json.loads(path.read_text(encoding="utf-8")))
            except UnknownKeyError as error:
                raise UnknownKeyError(f"{vendor}/{path.name}: this script does not know {error}") from error
            files[Path(vendor, path.name)] = as_text(facts) + "\n"
    return files


def differences(files: dict[Path, str], folder: Path) -> list[str]:
    """Return one line for each file that is missing, different or not written from the source."""
    there = {path.relative_to(folder) for path in folder.glob("*/*.json")}
    missing = [f"{path} is missing" for path in sorted(set(files) - there)]
    extra = [f"{path} has no source" for path in sorted(there - set(files))]
    changed = [
        f"{path} differs"
        for path in sorted(there & set(files))
        if (folder / path).read_text(encoding="utf-8") != files[path]
    ]
    return [*missing, *extra, *changed]


def main(arguments: list[str] | None = None) -> int:
    """Write or check the data; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.write_spec", description="Write the API facts that tests compare with."
    )
    parser.add_argument("source", type=Path, help="the folder that holds ovh/*.json and slack/*.json")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the data differ")
    parser.add_argument("--into", type=Path, default=SPEC, help="the folder to write (default: tests/spec)")
    given = parser.parse_args(arguments)
    try:
        files = wanted(given.source)
    except UnknownKeyError as error:
        print(error, file=sys.stderr)
        return 2
    if not files:
        print(f"{given.source} holds no ovh/*.json and no slack/*.json", file=sys.stderr)
        return 2
    differs = differences(files, given.into)
    if given.check:
        print("\n".join(differs) or f"{len(files)} files are as written from the source")
        return 1 if differs else 0
    for path in given.into.glob("*/*.json"):
        if path.relative_to(given.into) not in files:
            path.unlink()
    for path, text in files.items():
        (given.into / path).parent.mkdir(parents=True, exist_ok=True)
        (given.into / path).write_text(text, encoding="utf-8")
    print(f"{len(files)} files, {len(differs)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
