"""Markers and foreign orders"""

from alembic import op
import sqlalchemy as sa


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('carts', sa.Column('attempt_deleting', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('carts', sa.Column('attempt_denied_by', sa.String(), nullable=True))
    op.add_column('carts', sa.Column('foreign_order', _NUMBER, nullable=True))
    op.add_column('carts', sa.Column('foreign_allowed', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('sales_orders', sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('sales_orders', sa.Column('owner_hidden', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('chain', sa.Column('desk', sa.String(), nullable=True))
    op.create_table('money_calls',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('registrar_cart', sa.String(), nullable=True),
    sa.Column('marker', sa.String(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('money_calls_by_subject', 'money_calls', ['subject'])
    op.create_table('compared_markers',
    sa.Column('marker', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('marker')
    )
    op.create_table('presences',
    sa.Column('cart', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('cart')
    )
    op.create_table('foreign_orders',
    sa.Column('number', _NUMBER, autoincrement=False, nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('foreign_orders_by_age', 'foreign_orders', ['made_at'])


def downgrade() -> None:
    op.drop_index('foreign_orders_by_age', 'foreign_orders')
    op.drop_table('foreign_orders')
    op.drop_table('presences')
    op.drop_table('compared_markers')
    op.drop_index('money_calls_by_subject', 'money_calls')
    op.drop_table('money_calls')
    op.drop_column('chain', 'desk')
    op.drop_column('sales_orders', 'owner_hidden')
    op.drop_column('sales_orders', 'adopted_at')
    op.drop_column('carts', 'foreign_allowed')
    op.drop_column('carts', 'foreign_order')
    op.drop_column('carts', 'attempt_denied_by')
    op.drop_column('carts', 'attempt_deleting')
