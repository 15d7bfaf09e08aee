"""When a payment was sent by OVH's clock"""

from alembic import op
import sqlalchemy as sa


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('payment_sent_at_ovh', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('carts', 'payment_sent_at_ovh')
