"""How a call to Slack can fail, and the word for it."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError

FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
# Slack's words for what may go well later: its own troubles, and a token that the operator renews
# (the common errors of https://docs.slack.dev/reference/methods).
_PASSING = {
    "fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable", "team_added_to_org",
    "account_inactive", "invalid_auth", "missing_scope", "not_authed", "token_expired", "token_revoked",
}  # fmt: skip


def word(error: BaseException) -> str:
    """Slack's own word, like ``channel_not_found``; the kind of failure where Slack said nothing readable."""
    return _said(error) or type(error).__name__


def is_passing(error: SlackApiError) -> bool:
    """Whether to ask Slack again later: any other word of its will be the same then."""
    said = _said(error)
    return said is None or said in _PASSING


def _said(error: BaseException) -> str | None:
    answer = getattr(error, "response", None)
    # A gateway's page instead of Slack's JSON arrives as text.
    data = getattr(answer, "data", answer)
    said = data.get("error") if isinstance(data, Mapping) else None
    return str(said) if said else None
