"""OVH's rule engine: a registry's requirements for a name and its owner, beyond those a cart returns.

Source: OVH's guide on eligibility rules, https://docs.ovhcloud.com/en/guides/web-cloud/domains/api-domain-rules
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import structlog

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarError
from ordering.model.question import EXPLAINED
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import Complained
from registrars.ovh.api.schemas import Json
from registrars.ovh.carts import requirements as asked
from registrars.ovh.throttling.scheduler import Priority

_FRESH = 3600.0  # seconds
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
        self._known: dict[tuple[str, str], tuple[float, Any]] = {}

    def about(self, domain: DomainName, labels: set[str]) -> Mapping[str, Json]:
        """Return the rule's entry for each label that only OVH can explain; empty if OVH does not return it."""
        return asked.by_label(self.of(domain, "create")) if labels - EXPLAINED else {}

    def of(self, domain: DomainName, action: str, *, reads: bool = True) -> Any:  # noqa: ANN401 - decoded JSON
        """Return the rule for an action on a name; None if OVH does not return it, or if it is unknown and not read."""
        key = (domain.extension, action)
        read_at, rule = self._known.get(key, (float("-inf"), None))
        if not reads or time.monotonic() - read_at < _FRESH:
            return rule
        query = {"domain": domain.ascii, "action": action}
        try:
            answer = self._client.ask("/domain/configurationRule", query=query, priority=Priority.PEOPLE, tries=1)
        except RegistrarError as error:
            # It only helps users: the dry run decides.
            _log.info("rule_not_read", domain=domain.ascii, why=str(error))
            return None
        self._known[key] = (time.monotonic(), answer)
        return answer

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
        except Complained as refusal:
            if not refusal.kind.endswith(_BROKEN):
                raise  # it rejected the request itself, which says nothing about the rule
            return refusal.details
        return {}
