"""Domain names: parsed once at the boundary, trusted inside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

import idna

from ordering.model.errors import InvalidName

# Slack rewrites text that looks like a link: <http://name.ovh|name.ovh>, and sometimes without the label.
_SLACK_LINK = re.compile(r"<(?:https?://|mailto:)?([^|>]+)(?:\|([^>]*))?>")
# Labels that IDNA leaves unchanged, which are most of them. Fast path: a user may paste hundreds at once.
_PLAIN_LABEL = re.compile(r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_LONGEST_NAME = 253  # RFC 1035, in A-label form and without the root dot
_LONGEST_LABEL = 63  # RFC 1035


@dataclass(frozen=True, slots=True, order=True)
class DomainName:
    """A full domain name; `ascii` is lower-case A-labels without a trailing dot."""

    ascii: str

    @classmethod
    def parse(cls, text: str) -> DomainName:
        """Parse a name in either spelling, any case, with a trailing dot, as a link or in Slack's link form.

        Raises `InvalidName` with a code that says what is wrong.
        """
        typed = _plain(text)
        labels = typed.split(".")
        if len(labels) < 2:  # noqa: PLR2004 - a name has at least a label and an extension
            raise InvalidName(code="name_without_extension", typed=typed)
        encoded = ".".join(_a_label(label, typed) for label in labels)
        if len(encoded) > _LONGEST_NAME:
            raise InvalidName(code="name_too_long", typed=typed, most=_LONGEST_NAME)
        if encoded.rsplit(".", 1)[1].isdigit():
            raise InvalidName(code="name_is_address", typed=typed)
        return cls(encoded)

    @property
    def unicode(self) -> str:
        """The Unicode spelling, such as ``café.fr``."""
        return idna.decode(self.ascii)

    @property
    def extension(self) -> str:
        """Everything after the first dot: ``co.uk`` of ``name.co.uk``. OVH's plan code."""
        return self.ascii.split(".", 1)[1]

    def within(self, extensions: Collection[str]) -> DomainName | None:
        """Return the name that can be registered and that this one lies within; None if its extension is unknown."""
        labels = self.ascii.split(".")
        for start in range(1, len(labels)):
            if ".".join(labels[start:]) in extensions:
                return DomainName(".".join(labels[start - 1 :]))
        return None

    @property
    def is_idn(self) -> bool:
        """Whether the two spellings differ."""
        return "xn--" in self.ascii

    def __str__(self) -> str:
        return f"{self.unicode} ({self.ascii})" if self.is_idn else self.ascii


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A bare word to be tried under several extensions; `ascii` is one lower-case A-label."""

    ascii: str

    @classmethod
    def parse(cls, text: str) -> Word:
        """Parse one label; raises `InvalidName`."""
        typed = _plain(text)
        return cls(_a_label(typed, typed))

    def under(self, extension: str) -> DomainName:
        """Return the full name under an extension; raises `InvalidName` if the extension is not valid."""
        return DomainName.parse(f"{self.ascii}.{extension.lstrip('.')}")


def parse_word_or_name(text: str) -> DomainName | Word:
    """Parse a full name if the text has a dot inside, else a bare word; raises `InvalidName`."""
    return DomainName.parse(text) if "." in _plain(text) else Word.parse(text)


def plain_spelling(domain: DomainName) -> DomainName | None:
    """Return a name without its accents, such as ``cafe.ovh`` for ``café.ovh``; None if it has no such spelling."""
    if not domain.is_idn:
        return None
    decomposed = unicodedata.normalize("NFKD", domain.unicode)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return DomainName(bare) if bare.isascii() else None


def _plain(text: str) -> str:
    """Strip everything around a name: spaces, Slack's link form, a scheme, a path's slash, the root dot, case."""
    stripped = text.strip()
    if link := _SLACK_LINK.fullmatch(stripped):
        stripped = link[2] or link[1]
    stripped = _SCHEME.sub("", stripped).removesuffix("/")
    # IDNA 2008 counts three more characters as dots; UTS 46 maps them, but only inside a label's text.
    stripped = re.sub("[。．｡]", ".", stripped)  # noqa: RUF001 - the homograph dots are the point
    normal = unicodedata.normalize("NFC", stripped).removesuffix(".")
    # Label by label: the small letter of a Greek Σ depends on whether a letter follows, even behind a dot.
    return ".".join(label.lower() for label in normal.split("."))


def _a_label(label: str, typed: str) -> str:
    if not label:
        raise InvalidName(code="name_with_empty_part", typed=typed)
    if _PLAIN_LABEL.fullmatch(label):
        return label
    try:
        encoded = idna.encode(label, uts46=True, std3_rules=True).decode("ascii")
        idna.decode(encoded)  # an A-label that was typed as such must also decode
    except (idna.IDNAError, UnicodeError) as error:
        raise _bad_part(label, typed) from error
    if "." in encoded:
        raise InvalidName(code="name_with_hidden_dot", typed=typed)
    return encoded


def _bad_part(label: str, typed: str) -> InvalidName:
    if len(label) > _LONGEST_LABEL:
        return InvalidName(code="name_with_long_part", typed=typed, most=_LONGEST_LABEL)
    if label.startswith("-") or label.endswith("-"):
        return InvalidName(code="name_with_outer_hyphen", typed=typed)
    if odd := "".join(sorted({c for c in label if not (c.isalnum() or c == "-")})):
        return InvalidName(code="name_with_odd_characters", typed=typed, characters=odd)
    return InvalidName(code="name_with_bad_part", typed=typed, part=label)
