"""The seal: a fingerprint of the approved terms, so nothing else can be bought."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeAlias

from ordering.model.answer_digests import Digest, new_salt, salted
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, amount, quoted
from ordering.model.money import Money
from ordering.model.offer import USUAL_PHASE
from ordering.model.question import FOR_ALL_TO_READ, is_private
from ordering.model.quote import Configuration, Quote


@dataclass(frozen=True, slots=True)
class Seal:
    """A digest of the terms, and the total that was shown with them.

    `salt` is that of the private answers. It is None where there are none, where an earlier version sealed the request,
    and after the answers are deleted.
    """

    digest: str
    total: Money
    salt: str | None = field(default=None, repr=False)

    @property
    def short(self) -> str:
        """A short form that tells two seals of one cart apart on a button: the terms and the total that were shown."""
        terms = f"{self.digest} {self.total.minor} {self.total.currency}"
        return hashlib.sha256(terms.encode()).hexdigest()[:12]

    def holds_for(self, other: Seal) -> bool:
        """Return whether `other` may be bought under this seal: the same terms, and no higher total."""
        return other.digest == self.digest and other.total.is_within(self.total)


class SealForm(IntEnum):
    """Which terms a seal covers."""

    WITHOUT_RENEWALS = 1  # how carts were sealed until migration 0014
    WITH_RENEWALS = 2  # until migration 0025: it covers private answers in clear, so they must be kept to check it
    WITH_DIGESTS = 3  # it covers a salted digest of each private answer, and the digest outlives the answer


def seal(
    lines: Sequence[Line],
    quote: Quote,
    *,
    waive_retraction: bool,
    form: SealForm = SealForm.WITH_DIGESTS,
    salt: str | None = None,
) -> Seal:
    """Seal the terms as shown: names, years, offers, renewals, configuration, contracts, waiver, currency and total.

    Private answers get a new salt unless `salt` is given.
    """
    if form is SealForm.WITH_DIGESTS:
        salt = salt or (new_salt() if _has_private_answers(lines, quote) else None)
    else:
        salt = None
    terms: dict[str, object] = {
        "lines": sorted(_terms(line) for line in lines),
        "configuration": sorted(_configuration(quote, salt)),
        "contracts": sorted([c.name, c.url] for c in quote.contracts),
        "waive_retraction": waive_retraction,
        "currency": quote.total.currency,
    }
    if form is not SealForm.WITHOUT_RENEWALS:
        terms["renewals"] = sorted([line.domain.ascii, str(line.renewal or "")] for line in lines)
    canonical = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return Seal(hashlib.sha256(canonical.encode()).hexdigest(), quote.total, salt)


def form_of(sealed: Seal, lines: Sequence[Line], quote: Quote, *, waive_retraction: bool) -> SealForm | None:
    """Return the newest form in which these terms match the seal; None if they do not match."""
    for form in sorted(SealForm, reverse=True):
        now = seal(lines, quote, waive_retraction=waive_retraction, form=form, salt=sealed.salt)
        if now.digest == sealed.digest:
            return form
    return None


def _has_private_answers(lines: Sequence[Line], quote: Quote) -> bool:
    given = {answer.label for line in lines for answer in line.answers}
    return any(map(is_private, given | {each.label for each in quote.configuration}))


def _configuration(quote: Quote, salt: str | None) -> Iterator[list[str]]:
    """Yield the answers to OVH as they are sealed: with a salt, private ones as digests."""
    for each in quote.configuration:
        name, label = each.domain.ascii, each.label
        if salt and is_private(label):
            yield _digested(name, label, salted(salt, name, label, each.value))
        else:
            yield [name, label, each.value]
    for gone in quote.deleted:
        yield _digested(gone.domain.ascii, gone.label, gone.digest)


def _digested(name: str, label: str, digest: Digest) -> list[str]:
    return [name, label, digest.form.value, digest.text]  # one more part than an answer in clear, so never equal to one


def _terms(line: Line) -> list[str | int]:
    """Return the sealed terms of one line. The default phase is omitted for compatibility."""
    terms: list[str | int] = [line.domain.ascii, line.years, line.pricing_mode]
    return terms if line.phase == USUAL_PHASE else [*terms, line.phase]


class DifferenceKind(StrEnum):
    """What differs between the approved terms and OVH's. The values are stored: add to them, never rename one."""

    PRICE = "price"  # of a name, without tax: `approved` and `ovh`
    RENEWAL = "renewal"  # of a name, a year: the same; null if it was not shown
    ANSWER_GONE = "answer_gone"  # an answer to OVH: its `label`, its `name`, and its `value` if a channel may read it
    ANSWER_NEW = "answer_new"  # the same
    CONTRACT_GONE = "contract_gone"  # `ovh` has its title
    CONTRACT_NEW = "contract_new"  # the same
    CONTRACT_MOVED = "contract_moved"  # the same: its address differs
    TOTAL = "total"  # with tax: `approved` and `ovh`
    OTHER = "other"  # in something that is not shown


Difference: TypeAlias = Data  # its `kind`, and the values above


def renewal_differences(approved: Sequence[Line], now: Sequence[Line]) -> list[Difference]:
    """Return one difference for each name whose renewal price no longer holds.

    A lower price holds. A price that is not shown holds only if it was not shown at the approval either.
    """
    terms = {line.domain: line.renewal for line in now}
    return [
        {
            "kind": DifferenceKind.RENEWAL.value,
            "name": line.domain.ascii,
            "approved": _amount(line.renewal),
            "ovh": _amount(terms.get(line.domain)),
        }
        for line in approved
        if not _renewal_holds(line.renewal, terms.get(line.domain))
    ]


def _renewal_holds(approved: Money | None, now: Money | None) -> bool:
    if approved is None or now is None:
        return approved is now
    return now.is_within(approved)


def _amount(money: Money | None) -> Data | None:
    return amount(money) if money is not None else None


def differences(approved: Quote, now: Quote) -> list[Difference]:
    """Return the differences between a new quote and the approved one: by name, then the rest."""
    found = [line for domain in _domains(approved, now) if (line := _of_price(domain, approved, now))]
    found += _of_answers(approved, now)
    found += _of_contracts(approved, now)
    if now.total != approved.total:
        found.append({"kind": DifferenceKind.TOTAL.value, "approved": amount(approved.total), "ovh": amount(now.total)})
    return found or [{"kind": DifferenceKind.OTHER.value}]


def _domains(*quotes: Quote) -> list[DomainName]:
    return list(dict.fromkeys(line.domain for quote in quotes for line in quote.lines if line.domain))


def _of_price(domain: DomainName, approved: Quote, now: Quote) -> Difference | None:
    before, after = approved.price_of(domain), now.price_of(domain)
    if before is None or after is None or before == after:
        return None  # one of the quotes has no price per name: the totals show the difference
    prices: Data = {"approved": amount(before), "ovh": amount(after)}
    return {"kind": DifferenceKind.PRICE.value, "name": domain.ascii, **prices}


def _of_answers(approved: Quote, now: Quote) -> list[Difference]:
    """Return the changed answers. A channel reads them, so private values are left out."""
    before, after = set(approved.configuration), set(now.configuration)
    return [
        {"kind": kind.value, "label": answer.label, "name": answer.domain.ascii, **_readable(answer)}
        for kind, answers in ((DifferenceKind.ANSWER_GONE, before - after), (DifferenceKind.ANSWER_NEW, after - before))
        for answer in sorted(answers, key=lambda answer: (answer.label, answer.domain, answer.value))
    ]


def _readable(answer: Configuration) -> Data:
    return {"value": answer.value} if answer.label in FOR_ALL_TO_READ else {}


def _of_contracts(approved: Quote, now: Quote) -> list[Difference]:
    """Return the contracts that are gone or new, and those with another URL: it may lead to other terms."""
    before, after = ({c.name: c.url for c in quote.contracts} for quote in (approved, now))
    found = {
        DifferenceKind.CONTRACT_GONE: sorted(before.keys() - after.keys()),
        DifferenceKind.CONTRACT_NEW: sorted(after.keys() - before.keys()),
        DifferenceKind.CONTRACT_MOVED: [name for name in before if after.get(name, before[name]) != before[name]],
    }
    return [{"kind": kind.value, "ovh": {"contract": quoted(name)}} for kind, names in found.items() for name in names]
