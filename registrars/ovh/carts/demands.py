"""What registries insisted on before, although OVH's rules and lists did not say so: asked from then on.

OVH marks questions as required or not without being right about it, so a refusal counts more. Kept for the life of the
process, for all carts.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer
from ordering.model.owner_needs import NeededField, OwnerNeeds
from ordering.model.question import OF_ONE_NAME, Question, in_order
from registrars.ovh.carts.contact_fields import label_of, our_name
from registrars.ovh.carts.field_words import label_of_fault, words_for

_MISSING = re.compile(r"is (required|mandatory)\.?$")


class Demands:
    """Questions and owner fields that a registry refused to do without, by extension. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._labels: dict[str, set[str]] = {}
        self._fields: dict[str, set[str]] = {}

    def note_questions(self, domain: DomainName, asked: Iterable[Question]) -> None:
        """Remember the questions that OVH insisted on for a name."""
        insisted = {question.label for question in asked if question.insisted} - OF_ONE_NAME
        if insisted:
            with self._guard:
                self._labels.setdefault(domain.extension, set()).update(insisted)

    def note_faults(self, domain: DomainName, faults: Mapping[str, str]) -> None:
        """Remember the owner's fields that a rule found missing for a name; `faults` are sentences by field."""
        missing = {
            name for field, text in faults.items() if _MISSING.search(text) and (name := _field_of(field)) is not None
        }
        if missing:
            with self._guard:
                self._fields.setdefault(domain.extension, set()).update(missing)

    def with_questions(self, domain: DomainName, asked: Iterable[Question]) -> tuple[Question, ...]:
        """Return the questions about a name; those that were insisted on before must be answered.

        A question that OVH does not list for this name is not added: it may be about another name alone.
        """
        with self._guard:
            insisted = set(self._labels.get(domain.extension, ()))
        return in_order(replace(q, insisted=q.insisted or q.label in insisted) for q in asked)

    def with_fields(
        self, domain: DomainName, needs: OwnerNeeds, values: Mapping[str, str], *, ruled: Collection[str]
    ) -> OwnerNeeds:
        """Return what is needed of an owner with these values, with the fields that were found missing before.

        `ruled` are the fields that the registry's rule mentions: it says itself which owners need them.
        """
        with self._guard:
            wanted = sorted(self._fields.get(domain.extension, ()))
        known = {each.name for each in needs.fields}.union(ruled)
        more = tuple(_needed(name, domain) for name in wanted if name not in known and not values.get(name))
        return replace(needs, fields=(*needs.fields, *more)) if more else needs


def _field_of(field: str) -> str | None:
    """Return our name of an owner's field as a refusal spells it; None if it is no owner's, or unknown."""
    label = label_of_fault(field)
    return our_name(label) if label else None


def _needed(name: str, domain: DomainName) -> NeededField:
    words = words_for(label_of(name), domain.extension)
    return NeededField(name, words, (domain,), wrong=InvalidAnswer(code="field_empty"), refused_by=(domain,))
