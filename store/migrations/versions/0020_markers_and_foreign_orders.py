"""Markers and foreign orders"""

from alembic import op
import sqlalchemy as sa


revision = '0020'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('attempt_deleting', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('carts', sa.Column('attempt_denied_by', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('carts', 'attempt_denied_by')
    op.drop_column('carts', 'attempt_deleting')
