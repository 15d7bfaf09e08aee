"""Slack: the tokens, the scopes, the approval channel, and whether Slack accepts the bot's blocks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor import manifest
from bot.doctor.findings import Finding
from bot.doctor.people_check import check_people
from bot.settings import Settings
from bot.slack_client import slack_client
from bot.slack_start import reason_in, refusal_in
from handlers.messages import words
from handlers.toolkit.members import Workspace
from handlers.toolkit.slack_errors import FAILURES, Kind, read
from handlers.views.help import help_message

_SCOPES = "x-oauth-scopes"
_APP_OF_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")
_MANY_TRIES = 99  # an unknown error code counts as final: this command tries once


class _Answer(Protocol):
    def get(self, key: str, default: Any = None) -> Any: ...  # noqa: ANN401 - JSON


async def check_slack(settings: Settings, *, post: bool = False) -> AsyncIterator[Finding]:
    """Check Slack; with `post`, post one visible line in the approval channel."""
    client = slack_client(settings)
    try:
        identity = await client.auth_test()
        workspace = Workspace.from_auth_test(identity)
    except (*FAILURES, ValueError) as error:
        yield _failure(error, settings, setting="SLACK_BOT_TOKEN", code="bot_token_refused")
        return
    where = f"{identity.get('team') or 'the workspace'} ({workspace.team})"
    yield Finding("bot_token_ok", f"The bot token belongs to {identity.get('user') or 'the app'} in {where}.")
    yield _scopes(identity.headers)
    yield await _app_token(settings)
    if settings.slack_app_token is not None:
        yield await _app(client, identity, settings.slack_app_token.get_secret_value())
    async for finding in check_people(client, workspace, settings.policy()):
        yield finding
    yield await _channel(client, settings.desk_approval_channel, post=post)
    yield Finding("command_name", "What the command is called is known once it is typed.")
    yield await _blocks(client)


def _scopes(headers: Mapping[str, Any]) -> Finding:
    named = next((value for name, value in headers.items() if name.lower() == _SCOPES), None)
    if named is None:
        return Finding("scopes_not_named", "Slack does not say which scopes the bot token has.")
    needed = manifest.scopes()
    if needed is None:
        return Finding("scopes_not_named", "This installation has no manifest.yml to compare the app's scopes with.")
    given = {scope.strip() for scope in str(named).split(",")} - {""}
    if missing := sorted(needed - given):
        return Finding("scopes_missing", f"The app lacks {_scope(missing)}.")
    if extra := sorted(given - needed):
        return Finding("scopes_too_many", f"The app has {_scope(extra)}, which the bot does not use.")
    return Finding("scopes_ok", f"The app has exactly the scopes it needs: {', '.join(sorted(needed))}.")


def _scope(names: list[str]) -> str:
    return f"the scope{'s' if len(names) > 1 else ''} {', '.join(names)}"


async def _app_token(settings: Settings) -> Finding:
    if settings.slack_app_token is None:
        return Finding(
            "signing_secret", "HTTP mode: only a request of Slack shows whether the signing secret is right."
        )
    token = settings.slack_app_token.get_secret_value()
    try:
        await slack_client(settings).apps_connections_open(app_token=token)
    except FAILURES as error:
        return _failure(error, settings, setting="SLACK_APP_TOKEN", code="app_token_refused")
    return Finding("app_token_ok", "The app token opens a connection (Socket Mode).")


async def _app(client: AsyncWebClient, identity: _Answer, app_token: str) -> Finding:
    """Compare the apps of both tokens; an app token names its app."""
    named = _APP_OF_TOKEN.match(app_token)
    app = None
    if named is not None:
        try:
            answer = await client.bots_info(bot=identity.get("bot_id"))
        except FAILURES:
            answer = None
        described = answer.get("bot") if answer is not None else None
        app = described.get("app_id") if isinstance(described, Mapping) else None
    if named is None or not app:
        return Finding("app_of_tokens_unknown", "Whether both tokens are of one app cannot be read.")
    if named[1] != app:
        return Finding("tokens_of_two_apps", f"The bot token is of the app {app}, the app token of {named[1]}.")
    return Finding("tokens_of_one_app", f"Both tokens are of the app {app}.")


async def _channel(client: AsyncWebClient, channel: str | None, *, post: bool) -> Finding:
    if channel is None:
        return Finding(
            "channel_of_the_cart", "Approval cards go to each cart's channel: DESK_APPROVAL_CHANNEL is not set."
        )
    if not post:
        return Finding(
            "channel_not_checked", f"Whether the bot may post in the approval channel {channel} was not tried."
        )
    try:
        await client.chat_postMessage(
            channel=channel, text=words.slack.TEST_POST, unfurl_links=False, unfurl_media=False
        )
    except FAILURES as error:
        refusal = read(error)
        if refusal.answered and refusal.kind is not Kind.PASSING:
            return Finding("channel_refuses", f"The approval channel {channel} accepts no message ({refusal.word}).")
        return Finding("post_unclear", f"Slack did not say whether it posted in {channel} ({refusal.word}).")
    return Finding("channel_ok", f"The approval channel {channel} accepts messages: a line was posted there.")


async def _blocks(client: AsyncWebClient) -> Finding:
    """Let Slack itself check a message. Not every workspace has that method."""
    try:
        await client.blocks_validate(blocks=help_message().blocks)
    except FAILURES as error:
        refusal = read(error)
        if refusal.kind is Kind.CONTENT and refusal.word.startswith("invalid_"):
            return Finding("blocks_refused", f"Slack refuses a message of the bot ({refusal.word}).")
        return Finding("blocks_not_checked", f"Slack does not check messages here ({refusal.word}).")
    return Finding("blocks_ok", "Slack accepts the blocks of the bot's messages.")


def _failure(error: BaseException, settings: Settings, *, setting: str, code: str) -> Finding:
    """Return why Slack could not be asked, or what it refuses."""
    url = settings.slack_api_url
    if isinstance(error, ValueError):
        return Finding("slack_away", f"What answers at {url} names no workspace.")
    line = refusal_in(error, setting=setting, api_url=url, unknown_words=_MANY_TRIES)
    if line is None:
        return Finding("slack_away", f"{reason_in(error, url)}.")
    return Finding("not_slack" if line.startswith("SLACK_API_URL") else code, line)
