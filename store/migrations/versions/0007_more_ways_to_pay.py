"""More ways to pay"""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('payment_mean', sa.String(), nullable=True))
    op.add_column('carts', sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('sales_orders', sa.Column('invoice', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('sales_orders', 'invoice')
    op.drop_column('carts', 'reminded_at')
    op.drop_column('carts', 'payment_mean')
