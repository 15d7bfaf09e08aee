"""Read the members of a Slack user group: the only place that reports its failures, and clears the report."""

from __future__ import annotations

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.toolkit.poster import is_person
from handlers.toolkit.slack_errors import FAILURES, SlackAlerts, read

_log = structlog.get_logger()


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


async def people_in(client: AsyncWebClient, alerts: SlackAlerts, members: frozenset[str]) -> tuple[list[str], bool]:
    """Expand user groups to single users; return, too, whether each group could be read. Never raises `FAILURES`."""
    people, all_read = sorted(filter(is_person, members)), True
    for group in sorted(members - set(people)):
        try:
            found = await read_user_group(client, alerts, group)
        except FAILURES as error:
            _log.warning("user_group_unreadable", group=group, error=read(error).word)
            found = None
        all_read = all_read and found is not None
        people += sorted(found or ())
    return list(dict.fromkeys(people)), all_read
