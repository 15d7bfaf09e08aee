"""A save id for each cart"""

import secrets

from alembic import op
import sqlalchemy as sa


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('save_id', sa.String(), nullable=False, server_default=''))
    # Another one with each upgrade: a process never takes a cart of a restored older database for one that it read.
    op.execute(sa.text('UPDATE carts SET save_id = :random').bindparams(random=secrets.token_hex(8)))


def downgrade() -> None:
    op.drop_column('carts', 'save_id')
