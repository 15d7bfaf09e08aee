"""Whatever Slack, a gateway or a broken line answers is read without an exception, and put into one kind."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from handlers.messages import words as catalogue
from handlers.toolkit.slack_errors import FAILURES, KINDS, Kind, SlackAlerts, kind_of, operator_fix, read, word

RAW = {
    "html_503": web.Response(status=503, text="<html>", content_type="text/html"),
    "text_503": web.Response(status=503, text="upstream connect error"),
    "text_200": web.Response(status=200, text="please log in"),
    "html_200": web.Response(status=200, text="<html>", content_type="text/html"),
    "broken_json": web.Response(status=200, text='{"ok": tr', content_type="application/json"),
    "json_list": web.Response(status=200, text="[1]", content_type="application/json"),
    "json_null": web.Response(status=200, text="null", content_type="application/json"),
    "empty_429": web.Response(status=429, headers={"Retry-After": "7"}),
    "dated_429": web.Response(status=429, headers={"Retry-After": "Fri, 27 Nov 2026 22:00:00 GMT"}),
    "no_word": web.json_response({"ok": False}),
    "odd_word": web.json_response({"ok": False, "error": {"code": 7}}),
    "redirect": web.Response(status=302, headers={"Location": "/elsewhere"}),
    "empty_200": web.Response(status=200),
}

_GROUP = catalogue.slack.user_group("S0APPROVERS")


@pytest.fixture
async def client() -> AsyncIterator[AsyncWebClient]:
    """A client of a server that answers each method by its name in `RAW`, and drops the connection for all others."""

    async def answer(request: web.Request) -> web.StreamResponse:
        raw = RAW.get(request.match_info["method"])
        if raw is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=raw.status, headers=dict(raw.headers), body=raw.body)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield AsyncWebClient("xoxb-fake", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api/", timeout=2)
    await runner.cleanup()


@pytest.mark.parametrize("method", [*RAW, "dropped"])
async def test_an_answer_of_any_shape_is_read_as_passing(client, method):
    """No gateway page, broken JSON, empty body or dropped line is taken for a refusal for good."""
    with pytest.raises(FAILURES) as caught:
        await client.api_call(method)
    refusal = read(caught.value)
    assert refusal.kind is Kind.PASSING
    assert refusal.word == word(caught.value)
    json.dumps(refusal.word)


async def test_retry_after_is_read_where_it_is_a_number(client):
    """A date in Retry-After, as proxies write it, is no number of seconds."""
    waits = {}
    for method in ("empty_429", "dated_429"):
        with pytest.raises(FAILURES) as caught:
            await client.api_call(method)
        waits[method] = read(caught.value).retry_after
    assert waits == {"empty_429": 7.0, "dated_429": None}


@pytest.mark.parametrize(("method", "answered"), [("empty_429", True), ("html_503", False), ("dropped", False)])
async def test_an_unknown_outcome_is_not_called_a_no(client, method, answered):
    """A message whose answer was lost may stand: only a clear no says that it does not."""
    with pytest.raises(FAILURES) as caught:
        await client.api_call(method)
    assert read(caught.value).answered is answered


def test_a_connection_that_was_never_made_sent_nothing():
    """Nothing arrived where nobody listened."""
    refused = aiohttp.ClientConnectorError(None, OSError())  # type: ignore[arg-type] # the key is only for display
    assert read(refused).answered


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("rate_limited", Kind.PASSING),
        ("org_login_required", Kind.PASSING),
        ("is_inactive", Kind.PLACE),
        ("restricted_action_of_next_year", Kind.PLACE),
        ("slack_connect_anything_blocked", Kind.PLACE),
        ("msg_blocks_too_long", Kind.CONTENT),
        ("draft_anything", Kind.CONTENT),
        ("message_not_found", Kind.GONE),
        ("missing_scope", Kind.OPERATOR),
        ("no_such_subteam", Kind.OPERATOR),
        ("token_revoked", Kind.TOKEN),
        ("a_word_of_next_year", Kind.UNKNOWN),
    ],
)
def test_each_word_has_one_kind(said, kind):
    """Words are looked up, families by their beginning and end, and the rest is unknown."""
    assert kind_of(said) is kind


def test_no_word_stands_in_two_kinds():
    """The table gives one answer for each word."""
    every = [said for words in KINDS.values() for said in words]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("body", "sentence", "fact"),
    [
        (
            {"error": "missing_scope", "needed": "usergroups:read"},
            catalogue.slack.refused(_GROUP, "missing_scope", scope="usergroups:read"),
            "usergroups:read",
        ),
        ({"error": "missing_scope"}, catalogue.slack.refused(_GROUP, "missing_scope"), "scope"),
        ({"error": "no_such_subteam"}, catalogue.slack.refused(_GROUP, "no_such_subteam"), "DESK_APPROVERS"),
        ({"error": "plan_upgrade_required"}, catalogue.slack.refused(_GROUP, "plan_upgrade_required"), "DESK_PAYERS"),
        (
            {"error": "messages_tab_disabled"},
            catalogue.slack.refused(_GROUP, "messages_tab_disabled"),
            "messages_tab_enabled",
        ),
        ({"error": "token_revoked"}, catalogue.slack.token_refused("token_revoked"), "SLACK_BOT_TOKEN"),
        (
            {"error": "app_access_restricted"},
            catalogue.slack.refused(_GROUP, "app_access_restricted"),
            "app_access_restricted",
        ),
    ],
)
def test_a_lasting_refusal_names_the_operators_fix(body, sentence, fact):
    """The operator reads the setting, the scope or the switch to change."""
    refusal = read(SlackApiError("no", {"ok": False} | body))
    assert operator_fix(refusal, about=_GROUP) == sentence
    assert fact in sentence


def test_a_passing_refusal_asks_nothing_of_the_operator():
    """A rate limit is not the operator's to fix."""
    assert operator_fix(read(SlackApiError("no", {"error": "ratelimited"})), about="messages") is None


def test_an_alert_is_logged_once_and_cleared():
    """An alert is logged once, shown by the health check, and cleared after a success."""
    alerts = SlackAlerts()
    revoked = SlackApiError("no", {"error": "token_revoked"})
    with capture_logs() as logged:
        for about in ("messages", "messages", "homes"):
            alerts.report_failure(revoked, about=about)
    assert [line["log_level"] for line in logged] == ["error", "error"]
    assert len(alerts.sentences()) == 1
    alerts.clear("messages")
    assert len(alerts.sentences()) == 1
    alerts.clear("homes")
    assert alerts.sentences() == []
