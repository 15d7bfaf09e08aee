"""From `login` to a key that OVH accepts, and every way in which there is none."""

import stat
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import yaml
from dotenv import dotenv_values

from bot.login.rules_of_keys import RULES, KeyKind, rules_of
from tests.login.conftest import Operator

FLAGS = {
    KeyKind.EVERYTHING: (),
    KeyKind.READ_ONLY: ("--read-only",),
    KeyKind.NO_PAYMENT: ("--no-payment",),
    KeyKind.MONEY: ("--money",),
}
AT_ONCE = ("--minutes", "0.05")


@pytest.mark.parametrize("kind", KeyKind)
async def test_a_validated_key_is_written_down(operator: Operator, kind: KeyKind):
    """It has exactly the rights of its kind, and all else in `.env` stays, comments included."""
    before = operator.dotenv.read_text()
    code, printed = await operator.login(*FLAGS[kind], choice="validated")
    assert (code, "Done" in printed) == (0, True), printed
    ((key, made),) = operator.ovh.credentials.made.items()
    assert made.rules == tuple(rules_of(kind))
    name = "OVH_MONEY_CONSUMER_KEY" if kind is KeyKind.MONEY else "OVH_CONSUMER_KEY"
    line = f"{name}={key}\n"
    expected = before + line if kind is KeyKind.MONEY else before.replace("OVH_CONSUMER_KEY=\n", line)
    assert operator.dotenv.read_text() == expected
    assert stat.S_IMODE(operator.dotenv.stat().st_mode) == 0o600
    assert key not in printed
    assert all(rule in operator.said[0] for rule in RULES[kind])


async def test_a_key_that_ends_says_when(operator: Operator):
    code, printed = await operator.login(choice="validated", days=30)
    assert code == 0
    assert "It ends on" in printed


@pytest.mark.parametrize("tells", [True, False], ids=["told", "not told"])
async def test_a_refused_key_changes_nothing(operator: Operator, tells: bool):  # noqa: FBT001 - a parameter
    """OVH may or may not show a refused key to itself: then the time ends the waiting."""
    operator.ovh.credentials.tells_itself = tells
    before = operator.dotenv.read_bytes()
    code, printed = await operator.login(*AT_ONCE, choice="refused")
    assert (code, operator.dotenv.read_bytes()) == (2, before)
    assert "refused" in printed


async def test_an_unanswered_page_ends_in_time(operator: Operator):
    """The key stays pending at OVH, and nothing here changes."""
    before = operator.dotenv.read_bytes()
    code, printed = await operator.login(*AT_ONCE)
    assert (code, operator.dotenv.read_bytes()) == (2, before)
    assert "Nobody validated the key" in printed


async def test_a_key_that_expired_meanwhile_is_none(operator: Operator):
    operator.ovh.credentials.tells_itself = True
    operator.ovh.clock.advance(-40 * 86_400)
    before = operator.dotenv.read_bytes()
    code, _ = await operator.login(*AT_ONCE, choice="refused", days=1)
    assert (code, operator.dotenv.read_bytes()) == (2, before)


async def test_an_unknown_application_is_named(operator: Operator):
    operator.ovh.credentials.application_key = "another"
    code, printed = await operator.login(*AT_ONCE)
    assert code == 2
    assert "OVH_APPLICATION_KEY" in printed
    assert operator.ovh.credentials.made == {}


async def test_a_key_in_the_environment_is_refused_first(operator: Operator):
    """A key in `.env` would not count, so none is made."""
    operator.environment["OVH_CONSUMER_KEY"] = "elsewhere"
    code, printed = await operator.login(*AT_ONCE)
    assert (code, operator.ovh.credentials.made) == (2, {})
    assert "environment" in printed


async def test_without_an_application_the_page_makes_all(operator: Operator):
    """The page is prefilled with the rights; the three keys are checked before they are written."""
    keys = operator.ovh.credentials
    operator.dotenv.write_text("DESK_APPROVERS=U0CLEO\n")
    typed = f"{keys.application_key}\n{keys.application_secret}\n{keys.consumer_key}\n"
    code, printed = await operator.login("--read-only", typed=typed)
    assert code == 0, printed
    page = next(line.strip() for line in printed.splitlines() if "createToken" in line)
    assert parse_qsl(urlsplit(page).query) == rules_of(KeyKind.READ_ONLY)
    assert "*" in page  # OVH's page reads it unescaped
    written = dotenv_values(operator.dotenv)
    assert written == {
        "DESK_APPROVERS": "U0CLEO",
        "OVH_APPLICATION_KEY": keys.application_key,
        "OVH_APPLICATION_SECRET": keys.application_secret,
        "OVH_CONSUMER_KEY": keys.consumer_key,
    }


async def test_wrongly_copied_keys_are_not_written(operator: Operator):
    operator.dotenv.write_text("DESK_APPROVERS=U0CLEO\n")
    code, printed = await operator.login(typed="one\ntwo\nthree\n")
    assert (code, operator.dotenv.read_text()) == (2, "DESK_APPROVERS=U0CLEO\n")
    assert "Copy them again" in printed


async def test_money_needs_a_first_key(operator: Operator):
    operator.dotenv.write_text("DESK_APPROVERS=U0CLEO\n")
    code, printed = await operator.login("--money")
    assert code == 2
    assert "login --read-only" in printed


async def test_a_service_account_needs_no_key(operator: Operator):
    operator.dotenv.write_text("OVH_CLIENT_ID=one\nOVH_CLIENT_SECRET=two\n")
    code, printed = await operator.login()
    assert code == 2
    assert "policies" in printed


async def test_the_link_for_slack_holds_the_manifest(operator: Operator):
    code, printed = await operator.login("--slack")
    assert code == 0
    link = urlsplit(printed.strip())
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    manifest = yaml.safe_load(unquote(link.query.partition("manifest_yaml=")[2]))
    assert "chat:write" in manifest["oauth_config"]["scopes"]["bot"]


async def test_a_setting_in_lower_case_stays_one(operator: Operator):
    """Settings may be written in any case: a second line would be a fault at the next start."""
    text = operator.dotenv.read_text().replace("OVH_CONSUMER_KEY=", "ovh_consumer_key=old")
    operator.dotenv.write_text(text)
    assert (await operator.login(choice="validated"))[0] == 0
    (key,) = operator.ovh.credentials.made
    assert dotenv_values(operator.dotenv)["ovh_consumer_key"] == key
