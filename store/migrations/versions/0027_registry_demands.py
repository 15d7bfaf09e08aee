"""What registries insisted on"""

from alembic import op
import sqlalchemy as sa


revision = '0027'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('registry_demands',
    sa.Column('extension', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('extension', 'kind', 'label')
    )


def downgrade() -> None:
    op.drop_table('registry_demands')
