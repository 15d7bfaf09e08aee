"""Find the handler of a method and a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.ovh.errors import OvhError, gateway

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator


@dataclass(frozen=True)
class Call:
    """One call: the account, the path's parameters, the query, the body, and whether a service account makes it.

    `headers` are the caller's, `answers` those that the answer gets.
    """

    ovh: OvhSimulator
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: dict[str, Any]
    is_service: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    def needs(self, *names: str) -> None:
        """Raise the gateway's error if the body lacks one of these."""
        for name in names:
            if self.body.get(name) is None:
                raise gateway(400, "INVALID_ARGUMENT", f"Missing parameter(s): {name}")

    def asks(self, name: str) -> str:
        """Return a query parameter; raises the gateway's error if it is missing."""
        if not self.query.get(name):
            raise gateway(400, "INVALID_ARGUMENT", f"Missing parameter(s): {name}")
        return self.query[name]


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """A route. `unsigned` ones need no authentication, as in OVH's schema. A {name} in the path matches one part."""

    method: str
    path: str
    handler: Handler
    unsigned: bool
    pattern: re.Pattern[str]


ROUTES: list[Route] = []


def route(method: str, path: str, *, unsigned: bool = False) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path))
        ROUTES.append(Route(method, path, handler, unsigned, pattern))
        return handler

    return register


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Return the route of a path, the one with the fewest parameters; raises OVH's error for an unknown one."""
    of_method = [known for known in ROUTES if known.method == method]
    fitting = [(known, found.groups()) for known in of_method if (found := known.pattern.fullmatch(path))]
    if not fitting:
        raise OvhError(404, {"class": "Client::NotFound", "message": "Got an invalid (or empty) URL"})
    return min(fitting, key=lambda each: len(each[1]))
