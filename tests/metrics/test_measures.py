"""What Prometheus reads: its own parser understands it, and no label holds a name or an id."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.metrics.measures import Limiter, Measures
from handlers.command import WORDS
from handlers.toolkit.timing import Acknowledged, MeasuredApp
from ordering.model.cart import CartState
from registrars.ovh.api.observing import CallOutcome, OvhCall
from registrars.ovh.throttling.scheduler import Priority
from store.figures import Figures

MONITORING = Path(__file__).parents[2] / "docs" / "monitoring"
RULES = {
    "type": "object",
    "required": ["groups"],
    "additionalProperties": False,
    "properties": {
        "groups": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "rules"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "rules": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["alert", "expr", "labels", "annotations"],
                            "additionalProperties": False,
                            "properties": {
                                "alert": {"type": "string", "pattern": "^DomainDesk[A-Za-z]+$"},
                                "expr": {"type": "string"},
                                "for": {"type": "string", "pattern": "^[0-9]+[smhd]$"},
                                "labels": {"type": "object", "required": ["severity"]},
                                "annotations": {
                                    "type": "object",
                                    "required": ["summary", "action"],
                                    "properties": {"summary": {"type": "string"}, "action": {"type": "string"}},
                                    "additionalProperties": False,
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}


@pytest.fixture
def measures() -> Measures:
    """Measures of a bot that has done a bit of everything."""
    found = Measures()
    found.acknowledged(Acknowledged("command", 0.2, in_time=True, word="search"))
    found.acknowledged(Acknowledged("button", 0.1, in_time=False))
    for outcome in CallOutcome:
        found.called(OvhCall(Priority.MONEY, outcome, 0.5))
    found.limited(Limiter(1.0, 0.5, 3))
    found.counted(Figures({CartState.NEEDS_ATTENTION: (2, 90_000.0)}, decisions=1, oldest_decision=5.0))
    found.written(3.0)
    found.key_ends_in({"first": 12.5, "money": float("inf")})
    found.checked({"database": "ok", "ovh": "no answer"})
    found.in_trial(is_on=True)
    return found


def samples(measures: Measures) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(measures.text().decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_prometheus_reads_what_was_measured(measures):
    found = samples(measures)
    assert found["domain_desk_commands_total", (("word", "search"),)] == 1
    assert found["domain_desk_acknowledgement_seconds_count", (("kind", "command"),)] == 1
    assert found["domain_desk_unacknowledged_total", (("kind", "button"),)] == 1
    assert found["domain_desk_ovh_calls_total", (("outcome", "timeout"), ("priority", "money"))] == 1
    assert found["domain_desk_carts", (("state", "needs_attention"),)] == 2
    assert found["domain_desk_carts", (("state", "submitted"),)] == 0
    assert found["domain_desk_carts_needing_a_person", ()] == 2
    assert found["domain_desk_decisions_waiting", ()] == 1
    assert found["domain_desk_last_write_seconds", ()] == 3
    assert found["domain_desk_ovh_key_days", (("key", "money"),)] == float("inf")
    assert found["domain_desk_healthy", (("part", "ovh"),)] == 0
    assert found["domain_desk_ovh_queue", ()] == 3


def test_a_state_that_no_cart_has_any_more_is_zero(measures):
    """A gauge would keep its last value."""
    measures.counted(Figures())
    assert samples(measures)["domain_desk_carts", (("state", "needs_attention"),)] == 0
    assert samples(measures)["domain_desk_cart_oldest_seconds", (("state", "needs_attention"),)] == 0


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        ({"command": "/domain", "text": "search name.ovh"}, "command", "search"),
        ({"command": "/domain", "text": "SECRET-NAME.ovh"}, "command", "other"),
        ({"command": "/domain", "text": ""}, "command", "help"),
        ({"type": "block_actions"}, "button", None),
        ({"type": "view_submission"}, "form", None),
        ({"type": "event_callback"}, "event", None),
    ],
)
@pytest.mark.parametrize("status", [200, 503])
async def test_a_request_is_counted_by_kind(monkeypatch, body, kind, word, status):
    """What people type is never a label: a first word that the bot does not know may be a name."""

    async def dispatch(_self, _request):
        return BoltResponse(status=status)

    monkeypatch.setattr("slack_bolt.async_app.AsyncApp.async_dispatch", dispatch)
    told: list[Acknowledged] = []
    app = MeasuredApp(tell=told.append, words=WORDS, signing_secret="fake", token="xoxb-fake")
    await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert [(t.kind, t.word, t.in_time) for t in told] == [(kind, word, status == 200)]
    assert told[0].seconds < 3


def names_in(text: str) -> set[str]:
    return set(re.findall(r"domain_desk_[a-z_]+", text))


@pytest.mark.parametrize("file", ["alerts.yml", "dashboard.json", "README.md"])
def test_each_name_in_the_documents_exists(measures, file):
    """A renamed measure would leave an alert that never fires."""
    known = {name for name, _ in samples(measures)} | {name.removesuffix("_count") for name, _ in samples(measures)}
    assert names_in((MONITORING / file).read_text("utf-8")) - known == set()


def test_each_measure_is_explained(measures):
    families = {family.name for family in text_string_to_metric_families(measures.text().decode())}
    explained = names_in((MONITORING / "README.md").read_text("utf-8"))
    assert {name for name in families if not {name, f"{name}_total"} & explained} == set()


def test_the_alert_rules_are_well_formed():
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))
    jsonschema.validate(rules, RULES)
    objectives = {rule["labels"].get("objective") for group in rules["groups"] for rule in group["rules"]} - {None}
    assert objectives == {"acknowledgement", "ovh", "decision", "progress", "attention"}


def test_promtool_accepts_the_alert_rules():
    """Prometheus' own check, on a machine that has it; the form is checked above in any case."""
    promtool = shutil.which("promtool")
    if promtool is not None:
        command = [promtool, "check", "rules", str(MONITORING / "alerts.yml")]
        assert "SUCCESS" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_dashboard_shows_each_objective():
    board = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    shown = names_in(json.dumps(board["panels"]))
    assert {
        "domain_desk_acknowledgement_seconds_bucket", "domain_desk_ovh_calls_total", "domain_desk_last_write_seconds",
        "domain_desk_decision_oldest_seconds", "domain_desk_cart_oldest_seconds", "domain_desk_ovh_key_days",
    } <= shown  # fmt: skip
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
