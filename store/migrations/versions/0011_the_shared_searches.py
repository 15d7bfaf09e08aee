"""The shared searches"""

from alembic import op
import sqlalchemy as sa


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'searches',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('content', sa.String(), nullable=False),
        sa.Column('runner', sa.String(), nullable=True),
        sa.Column('stop', sa.Boolean(), nullable=False),
        sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('searches_by_age', 'searches', ['kept_at'])


def downgrade() -> None:
    op.drop_index('searches_by_age', table_name='searches')
    op.drop_table('searches')
