"""Conditions that a row is still the one that was read, and not another one that got its number after a restore.

A restored database counts on from an earlier state. So versions and numbers repeat, and only a save id does not: each
save gets a random one.
"""

from __future__ import annotations

import secrets

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col

from ordering.model.cart import Cart
from ordering.model.money_call import RecordedCall
from ordering.ports.store import Message
from store.money_tables import MoneyCallRow
from store.tables import CartRow, MessageRow

_BYTES = 8  # of a save id: enough that none repeats among those of one cart


def new_save_id() -> str:
    return secrets.token_hex(_BYTES)


def is_cart(cart: Cart) -> ColumnElement[bool]:
    """Return the condition that a row holds the save that this cart was read from."""
    return and_(col(CartRow.id) == cart.id, col(CartRow.version) == cart.version, col(CartRow.save_id) == cart.save_id)


def is_in_line(cart: Cart) -> ColumnElement[bool]:
    """Return the condition that the database holds the save that this cart was read from, or a later version."""
    later = and_(col(CartRow.id) == cart.id, col(CartRow.version) > cart.version)
    return exists().where(or_(is_cart(cart), later))


def is_message(message: Message) -> ColumnElement[bool]:
    """Return the condition that a row is this message."""
    return and_(
        col(MessageRow.id) == message.id,
        col(MessageRow.cart_id) == message.cart_id,
        col(MessageRow.role) == message.role.value,
        col(MessageRow.channel) == message.channel,
    )


def is_call(call: RecordedCall) -> ColumnElement[bool]:
    """Return the condition that a row is this attempt: see `RecordedCall.is_same`."""
    return and_(
        col(MoneyCallRow.id) == call.id,
        col(MoneyCallRow.subject) == call.subject,
        col(MoneyCallRow.cart_id) == call.cart_id,
        col(MoneyCallRow.attempt) == call.attempt,
        col(MoneyCallRow.started_at) == call.started_at,
        col(MoneyCallRow.registrar_cart).is_not_distinct_from(call.registrar_cart),
    )
