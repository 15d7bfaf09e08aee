"""Which chat messages show a cart, and what they have not shown yet: the chat is a view of the memory."""

from __future__ import annotations

from collections.abc import Collection

from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.recovery import Recovery, Stamp
from ordering.ports.store import Message, MessageRole, Store


class Outbox:
    """What is still to be shown, read from the memory: so a restart forgets nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def outdated(self) -> list[int]:
        """Carts whose messages show an old version, or whose thread has not told all."""
        with self._store.read() as carts:
            return carts.outdated()

    def to_show(self, cart_id: int) -> tuple[Cart, list[Message], list[tuple[Event | None, Event]]]:
        """A cart, the messages that show it, and the events that its thread has not told, each after its last one."""
        with self._store.read() as carts:
            untold = {event.id for event in carts.untold(cart_id)}
            events = carts.events(cart_id) if untold else []
            pairs = [
                (before, event) for before, event in zip([None, *events], events, strict=False) if event.id in untold
            ]
            return carts.cart(cart_id), carts.messages(cart_id), pairs

    def rendering(self) -> tuple[Stamp, Recovery | None]:
        """The stamp for buttons that are rendered now, and recover mode where it is on.

        Read it after the cart: a stamp that is newer than what the card shows can only refuse too much.
        """
        with self._store.read() as carts:
            return carts.stamp(), carts.standing().recovery

    def shown(self, message: Message, *, version: int, ts: str) -> None:
        """Note that a message shows this version of its cart."""
        with self._store.begin() as carts:
            carts.shown(message.id, version=version, ts=ts)

    def show_again(self, cart_ids: Collection[int]) -> None:
        """Have all messages of these carts rendered again, whatever they are known to show."""
        with self._store.begin() as carts:
            carts.show_again(cart_ids)

    def told(self, event: Event) -> None:
        """Note that the thread has told this event."""
        with self._store.begin() as carts:
            carts.told(event.id)

    def show_in(self, cart_id: int, role: MessageRole, channel: str, *, ts: str | None = None) -> Message:
        """Have a message show a cart from now on; with `ts`, one that is there already."""
        with self._store.begin() as carts:
            carts.cart(cart_id)
            return carts.show_in(cart_id, role, channel, ts=ts)

    def move(self, message: Message, channel: str) -> Message:
        """Show a cart in another channel from now on, and no more in this message."""
        with self._store.begin() as carts:
            carts.forget(message.id)
            return carts.show_in(message.cart_id, message.role, channel)

    def give_up(self, message: Message, *, version: int) -> None:
        """Show this version no more in a message that the chat refuses; the next version is tried again."""
        with self._store.begin() as carts:
            carts.give_up(message.id, version=version)

    def forget(self, message: Message) -> None:
        """Show a cart no more in a message that is gone for good."""
        with self._store.begin() as carts:
            carts.forget(message.id)
