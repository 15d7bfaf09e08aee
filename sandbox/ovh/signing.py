"""Authentication: OVH's signature, its time window, and the key's rights."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Literal

from sandbox.ovh.errors import OvhError, forbidden, gateway, login_first

EVERYTHING = (("GET", "/*"), ("POST", "/*"), ("PUT", "/*"), ("DELETE", "/*"))
Status = Literal["validated", "expired", "refused", "pendingValidation"]
_ITSELF = "/auth/currentCredential"


@dataclass
class ConsumerKey:
    """One more consumer key of the application, made by `POST /auth/credential`."""

    rules: tuple[tuple[str, str], ...]
    status: Status = "pendingValidation"
    expiration: datetime | None = None
    redirection: str | None = None


@dataclass
class Credentials:
    """The keys of the simulated account; `rules` are (method, path pattern), as a consumer key has them.

    A consumer key whose `status` is not validated, or whose `expiration` is over, is refused everywhere. With
    `tells_itself` it still reads `/auth/currentCredential`; OVH's own behaviour is not known.
    With `honours_middle` off, a * before the end of a rule grants nothing: nobody knows whether OVH honours it.
    `tolerance` is how many seconds a signature's timestamp may differ from OVH's clock. OVH's own limit is not known.
    `denied` are (method, path pattern) that are refused although the rules grant them, as an IAM policy would. With
    `login_first` a call without an application key that needs a login gets 401 instead of 403, as seen at OVH. `issued`
    are Bearer tokens with a limited life, and the second of OVH's clock at which each one expires. `made` are the
    consumer keys that were requested.
    """

    application_key: str = "sandbox-application-key"
    application_secret: str = "sandbox-application-secret"  # noqa: S105 - a pretend secret
    consumer_key: str = "sandbox-consumer-key"
    client_id: str = "sandbox-client-id"  # of a service account
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - a pretend secret
    token: str = "sandbox-token"  # noqa: S105 - a pretend secret
    rules: tuple[tuple[str, str], ...] = EVERYTHING
    status: Status = "validated"
    expiration: datetime | None = None
    tells_itself: bool = False
    tolerance: float = 60.0
    honours_middle: bool = True
    denied: tuple[tuple[str, str], ...] = ()
    login_first: bool = False
    issued: dict[str, float] = field(default_factory=dict)
    made: dict[str, ConsumerKey] = field(default_factory=dict)

    def key(self, text: str | None) -> ConsumerKey | None:
        """Return a consumer key as the account knows it; None for an unknown one."""
        if text == self.consumer_key:
            return ConsumerKey(self.rules, self.status, self.expiration)
        return self.made.get(text or "")


def check(
    credentials: Credentials, method: str, url: str, path: str, body: str, headers: Mapping[str, str], now: float
) -> None:
    """Raise OVH's error if the call is not signed, wrongly signed, too old, or not granted."""
    if "X-Ovh-Application" not in headers and "Authorization" in headers:
        _check_token(credentials, headers["Authorization"].removeprefix("Bearer "), now)
        if not _is_granted(credentials, method, path, credentials.rules):
            raise forbidden("User not granted for this request")
        return
    if "X-Ovh-Application" not in headers and credentials.login_first:
        raise login_first()
    if headers.get("X-Ovh-Application") != credentials.application_key:
        raise gateway(403, "INVALID_KEY", "This application key is invalid")
    signature, timestamp = headers.get("X-Ovh-Signature"), headers.get("X-Ovh-Timestamp", "")
    if signature is None:
        raise login_first()
    consumer = headers.get("X-Ovh-Consumer", "")
    key = credentials.key(consumer)
    if key is None:
        raise gateway(403, "INVALID_CREDENTIAL", "This credential is not valid")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > credentials.tolerance:
        raise gateway(400, "QUERY_TIME_OUT", "Query out of time")
    parts = [credentials.application_secret, consumer, method, url, body, timestamp]
    expected = "$1$" + hashlib.sha1("+".join(parts).encode()).hexdigest()  # noqa: S324 - OVH's own scheme
    if not hmac.compare_digest(expected, signature):
        raise gateway(400, "INVALID_SIGNATURE", "Invalid signature")
    _check_consumer_key(credentials, key, method, path, now)


def _check_consumer_key(credentials: Credentials, key: ConsumerKey, method: str, path: str, now: float) -> None:
    if _is_over(key, now) and not (credentials.tells_itself and path == _ITSELF):
        raise gateway(403, "INVALID_CREDENTIAL", "This credential is not valid")
    if not _is_granted(credentials, method, path, key.rules):
        raise gateway(403, "NOT_GRANTED_CALL", "This call has not been granted")


def _is_over(key: ConsumerKey, now: float) -> bool:
    """Return whether the consumer key is not, or no longer, valid."""
    ends_at = key.expiration
    return key.status != "validated" or (ends_at is not None and ends_at.timestamp() <= now)


def _check_token(credentials: Credentials, token: str, now: float) -> None:
    """Raise an error if a Bearer token is unknown or expired; OVH's own words for the latter are not known."""
    if token == credentials.token or credentials.issued.get(token, now) > now:
        return
    if token in credentials.issued:
        raise OvhError(401, {"class": "Client::Unauthorized", "message": "This token has expired"})
    raise gateway(403, "INVALID_KEY", "This application key is invalid")


def _is_granted(credentials: Credentials, method: str, path: str, granted: Iterable[tuple[str, str]]) -> bool:
    def fits(rules: Iterable[tuple[str, str]]) -> bool:
        return any(rule == method and fnmatchcase(path, pattern) for rule, pattern in rules)

    if not credentials.honours_middle:
        granted = tuple((rule, pattern) for rule, pattern in granted if "*" not in pattern[:-1])
    return fits(granted) and not fits(credentials.denied)
