"""Name suggestions from a word. Pure rules; only a search finds out whether a name is free.

The words of `blue otter` give                                for example
  hyphen          the words joined by one                     blue-otter
  joined          the words in one                            blueotter
  prefix          a small word before                         getblueotter
  suffix          a small word behind                         blueotterhq
  plural          the plural, or the singular of a plural     blueotters
  abbreviation    without vowels, or the first letters        blttr, bo
  domain hack     an extension as the word's end              blueott.er
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, zip_longest

import idna

from ordering.model.domain_name import DomainName, Word
from ordering.model.errors import InvalidName

PREFIXES = ("get", "try", "my", "go", "the", "use", "hello", "join")
SUFFIXES = ("app", "hq", "hub", "lab", "now", "online", "team", "shop")
MOST_IDEAS = 20
_SHORTEST_ABBREVIATION = 2
_SHORTEST_HACK = 2  # letters before the dot

Parts = Sequence[str]


def ideas(words: Sequence[Word], extensions: Sequence[str], sold: Collection[str]) -> tuple[DomainName, ...]:
    """Return the best suggestions for a phrase, some of every kind, in the order of the extensions, short ones first.

    `extensions` are those to try, most wanted first; `sold` are all, for domain hacks. Prices do not rank: the price of
    a first year is often a teaser.
    """
    parts = [part for word in words for part in idna.decode(word.ascii).split("-") if part]
    typed = set(words)
    places = {extension: place for place, extension in enumerate(extensions)}

    def worth(name: DomainName) -> tuple[int, int, DomainName]:
        label = len(name.unicode) - len(name.extension)
        return places.get(name.extension, len(places)), label, name

    kinds: list[list[DomainName]] = [sorted(set(_hacks(parts, sold)), key=worth)]
    for kind in KINDS:
        labels = [word for word in _readable(kind(parts)) if word not in typed]
        kinds.append(sorted({found for word in labels for found in _under(word, extensions)}, key=worth))
    in_turn = chain.from_iterable(zip_longest(*kinds))
    chosen = list(dict.fromkeys(name for name in in_turn if name is not None))[:MOST_IDEAS]
    return tuple(sorted(chosen, key=worth))


def hyphen(parts: Parts) -> Iterator[str]:
    if len(parts) > 1:
        yield "-".join(parts)


def joined(parts: Parts) -> Iterator[str]:
    if len(parts) > 1:
        yield "".join(parts)


def prefix(parts: Parts) -> Iterator[str]:
    word = "".join(parts)
    yield from (before + word for before in PREFIXES if not word.startswith(before))


def suffix(parts: Parts) -> Iterator[str]:
    word = "".join(parts)
    yield from (word + behind for behind in SUFFIXES if not word.endswith(behind))


def plural(parts: Parts) -> Iterator[str]:
    """Yield the plural of the last word, or its singular, by the rules of English spelling."""
    if not parts:
        return
    word = "".join(parts)
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        yield f"{word}es"
    elif word.endswith("y") and word[-2:-1] not in {"", *"aeiou"}:
        yield f"{word[:-1]}ies"
    else:
        yield f"{word}s"


def abbreviation(parts: Parts) -> Iterator[str]:
    """Yield the word without the vowels after its first letter, and the initials of several words."""
    word = "".join(parts)
    short = word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiouy")
    if _SHORTEST_ABBREVIATION <= len(short) < len(word):
        yield short
    if len(parts) >= _SHORTEST_ABBREVIATION:
        yield "".join(part[0] for part in parts)


KINDS: tuple[Callable[[Parts], Iterator[str]], ...] = (hyphen, joined, prefix, suffix, plural, abbreviation)


def _hacks(parts: Parts, sold: Collection[str]) -> Iterator[DomainName]:
    """Yield the word and its plural, split so that an extension is the end: ``delicio.us``."""
    for word in ("".join(parts), *plural(parts)):
        for extension in sold:
            end = extension.replace(".", "")
            if word.endswith(end) and len(word) - len(end) >= _SHORTEST_HACK:
                yield from (found for label in _readable([word[: -len(end)]]) for found in _under(label, [extension]))


def _readable(labels: Iterable[str]) -> Iterator[Word]:
    for label in labels:
        try:
            yield Word.parse(label)
        except InvalidName:
            continue


def _under(word: Word, extensions: Iterable[str]) -> Iterator[DomainName]:
    for extension in extensions:
        try:
            yield word.under(extension)
        except InvalidName:  # the full name is too long
            continue
