"""Markers and foreign orders"""

import hashlib
import secrets

from alembic import op
import sqlalchemy as sa


revision = '0020'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('attempt_deleting', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('carts', sa.Column('attempt_denied_by', sa.String(), nullable=True))
    op.add_column('sales_orders', sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('sales_orders', sa.Column('owner_hidden', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('desk',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('database_id', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    _name_the_database(op.get_bind())


def _name_the_database(connection: sa.Connection) -> None:
    """Derive the id from the first event, so that a backup from before this migration gets the same one."""
    first = connection.scalar(sa.text("SELECT digest FROM events ORDER BY id LIMIT 1"))
    name = hashlib.sha256(str(first).encode()).hexdigest()[:12] if first else secrets.token_hex(6)
    connection.execute(sa.text("INSERT INTO desk (number, database_id) VALUES (1, :name)"), {"name": name})


def downgrade() -> None:
    op.drop_table('desk')
    op.drop_column('sales_orders', 'owner_hidden')
    op.drop_column('sales_orders', 'adopted_at')
    op.drop_column('carts', 'attempt_denied_by')
    op.drop_column('carts', 'attempt_deleting')
