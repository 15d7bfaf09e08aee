"""Ends a click in the same transaction as the decision it made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.ports.inbox import Click
from ordering.ports.store import KEEP, Moment, Reading, Store, Transaction


class EndingStore:
    """A store whose first decision ends a click, in the decision's own transaction.

    A write without an event, such as a newly read question of a registry, is no decision. With `overtakes`, the
    decision also ends all older open clicks on the same cart. Raises `ClickEnded` if the click had ended; nothing is
    saved then, so one click decides once, even if several processes carry it out.
    """

    def __init__(self, store: Store, click: Click, *, overtakes: bool) -> None:
        self._store = store
        self._click = click
        self._overtakes = overtakes

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with self._store.begin() as carts:
            yield cast("Transaction", _Ending(carts, self._click.key, overtakes=self._overtakes))

    def read(self) -> AbstractContextManager[Reading]:
        return self._store.read()


class _Ending:
    """A transaction that ends a click with the first event that is saved, and delegates everything else."""

    def __init__(self, carts: Transaction, key: str, *, overtakes: bool) -> None:
        self._carts = carts
        self._key: str | None = key
        self._overtakes = overtakes

    def save(self, cart: Cart, *events: Event, due_at: Moment = KEEP) -> Cart:
        saved = self._carts.save(cart, *events, due_at=due_at)
        if events and self._key is not None:
            self._carts.end_click(self._key, overtaking=cart.id if self._overtakes else None)
            self._key = None
        return saved

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of a transaction
        return getattr(self._carts, name)
