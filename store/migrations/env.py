"""Runs migrations on the connection that `store.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

from store import money_tables, tables  # noqa: F401 - importing them is what fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,
)

with context.begin_transaction():
    context.run_migrations()
