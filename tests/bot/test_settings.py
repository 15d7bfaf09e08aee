"""Settings come from the environment, .env and desk.toml, and what is wrong is said in a line."""

import re
import tomllib
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli import _warn
from bot.ovh import Access
from bot.ovh.client import _DEED_WAITS
from bot.settings import LONGEST_DEED, Settings, SettingsError, read_settings

ROOT = Path(__file__).parents[2]
GOOD = {"SLACK_BOT_TOKEN": "xoxb-fake", "SLACK_APP_TOKEN": "xapp-fake", "DESK_APPROVERS": "U0CLEO, S0TEAM"}
SECRETS = {name for name in Settings.model_fields if "token" in name or "secret" in name or "_key" in name}


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def good(monkeypatch):
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_ids_are_read_and_payers_are_the_approvers_by_default(good):
    policy = read_settings().policy()
    assert policy.approvers == policy.payers == {"U0CLEO", "S0TEAM"}
    assert policy.groups == {"S0TEAM"}


@pytest.mark.parametrize(("seconds", "warned"), [("45", True), ("46", False)])
def test_a_settling_time_below_one_money_calls_is_warned_of_at_the_start(good, monkeypatch, seconds, warned):
    monkeypatch.setenv("DESK_SETTLE_SECONDS", seconds)
    with capture_logs() as logs:
        _warn(read_settings())
    assert [entry["event"] for entry in logs] == ["settle_seconds_short"] * warned


def test_a_money_call_takes_no_longer_than_is_believed():
    """Its turn, and then, should OVH's clock have to be read first, two calls."""
    access = Access()
    assert _DEED_WAITS + 2 * (access.connect_timeout + access.read_timeout) == LONGEST_DEED


def test_the_environment_goes_before_env_and_env_before_toml(good, monkeypatch, tmp_path):
    (tmp_path / "desk.toml").write_text('desk_approvers = "U0TOML"\nport = 1\nhost = "127.0.0.9"\n')
    (tmp_path / ".env").write_text("PORT=2\n")
    settings = read_settings()
    assert (settings.port, settings.host, settings.desk_approvers) == (2, "127.0.0.9", frozenset({"U0CLEO", "S0TEAM"}))


def test_what_is_missing_is_said_by_name():
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert error.value.lines == ("SLACK_BOT_TOKEN is not set.", "DESK_APPROVERS is not set.")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DESK_APPROVERS", "@cleo", "DESK_APPROVERS: @cleo: not the id of a person"),
        ("DESK_APPROVAL_CHANNEL", "#buying", "DESK_APPROVAL_CHANNEL: #buying is not a channel id"),
        ("OVH_API_URL", "http://example.com/1.0", "OVH_API_URL: must begin with https://"),
        ("DESK_LIMIT_PER_ORDER", "-5", "DESK_LIMIT_PER_ORDER: "),
        ("PORT", "many", "PORT: "),
    ],
)
def test_what_is_wrong_is_said_by_name(good, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=re.escape(said)):
        read_settings()


def test_no_door_to_slack_is_an_error(good, monkeypatch):
    monkeypatch.delenv("SLACK_APP_TOKEN")
    with pytest.raises(SettingsError, match="Set SLACK_APP_TOKEN"):
        read_settings()


def test_a_secret_never_shows(good, monkeypatch):
    monkeypatch.setenv("OVH_CONSUMER_KEY", "obviously-fake-consumer")
    assert "obviously-fake" not in repr(read_settings())


def test_every_setting_is_explained_in_env_example():
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == {name.upper() for name in Settings.model_fields}


def test_every_setting_that_is_no_secret_is_explained_in_desk_toml_example():
    text = (ROOT / "desk.toml.example").read_text()
    above, table = text.split("#[lists]")
    explained = set(re.findall(r"^#?([a-z_]+) = ", above, re.MULTILINE))
    assert explained | {"lists"} == set(Settings.model_fields) - SECRETS - {"ovh_client_id"}
    assert tomllib.loads(re.sub(r"^#", "", table, flags=re.MULTILINE))
    tomllib.loads(re.sub(r"^#([a-z_]+ = )", r"\1", text, flags=re.MULTILINE))


def test_lists_of_extensions_have_names(good, tmp_path, monkeypatch):
    (tmp_path / "desk.toml").write_text('[lists]\nBrand = "com, .FR"\nnear = ["be", "de"]\n')
    assert read_settings().policy().lists == {"brand": ("com", "fr"), "near": ("be", "de")}
    monkeypatch.setenv("LISTS", '{"far": "nz"}')
    assert read_settings().policy().lists["far"] == ("nz",)
