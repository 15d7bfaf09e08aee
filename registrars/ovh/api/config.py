"""OVH credentials and client settings, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class OvhConfig:
    """OVH credentials, rate limits and timeouts. Secrets are not part of its repr."""

    endpoint: str = "ovh-eu"
    application_key: str | None = None
    application_secret: str | None = field(default=None, repr=False)
    consumer_key: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    money_consumer_key: str | None = field(default=None, repr=False)  # a second key, for calls that order or pay
    money_client_id: str | None = None
    money_client_secret: str | None = field(default=None, repr=False)
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

    def with_application(self, key: str, secret: str, consumer_key: str) -> OvhConfig:
        """Return the configuration with these keys of an application."""
        return replace(self, application_key=key, application_secret=secret, consumer_key=consumer_key)

    @property
    def has_money_key(self) -> bool:
        """Whether calls that order or pay are made with a second key."""
        return bool(self.money_consumer_key or self.money_client_id)

    def for_money(self) -> OvhConfig:
        """Return the configuration with the key that orders and pays in place of the first one.

        Next to a service account the application's key stays: the session then signs nothing with it.
        """
        if self.money_client_id:
            return replace(self, client_id=self.money_client_id, client_secret=self.money_client_secret)
        return replace(self, consumer_key=self.money_consumer_key)
