"""Authentication: OVH's signature, its time window, and the key's rights."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from sandbox.ovh.errors import OvhError, gateway, login_first

_EVERYTHING = (("GET", "/*"), ("POST", "/*"), ("PUT", "/*"), ("DELETE", "/*"))


@dataclass
class Credentials:
    """The keys of the simulated account; `rules` are (method, path pattern), as a consumer key has them.

    `tolerance` is how many seconds a signature's timestamp may differ from OVH's clock. OVH's own limit is not known.
    `denied` are (method, path pattern) that are refused although the rules grant them, as an IAM policy would. With
    `login_first` a call without an application key that needs a login gets 401 instead of 403, as seen at OVH. `issued`
    are Bearer tokens with a limited life, and the second of OVH's clock at which each one expires.
    """

    application_key: str = "sandbox-application-key"
    application_secret: str = "sandbox-application-secret"  # noqa: S105 - a pretend secret
    consumer_key: str = "sandbox-consumer-key"
    client_id: str = "sandbox-client-id"  # of a service account
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - a pretend secret
    token: str = "sandbox-token"  # noqa: S105 - a pretend secret
    rules: tuple[tuple[str, str], ...] = _EVERYTHING
    tolerance: float = 60.0
    denied: tuple[tuple[str, str], ...] = ()
    login_first: bool = False
    issued: dict[str, float] = field(default_factory=dict)


def check(
    credentials: Credentials, method: str, url: str, path: str, body: str, headers: Mapping[str, str], now: float
) -> None:
    """Raise OVH's error if the call is not signed, wrongly signed, too old, or not granted."""
    if "X-Ovh-Application" not in headers and "Authorization" in headers:
        _check_token(credentials, headers["Authorization"].removeprefix("Bearer "), now)
        _grant(credentials, method, path)
        return
    if "X-Ovh-Application" not in headers and credentials.login_first:
        raise login_first()
    if headers.get("X-Ovh-Application") != credentials.application_key:
        raise gateway(403, "INVALID_KEY", "This application key is invalid")
    signature, timestamp = headers.get("X-Ovh-Signature"), headers.get("X-Ovh-Timestamp", "")
    if signature is None:
        raise login_first()
    if headers.get("X-Ovh-Consumer") != credentials.consumer_key:
        raise gateway(403, "INVALID_CREDENTIAL", "This credential is not valid")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > credentials.tolerance:
        raise gateway(400, "QUERY_TIME_OUT", "Query out of time")
    parts = [credentials.application_secret, credentials.consumer_key, method, url, body, timestamp]
    expected = "$1$" + hashlib.sha1("+".join(parts).encode()).hexdigest()  # noqa: S324 - OVH's own scheme
    if not hmac.compare_digest(expected, signature):
        raise gateway(400, "INVALID_SIGNATURE", "Invalid signature")
    _grant(credentials, method, path)


def _check_token(credentials: Credentials, token: str, now: float) -> None:
    """Raise an error if a Bearer token is unknown or expired; OVH's own words for the latter are not known."""
    if token == credentials.token or credentials.issued.get(token, now) > now:
        return
    if token in credentials.issued:
        raise OvhError(401, {"class": "Client::Unauthorized", "message": "This token has expired"})
    raise gateway(403, "INVALID_KEY", "This application key is invalid")


def _grant(credentials: Credentials, method: str, path: str) -> None:
    def fits(rules: Iterable[tuple[str, str]]) -> bool:
        return any(rule == method and fnmatchcase(path, pattern) for rule, pattern in rules)

    if not fits(credentials.rules) or fits(credentials.denied):
        raise gateway(403, "NOT_GRANTED_CALL", "This call has not been granted")
