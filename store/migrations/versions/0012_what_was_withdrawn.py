"""What was withdrawn: the registrar carts of tries that ordered nothing"""

from alembic import op
import sqlalchemy as sa


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('attempt_withdrawn_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('carts', 'attempt_withdrawn_at')
