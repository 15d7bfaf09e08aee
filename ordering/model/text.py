"""Whether a text says anything: people paste characters that show nothing."""

from __future__ import annotations

import unicodedata

# Spaces and breaks, what only directs or joins, what is private or half a character, marks without a letter.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and a pattern of dots by their category, drawn empty


def is_visible(text: str) -> bool:
    """Whether at least one character of it can be seen."""
    return any(char not in _BLANK and unicodedata.category(char) not in _UNSEEN for char in text)
