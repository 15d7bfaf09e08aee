"""How a call to Slack can fail, and the word for it."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError

FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


def word(error: BaseException) -> str:
    """Slack's own word, like ``channel_not_found``; the kind of failure where Slack said nothing readable."""
    answer = getattr(error, "response", None)
    # A gateway's page instead of Slack's JSON arrives as text.
    data = getattr(answer, "data", answer)
    said = data.get("error") if isinstance(data, Mapping) else None
    return str(said or type(error).__name__)
