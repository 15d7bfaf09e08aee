"""The script that writes `tests/spec/`."""

import json
from pathlib import Path

import pytest

from tools.write_spec import SPEC, UnknownKeyError, as_text, main, ovh_facts, slack_facts


def description(**changes):
    """One of OVH's API descriptions with one route and two models."""
    operation = {
        "apiStatus": {"value": "DEPRECATED", "description": "Old", "deletionDate": "2027-01-01T00:00:00Z"},
        "httpMethod": "POST",
        "parameters": [
            {"name": "id", "paramType": "path", "dataType": "long", "fullType": "x:long", "required": True},
            {"paramType": "body", "dataType": "a.Thing", "required": False, "description": "Prose"},
        ],
        "responseType": "a.Thing",
        "responseTypes": {"200": "a.Thing"},
        "noAuthentication": True,
        "iamActions": [{"name": "account:a/create", "required": True}],
        "description": "Prose",
    }
    field = {"type": "a.Kind", "canBeNull": True, "readOnly": False, "required": True, "description": "Prose"}
    return {
        "basePath": "https://api.example.com/1.0",
        "apis": [{"path": "/a/{id}", "operations": [operation | changes]}],
        "models": {
            "a.Thing": {"id": "Thing", "namespace": "a", "description": "Prose", "properties": {"kind": field}},
            "a.Kind": {"id": "Kind", "namespace": "a", "enum": ["b", "a"], "enumType": "string"},
        },
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with a description of OVH's and a schema of Slack's."""
    (tmp_path / "from" / "ovh").mkdir(parents=True)
    (tmp_path / "from" / "slack").mkdir()
    (tmp_path / "from" / "ovh" / "a.json").write_text(json.dumps(description()))
    (tmp_path / "from" / "slack" / "m.json").write_text(json.dumps({"type": "object", "description": "Prose"}))
    return tmp_path / "from"


def test_keeps_every_fact_and_no_prose():
    """Routes, parameters, status, rights, fields and enumerations stay; descriptions go."""
    assert ovh_facts(description()) == {
        "base": "https://api.example.com/1.0",
        "routes": {
            "POST /a/{id}": {
                "returns": "a.Thing",
                "status": "DEPRECATED",
                "deletionDate": "2027-01-01T00:00:00Z",
                "unsigned": True,
                "rights": {"account:a/create": True},
                "parameters": {
                    "id": {"in": "path", "type": "long", "full": "x:long", "required": True},
                    "*": {"in": "body", "type": "a.Thing"},
                },
            }
        },
        "models": {
            "a.Thing": {"fields": {"kind": {"type": "a.Kind", "null": True, "required": True}}},
            "a.Kind": {"enum": ["a", "b"]},
        },
    }


@pytest.mark.parametrize(
    "changes",
    [{"newKey": 1}, {"responseTypes": {"200": "a.Thing", "202": "void"}}, {"apiStatus": {"value": "BETA", "since": 1}}],
)
def test_refuses_what_it_does_not_know(changes):
    """A new kind of fact ends the script instead of getting lost."""
    with pytest.raises(UnknownKeyError):
        ovh_facts(description(**changes))


def test_schema_keeps_fields_named_like_prose():
    """A property that is called `description` is a fact; the keyword of that name is prose."""
    schema = {
        "description": "Prose",
        "properties": {"description": {"type": "string", "maxLength": 3, "default": "Prose"}, "title": {"enum": ["a"]}},
        "additionalProperties": False,
        "anyOf": [{"required": ["title"], "title": "Prose"}],
    }
    assert slack_facts(schema) == {
        "properties": {"description": {"type": "string", "maxLength": 3}, "title": {"enum": ["a"]}},
        "additionalProperties": False,
        "anyOf": [{"required": ["title"]}],
    }


def test_schema_refuses_an_unknown_keyword():
    """A keyword that may validate is not dropped."""
    with pytest.raises(UnknownKeyError, match="not"):
        slack_facts({"items": {"not": {"type": "string"}}})


def test_writes_the_same_bytes_in_any_order():
    """The text depends on the facts alone, one entry a line."""
    facts = ovh_facts(description())
    turned = json.loads(json.dumps(facts))
    turned["models"] = dict(reversed(turned["models"].items()))
    assert as_text(facts) == as_text(turned)
    assert json.loads(as_text(facts)) == facts
    assert '    "kind": {"null": true, "required": true, "type": "a.Kind"}' in as_text(facts).splitlines()


def test_check_names_what_differs(source, tmp_path, capsys):
    """`--check` writes nothing and exits 1 where a file is missing, changed or has no source."""
    into = tmp_path / "into"
    call = [str(source), "--into", str(into)]
    assert main([*call, "--check"]) == 1
    assert not into.exists()
    assert main(call) == 0
    assert main([*call, "--check"]) == 0
    (into / "ovh" / "a.json").write_text("{}")
    (into / "ovh" / "b.json").write_text("{}")
    (into / "slack" / "m.json").unlink()
    capsys.readouterr()
    assert main([*call, "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "slack/m.json is missing",
        "ovh/b.json has no source",
        "ovh/a.json differs",
    ]
    assert main(call) == 0
    assert not (into / "ovh" / "b.json").exists()


def test_an_empty_source_is_an_error(tmp_path, capsys):
    """A wrong folder does not delete the data."""
    into = tmp_path / "into" / "ovh"
    into.mkdir(parents=True)
    (into / "a.json").write_text("{}")
    assert main([str(tmp_path), "--into", str(tmp_path / "into")]) == 2
    assert "holds no" in capsys.readouterr().err
    assert (into / "a.json").exists()


def test_the_data_are_as_the_script_writes_text():
    """The files were not edited by hand."""
    files = sorted(SPEC.glob("*/*.json"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert as_text(json.loads(text)) + "\n" == text
    for path in SPEC.glob("ovh/*.json"):
        assert '"description": "' not in path.read_text(encoding="utf-8")
