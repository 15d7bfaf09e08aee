"""Homographs: names that can be mistaken for others, by mixed scripts or by letters that look alike.

The table is the part of Unicode's confusables (UTS #39, https://www.unicode.org/Public/security/latest/confusables.txt)
that occurs in domain names: small letters of Cyrillic, Greek and Armenian, and a few Latin ones, that look like plain
ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from ordering.model.domain_name import DomainName
from ordering.model.line_warnings import LineWarning, WarningKind

# ruff: noqa: RUF001 - letters of the same look are what this file is about
_LOOKS_LIKE = {
    "a": "ɑαа", "c": "с", "d": "ԁ", "e": "еҽ", "f": "ք", "g": "ɡց", "h": "һհ", "i": "ıɩιіӏ", "j": "ϳј",
    "l": "1", "n": "ոռ", "o": "0οσоօ", "p": "ρр", "q": "ԛգզ", "r": "г", "s": "ѕ", "u": "ʋυս", "v": "νѵ",
    "w": "ɯѡԝա", "x": "х", "y": "ɣγуү",
}  # fmt: skip
_PLAIN = str.maketrans({other: plain for plain, others in _LOOKS_LIKE.items() for other in others})
# UTS #39, "highly restrictive": scripts that may be mixed in one word.
_TOGETHER = (
    {"Latin", "Cjk", "Hiragana", "Katakana"},
    {"Latin", "Cjk", "Bopomofo"},
    {"Latin", "Cjk", "Hangul"},
)


def warnings_about(
    domain: DomainName, *, owned: Iterable[DomainName], in_carts: Iterable[DomainName]
) -> tuple[LineWarning, ...]:
    """Return one warning for each risk that buyers should know of."""
    found = [*_of_scripts(domain)]
    if twin := _twin(domain, owned):
        found.append(LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": twin.ascii}))
    if twin := _twin(domain, in_carts):
        found.append(LineWarning(WarningKind.LIKE_A_NAME_IN_A_CART, {"twin": twin.ascii}))
    return tuple(found)


def skeleton(label: str) -> str:
    """Return a label in plain letters; two labels with the same skeleton can be mistaken for each other."""
    bare = "".join(c for c in unicodedata.normalize("NFD", label) if not unicodedata.combining(c))
    return bare.translate(_PLAIN).replace("rn", "m").replace("vv", "w")


def _of_scripts(domain: DomainName) -> Iterator[LineWarning]:
    for label in domain.unicode.split("."):
        scripts = {_script(letter) for letter in label if letter.isalpha()}
        if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
            yield LineWarning(WarningKind.MIXED_SCRIPTS, {"scripts": sorted(scripts)})
        elif not label.isascii() and "Latin" not in scripts and skeleton(label).isascii():
            yield LineWarning(WarningKind.LOOKS_LATIN, {"scripts": sorted(scripts), "like": skeleton(label)})


def _script(letter: str) -> str:
    """Return the first word of a letter's Unicode name, which is its script for all letters in domain names."""
    return re.split("[ -]", unicodedata.name(letter, "unknown"))[0].capitalize()


def _twin(domain: DomainName, others: Iterable[DomainName]) -> DomainName | None:
    """Return the first of the others that looks the same but is spelt differently before its extension."""
    own = _before_extension(domain)
    looks = skeleton(own)
    twins = (o for o in others if _before_extension(o) != own and skeleton(_before_extension(o)) == looks)
    return min(twins, default=None)


def _before_extension(domain: DomainName) -> str:
    return domain.unicode.partition(".")[0]
