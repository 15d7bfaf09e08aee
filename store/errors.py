"""Database errors in words for the operator.

DatabaseError
├── DatabaseAway       may come back by itself: wait and try again
└── DatabaseUnusable   an operator must act first
    └── SchemaChanged  another version migrated the database: this process must end
"""

from __future__ import annotations

from ordering.ports.store import StoreError


class DatabaseError(StoreError):
    """The database cannot be used; the text is one or two sentences for the operator, without secrets."""


class DatabaseAway(DatabaseError):
    """The database may come back by itself: refused connection, starting up, too many connections, timeout."""


class DatabaseUnusable(DatabaseError):
    """The database stays unusable until an operator acts: wrong password, read-only, newer version, not ours."""


class SchemaChanged(DatabaseUnusable):
    """Another version migrated the database while this process was running. Nothing was written."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"Another version of the bot has migrated the database to revision {found}; this one knows {known}. "
            "It writes nothing more and ends. Start the version that fits the database."
        )
