"""Read the members of a Slack user group: the only place that reports its failures, and clears the report."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.toolkit.slack_errors import FAILURES, SlackAlerts


async def read_user_group(client: AsyncWebClient, alerts: SlackAlerts, group: str) -> frozenset[str] | None:
    """Return the ids of a group's members; None if Slack's answer has no list.

    Raises `FAILURES`, after alerting the operator to what only they can fix.
    """
    about = words.slack.user_group(group)
    try:
        answer = await client.usergroups_users_list(usergroup=group)
    except FAILURES as error:
        alerts.report_failure(error, about=about)
        raise
    alerts.clear(about)
    members = answer.get("users")
    return frozenset(map(str, members)) if isinstance(members, list) else None
