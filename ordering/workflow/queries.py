"""Read-only views of carts for members."""

from __future__ import annotations

from collections.abc import Collection

from ordering.model.cart import BOUGHT, WAITING, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed
from ordering.model.events import Event
from ordering.model.facts import amount
from ordering.model.ids import CartId
from ordering.model.overview import Overview
from ordering.model.policy import Person, Policy
from ordering.ports.store import MessageRole, Store
from ordering.workflow.decisions import read_cart

S = CartState
_MOST_TOLD = 200  # requests
_MOST_RECENT = 5


class Queries:
    """Reads carts and their events."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    def cart(self, cart_id: CartId) -> Cart:
        """Return a cart as it is now; raises `NoSuchCart`."""
        return read_cart(self._store, cart_id)

    def seen_cart(self, cart_id: CartId, *, by: Person, here: str | None = None) -> Cart:
        """Return a cart to a person in the channel `here`; raises `NotAllowed` if it is private and not theirs."""
        return self.timeline(cart_id, by=by, here=here)[0]

    def is_shown_nowhere(self, cart_id: CartId) -> bool:
        """Return whether the cart's channel has no message of it, because the chat refused each one."""
        with self._store.read() as carts:
            messages = [each for each in carts.messages(cart_id) if each.role is MessageRole.CART]
        return all(each.ts is None and each.is_settled for each in messages)

    def open_cart(self, channel: str, *, by: Person) -> Cart | None:
        """Return a channel's open cart, if it has one."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return carts.open_cart(channel)

    def timeline(self, cart_id: CartId, *, by: Person, here: str | None = None) -> tuple[Cart, list[Event]]:
        """Return a cart with all its events, oldest first, to a person in the channel `here`.

        Raises `NotAllowed` with the total, and nothing else, if the cart is private and not theirs.
        """
        self._policy.may_look(by)
        with self._store.read() as carts:
            cart, events = carts.cart(cart_id), carts.events(cart_id)
        if not self._policy.sees(cart, by, here=here):
            total = cart.total
            raise NotAllowed(code="private_cart", cart=cart_id, total=amount(total) if total else None)
        return cart, events

    def pending(self, *, by: Person, here: str | None = None, limit: int = 20) -> list[Cart]:
        """Return carts in progress, newest first; those that this person may not see are without their contents."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return [self._seen(cart, by, here) for cart in carts.carts(states=WAITING, limit=limit)]

    def history(
        self, *, by: Person, here: str | None = None, before: CartId | None = None, limit: int = 20
    ) -> list[Cart]:
        """Return carts that were requested, newest first; those that this person may not see without their contents."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            found = carts.carts(states=frozenset(S) - {S.OPEN}, before=before, limit=limit)
        return [self._seen(cart, by, here) for cart in found]

    def bought(
        self, domains: Collection[DomainName], *, by: Person, here: str | None = None
    ) -> dict[DomainName, Cart | None]:
        """Return which of these names were bought through a request, and that cart; None if it is private to others."""
        with self._store.read() as carts:
            found = carts.bought(domains)
        return {name: cart if self._policy.sees(cart, by, here=here) else None for name, cart in found.items()}

    def overview(self, person: Person) -> Overview:
        """Return the carts this person must act on, their own, and recent orders."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=30)
            mine = carts.carts(states=WAITING | {S.OPEN, S.PAID}, person=person.id, limit=10)
            bought = carts.carts(states=BOUGHT, limit=20) if self._policy.looks(person) else []
            recent = [cart for cart in bought if self._policy.sees(cart, person)][:_MOST_RECENT]
        return Overview(
            to_approve=tuple(c for c in waiting if c.state is S.SUBMITTED and self._could_approve(c, person)),
            to_pay=tuple(c for c in waiting if c.state is S.CHECKED_OUT and self._policy.pays(person)),
            needs_attention=tuple(
                c
                for c in waiting
                if c.state is S.NEEDS_ATTENTION and (self._policy.decides(person) or self._policy.pays(person))
            ),
            mine=tuple(mine),
            recent=tuple(recent),
        )

    def requests_under_way(self) -> dict[str, int]:
        """Return the requesters of open requests, each with their newest one."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=_MOST_TOLD)
        return {cart.requester: cart.id for cart in reversed(waiting) if cart.requester}

    def _seen(self, cart: Cart, by: Person, here: str | None) -> Cart:
        return cart if self._policy.sees(cart, by, here=here) else cart.without_contents()

    def _could_approve(self, cart: Cart, person: Person) -> bool:
        try:
            self._policy.may_approve(cart, person)
        except NotAllowed:
            return False
        return person.id not in cart.approved_by
