"""The page at OVH where a user validates or refuses a new key, and chooses how long it lives."""

from __future__ import annotations

import hashlib
import html
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.ovh.signing import ConsumerKey

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator

_PATH = "/auth/"
_LIVES = {"1": "1 day", "30": "30 days", "0": "Unlimited"}  # days


def page_of(address: str, consumer: str) -> str:
    """Return the address of the page about a key. Its token is not the key itself."""
    return f"{address}{_PATH}?credentialToken={_token(consumer)}"


class KeyPage:
    """Adds the page to a server that also answers the API."""

    def __init__(self, ovh: OvhSimulator) -> None:
        self._ovh = ovh

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get(_PATH, self._show)
        router.add_post(_PATH, self._decide)

    async def _show(self, request: web.Request) -> web.Response:
        key = self._key(request)
        rules = "".join(f"<li>{html.escape(f'{method} {path}')}</li>" for method, path in key.rules)
        lives = "".join(f'<option value="{days}">{words}</option>' for days, words in _LIVES.items())
        return web.Response(
            content_type="text/html",
            text=f"<html><head><title>Validate a key</title></head><body><h1>An application asks for these rights</h1>"
            f'<ul>{rules}</ul><form method="post"><select name="days">{lives}</select>'
            '<button name="choice" value="validated">Authorize</button>'
            '<button name="choice" value="refused">Refuse</button></form></body></html>',
        )

    async def _decide(self, request: web.Request) -> web.Response:
        """Keep the choice. The browser then goes to the redirection whatever it was."""
        key, typed = self._key(request), await request.post()
        days = int(str(typed.get("days", "0")))
        key.status = "validated" if typed.get("choice") == "validated" else "refused"
        key.expiration = self._ovh.clock.now() + timedelta(days=days) if days else None
        if key.redirection:
            raise web.HTTPSeeOther(key.redirection)
        return web.Response(text="You can close this page.")

    def _key(self, request: web.Request) -> ConsumerKey:
        token = request.query.get("credentialToken", "")
        found = next((key for text, key in self._ovh.credentials.made.items() if _token(text) == token), None)
        if found is None or found.status != "pendingValidation":
            raise web.HTTPNotFound(text="This request does not exist, or was answered already.")
        return found


def _token(consumer: str) -> str:
    return hashlib.sha256(consumer.encode()).hexdigest()[:32]
