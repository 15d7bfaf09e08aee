"""Findings of the pre-flight: what must be fixed in a cart before approval, at which line, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError, RegistrarRefused
from ordering.model.facts import Data
from ordering.model.ids import CartId
from ordering.model.question import Question


class Fix(StrEnum):
    """What a person can do about a finding."""

    REMOVE = "remove"
    YEARS = "years"
    ANSWER = "answer"


class FindingCode(StrEnum):
    """What is wrong. Data: OVH's own words are under the key `ovh`."""

    NAME_OWNED = "name_owned"  # by this OVH account
    NAME_HELD = "name_held"  # by another `cart`
    NAME_NOT_FREE = "name_not_free"
    PREMIUM_NOT_BOUGHT = "premium_not_bought"
    SPECIAL_NOT_BOUGHT = "special_not_bought"
    TERMS_CHANGED = "terms_changed"  # the name is on offer, on other terms
    YEARS_NOT_OFFERED = "years_not_offered"
    QUESTION_OPEN = "question_open"  # its `label`
    ANSWER_REFUSED = "answer_refused"  # its `label`, and OVH's words
    # A registry's rule objects; `ovh` has the fields and the reasons.
    OWNER_BREAKS_RULE = "owner_breaks_rule"
    ANSWERS_BREAK_RULE = "answers_break_rule"
    BOTS_ACCOUNT_BREAKS_RULE = "bots_account_breaks_rule"  # as the administering account
    BOTS_ACCOUNT_AS_OWNER_BREAKS_RULE = "bots_account_as_owner_breaks_rule"  # OVH lets nobody choose another owner
    REFUSED_BY_OVH = "refused_by_ovh"  # OVH's words
    REFUSED = "refused"  # another `refusal`, as its code and parameters


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that must be fixed first. Without a name it is about the whole cart."""

    code: FindingCode
    domain: DomainName | None = None
    fix: Fix | None = None
    params: Data = field(default_factory=dict, hash=False)

    @classmethod
    def of_refusal(cls, refusal: OrderingError, domain: DomainName | None = None, fix: Fix | None = None) -> Finding:
        """Return a refusal as a finding about a name, or about the whole cart."""
        return cls(FindingCode.REFUSED, domain, fix, {"refusal": refusal.data})

    @property
    def data(self) -> Data:
        """The code, the name and the parameters, for an error's parameters."""
        name = {"name": self.domain.ascii} if self.domain else {}
        return {"finding": self.code.value, **name, **self.params}


class Remark(StrEnum):
    """What approvers should know about a whole cart. The values are stored: add to them, never rename one."""

    NAMES_NOT_LISTED = "owned_names_not_listed"  # the API key may not list the account's names
    NO_PAYMENT_METHOD = "no_payment_method"


class NotReady(NotPossible):
    """The cart cannot be requested as it is; `findings` say what to fix, and it stays open."""

    usual_code = "cart_not_ready"

    def __init__(self, cart_id: CartId, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(cart=cart_id, findings=[finding.data for finding in self.findings])


class LinesRefused(RegistrarRefused):
    """The registrar rejected some lines: `findings` are by line, and `asked` is what it requires of each line."""

    usual_code = "lines_refused"

    def __init__(self, findings: Iterable[Finding], asked: Mapping[DomainName, tuple[Question, ...]]) -> None:
        self.findings = tuple(findings)
        self.asked = dict(asked)
        names = [finding.domain.ascii for finding in self.findings if finding.domain]
        super().__init__(names=names, findings=[finding.data for finding in self.findings])
