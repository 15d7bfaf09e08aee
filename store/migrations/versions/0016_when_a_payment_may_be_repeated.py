"""What decides when an order whose payment is unknown can be paid again"""

from alembic import op
import sqlalchemy as sa


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

_CARTS = (
    ('payment_ended_at', sa.DateTime(timezone=True)),
    ('payment_ended_at_ovh', sa.DateTime(timezone=True)),
    ('payment_refusal', sa.String()),
    ('payment_word_paid', sa.Boolean()),
    ('payment_word_by', sa.String()),
    ('payment_word_at', sa.DateTime(timezone=True)),
    ('payment_waits_until_ovh', sa.DateTime(timezone=True)),
    ('payment_told_at_ovh', sa.DateTime(timezone=True)),
)
_ORDERS = (
    ('opened_at', sa.DateTime(timezone=True)),
    ('missing_since', sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for name, kind in _CARTS:
        op.add_column('carts', sa.Column(name, kind, nullable=True))
    for name, kind in _ORDERS:
        op.add_column('sales_orders', sa.Column(name, kind, nullable=True))
    op.add_column('carts', sa.Column('payment_unexplained', sa.Integer(), server_default='0', nullable=False))
    op.add_column('sales_orders', sa.Column('explained', sa.Integer(), server_default='0', nullable=False))
    op.create_index('carts_by_payment', 'carts', ['payment_sent_at_ovh'])


def downgrade() -> None:
    op.drop_index('carts_by_payment', 'carts')
    op.drop_column('sales_orders', 'explained')
    op.drop_column('carts', 'payment_unexplained')
    for name, _ in reversed(_ORDERS):
        op.drop_column('sales_orders', name)
    for name, _ in reversed(_CARTS):
        op.drop_column('carts', name)
