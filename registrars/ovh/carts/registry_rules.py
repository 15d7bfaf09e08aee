"""OVH's rule engine: a registry's requirements for a name and its owner, beyond those a cart returns.

Source: OVH's guide on eligibility rules, https://docs.ovhcloud.com/en/guides/web-cloud/domains/api-domain-rules
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import structlog

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarError
from ordering.model.question import ACCEPT_CONDITIONS, EXPLAINED
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import CartRejected, Unreadable
from registrars.ovh.api.wire.base import OBJECT, Json
from registrars.ovh.api.wire.domains import Rule
from registrars.ovh.cache import Cache
from registrars.ovh.carts import requirements
from registrars.ovh.throttling.scheduler import Priority

_FRESH = 3600.0  # seconds
_MOST = 4000  # rules: two actions of each extension
_BROKEN = "RuleNotRespected"
# Fields of an account that OVH's description lists as read-only: they are no data to check.
_READ_ONLY = frozenset({
    "currency", "customerCode", "email", "kycValidated", "nichandle", "ovhCompany", "ovhSubsidiary", "state",
})  # fmt: skip
_log = structlog.get_logger()


class Rules:
    """Reads a rule at most once an hour per extension and action."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: Cache[tuple[str, str], Json] = Cache(size=_MOST, fresh=_FRESH)

    def about(self, domain: DomainName, labels: set[str]) -> Mapping[str, Rule]:
        """Return the rule's entry for each label that only OVH can explain; empty if OVH does not return it.

        A registry's own conditions count as such: what they are, and where they stand, is in the rule's description.
        """
        if not labels - EXPLAINED | labels & {ACCEPT_CONDITIONS}:
            return {}
        try:
            return requirements.by_label(Rule.read(self.of(domain, "create") or {}))
        except Unreadable:
            return {}

    def of(self, domain: DomainName, action: str, *, reads: bool = True) -> Json | None:
        """Return the rule for an action on a name as it came: a user who evaluates it copes with whatever it holds.

        None if OVH does not return it, or if it is unknown and not read.
        """
        key = (domain.extension, action)
        if not reads:
            return self._known.get(key)
        try:
            return self._known.get_or_read(key, lambda: self._read(domain, action))
        except RegistrarError as error:
            # It only helps users: the dry run decides.
            _log.info("rule_not_read", domain=domain.ascii, why=str(error))
            return None

    def _read(self, domain: DomainName, action: str) -> Json:
        query = {"domain": domain.ascii, "action": action}
        answer = self._client.ask("/domain/configurationRule", query=query, priority=Priority.PEOPLE, tries=1)
        return OBJECT.read(answer)

    def broken_by(self, domain: DomainName, *, owner: Json, account: Json, answers: Json) -> dict[str, str]:
        """Return the registry's objections to this owner, the administering account and the answers, by field.

        Raises `RegistrarError` if OVH does not check them.
        """
        query = urlencode({"domain": domain.ascii, "action": "create"})
        given = {name: value for name, value in owner.items() if value is not None and name != "id"}
        who = {name: value for name, value in account.items() if name not in _READ_ONLY}
        body = {"owner": given, "adminAccount": who, "techAccount": who, **answers}
        try:
            self._client.build("POST", f"/domain/configurationRule/check?{query}", body, priority=Priority.PEOPLE)
        except CartRejected as refusal:
            if not refusal.kind.endswith(_BROKEN):
                raise  # it rejected the request itself, which says nothing about the rule
            return refusal.details
        return {}
