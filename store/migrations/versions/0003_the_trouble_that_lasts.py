"""The trouble that lasts"""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('trouble', sa.String(), nullable=True))
    op.add_column('carts', sa.Column('trouble_since', sa.DateTime(timezone=True), nullable=True))
    op.drop_column('carts', 'tries')


def downgrade() -> None:
    op.add_column('carts', sa.Column('tries', sa.Integer(), server_default='0', nullable=False))
    op.drop_column('carts', 'trouble_since')
    op.drop_column('carts', 'trouble')
