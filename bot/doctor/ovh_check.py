"""OVH: its clock, the key, its rights and end, and the account behind it. Only reads that cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.doctor.findings import Finding
from bot.doctor.ovh_account import check_account
from bot.doctor.ovh_rights import rights_findings
from bot.doctor.ovh_routes import check_routes
from ordering.model.errors import RegistrarError, RegistrarRefused, RegistrarUnavailable
from registrars.ovh import OvhConfig
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import NotThere, Unreadable
from registrars.ovh.api.wire.account import AuthDetails, Credential
from registrars.ovh.key_rights import Grants
from registrars.ovh.throttling.scheduler import Priority

_APART = timedelta(seconds=30)  # Slack and signatures tolerate minutes; waiting times are measured by OVH's clock
_SOON = timedelta(days=14)
_STATES = {"expired": "has expired", "not_validated": "was never validated", "refused": "was refused"}
_NOT_VALID = {"expired": "key_expired", "not_validated": "key_not_validated", "refused": "consumer_key_refused"}
# OVH's codes for a part of an application's key. INVALID_SIGNATURE is also the answer to a wrong consumer key.
_OF_A_PART = {
    "INVALID_KEY": "application_key_refused",
    "INVALID_SIGNATURE": "application_secret_wrong",
    "INVALID_CREDENTIAL": "consumer_key_refused",
    "NOT_CREDENTIAL": "consumer_key_refused",
}


def check_ovh(config: OvhConfig, own_presences: Callable[[], frozenset[str] | None]) -> Iterator[Finding]:
    """Check OVH. `own_presences` returns the carts by which this bot announces itself, None if that is not known."""
    with closing(Client(config)) as client:
        try:
            ahead = client.clock_ahead()
        except RegistrarError:
            yield Finding("ovh_away", f"OVH does not answer at {_place(config)}: its clock could not be read.")
            return
        yield _clock(ahead)
        try:
            grants = _Key(client).read()
        except RegistrarError as error:
            yield _refusal(error, client, config)
            return
        yield from grants.findings
        if grants.is_over:
            return
        yield from check_account(client, config, grants.grants, own_presences)
    yield from check_routes(config)


class _Key:
    """What OVH says of the key."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.findings: list[Finding] = []
        self.grants = Grants()
        self.is_over = False

    def read(self) -> _Key:
        """Read the key's state and rules; raises `RegistrarError` if the key itself is refused."""
        if self._client.is_service_account:
            details = AuthDetails.read(self._ask("/auth/details"))
            self.findings.append(Finding("key_ok", "OVH accepts the service account; its secret has no end."))
            self._compare(Grants.of_details(details), is_known=True)
            return self
        try:
            credential = Credential.read(self._ask("/auth/currentCredential"))
        except RegistrarRefused as error:
            if error.code != "ovh_right_missing":
                raise
            self._read_by_details()
        else:
            self._of_credential(credential)
        return self

    def _of_credential(self, credential: Credential) -> None:
        grants = Grants.of_credential(credential)
        why = grants.why_not_valid(self._client.time_as_known())
        if why is not None:
            self.is_over = True
            self.findings.append(Finding(_NOT_VALID[why], f"OVH says that the key {_STATES[why]}."))
            return
        self.findings += [Finding("key_ok", "OVH accepts the key."), self._end(grants.ends_at)]
        self._compare(grants, is_known=grants.rules is not None)

    def _end(self, ends_at: datetime | None) -> Finding:
        if ends_at is None:
            return Finding("key_ends_later", "The key has no end.")
        left = ends_at - self._client.time_as_known()
        day = f"{ends_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        if left > _SOON:
            return Finding("key_ends_later", f"The key ends on {day}, in {left.days} days.")
        return Finding("key_ends_soon", f"The key ends on {day}; then nothing works.")

    def _read_by_details(self) -> None:
        """Read the rules of a key that may not read its own state."""
        self.findings.append(Finding("key_end_unknown", "The key may not read its own end."))
        try:
            details = AuthDetails.read(self._ask("/auth/details"))
        except RegistrarRefused:
            self.findings.append(Finding("rights_unknown", "The key may not read its own rights."))
            return
        grants = Grants.of_details(details)
        self._compare(grants, is_known=grants.rules is not None)

    def _compare(self, grants: Grants, *, is_known: bool) -> None:
        self.grants = grants
        if is_known:
            self.findings += rights_findings(grants)
        else:
            self.findings.append(Finding("rights_unknown", "OVH writes the rights of the key in an unknown form."))

    def _ask(self, path: str) -> Any:  # noqa: ANN401 - decoded JSON
        return self._client.ask(path, priority=Priority.PEOPLE, tries=2)


def _clock(ahead: timedelta) -> Finding:
    seconds = abs(ahead).total_seconds()
    if abs(ahead) <= _APART:
        return Finding("clock_ok", f"This machine's clock and OVH's differ by {seconds:.0f} s.")
    side = "behind" if ahead > timedelta() else "ahead of"
    return Finding("clock_apart", f"This machine's clock is {seconds:.0f} s {side} OVH's.")


def _refusal(error: RegistrarError, client: Client, config: OvhConfig) -> Finding:
    """Return what is wrong with the key, by OVH's own code."""
    if isinstance(error, Unreadable):
        return Finding("ovh_unreadable", f"OVH answers at {_place(config)} in an unknown form.")
    if isinstance(error, RegistrarUnavailable):
        return Finding("ovh_away", f"OVH does not answer at {_place(config)}, or only now and then.")
    if isinstance(error, NotThere):
        return Finding("ovh_away", f"What answers at {_place(config)} is not OVH's API.")
    if client.is_service_account or error.code == "ovh_client_refused":
        return Finding("service_account_refused", f"OVH refuses the service account{_words_of(error)}.")
    ovh = error.params.get("ovh")
    code = str(ovh.get("code") or "") if isinstance(ovh, dict) else ""
    return Finding(_OF_A_PART.get(code, "consumer_key_refused"), f"OVH refuses the key{_words_of(error)}.")


def _words_of(error: RegistrarError) -> str:
    """Return OVH's own words about a refusal, in quotation marks."""
    ovh = error.params.get("ovh")
    words = str(ovh.get("said") or "") if isinstance(ovh, dict) else ""
    return f": “{words}”" if words else ""


def _place(config: OvhConfig) -> str:
    return config.api_url or config.endpoint
