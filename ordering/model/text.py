"""Checks for visible text: users paste characters that render as nothing."""

from __future__ import annotations

import unicodedata

# Spaces and breaks, control and joining characters, private ones, half characters, and marks without a letter.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters, and a pattern of dots, by category; rendered empty


def is_visible(text: str) -> bool:
    """Return whether at least one character of the text is visible."""
    return any(char not in _BLANK and unicodedata.category(char) not in _UNSEEN for char in text)
