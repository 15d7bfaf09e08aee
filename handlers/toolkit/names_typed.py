"""Extract domain names from typed text: split links, separators and slashes."""

from __future__ import annotations

import re
from itertools import chain

from ordering.model.domain_name import DomainName, parse_word_or_name
from ordering.model.errors import InvalidName

# Separators between names in pasted lists, tables and sentences, including bullets and quotes.
_SEPARATORS = re.compile(r"(?:[\s,;|\\\"'“”„‘’«»`()\[\]{}•·*]|(?<!\S)(?:[-–—+]|\d{1,4}[.)])(?=\s))+")  # noqa: RUF001 - as typed
_LINK = re.compile(r"<(?:https?://|mailto:)?([^<|>\s]+)(?:\|([^<>]*))?>")  # a link as Slack writes it
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_PAGE = re.compile(
    r"\.(?:html?|php|aspx?|jsp|pdf|png|jpe?g|gif|svg|css|js|json|xml|txt)$", re.IGNORECASE
)  # file endings, not extensions


def parts_of(text: str) -> list[str]:
    """Split typed text into names without duplicates and without the separators between and around them."""
    parts = (part.rstrip("!?:") for part in _SEPARATORS.split(without_links(text)))
    return list(dict.fromkeys(filter(None, chain.from_iterable(map(_beside_slashes, parts)))))


def without_links(text: str) -> str:
    return _LINK.sub(lambda link: f" {link[2] or link[1].partition('/')[0]} ", text)


def _beside_slashes(part: str) -> list[str]:
    """Return the host of an address, or all parts if slashes only separate names, as in ``a.com/b.com``."""
    plain = _SCHEME.sub("", part)
    first, *others = (each.rstrip("!?:") for each in plain.split("/"))
    is_address = plain != part or ("." in first and not all(map(_is_name, filter(None, others))))
    return [first] if is_address else [first, *others]


def _is_name(text: str) -> bool:
    try:
        return isinstance(parse_word_or_name(text), DomainName) and not _PAGE.search(text)
    except InvalidName:
        return False
