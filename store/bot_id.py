"""The database's own id, which a copy of it keeps."""

from __future__ import annotations

import hashlib

from sqlmodel import Session, col, select, update

from store.engine import Engines
from store.tables import ChainRow

_DIGITS = 12  # hexadecimal


def bot_id(engines: Engines, *, team: str, bot_user: str | None) -> str:
    """Return the id that marks this bot's carts at OVH, derived from this database, the Slack team and the bot user.

    A copy of the database under another app is another bot. The id is stored for commands that do not know Slack.
    """
    with Session(engines.read) as session:
        columns = (col(ChainRow.database_id), col(ChainRow.bot_id))
        database, kept = session.exec(select(*columns).where(col(ChainRow.id) == 1)).one()
    own = hashlib.sha256("\n".join((database or "", team, bot_user or "")).encode()).hexdigest()[:_DIGITS]
    if kept != own:
        with engines.write.begin() as connection:
            connection.execute(update(ChainRow).where(col(ChainRow.id) == 1).values(bot_id=own))
    return own


def stored_bot_id(engines: Engines) -> str | None:
    """Return the id from the bot's latest start; None before the first one."""
    with Session(engines.read) as session:
        return session.exec(select(col(ChainRow.bot_id)).where(col(ChainRow.id) == 1)).one()
