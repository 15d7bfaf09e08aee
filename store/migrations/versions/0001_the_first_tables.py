"""The first tables"""

from alembic import op
import sqlalchemy as sa


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('carts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('requester', sa.String(), nullable=True),
    sa.Column('purpose', sa.String(), nullable=True),
    sa.Column('quote', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('seal_digest', sa.String(), nullable=True),
    sa.Column('seal_minor', sa.BigInteger(), nullable=True),
    sa.Column('seal_currency', sa.String(), nullable=True),
    sa.Column('approved_by', sa.JSON(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rejected_by', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('attempt_number', sa.Integer(), nullable=True),
    sa.Column('attempt_cart', sa.String(), nullable=True),
    sa.Column('attempt_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('payment_method', sa.Integer(), nullable=True),
    sa.Column('payment_by', sa.String(), nullable=True),
    sa.Column('payment_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('payment_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('carts', schema=None) as batch_op:
        batch_op.create_index('carts_by_state', ['state', 'id'], unique=False)
        batch_op.create_index('carts_due', ['due_at'], unique=False)
        batch_op.create_index('one_open_cart_a_channel', ['channel'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('events_by_cart', ['cart_id', 'id'], unique=False)
        batch_op.create_index('events_by_time', ['at'], unique=False)
        batch_op.create_index('events_untold', ['cart_id'], unique=False, sqlite_where=sa.text('NOT told'), postgresql_where=sa.text('NOT told'))

    op.create_table('lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.Column('years', sa.Integer(), nullable=False),
    sa.Column('pricing_mode', sa.String(), nullable=False),
    sa.Column('added_by', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('renewal_minor', sa.BigInteger(), nullable=True),
    sa.Column('regular_minor', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('cart_id', 'domain')
    )
    with op.batch_alter_table('lines', schema=None) as batch_op:
        batch_op.create_index('lines_by_domain', ['domain'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('ts', sa.String(), nullable=True),
    sa.Column('shown', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('cart_id', 'role', 'channel')
    )
    op.create_table('sales_orders',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('methods', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('cart_id')
    )



def downgrade() -> None:

    op.drop_table('sales_orders')
    op.drop_table('messages')
    with op.batch_alter_table('lines', schema=None) as batch_op:
        batch_op.drop_index('lines_by_domain')

    op.drop_table('lines')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('events_untold', sqlite_where=sa.text('NOT told'), postgresql_where=sa.text('NOT told'))
        batch_op.drop_index('events_by_time')
        batch_op.drop_index('events_by_cart')

    op.drop_table('events')
    with op.batch_alter_table('carts', schema=None) as batch_op:
        batch_op.drop_index('one_open_cart_a_channel', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('carts_due')
        batch_op.drop_index('carts_by_state')

    op.drop_table('carts')

