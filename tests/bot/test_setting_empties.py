"""An empty value is not set, and it is refused where its default would cost money or hide the record."""

import pytest

from bot.settings import SettingsError, read_database_url, read_settings
from tests.bot.faults import fault

pytestmark = pytest.mark.usefixtures("good")

MONEY = ["DESK_LIMIT_PER_ORDER", "DESK_LIMIT_PER_MONTH", "DESK_SECOND_APPROVAL_OVER"]
WITH_A_COSTLY_DEFAULT = [
    "DATABASE_URL", "SLACK_API_URL", "OVH_API_URL", "OVH_ENDPOINT", "DESK_WAIVE_RETRACTION", "DESK_OWNER_CONTACT",
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("{name}=", ".env line 1"),
        ("{name}=${{TEAM_LIMIT}}", ".env line 1"),
        ("{name}='  '", ".env line 1"),
        ("{name}=\u200b", ".env line 1"),
        ('{key} = ""', "desk.toml line 1"),
        ("{key} = ' '", "desk.toml line 1"),
        (None, "environment"),
    ],
)
@pytest.mark.parametrize("name", [*MONEY, "DESK_PAYERS", *WITH_A_COSTLY_DEFAULT])
def test_a_dangerous_empty_value_is_refused(monkeypatch, tmp_path, name, line, origin):
    """A variable that is not set must neither lift a limit nor open an empty database."""
    if line is None:
        monkeypatch.setenv(name, "")
    else:
        (tmp_path / origin.split()[0].removesuffix(" line")).write_text(line.format(name=name, key=name.lower()) + "\n")
    write = {"DESK_PAYERS": "Write who may pay"} | dict.fromkeys(MONEY, "Write an amount or none")
    remove = "unset it" if line is None else "remove the line"
    assert fault() == f"{name}: it is empty. {write.get(name, 'Write a value')}, or {remove} ({origin})"


@pytest.mark.parametrize("name", [*MONEY, "DESK_PAYERS"])
@pytest.mark.parametrize("is_weaker", [True, False])
def test_an_empty_limit_is_refused_beside_another(monkeypatch, tmp_path, name, is_weaker):
    """Which of the two was meant is not clear."""
    value = "U0DANNY" if name == "DESK_PAYERS" else "200"
    (tmp_path / ".env").write_text(f"{name}={value if is_weaker else ''}\n")
    monkeypatch.setenv(name, "" if is_weaker else value)
    assert f"{name}: it is empty." in fault()


def test_an_empty_address_beside_another_is_not_set(monkeypatch, tmp_path):
    """What is in force was written by a user."""
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("OVH_ENDPOINT", "")
    (tmp_path / "database").write_text("sqlite:///other.db\n")
    (tmp_path / ".env").write_text("DATABASE_URL_FILE=database\nOVH_ENDPOINT=ovh-ca\n")
    settings = read_settings()
    assert settings.database_url.get_secret_value() == "sqlite:///other.db"
    assert settings.ovh_endpoint == "ovh-ca"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_URL_FILE"])
def test_an_empty_address_hides_no_record(monkeypatch, name):
    """`export`, `verify` and `migrate` refuse it as well, and leave empty limits alone."""
    monkeypatch.setenv("DESK_LIMIT_PER_ORDER", "")
    assert read_database_url()
    monkeypatch.setenv(name, "")
    with pytest.raises(SettingsError, match=f"^{name}: it is empty"):
        read_database_url()
