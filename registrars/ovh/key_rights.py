"""What the API key may do at OVH, read before a money call: a refused one would cost the whole floor."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from ordering.model.errors import RateLimitTimeout, RegistrarRefused, RegistrarUnavailable
from ordering.model.ids import OrderId
from ordering.model.sales_order import MethodId
from registrars.ovh.api.client import Client
from registrars.ovh.api.wire.account import AccessRule, AuthDetails, Credential
from registrars.ovh.throttling.scheduler import Priority

_HOLDS = 300.0  # seconds for which an answer that grants a call is not read again
# A request that still needs the right is retried after a tenth of the time it has waited, at least now and then: after
# twice that, and a minute for the queue, nobody needs it any more.
_REPORTED_FOR, _AT_MOST, _OF_WAITED = 60.0, 660.0, 0.2  # seconds, seconds, share
_CLOCKS_APART = timedelta(minutes=2)  # tolerance between OVH's clock and what is known of it
_PREFIXES = ("", "/v1", "/1.0")  # names of the same API
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_PATTERN = re.compile(r"[/*][A-Za-z0-9._/*-]*")  # a path in the notation that is known here, without its parameters
_NOT_VALID = {"expired": "expired", "pendingValidation": "not_validated", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class Right:
    """A call that a key must be granted: its path as rules have it, and with the number of this call."""

    method: str
    path: str
    called: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


_MARK = Right("POST", "/order/cart", "/order/cart")
_CHECK_OUT = Right("POST", "/order/cart/*/checkout", "/order/cart/a-cart/checkout")
# The bot has just read orders with this key, so rules that grant neither are written in a way that it does not know.
_EVIDENT = (Right("GET", "/me/order", "/me/order"), Right("GET", "/me/order/*", "/me/order/1"))


@dataclass(frozen=True, slots=True)
class Grants:
    """What OVH says of the key. `rules` are (method, path pattern); None grants everything."""

    rules: tuple[tuple[str, str], ...] | None = None
    not_valid: str | None = None
    ends_at: datetime | None = None

    @classmethod
    def of_credential(cls, answer: Credential) -> Grants:
        """Return what an application key's own rules grant."""
        return cls(_rules(answer.rules), _NOT_VALID.get(answer.status or ""), answer.expiration)

    @classmethod
    def of_details(cls, answer: AuthDetails) -> Grants:
        """Return what the routes of a service account or a key grant."""
        return cls(None if answer.allowed_routes is None else _rules(answer.allowed_routes))

    def missing(self, rights: Sequence[Right]) -> list[Right]:
        """Return the rights that are clearly not granted."""
        if not any(map(self.includes, _EVIDENT)):
            return []
        return [right for right in rights if not self.includes(right)]

    def why_not_valid(self, now: datetime) -> str | None:
        """Return why the key itself is not valid at this time by OVH's clock; None if it is."""
        if self.ends_at is not None and self.ends_at + _CLOCKS_APART <= now:
            return _NOT_VALID["expired"]
        return self.not_valid

    def includes(self, right: Right) -> bool:
        """Return whether a rule grants this call."""
        return self.rules is None or bool(self.granted_by(right))

    def granted_by(self, right: Right) -> list[str]:
        """Return the path patterns of the rules that grant this call."""
        paths = [prefix + right.called for prefix in _PREFIXES]
        return [
            pattern
            for method, pattern in self.rules or ()
            if method == right.method and any(fnmatchcase(path, pattern) for path in paths)
        ]


@dataclass(frozen=True, slots=True)
class Refused:
    """A right that the key lacks: when it was first and last needed, by this process's clock."""

    since: float
    at: float
    why: RegistrarRefused

    @property
    def reported_until(self) -> float:
        return self.at + min(_REPORTED_FOR + (self.at - self.since) * _OF_WAITED, _AT_MOST)


class KeyRights:
    """Reads the key's rights, and remembers what they grant for some minutes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known, self._known_until = Grants(), float("-inf")
        self._refused: dict[str, Refused] = {}  # by right

    def require_checkout(self) -> None:
        """Raise `RegistrarRefused` if OVH says that the key may not order."""
        self._require(_CHECK_OUT)

    def require_payment(self, order_id: OrderId, method: MethodId) -> None:
        """Raise `RegistrarRefused` if OVH says that the key may not pay this order with such a method."""
        call = "pay" if isinstance(method, int) else "payWithRegisteredPaymentMean"
        self._require(Right("POST", f"/me/order/*/{call}", f"/me/order/{order_id}/{call}"))

    def problem(self) -> RegistrarRefused | None:
        """Return why a money call is refused here; None if none needs such a right any more, or the key has it."""
        now = time.monotonic()
        return next((known.why for known in list(self._refused.values()) if now < known.reported_until), None)

    def _require(self, right: Right) -> None:
        """Refuse only by an answer of this moment: the operator may just have granted the right."""
        is_known = time.monotonic() < self._known_until and self._refusal(self._known, right) is None
        refusal = None if is_known else self._refusal(self._read(), right)
        if refusal is None:
            self._refused.pop(str(right), None)
        else:
            now, known = time.monotonic(), self._refused.get(str(right))
            since = known.since if known is not None and now < known.reported_until else now
            self._refused[str(right)] = Refused(since, now, refusal)
            raise refusal

    def _refusal(self, grants: Grants, right: Right) -> RegistrarRefused | None:
        not_valid = grants.why_not_valid(self._client.time_as_known())
        if not_valid is not None:
            return RegistrarRefused(code="ovh_key_refused", key=not_valid)
        missing = [str(each) for each in grants.missing([_MARK, right])]
        if not missing:
            return None
        # The rules of a consumer key cannot be extended.
        is_service = self._client.is_service_account
        return RegistrarRefused(code="ovh_right_missing", rights=missing, can_be_granted=is_service)

    def _read(self) -> Grants:
        """Read what the key may do. Without an answer everything counts as granted: silence is no refusal."""
        is_service = self._client.is_service_account
        path = "/auth/details" if is_service else "/auth/currentCredential"
        try:
            answer = self._client.ask(path, priority=Priority.MONEY, tries=1)
            grants = (
                Grants.of_details(AuthDetails.read(answer))
                if is_service
                else Grants.of_credential(Credential.read(answer))
            )
        except RateLimitTimeout:
            raise  # other calls went first: the step comes again
        except RegistrarUnavailable:
            return Grants()  # the next money call reads it again
        except RegistrarRefused:
            grants = Grants()  # a key may lack the right to read its own rights
        self._known, self._known_until = grants, time.monotonic() + _HOLDS
        return grants


def _rules(listed: Sequence[AccessRule]) -> tuple[tuple[str, str], ...] | None:
    """Return rules as (method, pattern). A parameter such as `{orderId}` stands for anything, as `*` does.

    None if a rule that may grant a POST is in an unknown notation: then it is not known what the key may do.
    """
    rules = tuple((rule.method.upper(), _pattern(rule.path)) for rule in listed)
    return rules if all(_is_known(*rule) for rule in rules) else None


def _pattern(path: str) -> str:
    return re.sub(r"\{[^/{}]*\}", "*", path).removesuffix("/")


def _is_known(method: str, pattern: str) -> bool:
    return method in _METHODS and (method != "POST" or _PATTERN.fullmatch(pattern) is not None)
