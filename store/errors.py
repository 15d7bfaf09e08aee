"""Database errors in words for the operator.

DatabaseError
├── DatabaseAway       may come back by itself: wait and try again
└── DatabaseUnusable   an operator must act first
"""

from __future__ import annotations


class DatabaseError(Exception):
    """The database cannot be used; the text is one or two sentences for the operator, without secrets."""


class DatabaseAway(DatabaseError):
    """The database may come back by itself: refused connection, starting up, too many connections, timeout."""


class DatabaseUnusable(DatabaseError):
    """The database stays unusable until an operator acts: wrong password, read-only, newer version, not ours."""
