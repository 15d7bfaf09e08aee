"""The team's rules on names: which extensions may be bought, and patterns of names that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible


@dataclass(frozen=True, slots=True)
class NamingRules:
    """What the team buys. `extensions` are the only ones if there are any; `refused` are reasons by pattern.

    A pattern is a shell pattern, such as ``*-acme.*``, and fits the whole name in either spelling. It is no regular
    expression: those can take minutes for one name.
    """

    extensions: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict, hash=False)

    def refusal_of(self, domain: DomainName) -> NotPossible | None:
        """Return why the team does not buy a name; None if it does."""
        if self.extensions and domain.extension not in self.extensions:
            allowed = sorted(self.extensions)
            return NotPossible(
                code="extension_not_allowed", name=domain.ascii, extension=domain.extension, allowed=allowed
            )
        for pattern, reason in self.refused.items():
            if fnmatchcase(domain.ascii, pattern) or fnmatchcase(domain.unicode, pattern):
                return NotPossible(code="name_against_rule", name=domain.ascii, reason=reason)
        return None

    def must_allow(self, domain: DomainName) -> None:
        """Raise `NotPossible` if the team does not buy this name."""
        if (refusal := self.refusal_of(domain)) is not None:
            raise refusal
