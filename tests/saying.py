"""Sentences of the catalogue where a test does not know all their data, such as the figure that came in time."""

from typing import Any

HOLE: Any = "\0"  # stands for what the test does not know


def before_hole(sentence: str) -> str:
    """Return a sentence up to what the test does not know."""
    return sentence.partition(HOLE)[0]


def after_hole(sentence: str) -> str:
    """Return what follows the last thing that the test does not know."""
    return sentence.rpartition(HOLE)[2]
