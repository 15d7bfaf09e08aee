"""The shared budget"""

from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'ovh_budget',
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('state', sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint('key'),
    )


def downgrade() -> None:
    op.drop_table('ovh_budget')
