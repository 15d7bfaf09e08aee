"""Registry answers that can be deleted"""

from alembic import op
import sqlalchemy as sa


revision = '0025'
down_revision = '0022'
branch_labels = None
depends_on = None

ENDED = "keeps_answers AND state IN ('cancelled', 'delivered', 'rejected')"


def upgrade() -> None:
    op.add_column('carts', sa.Column('answers_salt', sa.String(), nullable=True))
    op.add_column('carts', sa.Column('keeps_answers', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        'UPDATE carts SET keeps_answers = true '
        'WHERE EXISTS (SELECT 1 FROM lines WHERE lines.cart_id = carts.id AND lines.answers IS NOT NULL)'
    )
    op.create_index(
        'carts_keep_answers', 'carts', ['since'], sqlite_where=sa.text(ENDED), postgresql_where=sa.text(ENDED)
    )


def downgrade() -> None:
    op.drop_index('carts_keep_answers', 'carts')
    op.drop_column('carts', 'keeps_answers')
    op.drop_column('carts', 'answers_salt')
