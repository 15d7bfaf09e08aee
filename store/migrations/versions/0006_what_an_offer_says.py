"""What an offer says"""

from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('lines', sa.Column('promotion_ends', sa.DateTime(timezone=True), nullable=True))
    op.add_column('lines', sa.Column('phase', sa.String(), server_default='ga', nullable=False))
    op.add_column('lines', sa.Column('offered_years', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('lines', sa.Column('warnings', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    op.drop_column('lines', 'warnings')
    op.drop_column('lines', 'offered_years')
    op.drop_column('lines', 'phase')
    op.drop_column('lines', 'promotion_ends')
