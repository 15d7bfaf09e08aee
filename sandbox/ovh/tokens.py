"""OVH's token endpoint: a service account trades its client id and secret for a Bearer token (OAuth2)."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator

TOKEN_PATH = "/auth/oauth2/token"  # noqa: S105 - a path, not a secret; the host is www.ovh.com in the true one


class Tokens:
    """Adds the endpoint to a server that also answers the API."""

    def __init__(self, ovh: OvhSimulator) -> None:
        self._ovh = ovh

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post(TOKEN_PATH, self._token)

    async def _token(self, request: web.Request) -> web.Response:
        keys = self._ovh.credentials
        basic = b64encode(f"{keys.client_id}:{keys.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": keys.token, "token_type": "Bearer", "expires_in": 3600})
