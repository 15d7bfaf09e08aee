"""OVH's rule engine: a registry's requirements for a name and its owner, beyond those a cart returns.

Source: OVH's guide on eligibility rules, https://docs.ovhcloud.com/en/guides/web-cloud/domains/api-domain-rules
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlencode

import structlog

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarError
from ordering.model.question import EXPLAINED
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import CartRejected
from registrars.ovh.api.schemas import Json
from registrars.ovh.carts import requirements
from registrars.ovh.throttling.scheduler import Priority

_FRESH = 3600.0  # seconds
_BROKEN = "RuleNotRespected"
_log = structlog.get_logger()


class Rules:
    """Reads a rule at most once an hour per extension, and only for labels that we cannot explain."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[str, frozenset[str]], tuple[float, dict[str, Json]]] = {}

    def about(self, domain: DomainName, labels: set[str]) -> Mapping[str, Json]:
        """Return the rule's entry for each label that only OVH can explain; empty if OVH does not return it."""
        strange = frozenset(labels - EXPLAINED)
        key = (domain.extension, strange)
        read_at, rule = self._known.get(key, (float("-inf"), {}))
        if not strange or time.monotonic() - read_at < _FRESH:
            return rule
        query = {"domain": domain.ascii, "action": "create"}
        try:
            answer = self._client.ask("/domain/configurationRule", query=query, priority=Priority.PEOPLE, tries=1)
        except RegistrarError as error:
            # It only helps users understand a question: the label alone is enough.
            _log.info("rule_not_read", domain=domain.ascii, why=str(error))
            return {}
        rule = requirements.by_label(answer)
        self._known[key] = (time.monotonic(), rule)
        return rule

    def broken_by(self, domain: DomainName, *, owner: Json, account: Json, answers: Json) -> dict[str, str]:
        """Return the registry's objections to this owner, the administering account and the answers, by field.

        Raises `RegistrarError` if OVH does not check them.
        """
        query = urlencode({"domain": domain.ascii, "action": "create"})
        given = {name: value for name, value in owner.items() if value is not None and name != "id"}
        body = {"owner": given, "adminAccount": account, "techAccount": account, **answers}
        try:
            self._client.build("POST", f"/domain/configurationRule/check?{query}", body, priority=Priority.PEOPLE)
        except CartRejected as refusal:
            if not refusal.kind.endswith(_BROKEN):
                raise  # it rejected the request itself, which says nothing about the rule
            return refusal.details
        return {}
