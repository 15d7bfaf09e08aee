"""What registries insisted on before, although OVH's rules and lists did not say so: asked from then on.

OVH marks questions as required or not without being right about it, so a refusal counts more. A memory keeps them for
all carts, all processes and all later starts.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer
from ordering.model.owner_needs import NeededField, OwnerNeeds
from ordering.model.question import OF_ONE_NAME, Question, in_order
from registrars.ovh.carts.contact_fields import label_of, our_name
from registrars.ovh.carts.field_words import label_of_fault, words_for

_MISSING = re.compile(r"is (required|mandatory)\.?$")
_READ_EVERY = 60.0  # seconds until a refusal that another process met counts here, too
_LONGEST = 100  # characters of a label; a longer one is no label
QUESTION, FIELD = "question", "field"
Demand = tuple[str, str, str]  # extension, kind and label


class DemandMemory(Protocol):
    """Keeps demands beyond this process. Neither method fails: without one this process still remembers."""

    def read(self) -> Collection[Demand]: ...

    def add(self, demands: Collection[Demand]) -> None: ...


class Demands:
    """Questions and owner fields that a registry refused to do without, by extension. Thread-safe."""

    def __init__(self, memory: DemandMemory | None = None) -> None:
        self._guard = threading.Lock()
        self._known: frozenset[Demand] = frozenset()
        self._memory = memory
        self._read_at: float | None = None

    def note_questions(self, domain: DomainName, asked: Iterable[Question]) -> None:
        """Remember the questions that OVH insisted on for a name."""
        insisted = {question.label for question in asked if question.insisted} - OF_ONE_NAME
        self._note((domain.extension, QUESTION, label) for label in insisted)

    def note_faults(self, domain: DomainName, faults: Mapping[str, str]) -> None:
        """Remember the owner's fields that a rule found missing for a name; `faults` are sentences by field."""
        missing = {
            name for field, text in faults.items() if _MISSING.search(text) and (name := _field_of(field)) is not None
        }
        self._note((domain.extension, FIELD, name) for name in missing)

    def with_questions(self, domain: DomainName, asked: Iterable[Question]) -> tuple[Question, ...]:
        """Return the questions about a name; those that were insisted on before must be answered.

        A question that OVH does not list for this name is not added: it may be about another name alone.
        """
        insisted = self._of(domain.extension, QUESTION)
        return in_order(replace(q, insisted=q.insisted or q.label in insisted) for q in asked)

    def with_fields(
        self, domain: DomainName, needs: OwnerNeeds, values: Mapping[str, str], *, ruled: Collection[str]
    ) -> OwnerNeeds:
        """Return what is needed of an owner with these values, with the fields that were found missing before.

        `ruled` are the fields that the registry's rule mentions: it says itself which owners need them.
        """
        wanted = sorted(self._of(domain.extension, FIELD))
        known = {each.name for each in needs.fields}.union(ruled)
        more = tuple(_needed(name, domain) for name in wanted if name not in known and not values.get(name))
        return replace(needs, fields=(*needs.fields, *more)) if more else needs

    def _note(self, demands: Iterable[Demand]) -> None:
        usable = {demand for demand in demands if len(demand[2]) <= _LONGEST}
        with self._guard:
            new = usable - self._known
            self._known |= new
        if new and self._memory is not None:
            self._memory.add(new)

    def _of(self, extension: str, kind: str) -> frozenset[str]:
        self._read_what_others_met()
        return frozenset(label for where, what, label in self._known if (where, what) == (extension, kind))

    def _read_what_others_met(self) -> None:
        """Read the stored ones at most once a minute: a form waits for this."""
        if self._memory is None:
            return
        with self._guard:
            now = time.monotonic()
            if self._read_at is not None and now - self._read_at < _READ_EVERY:
                return
            self._read_at = now
        remembered = frozenset(self._memory.read())
        with self._guard:
            self._known |= remembered


def _field_of(field: str) -> str | None:
    """Return our name of an owner's field as a refusal spells it; None if it is no owner's, or unknown."""
    label = label_of_fault(field)
    return our_name(label) if label else None


def _needed(name: str, domain: DomainName) -> NeededField:
    words = words_for(label_of(name), domain.extension)
    return NeededField(name, words, (domain,), wrong=InvalidAnswer(code="field_empty"), refused_by=(domain,))
