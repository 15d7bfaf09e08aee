"""The seal: what exactly was approved, so that nothing else can be bought."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from ordering.cart_line import Line
from ordering.money import Money
from ordering.offer import Quote


@dataclass(frozen=True, slots=True)
class Seal:
    """A digest of the terms and the total they were shown with."""

    digest: str
    total: Money

    @property
    def short(self) -> str:
        """Enough to tell two seals of one cart apart on a button: the terms and the total that were shown."""
        shown = f"{self.digest} {self.total.minor} {self.total.currency}"
        return hashlib.sha256(shown.encode()).hexdigest()[:12]

    def holds_for(self, other: Seal) -> bool:
        """Whether `other` may be bought under this seal: the same terms, and not dearer."""
        return other.digest == self.digest and other.total.currency == self.total.currency and other.total <= self.total


def seal(lines: Iterable[Line], quote: Quote, *, waive_retraction: bool) -> Seal:
    """Seal what is shown: names, years, offers, configuration, contracts, waiver, currency; and the total."""
    terms = {
        "lines": sorted([line.domain.ascii, line.years, line.pricing_mode] for line in lines),
        "configuration": sorted([c.domain.ascii, c.label, c.value] for c in quote.configuration),
        "contracts": sorted([c.name, c.url] for c in quote.contracts),
        "waive_retraction": waive_retraction,
        "currency": quote.total.currency,
    }
    canonical = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return Seal(hashlib.sha256(canonical.encode()).hexdigest(), quote.total)


def differences(approved: Quote, now: Quote) -> list[str]:
    """Tell, one sentence a difference, how a new quote differs from the approved one."""
    found = []
    if now.total != approved.total:
        found.append(f"total with tax: was {approved.total}, now {now.total}")
    found += _set_differences("contract", {c.name for c in approved.contracts}, {c.name for c in now.contracts})
    found += _set_differences(
        "answer to OVH",
        {f"{c.label} = {c.value} for {c.domain}" for c in approved.configuration},
        {f"{c.label} = {c.value} for {c.domain}" for c in now.configuration},
    )
    return found or ["the wording of the contracts or the terms of the order"]


def _set_differences(what: str, before: set[str], after: set[str]) -> list[str]:
    return [f"{what} gone: {gone}" for gone in sorted(before - after)] + [
        f"{what} new: {new}" for new in sorted(after - before)
    ]
