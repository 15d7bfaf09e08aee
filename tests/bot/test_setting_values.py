"""A value is read as meant where that is unambiguous, else one sentence says what to write."""

from decimal import Decimal

import pytest
from ovh.client import ENDPOINTS as OVH_ENDPOINTS

from bot.settings import Settings, SettingsError, read_settings
from bot.settings.model import ENDPOINTS, FROM_FILES
from tests.bot.faults import PYDANTIC, fault, faults

pytestmark = pytest.mark.usefixtures("good")

ZERO_WIDTH, NO_BREAK, BOM = "\u200b", "\u00a0", "\ufeff"
NONSENSE = [
    "nonsense value", "-1", "0", "nan", "inf", "-inf", "1e999", "", " ", "\n", "None", "null", "[]", "{}", "true", "٣",
    "x" * 5000, "\x07", "é", "\u202e", "http://[", "999999999999999999999", "1/0", "${HOME}", "💸",
]  # fmt: skip


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_no_value_ends_in_anything_but_a_sentence(monkeypatch, name):
    """Whatever is written into whichever setting: it is read, or one line of ours says what to write."""
    for value in NONSENSE:
        monkeypatch.setenv(name, value)
        for line in _lines():
            assert name in line
            assert len(line) < 300
            assert line.isprintable()
            assert not PYDANTIC.search(line)


@pytest.mark.parametrize(
    "toml",
    ["nan", "inf", "-inf", "true", "[]", "[1, [2]]", "2026-11-01", "1979-05-27T07:32:00Z", "{a = 1}"],
)
@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_no_type_of_toml_ends_in_anything_but_a_sentence(monkeypatch, tmp_path, name, toml):
    """Dates, nested arrays, inline tables and numbers that are none."""
    monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "desk.toml").write_text(f"{name} = {toml}\n")
    assert not PYDANTIC.search("\n".join(_lines()))


def _lines() -> tuple[str, ...]:
    try:
        read_settings()
    except SettingsError as error:
        return error.lines
    return ()


@pytest.mark.parametrize(
    "around",
    [
        "{}\n",
        "{}\r\n",
        " {} ",
        "\t{}",
        "'{}'",
        '"{}"',
        "“{}”",
        "{}" + NO_BREAK,
        ZERO_WIDTH + "{}",
        BOM + "{}",
        "\"'{}'\" ",
    ],
)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-12-fake"),
        ("OVH_CONSUMER_KEY", "fake-consumer"),
        ("OVH_APPLICATION_KEY", "fake-application"),
        ("DATABASE_URL", "sqlite:///other.db"),
        ("OVH_API_URL", "https://ovh.example/1.0"),
        ("LOG_LEVEL", "DEBUG"),
        ("HOST", "127.0.0.9"),
    ],
)
def test_what_stands_around_a_value_is_stripped(monkeypatch, name, value, around):
    """Line breaks, blanks, quotes and invisible characters come along when a value is copied."""
    monkeypatch.setenv(name, around.format(value))
    found = getattr(read_settings(), name.lower())
    assert (found if isinstance(found, str) else found.get_secret_value()) == value


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-fake", "this is an app token (xapp-…), which belongs in SLACK_APP_TOKEN"),
        ("SLACK_BOT_TOKEN", "xoxp-1-fake", "this is a user token (xoxp-…)"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxp-1-fake", "this is a user token"),
        ("SLACK_BOT_TOKEN", "xoxe-1-fake", "this is a refresh token"),
        ("SLACK_BOT_TOKEN", "0123456789abcdef" * 2, "perhaps the signing secret"),
        ("SLACK_BOT_TOKEN", "fake", "this is not the right token"),
        ("SLACK_BOT_TOKEN", "xoxb-", "this token is incomplete"),
        ("SLACK_BOT_TOKEN", "xoxb-…", "the value contains an unexpected character"),
        ("SLACK_BOT_TOKEN", "xoxb-1 fake", "the value contains a space or a line break"),
        ("SLACK_BOT_TOKEN", "xoxb-1\nxoxb-2", "the value contains a space or a line break"),
        ("SLACK_BOT_TOKEN", "Bearer xoxb-1-fake", "the value contains a space"),
        ("SLACK_APP_TOKEN", "xoxb-1-fake", "this is a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", "xoxp-1-fake", "this is a user token"),
        ("SLACK_APP_TOKEN", "A0123456789", "this is not the right token"),
        ("SLACK_SIGNING_SECRET", "xoxb-1-fake", "this is a bot token"),
        ("SLACK_SIGNING_SECRET", "xapp-1-fake", "this is an app token"),
        ("SLACK_SIGNING_SECRET", "123456789.987654321", "this is the app's client id"),
        ("SLACK_SIGNING_SECRET", "A0123456789", "this is the app's id"),
        ("SLACK_SIGNING_SECRET", "fake", "this is not a signing secret"),
        ("OVH_CONSUMER_KEY", "fake fake", "the value contains a space"),
        ("OVH_APPLICATION_SECRET", "faké", "the value contains an unexpected character"),
        ("DATABASE_URL", "postgresql://u:fake@pass@h/d", "the user or password holds an @. Write %40 for it"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
    ],
)
def test_a_wrong_secret_is_named_and_not_printed(monkeypatch, name, value, sentence):
    """Each mix-up by what was pasted, and where to find the right one."""
    monkeypatch.setenv(name, value)
    line = fault()
    assert line.startswith(f"{name}: ")
    assert sentence in line
    assert line.endswith("(environment)")
    assert value not in line.replace("xoxb-…", "")
    assert "fake" not in line


def test_swapped_tokens_are_both_named(monkeypatch):
    """One line for each, with where it belongs."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-fake")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-1-fake")
    assert [line.split(". ")[0] for line in faults()] == [
        "SLACK_BOT_TOKEN: this is an app token (xapp-…), which belongs in SLACK_APP_TOKEN",
        "SLACK_APP_TOKEN: this is a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-fake"),
        ("SLACK_SIGNING_SECRET", "0123456789abcdef" * 2),
        ("SLACK_SIGNING_SECRET", "0123456789ABCDEFGHIJ_-"),
    ],
)
def test_unknown_shapes_of_secrets_are_let_through(monkeypatch, name, value):
    """Slack documents no shape of a signing secret, and bot tokens may rotate."""
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), name.lower()).get_secret_value() == value


AMOUNT = "write a number such as 200 or 199.99"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("two hundred", AMOUNT),
        ("1,000", f"{AMOUNT}, without a thousands separator"),
        ("1.000", f"{AMOUNT}, without a thousands separator"),
        ("1 000", f"{AMOUNT}, without a thousands separator"),
        ("1,000.00", f"{AMOUNT}, without a thousands separator"),
        ("199,99", AMOUNT),
        ("-5", AMOUNT),
        ("+5", AMOUNT),
        ("nan", AMOUNT),
        ("inf", AMOUNT),
        ("1e3", AMOUNT),
        ("0x10", AMOUNT),
        ("\uff12\uff10\uff10", AMOUNT),
        ("199.999", f"{AMOUNT}, without a thousands separator"),
        ("200 EUR", f"{AMOUNT}, without a currency: amounts are in the currency of the OVH account"),
        ("€200", f"{AMOUNT}, without a currency: amounts are in the currency of the OVH account"),
        ("$200", f"{AMOUNT}, without a currency: amounts are in the currency of the OVH account"),
        ("0", "write a number above 0, or none to lift the limit"),
        ("0.00", "write a number above 0, or none to lift the limit"),
        ("99999999999", "write a number of at most 1000000000"),
        ("unlimited", AMOUNT),
    ],
)
@pytest.mark.parametrize("name", ["DESK_LIMIT_PER_ORDER", "DESK_LIMIT_PER_MONTH"])
def test_an_amount_in_doubt_is_refused(monkeypatch, name, value, sentence):
    """A limit that is guessed wrong spends money."""
    monkeypatch.setenv(name, value)
    assert fault().split(" (")[0] == f"{name}={value}: {sentence}"


@pytest.mark.parametrize(
    ("value", "amount"),
    [("200", Decimal(200)), ("199.99", Decimal("199.99")), ("0.5", Decimal("0.5")), ("none", None), ("None", None)],
)
def test_amounts_are_read(monkeypatch, value, amount):
    """`none` lifts a limit, also one of a weaker source."""
    monkeypatch.setenv("DESK_LIMIT_PER_ORDER", value)
    assert read_settings().desk_limit_per_order == amount


def test_none_lifts_the_limit_of_a_weaker_source(monkeypatch, tmp_path):
    """The environment goes before desk.toml."""
    (tmp_path / "desk.toml").write_text("limit_per_order = 20\n")
    monkeypatch.setenv("DESK_LIMIT_PER_ORDER", "none")
    assert read_settings().desk_limit_per_order is None


@pytest.mark.parametrize(
    "toml",
    ["1" * 6000, "-" + "1" * 6000, "0x" + "f" * 6000, "1" * 4000, "0b" + "1" * 65, "1" * 30,
     "[" * 400 + "1" + "]" * 400, "[" * 90 + "1" + "]" * 90],
)  # fmt: skip
@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_no_size_of_toml_ends_in_anything_but_a_sentence(monkeypatch, tmp_path, name, toml):
    """Numbers beyond what Python converts, arrays beyond what it recurses into."""
    monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "desk.toml").write_text(f"{name} = {toml}\n")
    lines = faults()
    assert all(len(line) < 300 for line in lines)
    assert any("desk.toml" in line for line in lines)


@pytest.mark.parametrize("json", ['{"a":' * 5000, "[" * 100_000, '{"a": ' + "[" * 900 + "]" * 900 + "}", "1" * 6000])
def test_deep_lists_are_refused(monkeypatch, json):
    """In a sentence, whatever the depth."""
    monkeypatch.setenv("LISTS", json)
    assert fault().startswith("LISTS: ")


def test_a_threshold_of_0_is_always_exceeded(monkeypatch):
    """Two approvers for every request."""
    monkeypatch.setenv("DESK_SECOND_APPROVAL_OVER", "0")
    assert read_settings().desk_second_approval_over == 0
    monkeypatch.setenv("DESK_SECOND_APPROVAL_OVER", "-1")
    assert AMOUNT in fault()


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("DESK_SETTLE_SECONDS", ["inf", "nan", "0", "-1", "1e9", "86401", "a minute"], "a number of seconds from 0.1"),
        ("OVH_REQUESTS_PER_SECOND", ["0", "-1", "inf", "nan", "1e-9", "fast"], "a number of calls a second from 0.01"),
        ("OVH_BURST", ["0", "-1", "1.5", "inf", "1e3", "1_000", "9" * 30], "a whole number from 1 to 1000000"),
        ("OVH_CONCURRENCY", ["0", "65", "1.5", "many"], "a whole number from 1 to 64"),
        ("PORT", ["-1", "65536", "http", "3000.0", "0x10", "3000/tcp"], "a whole number from 0 to 65535"),
        ("DESK_OPS_PORT", ["-1", "65536", "no"], "a whole number from 0 to 65535"),
        ("DESK_SELF_APPROVAL", ["maybe", "2", "enabled", "-"], "write true or false"),
        ("LOG_LEVEL", ["verbose", "10", "TRACE"], "write one of DEBUG, INFO, WARNING, ERROR"),
        ("LOG_FORMAT", ["xml", "1"], "write one of console, json"),
        ("OVH_ENDPOINT", ["eu", "ovh-mars", "https://eu.api.ovh.com/1.0"], "write one of ovh-eu, "),
        ("OVH_ENDPOINT", ["ovh-us"], "OVH US sells no domain names. Write ovh-eu or ovh-ca"),
        ("OVH_SUBSIDIARY", ["UK", "US", "France", "F"], "write one of CZ, DE"),
        ("HOST", ["http://0.0.0.0", "0.0.0.0:3000", "*", "256.1.1.1", "::1]"], "write an address to listen on"),
    ],
)
def test_a_value_out_of_bounds_is_refused(monkeypatch, name, values, sentence):
    """With the bounds, or the choices."""
    for value in values:
        monkeypatch.setenv(name, value)
        assert sentence in fault()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        *(("DESK_SELF_APPROVAL", yes, True) for yes in ("true", "TRUE", "yes", "on", "1", "Y")),
        *(("DESK_WAIVE_RETRACTION", no, False) for no in ("false", "No", "OFF", "0", "n")),
        ("LOG_LEVEL", "warn", "WARNING"),
        ("LOG_FORMAT", "JSON", "json"),
        ("OVH_ENDPOINT", "OVH-EU", "ovh-eu"),
        ("OVH_SUBSIDIARY", "gb", "GB"),
        ("HOST", "[::1]", "::1"),
        ("HOST", "desk.internal", "desk.internal"),
        ("DESK_OPS_PORT", "none", None),
        ("DESK_OPS_PORT", "9000", 9000),
        ("DESK_OPS_PORT", "3000", None),  # the same as PORT: one server
        ("SLACK_API_URL", "https://slack.com/api", "https://slack.com/api/"),
        ("DESK_OWNER_CONTACT", "12345678", "12345678"),
        ("DESK_EXTENSIONS", "*.com, .fr;NET  co.uk\n.рф com", ("com", "fr", "net", "co.uk", "xn--p1ai")),
        ("DESK_APPROVERS", "<@U0CLEO>;<@U0DANNY|dan> <!subteam^S0TEAM|@team>", {"U0CLEO", "U0DANNY", "S0TEAM"}),
        ("DESK_APPROVERS", '["U0CLEO", "W0DANNY"]', {"U0CLEO", "W0DANNY"}),
        ("DESK_APPROVAL_CHANNEL", "<#C0BUYING|buying>", "C0BUYING"),
        ("DESK_APPROVAL_CHANNEL", "https://team.slack.com/archives/C0BUYING", "C0BUYING"),
    ],
)
def test_what_is_clear_is_read_as_meant(monkeypatch, name, value, read):
    """Capitals, words, dots, mentions, brackets."""
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), name.lower()) == read


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DESK_APPROVERS", "@cleo", "@cleo is not the id of a person (U…) or a user group (S…). In Slack: profile"),
        ("DESK_APPROVERS", "@cleo, U0DANNY, dan@example.com", "@cleo, dan@example.com are not the id"),
        ("DESK_APPROVERS", ",", "write ids of people"),
        ("DESK_PAYERS", "[]", "write ids of people"),
        ("DESK_APPROVERS", "cleo", "cleo is not the id"),
        ("DESK_APPROVERS", "SAM", "SAM is not the id"),
        ("DESK_APPROVERS", "u0cleo", "u0cleo is not the id"),
        ("DESK_APPROVERS", "C0BUYING", "C0BUYING is not the id of a person"),
        ("DESK_APPROVERS", "B0BOTBOT", "B0BOTBOT is not the id"),
        ("DESK_PAYERS", "everyone", "everyone is not the id"),
        ("DESK_PAYERS", "@a,@b,@c,@d,@e", "@a, @b, @c and 2 more are not the id"),
        ("DESK_APPROVAL_CHANNEL", "#approvals", "#approvals is not a channel id (C…). In Slack: channel details"),
        ("DESK_APPROVAL_CHANNEL", "approvals", "approvals is not a channel id"),
        ("DESK_APPROVAL_CHANNEL", "D0DIRECT", "D0DIRECT is not a channel id"),
        ("DESK_APPROVAL_CHANNEL", "U0CLEO", "U0CLEO is not a channel id"),
        ("DESK_EXTENSIONS", "com,c", "c is not an extension. Write them like com,fr,co.uk"),
        ("DESK_EXTENSIONS", "*", "* is not an extension"),
        ("DESK_EXTENSIONS", "com/fr", "com/fr is not an extension"),
        ("DESK_EXTENSIONS", "123, -com-, c_m", "123, -com-, c_m are not extensions"),
        ("DESK_EXTENSIONS", "https://com", "https://com is not an extension"),
    ],
)
def test_names_in_place_of_ids_are_refused(monkeypatch, name, value, sentence):
    """All wrong parts at once, with where to find the id."""
    monkeypatch.setenv(name, value)
    assert fault().startswith(f"{name}: {sentence}")


def test_a_subsidiary_goes_with_its_endpoint(monkeypatch):
    """FR is not served by the Canadian API."""
    monkeypatch.setenv("OVH_ENDPOINT", "ovh-ca")
    monkeypatch.setenv("OVH_SUBSIDIARY", "fr")
    expected = "OVH_SUBSIDIARY=FR: this subsidiary is served by OVH_ENDPOINT=ovh-eu, not ovh-ca (environment)"
    assert fault() == expected


def test_the_endpoints_are_those_of_python_ovh():
    """A new version of the library may bring others."""
    assert set(ENDPOINTS) == set(OVH_ENDPOINTS)
    assert "database_url" in FROM_FILES
