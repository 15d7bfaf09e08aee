"""OVH's own description of its API, which it serves without a key: `GET /order.json` and others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from ovh.client import ENDPOINTS

from registrars.ovh.api.config import OvhConfig

_TIMES_LONGER = 3  # a description has some megabytes


def read_description(config: OvhConfig, section: str) -> dict[str, Mapping[str, Any]] | None:
    """Return the status of each route of a section, such as ``GET /me/order``; None if OVH does not show it.

    A status has `value` (BETA, DEPRECATED, PRODUCTION, …), and perhaps `deprecatedDate` and `deletionDate`.
    """
    base = (config.api_url or ENDPOINTS[config.endpoint]).rstrip("/")
    try:
        answer = requests.get(
            f"{base}/{section}.json",
            timeout=(config.connect_timeout, config.read_timeout * _TIMES_LONGER),
            allow_redirects=False,
        )
        described = answer.json() if answer.ok else None
    except (requests.RequestException, ValueError):
        return None
    apis = described.get("apis") if isinstance(described, dict) else None
    return _statuses(apis) if isinstance(apis, list) else None


def _statuses(apis: list[Any]) -> dict[str, Mapping[str, Any]] | None:
    try:
        return {
            f"{operation['httpMethod']} {api['path']}": operation.get("apiStatus") or {}
            for api in apis
            for operation in api["operations"]
        }
    except (KeyError, TypeError, AttributeError):
        return None
