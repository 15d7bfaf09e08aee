"""Decisions: when they were made by OVH's clock, and the inbox of clicks"""

from alembic import op
import sqlalchemy as sa


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('carts', sa.Column('approved_at_ovh', sa.DateTime(timezone=True), nullable=True))
    op.add_column('carts', sa.Column('payment_asked_at_ovh', sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'inbox',
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('cart_id', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('shown', sa.String(), nullable=False),
        sa.Column('content', sa.String(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('outcome', sa.String(), nullable=True),
        sa.PrimaryKeyConstraint('key'),
    )
    op.create_index('inbox_open', 'inbox', ['next_at'], sqlite_where=sa.text('outcome IS NULL'),
                    postgresql_where=sa.text('outcome IS NULL'))
    op.create_index('inbox_by_cart', 'inbox', ['cart_id'])
    op.create_index('inbox_by_age', 'inbox', ['at'])


def downgrade() -> None:
    op.drop_table('inbox')
    op.drop_column('carts', 'payment_asked_at_ovh')
    op.drop_column('carts', 'approved_at_ovh')
