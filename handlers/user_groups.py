"""Reads who is in a Slack user group: the one place that reports a failure of it, and clears the report."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_errors import FAILURES, SlackTroubles


async def read_user_group(client: AsyncWebClient, troubles: SlackTroubles, group: str) -> frozenset[str] | None:
    """Return the ids of a group's members; None where Slack's answer holds no list of them.

    Raises `FAILURES`, after the operator heard of what only they can fix.
    """
    about = f"the user group {group}"
    try:
        answer = await client.usergroups_users_list(usergroup=group)
    except FAILURES as error:
        troubles.heard(error, about=about)
        raise
    troubles.clear(about)
    members = answer.get("users")
    return frozenset(map(str, members)) if isinstance(members, list) else None
