"""OVH's description of its own API, section by section, as `GET /order.json` shows it: here only routes and status."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.ovh.routing import ROUTES

_REMOVED_AT = "2027-06-30T00:00:00Z"


class Description:
    """Adds the description to a server. `deprecated` are routes such as ``GET /me/order``; `is_away` hides it all."""

    def __init__(self) -> None:
        self.deprecated: set[str] = set()
        self.is_away = False

    def add_to(self, router: web.UrlDispatcher, prefixes: tuple[str, ...]) -> None:
        for prefix in prefixes:
            router.add_get(prefix + "/{section}.json", self._show)

    async def _show(self, request: web.Request) -> web.Response:
        section = request.match_info["section"]
        operations: dict[str, list[dict[str, Any]]] = {}
        for route in ROUTES:
            if route.path.split("/")[1] == section:
                operation = {"httpMethod": route.method, "apiStatus": self._status(f"{route.method} {route.path}")}
                operations.setdefault(route.path, []).append(operation)
        if self.is_away or not operations:
            return web.json_response(
                {"class": "Client::NotFound", "message": "Got an invalid (or empty) URL"}, status=404
            )
        apis = [{"path": path, "operations": each} for path, each in operations.items()]
        return web.json_response({"basePath": "https://eu.api.ovh.com/1.0", "apis": apis, "models": {}})

    def _status(self, route: str) -> dict[str, str]:
        if route in self.deprecated:
            return {"value": "DEPRECATED", "description": "Deprecated, will be removed", "deletionDate": _REMOVED_AT}
        return {"value": "PRODUCTION", "description": "Stable production version"}
