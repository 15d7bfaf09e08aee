"""Read-only views of carts for members."""

from __future__ import annotations

from collections.abc import Collection

from ordering.model.cart import BOUGHT, NOT_BOUGHT, WAITING, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.events import Event
from ordering.model.facts import amount
from ordering.model.ids import CartId
from ordering.model.next_step import may_act
from ordering.model.overview import Overview
from ordering.model.policy import Person, Policy
from ordering.ports.store import Message, MessageRole, Store
from ordering.workflow.decisions import read_cart

S = CartState
_MOST_TOLD = 200  # requests
_MOST_RECENT = 5
_MOST_WITH_NAME = 10  # carts
_MOST_WITH_WORD = 200  # carts; those that a person may not see are left out


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
            raise _private(cart)
        return cart, events

    def pending(self, *, by: Person, here: str | None = None, limit: int = 20) -> list[Cart]:
        """Return carts in progress, newest first; those that this person may not see are without their contents."""
        self._policy.may_look(by)
        with self._store.read() as carts:
            return [self._seen(cart, by, here) for cart in carts.carts(states=WAITING, limit=limit)]

    def history(
        self, *, by: Person, here: str | None = None, before: CartId | None = None, word: str = "", limit: int = 20
    ) -> list[Cart]:
        """Return carts that were requested, newest first; those that this person may not see without their contents.

        With `word`, return those with a name that has it, and only those that this person may see.
        """
        self._policy.may_look(by)
        most = _MOST_WITH_WORD if word else limit
        with self._store.read() as carts:
            found = carts.carts(states=frozenset(S) - {S.OPEN}, before=before, word=word, limit=most)
        if word:
            return [cart for cart in found if self._policy.sees(cart, by, here=here)][:limit]
        return [self._seen(cart, by, here) for cart in found]

    def carts_with(self, name: DomainName, *, by: Person, here: str | None = None) -> list[Cart]:
        """Return the carts with a name that this person may see, at least one: the one that bought it, then the newest.

        Raises `NotPossible` if there is none, and `NotAllowed` if a private cart of others bought the name.
        """
        self._policy.may_look(by)
        with self._store.read() as carts:
            every = carts.carts(name=name, limit=_MOST_WITH_NAME)
        found = [cart for cart in every if self._policy.sees(cart, by, here=here)]
        if bought := [cart for cart in every if cart.state in BOUGHT and not found]:
            raise _private(bought[0])
        if not found:
            raise NotPossible(code="name_not_on_record", name=name.ascii)
        return sorted(found, key=lambda cart: (cart.state is not S.DELIVERED, cart.state in NOT_BOUGHT, -cart.id))

    def messages_of(self, cart_ids: Collection[CartId]) -> list[Message]:
        """Return the messages that show these carts, for links to them."""
        with self._store.read() as carts:
            return carts.messages_of(cart_ids)

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

    def _seen(self, cart: Cart, by: Person, here: str | None) -> Cart:
        return cart if self._policy.sees(cart, by, here=here) else cart.without_contents()


def _private(cart: Cart) -> NotAllowed:
    """Return the refusal for a person who may know a cart's number and what it costs, and nothing else."""
    total = cart.total
    return NotAllowed(code="private_cart", cart=cart.id, total=amount(total) if total else None)
