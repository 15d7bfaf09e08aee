"""The schema check of every write: the database still has the schema that this process knows.

A newer version may migrate the database while an older process runs. The older one must write nothing from then on:
columns that it does not know would keep old values.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import text
from sqlmodel import Session

from store.diagnosis import explained
from store.engine import Engines
from store.errors import SchemaChanged
from store.migrate import newest

# FOR SHARE waits for a migration that has locked the row, and does not block other writers.
_REVISION = {
    "sqlite": text("SELECT version_num FROM alembic_version"),
    "postgresql": text("SELECT version_num FROM alembic_version FOR SHARE"),
}


@contextmanager
def writing(engines: Engines) -> Iterator[Session]:
    """Begin a transaction that may write, commit it at the end, and roll back on an exception.

    Raises `SchemaChanged` before any write if the schema is another version's; `DatabaseError` if the database cannot
    be used. A bug keeps its own exception.
    """
    write_queue = engines.write_queue.held() if engines.write_queue else nullcontext()
    with (
        explained(engines.write),
        write_queue,
        Session(engines.write, expire_on_commit=False) as session,
        session.begin(),
    ):
        try:
            _require_own_schema(session)
        except SchemaChanged:
            engines.schema_changed.set()  # ends the whole process, whichever thread noticed
            raise
        yield session


def _require_own_schema(session: Session) -> None:
    found = session.execute(_REVISION[session.get_bind().dialect.name]).scalars().all()
    if list(found) != [newest()]:
        raise SchemaChanged(", ".join(found) or "none", newest())
