"""Whether a cart is of a private place"""

from alembic import op
import sqlalchemy as sa


revision = '0033'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Earlier versions did not record where a cart was from: what is unknown counts as private.
    op.add_column('carts', sa.Column('private', sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column('carts', 'private')
