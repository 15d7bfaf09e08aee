"""Read-only views of carts for members."""

from __future__ import annotations

from ordering.model.cart import WAITING, Cart, CartState
from ordering.model.errors import NotAllowed
from ordering.model.events import Event
from ordering.model.overview import Overview
from ordering.model.policy import Person
from ordering.workflow.use_cases import UseCases

S = CartState


class Queries(UseCases):
    """Reads carts and their events."""

    def open_cart(self, channel: str, *, by: Person) -> Cart | None:
        """Return a channel's open cart, if it has one."""
        self.policy.may_look(by)
        with self._store.read() as carts:
            return carts.open_cart(channel)

    def timeline(self, cart_id: int, *, by: Person) -> tuple[Cart, list[Event]]:
        """Return a cart with all its events, oldest first."""
        self.policy.may_look(by)
        with self._store.read() as carts:
            return carts.cart(cart_id), carts.events(cart_id)

    def pending(self, *, by: Person, limit: int = 20) -> list[Cart]:
        """Return carts in progress, newest first."""
        self.policy.may_look(by)
        with self._store.read() as carts:
            return carts.carts(states=WAITING, limit=limit)

    def history(self, *, by: Person, before: int | None = None, limit: int = 20) -> list[Cart]:
        """Return carts that were requested, newest first."""
        self.policy.may_look(by)
        with self._store.read() as carts:
            return carts.carts(states=frozenset(S) - {S.OPEN}, before=before, limit=limit)

    def overview(self, person: Person) -> Overview:
        """Return the carts this person must act on, their own, and recent orders."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=30)
            mine = carts.carts(states=WAITING | {S.OPEN, S.PAID}, person=person.id, limit=10)
            recent = carts.carts(states={S.PAID, S.DELIVERED}, limit=5) if self.policy.looks(person) else []
        return Overview(
            to_approve=tuple(c for c in waiting if c.state is S.SUBMITTED and self._could_approve(c, person)),
            to_pay=tuple(c for c in waiting if c.state is S.CHECKED_OUT and self.policy.pays(person)),
            needs_attention=tuple(
                c
                for c in waiting
                if c.state is S.NEEDS_ATTENTION and (self.policy.decides(person) or self.policy.pays(person))
            ),
            mine=tuple(mine),
            recent=tuple(recent),
        )

    def show_again(self, cart_id: int) -> None:
        """Have a cart's messages rendered again after a click on an outdated one."""
        with self._store.begin() as carts:
            carts.show_again([cart_id])

    def _could_approve(self, cart: Cart, person: Person) -> bool:
        try:
            self.policy.may_approve(cart, person)
        except NotAllowed:
            return False
        return person.id not in cart.approved_by
