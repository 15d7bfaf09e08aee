"""Findings of the pre-flight: what must be fixed in a cart before approval, at which line, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ordering.model.domain_name import DomainName
from ordering.model.errors import Hint, NotPossible, RegistrarRefused
from ordering.model.question import Question


class Fix(StrEnum):
    """What a person can do about a finding."""

    REMOVE = "remove"
    YEARS = "years"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that must be fixed first. Without a name it is about the whole cart."""

    sentence: str
    domain: DomainName | None = None
    fix: Fix | None = None
    hint: Hint | None = None


class NotReady(NotPossible):
    """The cart cannot be requested as it is; `findings` say what to fix, and it stays open."""

    usual_code = "cart_not_ready"

    def __init__(self, cart_id: int, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            f"Cart #{cart_id} cannot be bought as it is. {' '.join(f.sentence for f in self.findings)} "
            "The cart stays open.",
            hint=next((finding.hint for finding in self.findings if finding.hint), None),
            cart=cart_id,
        )


class LinesRefused(RegistrarRefused):
    """The registrar rejected some lines: `findings` are by line, and `asked` is what it requires of each line."""

    usual_code = "lines_refused"

    def __init__(self, findings: Iterable[Finding], asked: Mapping[DomainName, tuple[Question, ...]]) -> None:
        self.findings = tuple(findings)
        self.asked = dict(asked)
        names = [finding.domain.ascii for finding in self.findings if finding.domain]
        super().__init__(" ".join(finding.sentence for finding in self.findings), names=names)
