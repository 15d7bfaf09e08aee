"""The outbox: which chat messages show a cart, and what they do not show yet. The chat is a view of the database."""

from __future__ import annotations

from collections.abc import Collection

from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.ids import CartId
from ordering.model.recovery import Recovery, Stamp
from ordering.ports.store import Message, MessageRole, Store


class Outbox:
    """Pending chat updates, read from the database, so a restart loses none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def outdated(self) -> list[CartId]:
        """Return the carts whose messages show an old version, or whose thread lacks an event."""
        with self._store.read() as carts:
            return carts.outdated()

    def to_show(self, cart_id: CartId) -> tuple[Cart, list[Message], list[tuple[Event | None, Event]]]:
        """Return a cart, the messages that show it, and the events its thread has not reported.

        Each event comes with the one before it.
        """
        with self._store.read() as carts:
            undelivered = {event.id for event in carts.undelivered(cart_id)}
            events = carts.events(cart_id) if undelivered else []
            pairs = [
                (before, event)
                for before, event in zip([None, *events], events, strict=False)
                if event.id in undelivered
            ]
            return carts.cart(cart_id), carts.messages(cart_id), pairs

    def rendering(self) -> tuple[Stamp, Recovery | None]:
        """Return the stamp for buttons that are rendered now, and recover mode if it is on.

        Read it after the cart: a stamp that is newer than the card's content can only refuse too much.
        """
        with self._store.read() as carts:
            return carts.stamp(), carts.standing().recovery

    def ended_by(self, cart: Cart) -> str | None:
        """Return who ended a cart that was not bought; None if no person did."""
        with self._store.read() as carts:
            events = carts.events(cart.id)
        return next((event.by for event in reversed(events) if event.state is cart.state), None)

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        """Record that a message shows its cart as it was read."""
        with self._store.begin() as carts:
            carts.record_rendered(message, cart, ts=ts)

    def record_posted(self, message: Message, *, ts: str) -> None:
        """Record where a message was posted that does not show its cart completely yet."""
        with self._store.begin() as carts:
            carts.record_posted(message, ts=ts)

    def show_again(self, cart_ids: Collection[CartId]) -> None:
        """Have all messages of these carts rendered again, regardless of their recorded version."""
        with self._store.begin() as carts:
            carts.show_again(cart_ids)

    def record_delivered(self, event: Event) -> None:
        """Record that the thread has reported this event."""
        with self._store.begin() as carts:
            carts.record_delivered(event)

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        """Register a message that shows a cart from now on; with `ts`, an existing one."""
        with self._store.begin() as carts:
            carts.cart(cart_id)
            return carts.show_in(cart_id, role, channel, ts=ts)

    def move(self, message: Message, channel: str) -> Message:
        """Show a cart in another channel from now on, and no longer in this message."""
        with self._store.begin() as carts:
            carts.forget(message)
            return carts.show_in(message.cart_id, message.role, channel)

    def give_up(self, message: Message, cart: Cart) -> None:
        """Stop showing this version in a message that the chat refuses; the next version is tried again."""
        with self._store.begin() as carts:
            carts.give_up(message, cart)

    def forget(self, message: Message) -> None:
        """Stop showing a cart in a message that is permanently gone."""
        with self._store.begin() as carts:
            carts.forget(message)
