"""The extensions: which there are, and what their registries accept."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.errors import not_found
from sandbox.ovh.extensions import EXTENSIONS, Extension, highlighted
from sandbox.ovh.registry import registry_configuration
from sandbox.ovh.routing import Call, route


@route("GET", "/domain/extensions/highlighted")
def _highlighted(_call: Call) -> list[str]:
    return highlighted()


@route("GET", "/domain/data/extension", unsigned=True)
def _old_extensions(_call: Call) -> list[str]:
    """Return the extensions. Deprecated since 2021 and still answered; the same for all countries."""
    return sorted(EXTENSIONS)


@route("GET", "/domain/extensions/byCategory")
def _by_category(call: Call) -> dict[str, Any]:
    """Return extensions by category. The categories are invented."""
    national = [name for name, extension in EXTENSIONS.items() if extension.country_code]
    as_json = {
        "geolocalization": [{"name": "europe", "extensions": sorted(national)}],
        "thematic": [{"name": "popular", "extensions": highlighted()}],
    }
    wanted = call.query.get("categoryType")
    return {kind: found if wanted in {None, kind} else None for kind, found in as_json.items()}


@route("GET", "/domain/extensions/pricingAttributes")
def _pricing_attributes(_call: Call) -> list[dict[str, Any]]:
    return [
        {"name": name, "brandNew": extension.launching, "priceDrop": extension.promotion is not None}
        for name, extension in sorted(EXTENSIONS.items())
    ]


@route("GET", "/domain/extensions/{name}")
def _extension(call: Call) -> dict[str, Any]:
    return {"name": _known(call.parts[0]).name}


@route("GET", "/domain/extensions/{name}/registryConfigurations")
def _registry(call: Call) -> dict[str, Any]:
    return registry_configuration(_known(call.parts[0]))


@route("GET", "/domain/extensions")
def _extensions(_call: Call) -> list[str]:
    return sorted(EXTENSIONS)


def _known(name: str) -> Extension:
    if name not in EXTENSIONS:
        raise not_found(f"The requested object (name = {name}) does not exist")
    return EXTENSIONS[name]
