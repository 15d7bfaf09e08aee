"""The tables: structure only. `ordering` defines the meaning of a row and whether it is valid."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

OVH_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # OVH's numbers are 64-bit; so is SQLite's INTEGER
LIVE = "state NOT IN ('cancelled', 'delivered', 'rejected')"  # carts that can still change
ENDED_WITH_ANSWERS = "keeps_answers AND state IN ('cancelled', 'delivered', 'rejected')"  # answers to delete one day
BEHIND = "shown < wanted"  # messages that do not show their wanted version


class CartRow(SQLModel, table=True):
    """A cart; compare-and-set uses `version`."""

    __tablename__ = "carts"
    __table_args__ = (
        Index(
            "one_open_cart_a_channel",
            "channel",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        # Without these, listing the newest carts by state would sort every cart ever made.
        Index("carts_live", "id", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
        Index("carts_by_approval", "approved_at"),
        Index(
            "carts_keep_answers",
            "since",
            sqlite_where=text(ENDED_WITH_ANSWERS),
            postgresql_where=text(ENDED_WITH_ANSWERS),
        ),
        Index("carts_by_payment", "payment_sent_at_ovh"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    created_by: str
    state: str
    since: datetime
    version: int = 0
    requester: str | None = None
    purpose: str | None = None
    quote: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    seal_digest: str | None = None
    seal_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    seal_currency: str | None = None
    approved_by: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    approved_at: datetime | None = None
    approved_at_ovh: datetime | None = None
    rejected_by: str | None = None
    reason: str | None = None
    attempt_number: int | None = None
    attempt_cart: str | None = None
    attempt_at: datetime | None = None
    attempt_refusal: str | None = None
    attempt_withdrawn_at: datetime | None = None
    attempt_deleting: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    attempt_denied_by: str | None = None
    payment_method: int | None = Field(default=None, sa_column=Column(OVH_NUMBER))
    payment_mean: str | None = None  # instead of the method's number
    payment_by: str | None = None
    payment_asked_at: datetime | None = None
    payment_sent_at: datetime | None = None
    payment_accepted_at: datetime | None = None
    payment_sent_at_ovh: datetime | None = None
    payment_ended_at: datetime | None = None
    payment_ended_at_ovh: datetime | None = None
    payment_refusal: str | None = None
    payment_word_paid: bool | None = None
    payment_word_by: str | None = None
    payment_word_at: datetime | None = None
    payment_waits_until_ovh: datetime | None = None
    payment_told_at_ovh: datetime | None = None
    payment_unexplained: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    payment_asked_at_ovh: datetime | None = None
    reminded_at: datetime | None = None
    note: str | None = None
    trouble: str | None = None
    trouble_since: datetime | None = None
    foreign_order: int | None = Field(default=None, sa_column=Column(OVH_NUMBER))
    foreign_allowed: list[int] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    trouble_code: str | None = None
    trouble_data: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    note_kind: str | None = None
    note_data: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    events: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    answers_salt: str | None = None  # of the private answers' digests, deleted with the answers
    keeps_answers: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class LineRow(SQLModel, table=True):
    """A name in a cart, at its position."""

    __tablename__ = "lines"
    __table_args__ = (UniqueConstraint("cart_id", "domain"), Index("lines_by_domain", "domain"))

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), nullable=False))
    place: int
    domain: str
    years: int
    pricing_mode: str
    added_by: str
    currency: str
    price_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    renewal_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    regular_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    questions: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    answers: list[list[Any]] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    promotion_ends: datetime | None = None
    phase: str = "ga"
    offered_years: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    warnings: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    shaped_by: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]"))


class SalesOrderRow(SQLModel, table=True):
    """OVH's sales order of a cart: at most one per cart, and one cart per order.

    Its link and its invoice's link are never stored.
    """

    __tablename__ = "sales_orders"

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), nullable=False, unique=True))
    status: str
    currency: str
    total_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    tax_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    expires_at: datetime | None = None
    methods: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    invoice: str | None = None
    adopted_at: datetime | None = None
    owner_hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    opened_at: datetime | None = None
    missing_since: datetime | None = None
    explained: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class EventRow(SQLModel, table=True):
    """One event of a cart, in the hash chain. Triggers prevent changes and removals.

    A migration that copies this table, as SQLite requires for most changes, must create the triggers again.
    """

    __tablename__ = "events"
    __table_args__ = (Index("events_by_cart", "cart_id", "number", unique=True), Index("events_by_time", "at"))

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))  # without a gap, from 1
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), nullable=False))
    number: int  # within its cart, without a gap, from 1
    state: str
    at: datetime
    by: str | None = None
    note: str | None = None
    kind: str | None = None  # null for events from before kinds existed
    data: str | None = None  # JSON as text, because its digest covers the exact text
    facts: str | None = None
    previous_in_cart: str | None = None
    previous: str | None = None
    digest: str


class ChainRow(SQLModel, table=True):
    """The chain's head, in one row: its lock serializes the writers of several processes.

    With `database_id` and `epoch` it holds everything for a button's stamp.
    """

    __tablename__ = "chain"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int
    digest: str | None = None
    database_id: str | None = None
    bot_id: str | None = Field(
        default=None, sa_column=Column("desk", String)
    )  # the id that marks this bot's carts at OVH, as of its latest start
    epoch: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))


class RecoveryRow(SQLModel, table=True):
    """Recover mode, in one row; it is off if `cause` is null."""

    __tablename__ = "recovery"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    is_copy: bool = False
    numbers_above: int = 0
    cause: str | None = None
    began_at: datetime | None = None
    last_event_at: datetime | None = None
    processes_may_live: bool = False
    floor_from: datetime | None = None
    compared: int | None = None
    confirmed_by: str | None = None
    told: bool = False
    lost_from: datetime | None = None
    lost_noticed_at: datetime | None = None
    lost_told: bool = True


class UndeliveredRow(SQLModel, table=True):
    """An event that its card's thread has not reported yet; deleted once it has."""

    __tablename__ = "untold"
    __table_args__ = (Index("untold_by_cart", "cart_id"),)

    event_id: int = Field(sa_column=Column(ForeignKey("events.id"), primary_key=True, autoincrement=False))
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), nullable=False))


class MessageRow(SQLModel, table=True):
    """A chat message that shows a cart: the version in it, and the version that it must show.

    Both are in this row, so an index can hold just the messages that are behind.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("cart_id", "role", "channel"),
        Index("messages_behind", "cart_id", sqlite_where=text(BEHIND), postgresql_where=text(BEHIND)),
    )

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), nullable=False))
    role: str
    channel: str
    ts: str | None = None
    shown: int = -1
    wanted: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class TimerRow(SQLModel, table=True):
    """When work of one kind is due for a cart. Saving a cart deletes none."""

    __tablename__ = "timers"
    __table_args__ = (Index("timers_due", "kind", "due_at"), Index("timers_set", "kind", "set_at"))

    subject: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))  # the cart's number
    kind: str = Field(primary_key=True)
    due_at: datetime
    set_at: datetime


class HeartbeatRow(SQLModel, table=True):
    """A process that works on this database, its schema's revision, and its last heartbeat.

    `beat_at` is in seconds since 1970 by the database's clock.
    """

    __tablename__ = "heartbeats"

    process: str = Field(primary_key=True)
    revision: str
    beat_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class LeaseRow(SQLModel, table=True):
    """A lease: the process that works on a cart, and until when others leave it alone."""

    __tablename__ = "claims"

    task_type: str = Field(sa_column=Column("errand", String, primary_key=True))
    cart_id: int = Field(sa_column=Column(ForeignKey("carts.id"), primary_key=True, autoincrement=False))
    holder: str
    until: datetime


class InboxRow(SQLModel, table=True):
    """A click or form that decides, stored before Slack is answered; `content` is removed when it ends."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_open", "next_at", sqlite_where=text("outcome IS NULL"), postgresql_where=text("outcome IS NULL")),
        Index("inbox_by_cart", "cart_id"),
        Index("inbox_by_age", "at"),
    )

    key: str = Field(primary_key=True)
    kind: str
    cart_id: int  # as on the button: a cart with that number need not exist
    by: str
    mark: str = Field(sa_column=Column("shown", String, nullable=False))
    content: str | None = None
    at: datetime
    next_at: datetime  # after this any process may take it over
    tries: int
    outcome: str | None = None


class RateLimitRow(SQLModel, table=True):
    """The rate limiter's state for one OVH key, shared by all processes. Used only on PostgreSQL."""

    __tablename__ = "ovh_budget"

    key: str = Field(primary_key=True)
    state: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class PersonalRow(SQLModel, table=True):
    """A text next to the chain: a person's Slack id, for all carts (`cart_id` 0), or what `by` wrote in one cart."""

    __tablename__ = "personal"
    __table_args__ = (
        Index("personal_by_cart", "cart_id", "subject"),
        Index(
            "personal_by_person",
            "text",
            unique=True,
            sqlite_where=text("subject = 'person'"),
            postgresql_where=text("subject = 'person'"),
        ),
    )

    pseudonym: str = Field(primary_key=True)
    subject: str
    text: str | None = None
    salt: str | None = None
    cart_id: int
    by: str | None = None


class RegistryDemandRow(SQLModel, table=True):
    """A question (`kind` question) or an owner's field (`kind` field) that a registry refused to do without."""

    __tablename__ = "registry_demands"

    extension: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    label: str = Field(primary_key=True)


class SearchRow(SQLModel, table=True):
    """A user's search at one moment, and the process that runs it. Used only on PostgreSQL."""

    __tablename__ = "searches"
    __table_args__ = (Index("searches_by_age", "kept_at"),)

    id: str = Field(primary_key=True)
    content: str
    runner: str | None = None
    stop: bool
    kept_at: datetime
