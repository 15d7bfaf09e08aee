"""How a method and a path find their handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.ovh.errors import OvhError, gateway

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator


@dataclass(frozen=True)
class Call:
    """One call: the account, what stood in the path, the query, the body, and whether a service account makes it."""

    ovh: OvhSimulator
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: dict[str, Any]
    is_service: bool = False

    def needs(self, *names: str) -> None:
        """Raise what OVH's gateway answers where the body lacks one of these."""
        for name in names:
            if self.body.get(name) is None:
                raise gateway(400, "INVALID_ARGUMENT", f"Missing parameter(s): {name}")

    def asks(self, name: str) -> str:
        """A part of the query that must be there."""
        if not self.query.get(name):
            raise gateway(400, "INVALID_ARGUMENT", f"Missing parameter(s): {name}")
        return self.query[name]


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """`unsigned` ones answer anybody, as OVH's schema says of them. A {name} in the path stands for one part of it."""

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
    """The route of a path, the one with the fewest names in it; raises what OVH answers to an unknown one."""
    of_method = [known for known in ROUTES if known.method == method]
    fitting = [(known, found.groups()) for known in of_method if (found := known.pattern.fullmatch(path))]
    if not fitting:
        raise OvhError(404, {"class": "Client::NotFound", "message": "Got an invalid (or empty) URL"})
    return min(fitting, key=lambda each: len(each[1]))
