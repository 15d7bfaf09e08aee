"""The manifest asks for exactly what the code uses."""

import copy
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from handlers.text.command_name import ANY, DEFAULT

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "spec" / "slack" / "manifest.schema.2.0.0.json"  # written by tools/write_spec.py
SCOPES = {
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "users_info": {"users:read"},
    "usergroups_users_list": {"usergroups:read"},
    "auth_test": set(),
    "apps_connections_open": set(),  # by the app token, which has a scope of its own
    "blocks_validate": set(),
    "bots_info": {"users:read"},
    "views_open": set(),
    "views_update": set(),
    "views_publish": set(),
}
# The subscription and the scopes of each event. Of all messages, the bot hears those of its own conversations alone.
EVENTS = {"app_home_opened": ("app_home_opened", set()), "message": ("message.im", {"im:history"})}
EVENT = re.compile(r'app\.event\("([^"]+)"\)')
METHOD = re.compile(
    r"\.((?:apps|blocks|bots|chat|views|users|usergroups|conversations|auth|reactions|files|pins)_\w+)\("
)


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


@pytest.fixture(scope="module")
def code():
    return "\n".join(path.read_text() for folder in ("handlers", "bot") for path in (ROOT / folder).rglob("*.py"))


def test_it_is_valid_by_slacks_schema(manifest):
    assert list(jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(manifest)) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("display_information.name", "x" * 36),
        ("display_information.description", ""),
        ("features.slash_commands.0.command", "domain"),
        ("features.bot_user.always_online", "yes"),
        ("oauth_config.scopes.bot", "commands"),
        ("settings.socket_mode_enabled", 1),
    ],
)
def test_slacks_schema_refuses_a_wrong_value(manifest, path, wrong):
    """The compact schema still holds types, limits and patterns."""
    *parents, last = path.split(".")
    place = copy.deepcopy(manifest)
    changed = place
    for part in parents:
        place = place[int(part) if part.isdigit() else part]
    place[last] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(changed)


def test_slacks_schema_refuses_an_unknown_key(manifest):
    """The compact schema still says which keys there are."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(manifest | {"extra": 1})


def test_its_scopes_are_those_that_the_code_uses(manifest, code):
    called = (SCOPES[method] for method in METHOD.findall(code))
    used = {"commands"}.union(*called, *(EVENTS[heard][1] for heard in EVENT.findall(code)))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == used


def test_its_command_is_the_one_that_hints_name_at_first(manifest):
    """The bot hears any command; until one is typed, its messages name the manifest's."""
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == DEFAULT
    assert ANY.search(command["command"])


def test_its_events_are_those_that_the_code_hears(manifest, code):
    heard = {EVENTS[heard][0] for heard in EVENT.findall(code)}
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == heard
