"""The rights port: the current standing of people in the team's chat."""

from __future__ import annotations

from typing import Protocol

from ordering.model.policy import Person


class Rights(Protocol):
    """Reads the current membership and groups of people."""

    def person(self, user: str) -> Person:
        """Read a person with their user groups. Never raises: the result marks what could not be read."""


class ById:
    """Treats everyone as a member without user groups. For tools and tests that have no chat."""

    def person(self, user: str) -> Person:
        return Person(user)
