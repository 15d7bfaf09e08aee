"""Timers of their own, the version that each message must show, heartbeats of processes"""

from alembic import op
import sqlalchemy as sa


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

BEHIND = sa.text('shown < wanted')


def upgrade() -> None:
    op.create_table(
        'timers',
        sa.Column('subject', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('subject', 'kind'),
    )
    op.create_index('timers_due', 'timers', ['kind', 'due_at'])
    op.create_index('timers_set', 'timers', ['kind', 'set_at'])
    op.execute(
        "INSERT INTO timers (subject, kind, due_at, set_at) "
        "SELECT id, 'step', due_at, since FROM carts WHERE due_at IS NOT NULL"
    )
    op.drop_index('carts_due', table_name='carts')
    op.drop_column('carts', 'due_at')  # an older process that still writes it fails, and sends nothing
    op.add_column('messages', sa.Column('wanted', sa.Integer(), server_default='0', nullable=False))
    op.execute('UPDATE messages SET wanted = (SELECT version FROM carts WHERE carts.id = messages.cart_id)')
    op.create_index('messages_behind', 'messages', ['cart_id'], sqlite_where=BEHIND, postgresql_where=BEHIND)
    op.create_table(
        'heartbeats',
        sa.Column('process', sa.String(), nullable=False),
        sa.Column('revision', sa.String(), nullable=False),
        sa.Column('beat_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('process'),
    )


def downgrade() -> None:
    op.drop_table('heartbeats')
    op.drop_index('messages_behind', table_name='messages')
    op.drop_column('messages', 'wanted')
    op.add_column('carts', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE carts SET due_at = (SELECT due_at FROM timers WHERE subject = carts.id AND kind = 'step')")
    op.create_index('carts_due', 'carts', ['due_at'])
    op.drop_table('timers')
