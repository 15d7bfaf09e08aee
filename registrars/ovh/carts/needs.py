"""What the registries of some names need of their owner, by OVH's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.owner_needs import OwnerNeeds
from registrars.ovh.carts.demands import Demands
from registrars.ovh.carts.owner_rules import mentioned, needs
from registrars.ovh.carts.registry_rules import Rules

_MOST_READ = 10  # rules at once; each costs one of the sixty calls a minute that OVH accepts


class Needs:
    """Evaluates the rules of names for an owner; each rule is read at most once an hour per extension."""

    def __init__(self, rules: Rules, demands: Demands) -> None:
        self._rules = rules
        self._demands = demands

    def of_owner(
        self,
        domains: Sequence[DomainName],
        form: LegalForm,
        values: Mapping[str, str],
        *,
        at_once: bool = False,
        changes: bool = False,
    ) -> OwnerNeeds:
        """Return what the registries need. With `at_once` OVH is not asked: unknown rules leave names undecided.

        With `changes` the rules for changing a name are read, too, which tell what is read-only.
        """
        known = {**values, "legal_form": form.value}
        readable = () if at_once else tuple(dict.fromkeys(domain.extension for domain in domains))[:_MOST_READ]
        found: list[OwnerNeeds] = []
        for domain in domains:
            reads = domain.extension in readable
            rule = self._rules.of(domain, "create", reads=reads)
            update = self._rules.of(domain, "update", reads=reads) if changes else None
            wanted = OwnerNeeds((), (domain,)) if rule is None else needs(rule, domain, known, update=update)
            found.append(self._demands.with_fields(domain, wanted, known, ruled=mentioned(rule)))
        return OwnerNeeds.of_all(found)
