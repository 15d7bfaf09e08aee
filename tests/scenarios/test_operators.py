"""Operators hear by direct message of what they must do something about, each thing once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from handlers.messages import words as catalogue
from tests.scenarios.conftest import Scenario


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Gwen is the operator; everything is looked at all the time."""
    for name, seconds in (
        ("_LASTS", 0.5), ("_ALARMS_EVERY", 0.1), ("_KEYS_EVERY", 0.2), ("_PEOPLE_EVERY", 0.2), ("_AFTER_START", 0.0),
        ("_AFTER_FAILURE", 0.2),
    ):  # fmt: skip
        monkeypatch.setattr(f"bot.operator_watch.{name}", seconds)
    monkeypatch.setattr("bot.app._OVH_EVERY", 0.1)
    monkeypatch.setattr("bot.metrics.watch._EVERY", 0.1)
    monkeypatch.setattr("registrars.ovh.adapter._HEALTHY_FOR", 0.0)
    monkeypatch.setattr("registrars.ovh.adapter._ILL_FOR", 0.0)
    monkeypatch.setattr("handlers.toolkit.members.CACHE_SECONDS", 0.0)
    return {"DESK_OPERATORS": "U0BEN", "DESK_APPROVERS": "U0CLEO,U0DAN"}


async def hears(scenario: Scenario, words: str) -> str:
    told = await scenario.slack.until(
        lambda: next((m for m in scenario.ben.messages("ben") if words in m.text), None), 40
    )
    return told.text


def heard(scenario: Scenario, words: str) -> int:
    return sum(words in m.text for m in scenario.ben.messages("ben"))


async def measured(scenario: Scenario, is_so: Callable[[dict[str, float]], bool]) -> None:
    """Wait until `/metrics` says so, by the key or the bare name of each sample."""

    def read() -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{scenario.stage.port}/metrics", timeout=5) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            text = answer.read().decode()
        return {
            " ".join([s.name, *s.labels.values()]): s.value
            for family in text_string_to_metric_families(text)
            for s in family.samples
        }

    async with asyncio.timeout(40):
        while not is_so(await asyncio.to_thread(read)):  # noqa: ASYNC110 - a page tells nobody
            await asyncio.sleep(0.05)


async def test_a_key_that_ends_is_told_once_for_each_warning(scenario: Scenario):
    """Of 14, 3 and 1 days the nearest; the measure has it, too."""
    ovh = scenario.ovh
    ovh.credentials.expiration = ovh.clock.now() + timedelta(days=2, hours=12)
    text = await hears(scenario, "My OVH key ends in 3 days")
    assert "domain-desk login" in text
    await measured(scenario, lambda found: 2 < found.get("domain_desk_ovh_key_days first", 0) < 3)
    ovh.credentials.expiration = ovh.clock.now() + timedelta(hours=20)
    await hears(scenario, "My OVH key ends in a day")
    calls = ovh.count("GET", "/auth/currentCredential")
    await scenario.slack.until(lambda: ovh.count("GET", "/auth/currentCredential") > calls + 2, 40)
    assert (heard(scenario, "My OVH key ends in 3 days"), heard(scenario, "ends in a day")) == (1, 1)


async def test_an_alarm_is_told_once_with_what_to_do(scenario: Scenario):
    """Until it is over: then the same alarm is news again."""
    scenario.ovh.credentials.status = "refused"
    text = await hears(scenario, "I have a problem: ovh")
    assert "OVH's status page" in text
    await measured(scenario, lambda found: found["domain_desk_healthy ovh"] == 0)
    scenario.ovh.credentials.status = "validated"
    await measured(scenario, lambda found: found["domain_desk_healthy ovh"] == 1)
    assert heard(scenario, "I have a problem: ovh") == 1
    scenario.ovh.credentials.status = "refused"
    await scenario.slack.until(lambda: heard(scenario, "I have a problem: ovh") == 2 or None, 40)


async def test_operators_hear_that_nobody_may_approve(scenario: Scenario):
    """The last approver left the workspace."""
    for person in ("cleo", "dan"):
        scenario.slack.state.world.user(person).deleted = True
    text = await hears(scenario, "Nobody is left who may approve")
    assert "DESK_APPROVERS" in text
    assert heard(scenario, "Nobody is left who may approve") == 1


async def test_a_story_is_measured(scenario: Scenario):
    """Commands, clicks, calls and carts of a whole request, read as Prometheus reads them."""
    card = await scenario.requested()
    await measured(scenario, lambda found: found["domain_desk_carts submitted"] == 1)
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    await measured(
        scenario,
        lambda found: (
            found["domain_desk_commands_total add"] == 1
            and found["domain_desk_acknowledgement_seconds_count button"] >= 2
            and found["domain_desk_ovh_calls_total ok money_call"] == 1
            and found["domain_desk_carts checked_out"] == 1
            and found["domain_desk_decisions_waiting"] == 0
            and found["domain_desk_ovh_rate_per_second"] > 0
        ),
    )
    assert catalogue.trial.SHORT not in card.plain_text()
