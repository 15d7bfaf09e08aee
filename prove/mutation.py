"""One guard of the bot, and how to break it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """What is broken, and how: `old` stands in the file exactly once."""

    what: str
    file: str
    old: str
    new: str
