"""This database's own id, which a copy of it keeps."""

from __future__ import annotations

import hashlib

from sqlmodel import Session, col, select

from store.engine import Engines
from store.tables import ChainRow

_DIGITS = 12  # hexadecimal


def desk_id(engines: Engines, *, team: str, bot_user: str | None) -> str:
    """Return the id by which OVH's carts name this desk: of this database, Slack team and bot user.

    A copy of the database under another app is another desk.
    """
    with Session(engines.read) as session:
        database = session.exec(select(col(ChainRow.database_id)).where(col(ChainRow.id) == 1)).one()
    return hashlib.sha256("\n".join((database or "", team, bot_user or "")).encode()).hexdigest()[:_DIGITS]
