"""Extract domain names from typed text: split links, separators and slashes."""

from __future__ import annotations

import re
from html import unescape
from itertools import chain

from ordering.model.domain_name import DomainName, parse_word_or_name
from ordering.model.errors import InvalidName

# Separators between names in pasted lists, tables and sentences, including bullets and quotes.
_SEPARATORS = re.compile(
    r"(?:[\s,;|&=\\\"'“”„‘’«»`()\[\]{}<>*…、，；：•·◦▪▫●○■□‣⁃→⇒➔➤✓✔]"  # noqa: RUF001 - as typed
    r"|:(?!\d)|(?<!\S)(?:[-–—+]|\d{1,4}[.)])(?=\s))+"  # noqa: RUF001 - as above
)
_LINK = re.compile(r"<([^<|>\s]+)(?:\|([^<>]*))?>")  # a link or a mention, as Slack writes it
_MENTION = re.compile(r"[@#!]")
# Marks of writing direction and of invisible spaces; a text copied from a web page or a PDF is full of them. The two
# joiners are letters to some scripts, so they stay.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Security reports write name[.]ovh and hxxps://, so that nobody opens it by mistake.
_DEFANGED_DOT = re.compile(r"[ \t]?[\[({](?:\.|dot)[\])}][ \t]?", re.IGNORECASE)
_DEFANGED_SCHEME = re.compile(r"\bhxxp(?=s?://)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://([^\s/?#,;|<>]*)(?:[/?#][^\s,;|<>]*)?", re.IGNORECASE)
_PORT = re.compile(r":\d{1,5}(?![\w.])")
_BEHIND = re.compile(r"(?<=[\w/])[?#][^\s,;|]*")  # a query or a fragment
_DOTS = re.compile(r"\.{2,}$")
_MARKUP = "_~"  # around a name that was typed in italics or struck through
_PAGE = re.compile(
    r"\.(?:html?|php|aspx?|jsp|pdf|png|jpe?g|gif|svg|css|js|json|xml|txt)$", re.IGNORECASE
)  # file endings, not extensions


def parts_of(text: str) -> list[str]:
    """Split typed text into names without duplicates and without the separators between and around them."""
    plain = _BEHIND.sub(" ", _PORT.sub(" ", _ADDRESS.sub(_host, readable(text))))
    parts = map(_alone, _SEPARATORS.split(plain))
    return list(dict.fromkeys(filter(None, chain.from_iterable(map(_beside_slashes, parts)))))


def has_a_name(text: str) -> bool:
    """Return whether something in a typed text is a full name."""
    return any(map(_is_name, parts_of(text)))


def readable(text: str) -> str:
    """Return the text without Slack's markup, without invisible marks, and with dots that were made harmless."""
    plain = _INVISIBLE.sub("", unescape(_LINK.sub(_linked, text)))
    return _DEFANGED_SCHEME.sub("http", _DEFANGED_DOT.sub(".", plain))


def _linked(link: re.Match[str]) -> str:
    """Return the text of a link if it has a name, else its address; nothing for a mention."""
    address, label = link[1], link[2]
    if _MENTION.match(address):
        return " "
    if label and not re.search(r"\s", label) and ("." in label or address.endswith(f"//{label}")):
        return f" {label} "
    return f" {address.removeprefix('mailto:')} "


def _host(address: re.Match[str]) -> str:
    return f" {address[1].rpartition('@')[2]} "


def _alone(part: str) -> str:
    """Return a part without a user before it, and without the markup and punctuation around it."""
    bare = part.lstrip("#?").rpartition("@")[2]
    return _DOTS.sub("", bare.strip(_MARKUP).rstrip("!?:"))


def _beside_slashes(part: str) -> list[str]:
    """Return the host of an address, or all parts if slashes only separate names, as in ``a.com/b.com``."""
    first, *others = (each.strip(_MARKUP).rstrip("!?:") for each in part.split("/"))
    is_address = "." in first and not all(map(_is_name, filter(None, others)))
    return [first] if is_address else [first, *others]


def _is_name(text: str) -> bool:
    try:
        return isinstance(parse_word_or_name(text), DomainName) and not _PAGE.search(text)
    except InvalidName:
        return False
