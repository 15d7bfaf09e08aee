"""OVH credentials and client settings, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OvhConfig:
    """OVH credentials, rate limits and timeouts. Secrets are not part of its repr."""

    endpoint: str = "ovh-eu"
    application_key: str | None = None
    application_secret: str | None = field(default=None, repr=False)
    consumer_key: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_url: str | None = None
    subsidiary: str | None = None
    trial: bool = False  # then no money call is made
    requests_per_second: float = 1.0
    burst: int = 60
    concurrency: int = 16
    extensions: tuple[str, ...] = ()
    owner_contact: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)  # contacts by extension, before `owner_contact`
    owner_legal_age: bool = True
    connect_timeout: float = 3.0
    read_timeout: float = 10.0
