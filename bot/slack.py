"""The Web API client, and what it tries again by itself."""

from __future__ import annotations

from aiohttp import ClientConnectorError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings

_NOT_TWICE = ("chat.postMessage", "chat.postEphemeral", "views.open")


class _UnlessItPosts(AsyncConnectionErrorRetryHandler):
    """Tries again after a broken connection, but never what may then be there twice."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        never_arrived = isinstance(error, ClientConnectorError)
        if request.url.endswith(_NOT_TWICE) and not never_arrived:
            return False
        return await super()._can_retry_async(state=state, request=request, response=response, error=error)


def slack_client(settings: Settings) -> AsyncWebClient:
    """A client that waits when Slack says so. It does not repeat on a 500: that could post twice."""
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=15,
        retry_handlers=[_UnlessItPosts(), AsyncRateLimitErrorRetryHandler(max_retry_count=3)],
    )
