"""Request a consumer key at OVH, and wait until a user has validated it on OVH's page."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from ovh.client import ENDPOINTS
from ovh.exceptions import APIError

from ordering.model.errors import RegistrarUnavailable
from registrars.ovh.api import session
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.wire.account import Credential

_EVERY = 2.0  # seconds between two looks; OVH's own examples use as many


class WhyNoKey(StrEnum):
    """Why there is no key."""

    NO_ANSWER = "no_answer"
    UNKNOWN_APPLICATION = "unknown_application"
    REFUSED_BY_OVH = "refused_by_ovh"
    REFUSED = "refused"  # by the user, on OVH's page
    EXPIRED = "expired"
    NOT_VALIDATED = "not_validated"  # in time; or refused, which OVH does not always tell


class NoKey(Exception):
    """There is no key: `why`, and OVH's own words if it gave some."""

    def __init__(self, why: WhyNoKey, ovh_said: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.ovh_said = ovh_said


_OVER = {"refused": WhyNoKey.REFUSED, "expired": WhyNoKey.EXPIRED}


@dataclass(frozen=True, slots=True)
class RequestedKey:
    """A key that a user has not validated yet: the page where they do, and the key itself, which is a secret."""

    page: str
    consumer_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ValidKey:
    """A validated key: until when; None without an end. `missing` are rules that were asked for and not granted."""

    ends_at: datetime | None
    missing: tuple[str, ...] = ()


class KeyMaker:
    """Makes keys of the application in the configuration."""

    def __init__(self, config: OvhConfig) -> None:
        self._client: Any = session.open_client(config)

    def request(self, rules: Iterable[tuple[str, str]]) -> RequestedKey:
        """Request a key with these rules, as (method, path); raises `NoKey`."""
        asked = self._client.new_consumer_key_request()
        for method, path in rules:
            asked.add_rule(method, path)
        try:
            answer = asked.request()
            return RequestedKey(str(answer["validationUrl"]), str(answer["consumerKey"]))
        except APIError as error:
            raise _refused(error) from error
        except (requests.RequestException, AttributeError, KeyError, TypeError) as error:
            raise NoKey(WhyNoKey.NO_ANSWER) from error

    def wait(
        self,
        key: RequestedKey,
        rules: Collection[tuple[str, str]],
        *,
        within: float,
        every: float = _EVERY,
        sleep: Callable[[float], None] = time.sleep,
    ) -> ValidKey:
        """Wait until the key is validated, for so many seconds at most; raises `NoKey`. It looks once at least.

        OVH may refuse a pending key the right to read itself, as it does with one that was refused on the page: only
        the time tells them apart then.
        """
        end = time.monotonic() + within
        while True:
            found = self._look(key)
            if found is not None and found.status == "validated":
                return ValidKey(found.expiration, _missing(found, rules))
            if found is not None and found.status in _OVER:
                raise NoKey(_OVER[found.status])
            if time.monotonic() + every > end:
                raise NoKey(WhyNoKey.NOT_VALIDATED)
            sleep(every)

    def _look(self, key: RequestedKey) -> Credential | None:
        """Return what OVH says of the key; None if it says nothing (yet)."""
        self._client._consumer_key = key.consumer_key  # noqa: SLF001 - the package names it so
        try:
            return Credential.read(self._client.get("/auth/currentCredential"))
        except (APIError, requests.RequestException, AttributeError, RegistrarUnavailable):
            return None

    def close(self) -> None:
        self._client._session.close()  # noqa: SLF001 - as above


def creation_page(config: OvhConfig, rules: Iterable[tuple[str, str]]) -> str:
    """Return OVH's page that makes an application with its three keys, prefilled with these rules."""
    base = config.api_url or ENDPOINTS[config.endpoint]
    parts = urlsplit(base)
    query = "&".join(f"{method}={quote(path, safe='/*')}" for method, path in rules)
    return f"{parts.scheme}://{parts.netloc}/createToken/?{query}"


def _missing(found: Credential, rules: Collection[tuple[str, str]]) -> tuple[str, ...]:
    granted = {(rule.method, rule.path) for rule in found.rules}
    return tuple(f"{method} {path}" for method, path in rules if (method, path) not in granted)


def _refused(error: APIError) -> NoKey:
    """Return OVH's refusal of the request."""
    if error.response is not None and "INVALID_KEY" in error.response.text:
        return NoKey(WhyNoKey.UNKNOWN_APPLICATION)
    return NoKey(WhyNoKey.REFUSED_BY_OVH, str(error).partition("\n")[0].strip())
