"""What a registry asks of a line, and what people answered"""

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('lines', sa.Column('questions', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('lines', sa.Column('answers', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('lines', 'answers')
    op.drop_column('lines', 'questions')
