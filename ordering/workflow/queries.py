"""Read-only views of carts for members."""

from __future__ import annotations

from ordering.model.cart import WAITING, Cart, CartState
from ordering.model.events import Event
from ordering.model.ids import CartId
from ordering.model.next_step import may_act
from ordering.model.overview import Overview
from ordering.model.policy import Person, Policy
from ordering.ports.store import Store
from ordering.workflow.decisions import read_cart

S = CartState
_MOST_TOLD = 200  # requests


class Queries:
    """Reads carts and their events."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    def cart(self, cart_id: CartId) -> Cart:
        """Return a cart as it is now; raises `NoSuchCart`."""
        return read_cart(self._store, cart_id)

    def open_cart(self, channel: str, *, by: Person) -> Cart | None:
        """Return a channel's open cart, if it has one."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return carts.open_cart(channel)

    def timeline(self, cart_id: CartId, *, by: Person) -> tuple[Cart, list[Event]]:
        """Return a cart with all its events, oldest first."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return carts.cart(cart_id), carts.events(cart_id)

    def pending(self, *, by: Person, limit: int = 20) -> list[Cart]:
        """Return carts in progress, newest first."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return carts.carts(states=WAITING, limit=limit)

    def history(self, *, by: Person, before: CartId | None = None, limit: int = 20) -> list[Cart]:
        """Return carts that were requested, newest first."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return carts.carts(states=frozenset(S) - {S.OPEN}, before=before, limit=limit)

    def overview(self, person: Person) -> Overview:
        """Return the carts this person must act on, their own, and recent orders."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=30)
            mine = carts.carts(states=WAITING | {S.OPEN, S.PAID}, person=person.id, limit=10)
            recent = carts.carts(states={S.PAID, S.DELIVERED}, limit=5) if self._policy.looks(person) else []
        mine_to_do = [cart for cart in waiting if may_act(cart, person, self._policy)]
        return Overview(
            to_approve=tuple(c for c in mine_to_do if c.state is S.SUBMITTED),
            to_pay=tuple(c for c in mine_to_do if c.state is S.CHECKED_OUT),
            needs_attention=tuple(c for c in mine_to_do if c.state is S.NEEDS_ATTENTION),
            mine=tuple(mine),
            recent=tuple(recent),
        )

    def requests_under_way(self) -> dict[str, int]:
        """Return the requesters of open requests, each with their newest one."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=_MOST_TOLD)
        return {cart.requester: cart.id for cart in reversed(waiting) if cart.requester}
