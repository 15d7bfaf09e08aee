"""Files of settings and of secrets that cannot be read are named in one line."""

from pathlib import Path

import pytest

from bot.settings import (
    read_settings,
)
from bot.settings.model import FROM_FILES
from tests.bot.faults import GOOD, fault

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("clean")


@pytest.mark.parametrize("name", sorted(name.upper() for name in FROM_FILES))
def test_every_secret_can_come_from_a_file(good, monkeypatch, tmp_path, name):
    value = {"DATABASE_URL": "sqlite:///other.db", "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2}.get(
        name, GOOD.get(name, "fake-client")
    )
    if name.startswith("OVH_CLIENT"):
        for other in ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY"):
            monkeypatch.delenv(other)
        monkeypatch.setenv("OVH_CLIENT_ID", "fake-id")
        monkeypatch.setenv("OVH_CLIENT_SECRET", "fake-secret")
    if name.startswith("OVH_MONEY_CLIENT"):  # one of the two needs the other
        monkeypatch.setenv("OVH_MONEY_CLIENT_ID", "fake-id")
        monkeypatch.setenv("OVH_MONEY_CLIENT_SECRET", "fake-secret")
    monkeypatch.delenv(name, raising=False)
    (tmp_path / "secret").write_bytes(f"\ufeff{value}\r\n\n".encode())
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    found = getattr(read_settings(), name.lower())
    assert value == (found if isinstance(found, str) else found.get_secret_value())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("folder", "cannot be read (Is a directory)"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe\x00x", "is not UTF-8 text"),
        (b"x" * 20_000, "is too large"),
    ],
)
def test_a_secret_file_that_cannot_be_read(good, monkeypatch, tmp_path, content, sentence):
    if content == "folder":
        (tmp_path / "token").mkdir()
    elif content is not None:
        (tmp_path / "token").write_bytes(content)
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "token")
    assert fault() == f"SLACK_BOT_TOKEN_FILE: token {sentence}{' for a secret' * ('large' in sentence)} (environment)"


def test_a_secret_and_its_file_are_refused_together(good, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN_FILE=token\n")
    expected = "SLACK_BOT_TOKEN: SLACK_BOT_TOKEN_FILE is set as well; keep one (environment and .env line 1)"
    assert fault() == expected


def test_a_token_in_place_of_its_file_is_not_printed(good, monkeypatch):
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "xoxb-obviously-fake")
    assert "obviously" not in fault()


def test_only_secrets_come_from_files(good, monkeypatch):
    monkeypatch.setenv("DESK_APPROVERS_FILE", "people")
    assert fault() == "DESK_APPROVERS_FILE: only secrets can come from a file (environment)"


@pytest.mark.parametrize("name", [".env", "desk.toml"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("PORT=1\n".encode("utf-16"), " line 1: the file is in UTF-16. Save it as UTF-8"),
        ("PORT=1\n".encode("utf-16-be"), " line 1: the file is in UTF-16. Save it as UTF-8"),
        (b"\xef\xbb\xbfPORT=1\n", " line 1: the file begins with a byte order mark. Save it as UTF-8 without BOM"),
        (b"# one\n# caf\xe9\n", " line 2: there is a character that is not UTF-8. Save the file as UTF-8"),
        (None, " is a folder. Write the settings into a file of this name"),
    ],
)
def test_a_file_of_another_kind_is_named(good, tmp_path, name, content, sentence):
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    assert fault() == f"{name}{sentence}"


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("port = 1\nhost = localhost\n", "desk.toml line 2, column 8: this is not TOML. "),
        ("port 1\n", "desk.toml line 1, column 6: this is not TOML. "),
        ('host = "a\n', "desk.toml line 1, column 10: this is not TOML. "),
        ("[lists\n", "desk.toml line 1, column 7: this is not TOML. "),
        ("port = 1\nport = 2\n", "desk.toml line 2, column 9: this key or table is defined twice. Keep one"),
        ("[lists]\n[lists]\n", "desk.toml line 2, column 7: this key or table is defined twice. Keep one"),
        ("x = [\n", "desk.toml line 1, at the end: this is not TOML. "),
        ("slack_bot_token = xoxb-obviously-fake\n", "desk.toml line 1, column 19: this is not TOML. "),
    ],
)
def test_a_slip_of_toml_is_placed(good, tmp_path, toml, line):
    """By line and column, without repeating what stands there."""
    (tmp_path / "desk.toml").write_text(toml)
    assert fault().startswith(line)
    assert "obviously" not in fault()


@pytest.mark.parametrize("line", ["no equals sign", "DESK_APPROVERS", "xoxb-obviously-fake", "=5"])
def test_a_line_of_dotenv_without_a_value_is_named(good, tmp_path, line):
    """By its number: it may be a secret."""
    (tmp_path / ".env").write_text(f"# first\n\n{line}\nPORT=1\n")
    assert fault() == ".env line 3: write NAME=value"


def test_a_setting_twice_in_dotenv_is_refused(good, tmp_path):
    (tmp_path / ".env").write_text("DESK_LIMIT_PER_ORDER=20\n\nDESK_LIMIT_PER_ORDER=2000\n")
    assert fault() == "DESK_LIMIT_PER_ORDER: it is set twice; keep one (.env line 1 and .env line 3)"
