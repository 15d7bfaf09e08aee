"""Personal data beside the chain"""

from alembic import op
import sqlalchemy as sa


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('personal',
    sa.Column('pseudonym', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=True),
    sa.Column('salt', sa.String(), nullable=True),
    sa.Column('cart_id', sa.Integer(), nullable=False),
    sa.Column('by', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('pseudonym')
    )
    op.create_index('personal_by_cart', 'personal', ['cart_id', 'subject'])
    op.create_index('personal_by_person', 'personal', ['text'], unique=True,
                    sqlite_where=sa.text("subject = 'person'"), postgresql_where=sa.text("subject = 'person'"))


def downgrade() -> None:
    op.drop_index('personal_by_person', 'personal')
    op.drop_index('personal_by_cart', 'personal')
    op.drop_table('personal')
