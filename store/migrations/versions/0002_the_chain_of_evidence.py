"""The chain of evidence"""

import hashlib
import json
from datetime import UTC, datetime

from alembic import op
import sqlalchemy as sa



revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# SQLite's REPLACE removes the row in its way without firing a DELETE trigger, so that has one of its own.
SQLITE_GUARDS = (
    "CREATE TRIGGER events_keep_update BEFORE UPDATE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are kept as they are: they can only be added'); END",
    "CREATE TRIGGER events_keep_delete BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are kept as they are: they can only be added'); END",
    "CREATE TRIGGER events_keep_replace BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events "
    "WHERE id = NEW.id OR (cart_id = NEW.cart_id AND number = NEW.number)) "
    "BEGIN SELECT RAISE(ABORT, 'events are kept as they are: they can only be added'); END",
)
POSTGRESQL_GUARDS = (
    "CREATE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are kept as they are: they can only be added'; END $$",
    "CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION events_keep()",
)


def upgrade() -> None:

    op.add_column('carts', sa.Column('events', sa.Integer(), server_default='0', nullable=False))
    op.create_table('chain',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('facts', 'previous_in_cart', 'previous', 'digest'):
        op.add_column('events', sa.Column(column, sa.String(), nullable=True))
    op.add_column('events', sa.Column('number', sa.Integer(), nullable=True))

    _chain_what_is_there(op.get_bind())

    op.create_table('untold',
    sa.Column('event_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], ),
    sa.PrimaryKeyConstraint('event_id')
    )
    op.execute("INSERT INTO untold (event_id, cart_id) SELECT id, cart_id FROM events WHERE NOT told")
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('events_untold')
        batch_op.drop_index('events_by_cart')
        batch_op.drop_column('told')
        batch_op.alter_column('number', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('digest', existing_type=sa.String(), nullable=False)
        batch_op.create_index('events_by_cart', ['cart_id', 'number'], unique=True)
    with op.batch_alter_table('untold', schema=None) as batch_op:
        batch_op.create_index('untold_by_cart', ['cart_id'], unique=False)
        batch_op.create_foreign_key('untold_event_id_fkey', 'events', ['event_id'], ['id'])

    guards: tuple[str, ...] = SQLITE_GUARDS
    if op.get_bind().dialect.name != 'sqlite':
        # From now on an event's number is given with the head of the chain locked: without gaps.
        op.execute("ALTER TABLE events ALTER COLUMN id DROP DEFAULT")
        op.execute("DROP SEQUENCE IF EXISTS events_id_seq")
        guards = POSTGRESQL_GUARDS
    for guard in guards:
        op.execute(guard)


def _chain_what_is_there(connection: sa.Connection) -> None:
    """Number the events anew, without gaps, and chain them. What their carts were like then nobody knows: no facts."""
    carts, events, chain = (sa.table(name, *map(sa.column, columns)) for name, columns in (
        ('carts', ('id', 'events')),
        ('events', ('id', 'cart_id', 'number', 'state', 'by', 'note', 'previous_in_cart', 'previous', 'digest')),
        ('chain', ('id', 'number', 'digest')),
    ))
    events.append_column(sa.column('at', sa.DateTime(timezone=True)))
    head: tuple[int, str | None] = (0, None)  # how many events, and the last one's digest
    of_cart: dict[int, tuple[int, str | None]] = {}
    asked = sa.select(events.c.id, events.c.cart_id, events.c.state, events.c.at, events.c.by, events.c.note)
    for row in connection.execute(asked.order_by(events.c.id)).all():
        number, before = of_cart.get(row.cart_id, (0, None))
        id_, previous = head[0] + 1, head[1]
        fields = (id_, row.cart_id, number + 1, row.state, _utc(row.at), row.by, row.note, None, before, previous)
        digest = _digest(*fields)
        # Never above the old number, so it is free by now.
        connection.execute(sa.update(events).where(events.c.id == row.id).values(
            id=id_, number=number + 1, digest=digest, previous_in_cart=before, previous=previous,
        ))
        head, of_cart[row.cart_id] = (id_, digest), (number + 1, digest)
    for cart_id, newest in of_cart.items():
        connection.execute(sa.update(carts).where(carts.c.id == cart_id).values(events=newest[0]))
    connection.execute(sa.insert(chain).values(id=1, number=head[0], digest=head[1]))


def _digest(id_: int, cart_id: int, number: int, state: str, at: datetime, *rest: object) -> str:
    """The digest of an event's first form, as it was computed when this migration was written."""
    moment = at.isoformat(timespec="microseconds")
    fields = ["domain-desk event 1", id_, cart_id, number, state, moment, *rest]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def downgrade() -> None:

    if op.get_bind().dialect.name == 'sqlite':
        for guard in ('update', 'delete', 'replace'):
            op.execute(f"DROP TRIGGER events_keep_{guard}")
    else:
        op.execute("DROP TRIGGER events_keep ON events")
        op.execute("DROP FUNCTION events_keep()")
        op.execute("CREATE SEQUENCE events_id_seq OWNED BY events.id")
        op.execute("SELECT setval('events_id_seq', (SELECT max(id) + 1 FROM events), false)")
        op.execute("ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('events_id_seq')")
    op.add_column('events', sa.Column('told', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute("UPDATE events SET told = false WHERE id IN (SELECT event_id FROM untold)")
    op.drop_table('untold')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('events_by_cart')
        batch_op.alter_column('told', existing_type=sa.Boolean(), server_default=None)
        for column in ('number', 'facts', 'previous_in_cart', 'previous', 'digest'):
            batch_op.drop_column(column)
        batch_op.create_index('events_by_cart', ['cart_id', 'id'], unique=False)
        batch_op.create_index('events_untold', ['cart_id'], unique=False, sqlite_where=sa.text('NOT told'), postgresql_where=sa.text('NOT told'))
    op.drop_table('chain')
    op.drop_column('carts', 'events')
