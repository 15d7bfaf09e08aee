"""OVH's token endpoint: a service account exchanges its client id and secret for a Bearer token (OAuth2)."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator

TOKEN_PATH = "/auth/oauth2/token"  # noqa: S105 - a path, not a secret; the real host is www.ovh.com
_HOUR = 3600


@dataclass
class TokenService:
    """Switches of the token endpoint, all off by default; `asked` counts the token requests.

    `delay` is how many seconds a response takes; with `hangs` none comes until the switch is off again; with `refuses`
    the keys are unknown (401), with `fails` it answers 500, with `empty` a 200 without a token; with `lives` each token
    is a new one that OVH refuses after that many seconds of its clock; `tells` is the reported life of a token in
    seconds, if it is wrong.
    """

    delay: float = 0.0
    hangs: bool = False
    refuses: bool = False
    fails: bool = False
    empty: bool = False
    lives: float | None = None
    tells: int | None = None
    asked: int = 0


class Tokens:
    """Adds the endpoint to a server that also answers the API."""

    def __init__(self, ovh: OvhSimulator) -> None:
        self._ovh = ovh

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post(TOKEN_PATH, self._token)

    async def _token(self, request: web.Request) -> web.Response:
        service, keys = self._ovh.tokens, self._ovh.credentials
        service.asked += 1
        await asyncio.sleep(service.delay)
        while service.hangs:  # noqa: ASYNC110 - the switch is a plain attribute, so that any test can turn it off
            await asyncio.sleep(0.02)
        if service.fails:
            return web.json_response({"error": "server_error"}, status=500)
        basic = b64encode(f"{keys.client_id}:{keys.client_secret}".encode()).decode()
        if service.refuses or request.headers.get("Authorization") != f"Basic {basic}":
            return web.json_response({"error": "invalid_client"}, status=401)
        lifetime = service.tells or int(_HOUR if service.lives is None else service.lives)
        token = {"access_token": self._issue(), "token_type": "Bearer", "expires_in": lifetime}
        return web.json_response({} if service.empty else token)

    def _issue(self) -> str:
        """Return the account's one token, or a new one if tokens have a limited life."""
        lives, keys = self._ovh.tokens.lives, self._ovh.credentials
        if lives is None:
            return keys.token
        token = secrets.token_urlsafe(12)
        keys.issued[token] = self._ovh.time() + lives
        return token
