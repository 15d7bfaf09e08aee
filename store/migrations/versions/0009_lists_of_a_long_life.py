"""Lists that stay quick however many carts there were"""

from alembic import op
import sqlalchemy as sa


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

LIVE = sa.text("state NOT IN ('cancelled', 'delivered', 'rejected')")


def upgrade() -> None:
    op.create_index('carts_live', 'carts', ['id'], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index('carts_by_approval', 'carts', ['approved_at'])
    op.drop_index('carts_by_state', table_name='carts')


def downgrade() -> None:
    op.create_index('carts_by_state', 'carts', ['state', 'id'])
    op.drop_index('carts_by_approval', table_name='carts')
    op.drop_index('carts_live', table_name='carts')
