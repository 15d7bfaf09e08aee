"""Ends the money calls of a process known to be dead, so that users do not wait a day for its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ordering.model.cart import CartState
from ordering.model.ids import CartId
from ordering.ports.store import Store

_MAY_BE_PAYING = (CartState.PAYING, CartState.NEEDS_ATTENTION)
_MOST = 10_000


def end_predecessors_calls(store: Store, now: datetime) -> list[CartId]:
    """Record that the payment calls of an earlier process ended; returns the numbers of their carts.

    Only for a process that has the database to itself, before it works on any cart: the earlier one is dead then, and
    its call ended with it. The floor runs from a time that is read from OVH later, and covers requests still in the
    network.
    """
    ended: list[CartId] = []
    with store.begin() as carts:
        for cart in carts.carts(states=_MAY_BE_PAYING, limit=_MOST):
            payment = cart.payment
            if payment is not None and payment.sent_at is not None and payment.ended_at is None:
                carts.save(replace(cart, payment=replace(payment, ended_at=now)), due_at=now)
                ended.append(cart.id)
    return ended
