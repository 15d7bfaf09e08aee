"""The rules in force are printed with their origin."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.rules import rules_in_force
from bot.settings import (
    SettingsError,
    read_rules,
    read_settings,
)

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("clean")


def test_rules_name_their_origin_and_no_secret(good, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("DESK_LIMIT_PER_ORDER=1234.5\nDATABASE_URL=postgresql://u:obviously-fake@h/d\n")
    (tmp_path / "desk.toml").write_text('payers = "U0DANNY"\n[lists]\nbrand = "com,fr"\n')
    lines = rules_in_force(read_settings())
    rows = {re.split(r"  +", line)[0]: re.split(r"  +", line)[1:] for line in lines}
    assert rows["approvers"] == ["S0TEAM, U0CLEO", "environment"]
    assert rows["payers"] == ["U0DANNY", "desk.toml line 1"]
    assert rows["limit per order"] == ["1,234.50 with tax, in the account's currency", ".env line 1"]
    assert rows["limit per month"] == ["none", "default"]
    assert rows["list brand"] == ["com, fr", "desk.toml line 2"]
    assert len({line.index(rows[re.split(r"  +", line)[0]][1]) for line in lines}) == 1
    assert "fake" not in "\n".join(lines)


def test_rules_need_no_keys(monkeypatch):
    """A reviewer of the rules need not hold the secrets; the approvers are a rule."""
    monkeypatch.setenv("DESK_APPROVERS", "U0CLEO")
    assert read_rules().desk_approvers == {"U0CLEO"}
    monkeypatch.setenv("DESK_LIMIT", "3")
    with pytest.raises(SettingsError, match="DESK_LIMIT: there is no such setting"):
        read_rules()


def test_lives_of_decisions_are_shown_and_set(good, monkeypatch):
    """An approval waits 72 hours and a payment 15 minutes, unless the team sets other lives."""
    assert lives(rules_in_force(read_settings())) == ["72 hours", "15 minutes"]
    monkeypatch.setenv("DESK_APPROVAL_HOURS", "1.5")
    monkeypatch.setenv("DESK_PAYMENT_MINUTES", "5")
    settings = read_settings()
    assert lives(rules_in_force(settings)) == ["1.5 hours", "5 minutes"]
    policy = settings.policy()
    assert (policy.approval_life, policy.payment_life) == (timedelta(hours=1.5), timedelta(minutes=5))


@pytest.mark.parametrize(("name", "wrong"), [("DESK_APPROVAL_HOURS", "0"), ("DESK_PAYMENT_MINUTES", "soon")])
def test_no_life_is_endless_or_nothing(good, monkeypatch, name, wrong):
    """A life of nothing, or one that is no number, is refused at the start."""
    monkeypatch.setenv(name, wrong)
    with pytest.raises(SettingsError, match=f"{name}.*write a number"):
        read_settings()


def lives(lines: list[str]) -> list[str]:
    return [re.split(r"  +", line)[1] for line in lines if re.search(r"waits to be (ordered|sent)", line)]


def rows_in_force() -> dict[str, list[str]]:
    return {re.split(r"  +", line)[0]: re.split(r"  +", line)[1:] for line in rules_in_force(read_settings())}


def test_who_may_and_what_may_be_bought_are_rules(good, monkeypatch, tmp_path):
    """Requesters, silent approvers, extensions and refused names are read, printed, and part of the policy."""
    monkeypatch.setenv("DESK_REQUESTERS", "S0ASKERS, U0ADA")
    monkeypatch.setenv("DESK_SILENT_APPROVERS", "U0BOSS")
    (tmp_path / "desk.toml").write_text('allowed_extensions = "com, .co.uk"\n[naming]\n"*-Acme.*" = "ask Legal"\n')
    policy = read_settings().policy()
    assert policy.requesters == frozenset({"S0ASKERS", "U0ADA"})
    assert policy.silent_approvers == {"U0BOSS"}
    assert policy.naming.extensions == {"com", "co.uk"}
    assert policy.naming.refused == {"*-acme.*": "ask Legal"}
    rows = rows_in_force()
    assert rows["requesters"] == ["S0ASKERS, U0ADA", "environment"]
    assert rows["may approve, not mentioned"] == ["U0BOSS", "environment"]
    assert rows["allowed extensions"] == ["com, co.uk", "desk.toml line 1"]
    assert rows["refused: *-acme.*"] == ["ask Legal", "desk.toml line 2"]


def test_without_these_rules_every_member_requests_every_name(good):
    policy = read_settings().policy()
    assert (policy.requesters, policy.silent_approvers, policy.naming.extensions) == (None, frozenset(), frozenset())
    rows = rows_in_force()
    assert (rows["requesters"], rows["allowed extensions"]) == (["every full member", "default"], ["all", "default"])


@pytest.mark.parametrize(
    ("written", "limit", "shown"),
    [
        (None, Decimal(500), "500.00 with tax in AUD, CAD, EUR, GBP, USD; none in other currencies"),
        ("none", None, "none"),
        ("700", Decimal(700), "700.00 with tax, in the account's currency"),
    ],
)
def test_an_order_has_the_usual_limit_unless_set_or_lifted(good, monkeypatch, written, limit, shown):
    """Nothing said is 500 in the five currencies; `none` lifts it; an amount replaces it."""
    if written:
        monkeypatch.setenv("DESK_LIMIT_PER_ORDER", written)
    assert read_settings().policy().order_limit("EUR") == limit
    assert rows_in_force()["limit per order"][0] == shown


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('"*" = "all"', "would refuse every name"),
        ('"*.*" = "all"', "would refuse every name"),
        ('"acme" = "ours"', r"fits no full name. Write acme\.\* for any extension"),
        ('"acme.*" = ""', "needs a reason"),
        ('"acme.*" = 3', "needs a reason"),
        ('"acme.*" = "a"\n"ACME.*" = "b"', "is there twice"),
        ('limit_per_order = "2"', "would define a rule"),
    ],
)
def test_a_wrong_naming_rule_is_refused(good, tmp_path, table, why):
    (tmp_path / "desk.toml").write_text(f"[naming]\n{table}\n")
    with pytest.raises(SettingsError, match=why):
        read_settings()
