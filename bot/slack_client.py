"""The Web API client: what it retries, and which proxy it uses."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from aiohttp import ClientConnectorError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings

_NOT_TWICE = ("chat.postMessage", "chat.postEphemeral", "views.open")
# Bolt and slack_sdk read these from the environment, and prefer some of them to our settings. With a client id and
# secret Bolt even switches to OAuth, and acknowledges no command.
_READ_BY_LIBRARIES = (
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_VERIFICATION_TOKEN", "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET", "SLACK_SCOPES", "SLACK_USER_SCOPES", "SLACK_REDIRECT_URI", "SLACK_INSTALL_PATH",
    "SLACK_REDIRECT_URI_PATH",
)  # fmt: skip


class _UnlessItPosts(AsyncConnectionErrorRetryHandler):
    """Retries a call whose connection broke, except calls that could post twice."""

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


def slack_client(settings: Settings, *, timeout: int = 15) -> AsyncWebClient:
    """Create a client that waits if Slack asks for it. It does not retry on a 500: that could post twice.

    `timeout` is in seconds, for each try.
    """
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=timeout,
        retry_handlers=[_UnlessItPosts(), AsyncRateLimitErrorRetryHandler(max_retry_count=3)],
    )
    client.proxy = proxy_for(settings.slack_api_url)
    return client


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for an address.

    slack_sdk reads HTTPS_PROXY by itself, but it ignores NO_PROXY and sends even loopback through the proxy.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"} or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get({"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme))


@contextmanager
def without_library_variables() -> Iterator[None]:
    """Hide the variables that Bolt and slack_sdk read while their objects are created."""
    hidden = {name: os.environ.pop(name) for name in _READ_BY_LIBRARIES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
