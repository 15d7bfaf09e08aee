"""Read a user's current rights before their decision is carried out, for the worker's threads."""

from __future__ import annotations

from anyio import from_thread

from handlers.toolkit.members import Members
from ordering.model.policy import Person


class SlackRights:
    """Reads users from Slack, from a thread of a `Bridge`. An answer is valid as long as `Members` caches it."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def person(self, user: str) -> Person:
        return from_thread.run(self._members.who, user)
