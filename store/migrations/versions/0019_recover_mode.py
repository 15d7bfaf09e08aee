"""Recover mode"""

import hashlib
import secrets

from alembic import op
import sqlalchemy as sa


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('chain', sa.Column('database_id', sa.String(), nullable=True))
    op.add_column('chain', sa.Column('epoch', sa.BigInteger(), server_default='0', nullable=False))
    op.create_table(
        'recovery',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('is_copy', sa.Boolean(), nullable=False),
        sa.Column('numbers_above', sa.Integer(), nullable=False),
        sa.Column('cause', sa.String(), nullable=True),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_event_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('processes_may_live', sa.Boolean(), nullable=False),
        sa.Column('floor_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('compared', sa.Integer(), nullable=True),
        sa.Column('confirmed_by', sa.String(), nullable=True),
        sa.Column('told', sa.Boolean(), nullable=False),
        sa.Column('lost_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lost_noticed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lost_told', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    _name_the_database(op.get_bind())


def _name_the_database(connection: sa.Connection) -> None:
    """Derive the id from the first event, so that a backup from before this migration gets the same one."""
    first = connection.scalar(sa.text("SELECT digest FROM events ORDER BY id LIMIT 1"))
    name = hashlib.sha256(str(first).encode()).hexdigest()[:12] if first else secrets.token_hex(6)
    connection.execute(sa.text("UPDATE chain SET database_id = :name"), {"name": name})
    connection.execute(
        sa.text(
            "INSERT INTO recovery (id, is_copy, numbers_above, processes_may_live, told, lost_told) "
            "VALUES (1, :no, 0, :no, :no, :yes)"
        ),
        {"no": False, "yes": True},
    )


def downgrade() -> None:
    op.drop_table('recovery')
    op.drop_column('chain', 'epoch')
    op.drop_column('chain', 'database_id')
