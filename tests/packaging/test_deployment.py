"""The compose file, the systemd unit and the proxy recipe are valid, and as closed as they say."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import crossplane
import jsonschema
import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
SCHEMA = ROOT / "tests" / "spec" / "compose" / "compose-spec.json"
MOST_EXPOSED = 20  # of 100, as `systemd-analyze security` counts: 12 are left, by the network that the bot needs
SETTINGS = {name.upper() for name in Settings.model_fields}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PACKAGING / "compose.yaml").read_text())
    return found


def test_the_compose_file_fits_its_schema(compose):
    """The schema of the Compose specification, which refuses unknown keys."""
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(compose)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(
            compose | {"services": {"bot": {"prots": []}}}
        )


def test_the_bots_container_is_closed(compose):
    """Nothing can be written but its data, it has no privilege, and no port is open to the machine."""
    bot = compose["services"]["bot"]
    assert bot["read_only"]
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert not any("ports" in service for service in compose["services"].values())
    assert compose["services"]["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"]


def test_the_compose_files_names_exist(compose):
    """Each secret is defined, each variable is a setting of the bot's, and each path is the image's."""
    wanted = {secret for service in compose["services"].values() for secret in service.get("secrets", [])}
    assert wanted == {*compose["secrets"]}
    for name, path in compose["services"]["bot"]["environment"].items():
        assert name.removesuffix("_FILE") in SETTINGS
        assert path.rpartition("/")[2] in compose["services"]["bot"]["secrets"]
    build = compose["services"]["bot"]["build"]
    assert (PACKAGING / build["context"] / build["dockerfile"]).exists()
    example = (PACKAGING / "bot.env.example").read_text()
    assert {*re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)} <= SETTINGS


def unit() -> list[tuple[str, str]]:
    lines = (PACKAGING / "domain-desk.service").read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]  # type: ignore[misc] # two parts


def test_the_unit_names_settings_and_secrets_that_exist():
    """Each credential that is loaded is used, and the other way round."""
    told = unit()
    loaded = {value.partition(":")[0] for name, value in told if name == "LoadCredential"}
    variables = [each.partition("=") for name, value in told if name == "Environment" for each in value.split()]
    files = {name: path for name, _, path in variables if name.endswith("_FILE")}
    assert {path.removeprefix("%d/") for path in files.values()} == loaded
    assert {name.removesuffix("_FILE") for name in files} <= SETTINGS
    assert dict(told)["RestartPreventExitStatus"] == "2"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_finds_the_unit_safe(tmp_path):
    """It knows each line of the unit, and its exposure stays low."""
    (tmp_path / "domain-desk.service").write_text(
        (PACKAGING / "domain-desk.service").read_text().replace("/opt/domain-desk/bin/domain-desk", "/bin/true")
    )
    told = _systemd("verify", "--man=no", str(tmp_path / "domain-desk.service"))
    assert [line for line in told.stderr.splitlines() if "domain-desk" in line] == []
    safe = _systemd("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(tmp_path / "domain-desk.service"))
    assert safe.returncode == 0, safe.stdout + safe.stderr


def _systemd(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(shutil.which("systemd-analyze")), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )


@pytest.fixture(scope="module")
def server() -> list[dict[str, Any]]:
    parsed = crossplane.parse(str(PACKAGING / "nginx.conf"), single=True, strict=False, check_ctx=False)
    assert parsed["errors"] == []
    (found,) = (each for each in parsed["config"][0]["parsed"] if each["directive"] == "server")
    block: list[dict[str, Any]] = found["block"]
    return block


def test_nginx_knows_each_directive(tmp_path):
    """Inside the http block in which the recipe is included."""
    main = tmp_path / "nginx.conf"
    main.write_text(f"events {{}}\nhttp {{\n{(PACKAGING / 'nginx.conf').read_text()}\n}}\n")
    parsed = crossplane.parse(str(main), single=True, strict=True)
    assert [error["error"] for error in parsed["errors"]] == []


def test_only_two_addresses_are_outside(server):
    """All others, the health pages among them, are answered by 404 without asking the bot."""
    locations = {" ".join(each["args"]): each["block"] for each in server if each["directive"] == "location"}
    passed = {place for place, block in locations.items() if any(each["directive"] == "proxy_pass" for each in block)}
    assert passed == {"= /slack/events", "= /mcp"}
    assert [(each["directive"], each["args"]) for each in locations["/"]] == [("return", ["404"])]


def test_a_click_is_never_sent_twice(server):
    """The proxy's own retry would hand it to a second process while the first one works on it."""
    for each in server:
        if each["directive"] == "location" and each["args"] != ["/"]:
            assert ["off"] in [inner["args"] for inner in each["block"] if inner["directive"] == "proxy_next_upstream"]
