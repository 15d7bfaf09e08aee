"""Classification of OVH's answers and timeouts, by status and body alone.

A read (or a cart that costs nothing)   RegistrarUnavailable: retry later    RegistrarRefused: a clear no
A money call (it orders or pays)        the same two, only if it is certain that nothing was done;
                                        OutcomeUnknown in every other case
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ordering.model.errors import NotKnown, OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data

_CLOCK = {"INVALID_SIGNATURE", "QUERY_TIME_OUT"}
_KEY = {"INVALID_CREDENTIAL", "INVALID_KEY", "INVALID_SIGNATURE", "NOT_CREDENTIAL"}
_RIGHTS = {"NOT_GRANTED_CALL"}
# How the gateway, an application and IAM word a call that is not granted; IAM names the missing actions.
_RIGHTS_WORDS = re.compile(r"\bnot (?:been )?granted\b|unauthorizedActionsByIAM", re.IGNORECASE)
_KEY_WORDS = re.compile(r"\b(?:credential|(?:consumer|application) ?key)s?\b", re.IGNORECASE)
_CLOSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
_BUSY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_EXPIRED = 460  # OVH's own status
_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer from OVH. `body` is None for `null` and for invalid JSON, which also sets `garbled`.

    An answer without a body (204, zero bytes or whitespace) is both garbled and `empty`.
    """

    status: int
    body: Any
    garbled: bool = False
    empty: bool = False
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        return self._is_success and not self.garbled

    @property
    def has_no_content(self) -> bool:
        """Whether this is a success without content: no body, `null`, or an empty string."""
        return self._is_success and (self.empty or (not self.garbled and self.body in (None, "")))

    @property
    def _is_success(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_busy(self) -> bool:
        """Whether the read may be retried: throttled, overloaded, or OVH's own timeout in a 400."""
        overloaded = self.status in _BUSY or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return overloaded or self.garbled or "Check timeout" in self.message

    @property
    def is_throttled(self) -> bool:
        return self.status in _BUSY

    @property
    def is_clock_error(self) -> bool:
        return self.code in _CLOCK

    @property
    def is_clear_no(self) -> bool:
        """Whether OVH itself, in its own error format, says that nothing was done."""
        client_error = HTTPStatus.BAD_REQUEST <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return client_error and isinstance(self.body, dict) and not self.is_busy

    @property
    def is_about_rights(self) -> bool:
        """Whether OVH says that the API key may not make this call; a 403 alone can have other reasons."""
        return self.code in _RIGHTS or (self.status in _CLOSED and bool(_RIGHTS_WORDS.search(self._text)))

    @property
    def is_about_key(self) -> bool:
        """Whether OVH says that the API key itself is unknown, invalid or expired."""
        return (
            self.status == HTTPStatus.UNAUTHORIZED
            or self.code in _KEY
            or (self.status in {HTTPStatus.FORBIDDEN, _EXPIRED} and bool(_KEY_WORDS.search(self.message)))
        )

    @property
    def _text(self) -> str:
        named = self.body.get("details") if isinstance(self.body, dict) else None
        return " ".join([self.message, *map(str, named if isinstance(named, dict) else ())])

    @property
    def code(self) -> str:
        return str(self.body.get("errorCode") or "") if isinstance(self.body, dict) else ""

    @property
    def kind(self) -> str:
        """OVH's error class."""
        return str(self.body.get("class") or "") if isinstance(self.body, dict) else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """OVH's message, line by line."""
        message = str(self.body.get("message") or "") if isinstance(self.body, dict) else ""
        return tuple(line.strip() for line in message.splitlines() if line.strip())

    @property
    def details(self) -> dict[str, str]:
        """The rejected fields, if OVH names them, each with the reason."""
        named = self.body.get("details") if isinstance(self.body, dict) else None
        details = named.items() if isinstance(named, dict) else ()
        return {name: why for name, why in details if name and isinstance(why, str)}

    @property
    def message(self) -> str:
        """OVH's message, with the rejected fields if it names them."""
        return "; ".join([*self.lines, *(f"{name}: {why}" for name, why in self.details.items())])[:_MOST_SAID]


class NotThere(NotKnown):
    """OVH does not know this object (404, or 460 for expired)."""

    usual_code = "ovh_not_found"


class CartRejected(RegistrarRefused):
    """OVH rejected the input; `lines` are its message, `details` the fields that it names."""

    usual_code = "ovh_refused"

    def __init__(
        self,
        *,
        lines: Sequence[str] = (),
        details: Mapping[str, str] | None = None,
        kind: str = "",
        ovh: Data | None = None,
    ) -> None:
        super().__init__(ovh=ovh)
        self.kind = kind
        self.lines = tuple(lines)
        self.details = dict(details or {})


class Throttled(RegistrarUnavailable):
    """Repeatedly throttled: other clients are using up the limit."""


class OvhTimeout(RegistrarUnavailable):
    """A timeout: OVH was not reached, or the answer was cut off or too late."""


def refusal(answer: Answer) -> RegistrarRefused:
    """Return OVH's refusal as an exception, classified by its subject."""
    ovh: Data = {"status": answer.status, "code": answer.code, "said": answer.message}
    if answer.is_about_rights:
        return RegistrarRefused(code="ovh_right_missing", ovh=ovh)
    if answer.is_about_key:
        return RegistrarRefused(code="ovh_key_refused", ovh=ovh)
    if answer.status in {HTTPStatus.NOT_FOUND, _EXPIRED}:
        return NotThere(ovh=ovh)
    if answer.status == HTTPStatus.FORBIDDEN:  # about this order, account or method: only OVH's own words explain it
        return RegistrarRefused(code="ovh_forbidden", ovh=ovh)
    return CartRejected(lines=answer.lines, details=answer.details, kind=answer.kind, ovh=ovh)


def of_read(answer: Answer) -> Exception:
    """Return the exception for a failed read, or for a failed call that costs nothing."""
    return RegistrarUnavailable() if answer.is_busy else refusal(answer)


def of_money_call(answer: Answer) -> Exception:
    """Return the exception for a failed money call: only a clear refusal counts as one."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.code == "INVALID_SIGNATURE":
        return RegistrarUnavailable()  # rejected before processing
    # The meaning of QUERY_TIME_OUT for a money call is undocumented, so it proves nothing.
    if answer.is_clear_no and answer.code != "QUERY_TIME_OUT":
        return refusal(answer)
    return OutcomeUnknown()


class Unreadable(RegistrarUnavailable):
    """OVH answered in an unknown form; other requests may still succeed."""

    usual_code = "ovh_unreadable"
