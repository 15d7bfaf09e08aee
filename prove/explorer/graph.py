"""The graph of abstract states: the stored request, next to the truth at OVH."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ordering.model.cart import Cart, CartState
from ordering.model.facts import EventKind
from ordering.model.money_call import CallState
from ordering.model.sales_order import Payment

if TYPE_CHECKING:
    from prove.explorer.ledger import Ledger
    from prove.explorer.snapshot import Snapshot
    from prove.explorer.world import World

ENDS = frozenset({CartState.DELIVERED, CartState.REJECTED, CartState.CANCELLED})
Edge = tuple[str, str, str]  # from, event, to


def abstract(world: World) -> str:
    """Return the abstract state of a world: the request as it is stored | the truth at OVH."""
    kept, changes = world.store.kept, world.ledger.changes
    known = world.words
    if known is None or known[0] is not kept or known[1] != changes:  # it is read more often than it changes
        known = world.words = (kept, changes, f"{_words_of(kept)} | {_true(world.ledger)}")
    return f"{known[2]}, asleep" if world.is_asleep else known[2]


def _words_of(kept: Snapshot) -> str:
    announced = any(call.state is CallState.ANNOUNCED for call in kept.calls)
    hold = " on hold" if kept.standing.recovery else ""
    return f"{_stored(kept.carts[1])}{' announced' if announced else ''}{hold}"


def _stored(cart: Cart) -> str:
    words = [cart.state.value]
    words += ["not on record"] if cart.fact and cart.fact.kind is EventKind.ATTEMPT_NOT_ON_RECORD else []
    words += ["beside another"] if cart.foreign_order else ["allowed"] if cart.foreign_allowed else []
    if cart.attempt is not None and cart.order is None:
        withdrawn, refused = cart.attempt.withdrawn_at, cart.attempt.refusal
        words.append("withdrawn" if withdrawn else "refused" if refused else "attempted")
    if cart.order is not None:
        words.append("read" if cart.order.was_read else "ordered")
        words += ["all refused"] if cart.order.methods and cart.order.refuses_all else []
        words += ["over"] if cart.order.status.is_over else []
        words += ["missing"] if cart.order.missing_since else []
        words += ["owner hidden"] if cart.order.owner_hidden else []
    if cart.payment is not None:
        words.append(_sent(cart.payment))
        words += ["denied"] if cart.payment.is_denied else ["affirmed"] if cart.payment.is_affirmed else []
    return " ".join(words)


def _sent(payment: Payment) -> str:
    if payment.refusal is not None:
        return "turned away"
    if payment.accepted_at is not None:
        return "accepted"
    return "ended" if payment.ended_at else "sent" if payment.sent_at else "to pay"


def _true(ledger: Ledger) -> str:
    orders = ledger.orders.values()
    ours = [order for order in orders if not order.foreign]
    words = [f"{len(ours)} orders"] if len(ours) > 1 else ["ordered"] if ours else []
    words += ["foreign order"] if any(order.foreign and order.cancelled_at is None for order in orders) else []
    taken = [payment for order in orders for payment in order.taken()]
    words += [f"{len(taken)} payments"] if len(taken) > 1 else ["paid"] if taken else []
    return " ".join(words) or "nothing"


class Graph:
    """The edges that runs took, without duplicates."""

    def __init__(self, edges: Iterable[Edge] = ()) -> None:
        self.edges = set(edges)
        self._here: str | None = None

    def reach(self, state: str, by: str) -> None:
        """Record the world's current state, and the event that led to it."""
        if state != self._here:
            self.edges.add((self._here or "start", by, state))
            self._here = state

    def lines(self) -> Iterator[str]:
        """Yield the graph as sorted lines: `state -> state: what happened, what happened`."""
        causes: dict[tuple[str, str], set[str]] = {}
        for start, by, end in self.edges:
            causes.setdefault((start, end), set()).add(by)
        for (start, end), all_of_it in sorted(causes.items()):
            yield f"{start} -> {end}: {', '.join(sorted(all_of_it))}"

    def without_way_to_an_end(self) -> list[str]:
        """Return the states from which no edge leads to an end, or to a notified user."""
        before: dict[str, set[str]] = {}
        for start, _, end in self.edges:
            before.setdefault(end, set()).add(start)
        states = {state for start, _, end in self.edges for state in (start, end)}
        reached = {state for state in states if _is_end(state)}
        todo = list(reached)
        while todo:
            new = before.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        return sorted(states - reached)


def read(lines: Iterable[str]) -> Graph:
    """Read a graph from its lines."""
    edges: set[Edge] = set()
    for line in lines:
        way, _, causes = line.strip().partition(": ")
        start, _, end = way.partition(" -> ")
        edges.update((start, by, end) for by in causes.split(", "))
    return Graph(edges)


def _is_end(state: str) -> bool:
    word = state.partition(" ")[0]
    return any(word == end.value for end in (*ENDS, CartState.NEEDS_ATTENTION))
