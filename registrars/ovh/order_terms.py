"""Compares an order at OVH with the terms of an attempt, as far as OVH shows them.

`GET /me/order/{id}/details/{id}/extension` (beta) shows them. Each term is equal, different or not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ordering.model.cart_line import Line
from ordering.model.facts import Data
from ordering.model.question import OWNER_CONTACT
from ordering.model.quote import Quote
from registrars.ovh.api.wire.orders import Extension, LineTerms, Plan

_MONTHS = re.compile(r"P(\d+)M")
_MONTHS_A_YEAR = 12
# Reads the extensions of a name's lines lazily, so that reading can stop once all terms are known.
Extensions = Callable[[str], Iterable[Extension]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Terms that are `different` or `hidden`, as data. An order with `hidden` terms is not adopted."""

    different: tuple[Data, ...] = ()
    hidden: tuple[Data, ...] = ()
    owner_hidden: bool = False


def compare(lines: Sequence[Line], quote: Quote, extensions: Extensions) -> Comparison:
    """Compare an order with exactly these lines' names to what was ordered, except for its total."""
    different: list[Data] = []
    hidden: list[Data] = []
    owner_hidden = False
    for line in lines:
        seen = _Seen(line, {c.label: c.value for c in quote.configuration if c.domain == line.domain})
        for extension in extensions(line.domain.ascii):
            seen.add(extension)
            if seen.shows_all:
                break
        different += seen.different
        hidden += seen.hidden
        owner_hidden = owner_hidden or seen.owner_is_hidden
    return Comparison(tuple(different), tuple(hidden), owner_hidden)


class _Seen:
    """The terms that the lines of one name show."""

    def __init__(self, line: Line, given: Mapping[str, str]) -> None:
        self._line = line
        self._given = given
        self._terms: dict[str, set[str]] = {"code": set(), "duration": set(), "pricingMode": set()}
        self._answers: dict[str, set[str]] = {}

    def add(self, extension: Extension) -> None:
        order = extension.order or LineTerms()
        plan = order.plan or Plan()
        if order.type != "plan" or plan.product_name != "domain":
            return  # an extra of the name, such as its zone
        terms = {"code": plan.code, "duration": plan.duration, "pricingMode": plan.pricing_mode}
        for term, value in terms.items():
            if value is not None:
                self._terms[term].add(_in_years(value))
        for answer in order.configurations:
            self._answers.setdefault(answer.label, set()).add(_normal(answer.value))

    @property
    def shows_all(self) -> bool:
        return all(self._terms.values()) and self._given.keys() <= self._answers.keys()

    @property
    def different(self) -> list[Data]:
        name = self._line.domain.ascii
        found: list[Data] = []
        for term, expected in self._expected.items():
            if any(value != expected for value in self._terms[term]):
                found.append({"name": name, "term": term, "shown": sorted(self._terms[term]), "approved": expected})
        for label, value in self._given.items():
            if any(visible != _normal(value) for visible in self._answers.get(label, ())):
                term = "owner" if label == OWNER_CONTACT else "answer"
                found.append({"name": name, "term": term, "label": label})
        if OWNER_CONTACT not in self._given and OWNER_CONTACT in self._answers:
            found.append({"name": name, "term": "owner_not_chosen", "label": OWNER_CONTACT})
        return found

    @property
    def hidden(self) -> list[Data]:
        missing = [term for term, values in self._terms.items() if not values]
        return [{"name": self._line.domain.ascii, "terms": missing}] if missing else []

    @property
    def owner_is_hidden(self) -> bool:
        """Whether the owner is not shown. If none was sent, it would be among the answers that OVH shows."""
        return OWNER_CONTACT not in self._answers and (OWNER_CONTACT in self._given or not self._answers)

    @property
    def _expected(self) -> dict[str, str]:
        line = self._line
        return {"code": line.domain.extension, "duration": f"P{line.years}Y", "pricingMode": line.pricing_mode}


def _in_years(term: str) -> str:
    """Return a duration in years: OVH writes a year as P1Y or as P12M."""
    found = _MONTHS.fullmatch(term)
    months = int(found[1]) if found else 0
    return f"P{months // _MONTHS_A_YEAR}Y" if months and months % _MONTHS_A_YEAR == 0 else term


def _normal(value: str) -> str:
    """Normalize an answer: capitals, blanks, and a contact by its path or its number are equivalent."""
    return value.replace(" ", "").lower().rpartition("/me/contact/")[2]
