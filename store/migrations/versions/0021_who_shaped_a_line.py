"""Who shaped a line"""

from alembic import op
import sqlalchemy as sa


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('lines', sa.Column('shaped_by', sa.JSON(), nullable=False, server_default='[]'))


def downgrade() -> None:
    op.drop_column('lines', 'shaped_by')
