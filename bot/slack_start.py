"""Read at the start which workspace the token belongs to; retry if Slack is unavailable, stop if it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import SettingsError
from handlers.toolkit.members import Workspace
from handlers.toolkit.slack_errors import FAILURES, Kind, Refusal, read

T = TypeVar("T")

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0  # seconds between two tries
_UNKNOWN_WORD_TRIES = 3  # Slack adds error codes without notice, and a new one may be transient
_PASSING_STATUS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_log = structlog.get_logger()


class SlackRefused(SettingsError):
    """Slack refuses a token or the app permanently: retrying does not help, an operator must act."""


async def until_answered(
    call: Callable[[], Awaitable[T]], *, setting: str, api_url: str, on_failure: Callable[[str | None], None]
) -> T:
    """Call Slack until it answers. `on_failure` gets the reason after each failure, and None after success.

    Raises `SlackRefused` if only an operator can help: a refused token, a missing scope, an address that is not
    Slack's.
    """
    unknown_words, wait = 0, _FIRST_WAIT
    while True:
        try:
            answer = await call()
        except FAILURES as error:
            unknown_words = unknown_words + 1 if read(error).kind is Kind.UNKNOWN else 0
            refusal = refusal_in(error, setting=setting, api_url=api_url, unknown_words=unknown_words)
            if refusal is not None:
                raise SlackRefused((refusal,)) from error
            on_failure(reason := reason_in(error, api_url))
            retry_after = read(error).retry_after
        else:
            on_failure(None)
            return answer
        pause = max(wait, retry_after or 0.0)
        _log.warning("slack_away", setting=setting, reason=reason, retry_in=pause)
        await asyncio.sleep(pause)
        wait = min(wait * 2, _LONGEST_WAIT)


def refusal_in(error: BaseException, *, setting: str, api_url: str, unknown_words: int) -> str | None:
    """Return the operator's line if a retry does not help, else None.

    `unknown_words` counts the consecutive answers with an unknown error code, including this one.
    """
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"SLACK_API_URL={api_url}: its certificate is not trusted here. Check the proxy and SSL_CERT_FILE."
    refusal = read(error)
    if not _is_slacks_own(refusal):
        return _not_slack(refusal, api_url)
    if refusal.kind is Kind.PASSING or (refusal.kind is Kind.UNKNOWN and unknown_words < _UNKNOWN_WORD_TRIES):
        return None
    problem = f"{setting}: Slack answers {refusal.word}."
    if refusal.kind is Kind.TOKEN:
        return f"{problem} Copy the token again from the app's page at api.slack.com/apps."
    if refusal.word == "missing_scope":
        return f"{problem} {_scope_fix(refusal.needed, setting)}"
    return f"{problem} Check the app and its token at api.slack.com/apps."


def _scope_fix(needed: str | None, setting: str) -> str:
    """Return how to get a scope: an app-level token has its own, which the manifest does not list."""
    if setting == "SLACK_APP_TOKEN":
        return f"Make an app-level token with the scope {needed or 'connections:write'}."
    return f"Give the app the scope {needed or 'that manifest.yml lists'} and install it again."


def _not_slack(refusal: Refusal, api_url: str) -> str | None:
    """Return the line for a 4xx page without a Slack error code: it comes from another server."""
    status = refusal.status or HTTPStatus.SERVICE_UNAVAILABLE
    if status in _PASSING_STATUS or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    return (
        f"SLACK_API_URL={api_url}: the server there is not Slack (HTTP {status}). "
        "Correct the address, or check the proxy."
    )


def _is_slacks_own(refusal: Refusal) -> bool:
    """Whether the answer holds a Slack error code; a gateway or another server answers with a page."""
    return refusal.status is not None and not refusal.word.startswith(("http_", "unreadable"))


def reason_in(error: BaseException, api_url: str) -> str:
    """Return in a few words why Slack could not be reached."""
    refusal = read(error)
    if _is_slacks_own(refusal):
        return f"Slack answers {refusal.word}"
    if refusal.status is not None and refusal.status < HTTPStatus.BAD_REQUEST:
        return f"what answers at {api_url} is not Slack (HTTP {refusal.status}): check SLACK_API_URL and the proxy"
    if refusal.status is not None:
        return f"Slack answers HTTP {refusal.status}"
    if isinstance(error, TimeoutError):
        return "Slack does not answer in time"
    return f"Slack cannot be reached ({type(error).__name__})"


async def ask_who_we_are(client: AsyncWebClient) -> Workspace:
    """Call auth.test once; raises slack_sdk's errors, even if the answer names no workspace."""
    try:
        return Workspace.from_auth_test(await client.auth_test())
    except ValueError as error:
        raise aiohttp.ClientPayloadError(str(error)) from error
