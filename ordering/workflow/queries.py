"""Read-only views of carts for members."""

from __future__ import annotations

from collections.abc import Collection

from ordering.model.cart import NOT_BOUGHT, WAITING, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.events import Event
from ordering.model.ids import CartId
from ordering.model.next_step import may_act
from ordering.model.overview import Overview
from ordering.model.policy import Person, Policy
from ordering.ports.store import Message, Store
from ordering.workflow.decisions import read_cart

S = CartState
_MOST_TOLD = 200  # requests
_MOST_WITH_NAME = 10  # carts


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

    def history(self, *, by: Person, before: CartId | None = None, word: str = "", limit: int = 20) -> list[Cart]:
        """Return carts that were requested, newest first; with `word`, those with a name that has it."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return carts.carts(states=frozenset(S) - {S.OPEN}, before=before, word=word, limit=limit)

    def carts_with(self, name: DomainName, *, by: Person) -> list[Cart]:
        """Return the carts with a name: the one that bought it first, then the newest; at least one.

        Raises `NotPossible` if there is none.
        """
        self._policy.may_look(by)
        with self._store.read() as carts:
            found = carts.carts(name=name, limit=_MOST_WITH_NAME)
        if not found:
            raise NotPossible(code="name_not_on_record", name=name.ascii)
        return sorted(found, key=lambda cart: (cart.state is not S.DELIVERED, cart.state in NOT_BOUGHT, -cart.id))

    def messages_of(self, cart_ids: Collection[CartId]) -> list[Message]:
        """Return the messages that show these carts, for links to them."""
        with self._store.read() as carts:
            return carts.messages_of(cart_ids)

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
