"""The doctor knows the routes and the scopes that the bot uses."""

from fnmatch import fnmatchcase

from bot.doctor import manifest
from bot.doctor.ovh_rights import NEEDS
from bot.doctor.ovh_routes import ROUTES
from sandbox.slack.server import SCOPES
from tests.sandbox.ovh.schema import Schema


def test_every_route_exists_at_ovh():
    """As OVH describes its API."""
    known = {f"{method} {path}" for method, path in Schema().routes}
    assert set(ROUTES) <= known


def test_the_scopes_are_those_of_the_manifest():
    """The simulated app has them, too."""
    assert manifest.scopes() == SCOPES


def test_every_signed_route_is_covered_by_a_right():
    """The doctor checks the right of each route that the bot uses, but for those about the key itself."""
    unsigned = {f"{method} {path}" for method, path in Schema().unsigned}
    mine = [route for route in ROUTES if route not in unsigned and not route.startswith("GET /auth/")]
    assert len(mine) > 20
    assert [route for route in mine if not _is_covered(route)] == []


def _is_covered(route: str) -> bool:
    """Return whether the rule of a needed right fits the route."""
    method, _, path = route.partition(" ")
    rules = [right.path for need in NEEDS for right in need.rights if right.method == method]
    return any(fnmatchcase(path, rule) for rule in rules)
