"""A misspelt name is refused with a suggestion; a name of another program is ignored."""

from pathlib import Path

import pytest

from bot.settings import (
    Settings,
    SettingsError,
    ignored_variables,
    library_variables,
    read_database_url,
    read_settings,
)
from bot.settings.names import LATER, LATER_TABLES, distance
from tests.bot.faults import GOOD, fault

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("clean")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("DESK_LIMIT_PER_ODER", "DESK_LIMIT_PER_ORDER"),
        ("DESK_LIMIT", "DESK_LIMIT_PER_ORDER"),
        ("DESK_APROVERS", "DESK_APPROVERS"),
        ("DESK_APPROVER", "DESK_APPROVERS"),
        ("DESK_DATABASE_URL", "DATABASE_URL"),
        ("DESK_PORT", "PORT"),
        ("DESK_LOG_LEVEL", "LOG_LEVEL"),
        ("DESK_SELFAPPROVAL", "DESK_SELF_APPROVAL"),
        ("DESK_LISTS", "LISTS"),
        ("DESK_OPERATOR", "DESK_OPERATORS"),
        ("DESK_REQUESTER", "DESK_REQUESTERS"),
        ("DESK_LANGAUGE", "DESK_LANGUAGE, which this version does not know yet"),
        ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECERT", "SLACK_SIGNING_SECRET"),
        ("SLACK_BOT_TOKEN_FLIE", "SLACK_BOT_TOKEN_FILE"),
        ("SLACK_API_TOKEN", "SLACK_APP_TOKEN"),
        ("OVH_APLICATION_KEYS", "OVH_APPLICATION_KEY"),
        ("OVH_CONSUMERKEY", "OVH_CONSUMER_KEY"),
        ("OVH_ENDPIONT", "OVH_ENDPOINT"),
    ],
)
@pytest.mark.parametrize("source", ["environment", ".env line 1"])
def test_a_misspelt_variable_is_refused(good, monkeypatch, tmp_path, name, suggestion, source):
    if source == "environment":
        monkeypatch.setenv(name, "200")
    else:
        (tmp_path / ".env").write_text(f"{name}=200\n")
    assert fault() == f"{name}: there is no such setting; did you mean {suggestion}? ({source})"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATABASEURL", "DATABASE_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("DATBASE_ULR", "DATABASE_URL"),
        ("DATABASE_URL_FLIE", "DATABASE_URL_FILE"),
        ("database_rul", "DATABASE_URL"),
        ("LIMIT_PER_ORDER", "DESK_LIMIT_PER_ORDER"),
        ("LIMIT_PER_MOTNH", "DESK_LIMIT_PER_MONTH"),
        ("SECOND_APROVAL_OVER", "DESK_SECOND_APPROVAL_OVER"),
    ],
)
@pytest.mark.parametrize("source", ["environment", ".env line 1"])
def test_a_costly_typo_is_refused_everywhere(good, monkeypatch, tmp_path, name, suggestion, source):
    """It would open a new, empty database, or lift a limit."""
    if source == "environment":
        monkeypatch.setenv(name, "200")
    else:
        (tmp_path / ".env").write_text(f"{name}=200\n")
    assert fault() == f"{name}: there is no such setting; did you mean {suggestion}? ({source})"
    if "DATABASE" in suggestion:
        with pytest.raises(SettingsError, match=name):
            read_database_url()


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("LOG_LEVL", "LOG_LEVEL"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("LOG_FROMAT", "LOG_FORMAT"),
        ("HSOT", "HOST"),
        ("HOSTS", "HOST"),
        ("PRT", "PORT"),
        ("LIST", "LISTS"),
        ("DSEK_PAYERS", "DESK_PAYERS"),
        ("DEKS_LIMIT_PER_ORDER", "DESK_LIMIT_PER_ORDER"),
        ("SLAKC_BOT_TOKEN", "SLACK_BOT_TOKEN"),
        ("OHV_ENDPOINT", "OVH_ENDPOINT"),
        ("APPROVERS", "DESK_APPROVERS"),
        ("PAYER", "DESK_PAYERS"),
        ("OPS_PORT", "DESK_OPS_PORT"),
        ("DSK_TRIAL", "DESK_TRIAL"),
    ],
)
def test_a_typo_in_dotenv_is_refused(good, tmp_path, name, suggestion):
    """The file is the bot's own: a name that is close to a setting is meant to be one."""
    (tmp_path / ".env").write_text(f"{name}=1\n")
    assert fault() == f"{name}: there is no such setting; did you mean {suggestion}? (.env line 1)"


@pytest.mark.parametrize("name", ["HOST_FILE", "PORT_FILE", "LOG_LEVEL_FILE"])
def test_names_with_file_are_ignored_where_nothing_is_near(good, tmp_path, name):
    """They name no secret, and stand for other programs."""
    before = read_settings().model_dump()
    (tmp_path / ".env").write_text(f"{name}=x\n")
    assert read_settings().model_dump() == before


@pytest.mark.parametrize(
    "name",
    [
        "HOME", "PATH", "HOSTNAME", "HOST_IP", "PGHOST", "PGPORT", "LANG", "LEVEL", "POSTGRES_HOST", "POSTGRES_PORT",
        "DATABASE_NAME", "DATABASE_HOST", "DATABASE_USER", "DB_URL", "REDIS_URL", "PROXY", "LISTEN", "LOG_FILE", "TEAM",
        "COMPOSE_PROJECT_NAME", "TEAM_LIMIT", "OPENAI_API_KEY", "SHORT", "HTTPS_PROXY", "LANGUAGE",
    ],
)  # fmt: skip
def test_other_names_in_dotenv_are_ignored(good, tmp_path, name):
    """Compose and other tools read the same file, and a line may help another one."""
    before = read_settings().model_dump()
    (tmp_path / ".env").write_text(f"{name}=1\n")
    assert read_settings().model_dump() == before


@pytest.mark.parametrize("name", ["HOSTS", "POST", "LIST", "LOGLEVEL", "APPROVERS", "OPS_PORT", "DATABASE_USER"])
def test_names_of_others_in_the_environment_are_ignored(good, monkeypatch, name):
    """It is shared with every other program."""
    before = read_settings().model_dump()
    monkeypatch.setenv(name, "1")
    assert read_settings().model_dump() == before


def test_a_variable_like_no_other_is_refused(good, monkeypatch):
    monkeypatch.setenv("DESK_XYLOPHONE_COLOUR", "red")
    assert fault() == "DESK_XYLOPHONE_COLOUR: there is no such setting (environment)"


@pytest.mark.parametrize("name", sorted(LATER))
def test_a_promised_setting_is_not_ignored(good, monkeypatch, name):
    """A team must not rely on a rule that nothing enforces."""
    monkeypatch.setenv(name, "1")
    assert fault() == f"{name}: this version does not know it yet (environment)"


def test_promised_settings_are_those_of_the_contract():
    """None of them is one that this version knows."""
    assert not {name.lower() for name in LATER} & set(Settings.model_fields)
    assert "DESK_LANGUAGE" in LATER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK_PORT", "tcp://10.0.0.1:3000"),
        ("DESK_OPS_PORT", "tcp://10.0.0.1:3000"),
        ("DESK_SERVICE_HOST", "10.0.0.1"),
        ("DESK_SERVICE_PORT", "3000"),
        ("DESK_SERVICE_PORT_HTTP", "3000"),
        ("DESK_PORT_3000_TCP", "tcp://10.0.0.1:3000"),
        ("DESK_PORT_3000_TCP_ADDR", "10.0.0.1"),
        ("DESK_PORT_53_UDP_PROTO", "udp"),
        ("DESK_BOT_SERVICE_HOST", "10.0.0.1"),
        ("OVH_PORT", "tcp://10.0.0.1:3000"),
        ("SLACK_CLIENT_ID", "1.2"),
        ("SLACK_CLIENT_SECRET", "fake"),
        ("SLACK_SCOPES", "commands"),
        ("SLACK_VERIFICATION_TOKEN", "fake"),
        ("OVH_CLOUD_PROJECT_SERVICE", "fake"),
        ("DESKTOP_SESSION", "gnome"),
    ],
)
def test_variables_of_others_are_ignored(good, monkeypatch, name, value):
    """Kubernetes' service links, and what libraries or other tools know."""
    monkeypatch.setenv(name, value)
    assert read_settings().desk_ops_port is None
    assert ignored_variables({name: value, **GOOD}) == ([] if name == "DESKTOP_SESSION" else [name])


def test_variables_of_libraries_are_listed():
    found = library_variables({"https_proxy": "x", "REQUESTS_CA_BUNDLE": "y", "HOME": "z"})
    assert found == ["REQUESTS_CA_BUNDLE", "https_proxy"]


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        (
            'limit_per_oder = "200"',
            "limit_per_oder: there is no such setting; did you mean desk_limit_per_order? (desk.toml line 1)",
        ),
        (
            'desk_limit_per_oder = "200"',
            "desk_limit_per_oder: there is no such setting; did you mean desk_limit_per_order? (desk.toml line 1)",
        ),
        (
            "\nLIMIT_PER_ORDER = 200",
            "LIMIT_PER_ORDER: there is no such setting; did you mean limit_per_order? (desk.toml line 2)",
        ),
        (
            "limit-per-order = 200",
            "limit-per-order: there is no such setting; did you mean limit_per_order? (desk.toml line 1)",
        ),
        ("colour = 1", "colour: there is no such setting (desk.toml line 1)"),
        ("language = 1", "language: this version does not know it yet (desk.toml line 1)"),
        ("[answers]\nca = 1", "[answers]: this version does not know this table yet (desk.toml line 1)"),
        ('[owner]\nca = "1"', "[owner]: there is no such setting; did you mean [owners]? (desk.toml line 1)"),
        (
            '[owners]\nca = "1"\nlimit_per_order = 200',
            (
                "limit_per_order: it is below [owners], so it would define an owner. Write desk_limit_per_order above "
                "all tables (desk.toml line 3)"
            ),
        ),
        ("[list]\nbrand = 1", "[list]: there is no such setting; did you mean [lists]? (desk.toml line 1)"),
        (
            "[desk]\nlimit_per_order = 200",
            (
                "[desk]: there is no such table. Write limit_per_order at the top of the file, above all tables "
                "(desk.toml line 1)"
            ),
        ),
        ("[port]\na = 1", "port: this is a table, but the setting takes one value (desk.toml line 1)"),
        (
            'limit_per_order = 200\ndesk_limit_per_order = "300"',
            "DESK_LIMIT_PER_ORDER: it is set twice; keep one (desk.toml line 1 and desk.toml line 2)",
        ),
        (
            '[lists]\nbrand = "com"\nlimit_per_order = 200',
            (
                "limit_per_order: it is below [lists], so it would define a list. Write desk_limit_per_order above all "
                "tables (desk.toml line 3)"
            ),
        ),
        (
            '[lists]\nbrand = "com"\nlimit_per_oder = 200',
            (
                "limit_per_oder: it is below [lists], so it would define a list. Write desk_limit_per_order above all "
                "tables (desk.toml line 3)"
            ),
        ),
    ],
)
def test_an_unknown_key_of_desk_toml_is_refused(good, tmp_path, toml, line):
    (tmp_path / "desk.toml").write_text(f"{toml}\n")
    assert fault() == line


@pytest.mark.parametrize("table", sorted(LATER_TABLES))
def test_promised_tables_are_not_ignored(good, tmp_path, table):
    (tmp_path / "desk.toml").write_text(f"[{table}]\nx = 1\n")
    assert "does not know this table yet" in fault()


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[lists]\nbrand = 3", "LISTS: the list brand needs extensions, such as com,net (desk.toml line 1)"),
        ('[lists]\nbrand = ""', "LISTS: the list brand needs extensions, such as com,net (desk.toml line 1)"),
        ('[lists]\nbrand = "c om"', "LISTS: c is not an extension. Write them like com,fr,co.uk (desk.toml line 1)"),
        ('[lists]\nA = "com"\na = "fr"', "LISTS: the list a is defined twice. Keep one (desk.toml line 1)"),
        ("[lists.brand]\nx = 1", "LISTS: the list brand needs extensions, such as com,net (desk.toml line 1)"),
        ("lists = 3", 'LISTS: write JSON such as {"brand": "com,net"} (desk.toml line 1)'),
    ],
)
def test_wrong_lists_are_refused(good, tmp_path, toml, sentence):
    (tmp_path / "desk.toml").write_text(f"{toml}\n")
    assert fault() == sentence


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('[owners]\nca = "me"', "the owner of ca needs the number of a contact at OVH, such as 12345678"),
        ('[owners]\n"c a" = "1"', "c a is not an extension. Write them like ca or co.uk"),
        ('[owners]\nca = "1"\n".ca" = "2"', "the owner of .ca is defined twice. Keep one"),
        ("[owners]\nca = true", "the owner of ca needs the number of a contact at OVH, such as 12345678"),
        ("owners = 3", 'write JSON such as {"ca": "12345678"}'),
    ],
)
def test_wrong_owners_are_refused(good, tmp_path, toml, sentence):
    (tmp_path / "desk.toml").write_text(f"{toml}\n")
    assert fault() == f"OWNERS: {sentence} (desk.toml line 1)"


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("ODER", "ORDER", 1), ("FLIE", "FILE", 1), ("", "AB", 2), ("KEYS", "KEY", 1), ("ABC", "ABC", 0), ("CA", "ABC", 3)],
)
def test_counts_the_letters_between_names(one, other, letters):
    """A swap of neighbours counts once."""
    assert distance(one, other) == letters
