"""Tables for account data outside the carts: orders made elsewhere, and the markers of money calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from store.tables import OVH_NUMBER


class ForeignOrderRow(SQLModel, table=True):
    """An order of the account that no cart of this bot made, as last read. Times are by OVH's clock."""

    __tablename__ = "foreign_orders"
    __table_args__ = (Index("foreign_orders_by_age", "made_at"),)

    number: int = Field(sa_column=Column(OVH_NUMBER, primary_key=True, autoincrement=False))
    names: list[str] = Field(sa_column=Column(JSON, nullable=False))
    currency: str
    total_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    made_at: datetime
    status: str
    seen_at: datetime
    read_at: datetime
    whole: bool


class MoneyCallRow(SQLModel, table=True):
    """An attempt to order or pay. Rows are never deleted, as OVH keeps their markers for weeks."""

    __tablename__ = "money_calls"
    __table_args__ = (Index("money_calls_by_subject", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    subject: str
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), nullable=False))
    attempt: int
    started_at: datetime
    registrar_cart: str | None = None
    marker: str | None = None
    state: str


class ComparedMarkerRow(SQLModel, table=True):
    """A marker of a lost money call that was shown to an operator in recover mode."""

    __tablename__ = "compared_markers"

    marker: str = Field(primary_key=True)


class PresenceRow(SQLModel, table=True):
    """A cart at OVH by which this bot announces itself to others on the account."""

    __tablename__ = "presences"

    cart: str = Field(primary_key=True)


class PresenceCallRow(SQLModel, table=True):
    """A call that makes such a cart, from before the call until its answer is on record."""

    __tablename__ = "presence_calls"

    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime
    expires_at: datetime
