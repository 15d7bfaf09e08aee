"""Payment methods with long numbers"""

from alembic import op
import sqlalchemy as sa


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite's INTEGER has 64 bits, and a copy of the table would take its guards and references along.
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('carts', 'payment_method', existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('carts', 'payment_method', existing_type=sa.BigInteger(), type_=sa.Integer())
