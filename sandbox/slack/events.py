"""The Events API: what Slack tells the app without being asked, and only what its scopes allow."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from sandbox.slack.messages import Message
from sandbox.slack.world import APP, BOT, BOT_USER, TEAM, World

DIRECT_MESSAGES = "im:history"  # without this scope Slack sends no `message.im`, whatever the app subscribes to
# Slack marks what looks like a domain name or an address as a link. Which endings it knows is not documented.
_LINK = re.compile(r"https?://\S+|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,}\b", re.IGNORECASE)


def callback(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """Return the payload of an event, as of one authorization of the app."""
    org_wide, organisation = world.org_wide, world.organisation
    by = {
        "enterprise_id": organisation, "team_id": None if org_wide else TEAM, "user_id": BOT_USER, "is_bot": True,
        "is_enterprise_install": org_wide,
    }  # fmt: skip
    return {
        "token": "made-up", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event,
        "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}", "event_time": int(time.time()),
        "authorizations": [by], "is_ext_shared_channel": False, "context_team_id": TEAM,
        "context_enterprise_id": organisation, **({"enterprise_id": organisation} if organisation else {}),
    }  # fmt: skip


def written(message: Message) -> dict[str, Any]:
    """Return the event of a message that a user wrote to the bot."""
    text = as_written(message.text)
    elements = [{"type": "rich_text_section", "elements": [{"type": "text", "text": message.text}]}]
    event = {
        "type": "message", "user": message.author, "ts": message.ts, "client_msg_id": str(uuid.uuid4()), "text": text,
        "team": TEAM, "blocks": [{"type": "rich_text", "block_id": uuid.uuid4().hex[:5], "elements": elements}],
        "channel": message.channel, "event_ts": message.ts, "channel_type": "im",
    }  # fmt: skip
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def posted(message: Message) -> dict[str, Any]:
    """Return the event of the bot's own message: Slack sends it to the bot as well."""
    return {
        **message.to_json(), "bot_id": BOT, "app_id": APP, "team": TEAM, "channel": message.channel,
        "event_ts": message.ts, "channel_type": "im",
    }  # fmt: skip


def changed(channel: str, ts: str, message: Message | None) -> dict[str, Any]:
    """Return the event of an edit; without a message, of a deletion. Neither names its author at the top."""
    about: dict[str, Any] = {"subtype": "message_deleted", "deleted_ts": ts}
    if message is not None:
        about = {"subtype": "message_changed", "message": message.to_json() | {"bot_id": BOT}}
    return {
        "type": "message", **about, "hidden": True, "channel": channel, "ts": ts, "event_ts": ts, "channel_type": "im"
    }  # fmt: skip


def as_written(text: str) -> str:
    """Return a text as Slack passes it on: escaped, with links marked."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINK.sub(_marked, escaped)


def _marked(found: re.Match[str]) -> str:
    link = found[0]
    return f"<{link}>" if link.lower().startswith("http") else f"<http://{link}|{link}>"
