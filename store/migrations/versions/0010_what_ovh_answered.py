"""What OVH answered: payments that it accepted, checkouts that it refused"""

from alembic import op
import sqlalchemy as sa


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('attempt_refusal', sa.String(), nullable=True))
    op.add_column('carts', sa.Column('payment_accepted_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('carts', 'payment_accepted_at')
    op.drop_column('carts', 'attempt_refusal')
