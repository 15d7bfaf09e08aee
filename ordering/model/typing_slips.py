"""Typing slips: a name one letter away from another one is most likely a mistake, and nobody can give it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible

# Shorter words are one letter away from each other too often: cat, bat, hat.
_SHORTEST = 5  # letters
_WORD = re.compile(r"[^\s,;:!?\"'()\[\]{}<>/“”«»]+")


class NameNearlyThere(NotPossible):
    """A name is one letter away from another; the person is asked once whether it is meant."""

    usual_code = "name_nearly_there"

    def __init__(self, domain: DomainName, other: str, *, where: str) -> None:
        super().__init__(name=domain.ascii, other=other, where=where)
        self.domain = domain


def nearly_the_same(one: str, other: str) -> bool:
    """Return whether one letter was added, left out or changed, or two neighbours swapped.

    Digits, hyphens and single letters do not count: shop1 and shop2, blue-otter and blueotter, team-a and team-b are
    all meant.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST or len(long) - len(short) > 1 or short == long:
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :] and long[start].isalpha()
    swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    changed = short[start + 1 :] == long[start + 1 :]
    letters = short[start] + long[start]
    return (swapped or changed) and letters.isalpha() and not _stands_alone(long, start)


def _stands_alone(label: str, place: int) -> bool:
    """Return whether a letter is a part of its own, between hyphens or at an end."""
    return label[place - 1 : place] in {"", "-"} and label[place + 1 : place + 2] in {"", "-"}


def near(domain: DomainName, others: Iterable[DomainName]) -> DomainName | None:
    """Return another name whose label is one letter away; None if some name has this very label already.

    Then a person meant it before: who answered once is not asked again for another extension.
    """
    label, found = _label(domain), None
    for other in others:
        known = _label(other)
        if known == label:
            return None
        if found is None and nearly_the_same(label, known):
            found = other
    return found


def near_in_text(domains: Sequence[DomainName], text: str) -> tuple[DomainName, str] | None:
    """Return the first name that is one letter away from a word of the text, and that word."""
    words = {word.lower().strip(".-_*~`").split(".")[0] for word in _WORD.findall(text)}
    for domain in domains:
        label = _label(domain)
        if label in words:
            continue
        if (word := next((word for word in sorted(words) if nearly_the_same(label, word)), None)) is not None:
            return domain, word
    return None


def _label(domain: DomainName) -> str:
    return domain.unicode.partition(".")[0]
