"""Settings come from the environment, .env and desk.toml, and each knows its place."""

import errno
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli import _warn
from bot.settings import (
    LONGEST_MONEY_CALL,
    Settings,
    SettingsError,
    read_database_url,
    read_rules,
    read_settings,
)
from bot.settings.model import FROM_FILES, SECRETS
from registrars.ovh import OvhConfig
from registrars.ovh.api.client import _MONEY_CALL_WAITS
from tests.bot.faults import fault, faults

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("clean")


def test_payers_are_the_approvers_by_default(good):
    policy = read_settings().policy()
    assert policy.approvers == policy.payers == {"U0CLEO", "S0TEAM"}
    assert policy.groups == {"S0TEAM"}


@pytest.mark.parametrize(("seconds", "warned"), [("45", True), ("46", False)])
def test_warns_of_a_settling_time_below_one_money_call(good, monkeypatch, seconds, warned):
    monkeypatch.setenv("DESK_SETTLE_SECONDS", seconds)
    with capture_logs() as logs:
        _warn(read_settings())
    assert [entry["event"] for entry in logs] == ["settle_seconds_short"] * warned


def test_a_money_call_takes_no_longer_than_assumed():
    """Its permit, and then, should OVH's clock have to be read first, two calls."""
    access = OvhConfig()
    assert _MONEY_CALL_WAITS + 2 * (access.connect_timeout + access.read_timeout) == LONGEST_MONEY_CALL


def test_the_order_of_sources(good, monkeypatch, tmp_path):
    """The environment goes before .env, .env before desk.toml; each value knows its place."""
    (tmp_path / "desk.toml").write_text('approvers = "U0TOML"\nport = 1\nhost = "127.0.0.9"\n')
    (tmp_path / ".env").write_text("# the port\nPORT=2\n")
    settings = read_settings()
    assert (settings.port, settings.host, settings.desk_approvers) == (2, "127.0.0.9", frozenset({"U0CLEO", "S0TEAM"}))
    places = [settings.origin(name) for name in ("desk_approvers", "port", "host", "log_level")]
    assert places == ["environment", ".env line 2", "desk.toml line 3", "default"]


def test_an_empty_value_is_not_set(good, monkeypatch, tmp_path):
    """A blank in a stronger source does not hide a weaker one."""
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("DESK_APPROVAL_CHANNEL", "")
    (tmp_path / ".env").write_text("PORT=2\n")
    settings = read_settings()
    assert (settings.port, settings.desk_approval_channel) == (2, None)


def test_dotenv_is_read_as_it_is_written(good, tmp_path):
    """`export`, quotes, CRLF, comments, lower case and references to other variables."""
    (tmp_path / ".env").write_bytes(
        b"export PORT='2'\r\nHOST=\"127.0.0.9\" # here\r\n\r\ndesk_limit_per_order=20\r\n"
        b"LEVEL=debug\r\nLOG_LEVEL=${LEVEL}\r\n"
    )
    settings = read_settings()
    assert (settings.port, settings.host, settings.log_level) == (2, "127.0.0.9", "DEBUG")
    assert settings.desk_limit_per_order == 20
    assert settings.origin("desk_limit_per_order") == ".env line 4"


def test_keys_of_desk_toml_need_no_prefix(good, tmp_path):
    (tmp_path / "desk.toml").write_text(
        'limit_per_order = 199.99\ndesk_limit_per_month = "none"\npayers = ["U0DANNY", "U0CLEO"]\n'
        "self_approval = true\nops_port = 9000\n"
    )
    settings = read_settings()
    assert (settings.desk_limit_per_order, settings.desk_limit_per_month) == (Decimal("199.99"), None)
    assert settings.desk_payers == {"U0DANNY", "U0CLEO"}
    assert (settings.desk_self_approval, settings.desk_ops_port) == (True, 9000)


def test_lists_of_extensions_have_names(good, tmp_path, monkeypatch):
    (tmp_path / "desk.toml").write_text('[lists]\nBrand = "com, .FR"\nnear = ["be", "de"]\n')
    assert read_settings().policy().lists == {"brand": ("com", "fr"), "near": ("be", "de")}
    monkeypatch.setenv("LISTS", '{"far": "nz"}')
    assert read_settings().policy().lists["far"] == ("nz",)


def test_ovh_conf_is_the_weakest_source(good, monkeypatch, tmp_path):
    """python-ovh's own file, for its endpoint; what our sources say goes first."""
    for name in ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET"):
        monkeypatch.delenv(name)
    (tmp_path / "ovh.conf").write_text(
        "[default]\nendpoint=ovh-ca\n[ovh-ca]\napplication_key=k\napplication_secret=s\nconsumer_key=c\n"
    )
    settings = read_settings()
    assert (settings.ovh_endpoint, settings.ovh_application_key) == ("ovh-ca", "k")
    assert settings.ovh_consumer_key
    assert settings.ovh_consumer_key.get_secret_value() == "fake-consumer"
    assert settings.origin("ovh_application_key") == "ovh.conf"
    (tmp_path / "ovh.conf").write_text("no section\n")
    assert faults()[0] == "ovh.conf line 1: python-ovh cannot read this file. Correct or remove it"


def test_a_nearer_ovh_conf_goes_first(good, monkeypatch, tmp_path):
    monkeypatch.delenv("OVH_APPLICATION_KEY")
    for name, key in (("etc.conf", "far"), ("ovh.conf", "near")):
        (tmp_path / name).write_text(f"[ovh-eu]\napplication_key={key}\n")
    assert read_settings().ovh_application_key == "near"


def test_all_that_is_missing_is_reported_at_once():
    """In the order of .env.example."""
    assert [line.split()[0] for line in faults()] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "OVH_APPLICATION_KEY",
        "OVH_APPLICATION_SECRET",
        "OVH_CONSUMER_KEY",
        "DESK_APPROVERS",
    ]


def test_owners_have_extensions(good, tmp_path, monkeypatch):
    """A contact's number may be a number, and have OVH's path before it."""
    (tmp_path / "desk.toml").write_text('[owners]\nca = "12345678"\n"co.uk" = 12345901\n')
    assert read_settings().owners == {"ca": "12345678", "co.uk": "12345901"}
    monkeypatch.setenv("OWNERS", '{".IT": "/me/contact/7"}')
    assert read_settings().owners == {"it": "7"}


def test_an_untouched_copy_of_the_example_lists_what_to_fill_in(tmp_path):
    """With the line that is still empty."""
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(example)
    number = example.splitlines().index("DESK_APPROVERS=") + 1
    assert faults()[-1] == f"DESK_APPROVERS is not set (.env line {number} leaves it empty)."


def test_faults_of_all_kinds_come_together(monkeypatch, tmp_path):
    """Missing, misspelt and malformed, from every source, in the order of .env.example."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-fake")
    (tmp_path / ".env").write_text("DESK_LIMIT_PER_ODER=200\nno equals sign\n")
    (tmp_path / "desk.toml").write_text('port = "many"\nlimit_per_month = "two hundred"\n')
    assert [re.split(r"[ :=]", line)[0] for line in faults()] == [
        ".env",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "OVH_APPLICATION_KEY",
        "OVH_APPLICATION_SECRET",
        "OVH_CONSUMER_KEY",
        "DESK_APPROVERS",
        "DESK_LIMIT_PER_ODER",
        "DESK_LIMIT_PER_MONTH",
        "PORT",
    ]


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        (("OVH_APPLICATION_KEY",), ["OVH_APPLICATION_SECRET is not set.", "OVH_CONSUMER_KEY is not set."]),
        (("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET"), ["OVH_CONSUMER_KEY is not set."]),
        (("OVH_CLIENT_ID",), ["OVH_CLIENT_SECRET is not set."]),
        (("OVH_CLIENT_SECRET",), ["OVH_CLIENT_ID is not set."]),
        (("OVH_CLIENT_ID", "OVH_CLIENT_SECRET"), []),
    ],
)
def test_ovh_keys_are_whole(good, monkeypatch, keys, lines):
    for name in ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY"):
        monkeypatch.delenv(name)
    for name in keys:
        monkeypatch.setenv(name, "fake")
    if lines:
        assert list(faults()) == lines
    else:
        read_settings()


def test_ovh_keys_are_of_one_kind(good, monkeypatch):
    monkeypatch.setenv("OVH_CLIENT_ID", "fake")
    assert "are two kinds of keys. Keep one kind" in fault()


@pytest.mark.parametrize("kind", [0, 0o200, "folder"])
def test_an_ovh_conf_that_cannot_be_read_is_named(good, monkeypatch, tmp_path, kind):
    """In place of the keys that it may hold; where the keys stand elsewhere, it may stay closed."""
    if kind == "folder":
        (tmp_path / "etc.conf").mkdir()
    else:
        (tmp_path / "etc.conf").write_text("[ovh-eu]\napplication_key=obviously-fake\n")
        forbid(monkeypatch, tmp_path / "etc.conf")
    read_settings()
    monkeypatch.delenv("OVH_CONSUMER_KEY")
    reason = "Is a directory" if kind == "folder" else "Permission denied"
    line = f"etc.conf cannot be read ({reason}). Give the bot's user the right to"
    assert fault() == line
    with pytest.raises(SettingsError, match=re.escape(line)):
        read_rules()


def forbid(monkeypatch, path: Path) -> None:
    """Refuse to read a file, as its mode does to every user but root."""
    read_text = Path.read_text

    def refuse(one, *arguments, **options):
        if one == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read_text(one, *arguments, **options)

    monkeypatch.setattr(Path, "read_text", refuse)


def test_two_kinds_of_keys_name_their_places(good, monkeypatch, tmp_path):
    """One kind may come from an ovh.conf that nobody remembers."""
    for name in ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OVH_CLIENT_ID", "fake")
    (tmp_path / "secret").write_text("fake")
    (tmp_path / ".env").write_text("\nOVH_CLIENT_SECRET_FILE=secret\n")
    (tmp_path / "ovh.conf").write_text("[ovh-eu]\napplication_key=k\napplication_secret=s\n")
    assert fault().startswith(
        "OVH_APPLICATION_KEY, OVH_APPLICATION_SECRET (ovh.conf) and OVH_CLIENT_ID (environment), "
        "OVH_CLIENT_SECRET (.env line 2) are two kinds of keys. Keep one kind"
    )


def test_a_user_without_a_home_reads_the_settings(good, monkeypatch):
    """A container's user often has neither HOME nor an entry in the list of users."""

    def unknown(number):
        raise KeyError(number)

    before = read_settings().model_dump()
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert read_settings().model_dump() == before


def test_a_deleted_folder_is_no_traceback(good, monkeypatch, tmp_path):
    """The settings then come from the environment alone."""
    before = read_rules().model_dump()
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert read_rules().model_dump() == before


def test_every_setting_is_explained_in_env_example():
    """In the order of the settings, which is the order of their faults."""
    text = (ROOT / ".env.example").read_text()
    assert re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE) == [name.upper() for name in Settings.model_fields]


def test_example_file_explains_every_setting_but_secrets():
    """Every setting that is no secret is explained in desk.toml.example."""
    text = (ROOT / "desk.toml.example").read_text()
    above, tables = text.split("#[lists]")
    explained = set(re.findall(r"^#?([a-z_]+) = ", above, re.MULTILINE))
    assert explained - {"database_url"} | {"lists", "owners"} == set(Settings.model_fields) - FROM_FILES
    uncommented = re.sub(r"^#(\[|[a-z]+ = )", r"\1", f"#[lists]{tables}", flags=re.MULTILINE)
    assert tomllib.loads(uncommented).keys() == {"lists", "owners"}
    tomllib.loads(re.sub(r"^#([a-z_]+ = )", r"\1", text, flags=re.MULTILINE))


def test_the_examples_hold_defaults_that_are_accepted(good, tmp_path):
    """Each commented line of both examples can be uncommented."""
    env = re.sub(r"^#([A-Z_]+=.)", r"\1", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(env)
    toml = re.sub(
        r"^#([a-z_]+ = |\[(?:lists|owners)\])", r"\1", (ROOT / "desk.toml.example").read_text(), flags=re.MULTILINE
    )
    (tmp_path / "desk.toml").write_text(toml)
    assert read_settings().port == 3000


def test_a_mistyped_rule_keeps_nobody_from_the_record(monkeypatch):
    monkeypatch.setenv("DESK_LIMIT_PER_ORDER", "two hundred")
    monkeypatch.setenv("DESK_LIMIT_PER_ODER", "200")
    assert read_database_url() == "sqlite:///desk.db"


@pytest.mark.parametrize(("name", "value"), [("DESK_DATABASE_URL", "sqlite:///x.db"), ("DATABASE_URL", "nonsense")])
def test_a_wrong_database_url_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        read_database_url()


def test_a_broken_file_may_hide_the_database(tmp_path):
    (tmp_path / ".env").write_bytes("DATABASE_URL=sqlite:///x.db\n".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"\.env line 1: the file is in UTF-16"):
        read_database_url()


def test_secrets_never_show(good, monkeypatch):
    """Neither in the settings' text nor in a fault of another setting that holds the same value."""
    monkeypatch.setenv("OVH_CONSUMER_KEY", "hunter-two")
    assert "hunter" not in repr(read_settings())
    for name in ("LOG_LEVEL", "PORT", "DESK_LIMIT_PER_ORDER"):
        monkeypatch.setenv(name, "hunter-two")
    assert all("***" in line and "hunter" not in line for line in faults())
    assert len(SECRETS) == 8


@pytest.mark.parametrize(("approvers", "second"), [("U0CLEO", "0"), ("U0CLEO,U0CLEO", "100"), (" W0DAN ; ", "0.01")])
def test_two_approvals_need_two_approvers(good, monkeypatch, approvers, second):
    """Above the amount a request would wait for a person who does not exist."""
    monkeypatch.setenv("DESK_APPROVERS", approvers)
    monkeypatch.setenv("DESK_SECOND_APPROVAL_OVER", second)
    assert "DESK_APPROVERS names one person. Name another, or a user group (environment)" in fault()


@pytest.mark.parametrize(
    ("approvers", "second"), [("U0CLEO,U0DAN", "0"), ("S0TEAM", "0"), ("U0CLEO", "none"), ("U0CLEO,S0TEAM", "5")]
)
def test_enough_approvers_start(good, monkeypatch, approvers, second):
    """A user group may hold enough people, and without a second approval one is enough."""
    monkeypatch.setenv("DESK_APPROVERS", approvers)
    monkeypatch.setenv("DESK_SECOND_APPROVAL_OVER", second)
    assert read_settings().desk_approvers
