"""What is kept of money calls, of orders made elsewhere and of this bot's presence at OVH: on all stores."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CartChanged
from ordering.model.foreign_order import ForeignOrder
from ordering.model.money_call import CallState, RecordedCall
from ordering.model.sales_order import Attempt, OrderStatus
from tests.builders import NOW, euros
from tests.store.contract.test_carts import ORDER, opened, saved

S = CartState
DAY = timedelta(days=1)


def read(store, ask):
    """Answer one question by a transaction of its own."""
    with store.read() as reading:
        return ask(reading)


def call(store, **changes):
    """A call that is written down."""
    cart = changes.pop("cart", None) or opened(store)
    with store.begin() as carts:
        return carts.announce_call(replace(RecordedCall("orders abc", cart.id, 1, NOW), **changes))


def foreign(number=7, **changes):
    made = ForeignOrder(
        number, frozenset({"b.ovh", "a.ovh"}), euros("3.59"), NOW, OrderStatus.NOT_PAID, NOW, NOW, whole=True
    )
    return replace(made, **changes)


def keep(store, *orders):
    with store.begin() as carts:
        for order in orders:
            carts.keep_foreign_order(order)


# Calls that buy or pay


def test_an_announced_call_gets_a_number(store):
    """It is kept with all that it says; the second one has another number."""
    cart = opened(store)
    first = call(store, cart=cart, registrar_cart="cart-1")
    second = call(store, cart=cart, marker="m-2", attempt=2)
    assert second.id > first.id > 0
    assert read(store, lambda carts: carts.money_calls("orders abc")) == [first, second]
    assert (first.registrar_cart, first.state, second.marker) == ("cart-1", CallState.ANNOUNCED, "m-2")


def test_calls_are_found_by_their_whole_subject(store):
    """Neither a part of a subject nor a longer one is it."""
    cart = opened(store)
    own = call(store, cart=cart, subject="pays 7")
    call(store, cart=cart, subject="pays 77")
    assert read(store, lambda carts: carts.money_calls("pays 7")) == [own]
    assert read(store, lambda carts: carts.money_calls("pays")) == []


def test_only_marker_and_state_of_a_call_change(store):
    """What it was about stays as it was announced."""
    first = call(store)
    with store.begin() as carts:
        carts.update_call(replace(first, marker="m-1", state=CallState.UNSENT))
        known = carts.money_calls("orders abc")  # the writer sees it, too
    assert known == [replace(first, marker="m-1", state=CallState.UNSENT)]
    assert read(store, lambda carts: carts.money_calls("orders abc")) == known


def test_an_update_of_an_unknown_call_changes_nothing(store):
    """Its row may be lost by a restore."""
    first = call(store)
    with store.begin() as carts:
        carts.update_call(replace(first, id=first.id + 1, state=CallState.UNSENT))
    assert read(store, lambda carts: carts.money_calls("orders abc")) == [first]


@pytest.mark.parametrize(
    "other",
    [
        {"started_at": NOW + timedelta(seconds=1)}, {"cart_id": 2}, {"subject": "pays 1"}, {"attempt": 9},
        {"registrar_cart": "cart-2"},
    ],
)  # fmt: skip
def test_an_update_of_another_call_changes_nothing(store, other):
    """After a failover the number may be another attempt's."""
    first = call(store)
    with store.begin() as carts:
        carts.update_call(replace(first, state=CallState.UNSENT, **other))
    assert read(store, lambda carts: carts.money_calls("orders abc")) == [first]


def test_a_call_is_announced_once(store):
    """A process that slept cannot undo what another one wrote of its attempt."""
    first = call(store)
    with store.begin() as carts:
        carts.mark_intended(first)
        carts.update_call(replace(first, marker="m-1"))
    assert read(store, lambda carts: carts.money_calls("orders abc")) == [
        replace(first, marker="m-1", state=CallState.INTENDED)
    ]


@pytest.mark.parametrize("ended", [CallState.UNSENT, CallState.INTENDED])
def test_only_an_announced_call_is_marked_intended(store, ended):
    """Another process ended it, or marked it, since it was read: that stays, and what was saved with it is undone."""
    first = call(store)
    with store.begin() as carts:
        carts.mark_intended(first)
        if ended is CallState.UNSENT:
            carts.update_call(replace(first, state=ended))

    def mark_again() -> None:
        with store.begin() as carts:
            carts.add_presence("saved with it")
            carts.mark_intended(first)

    with pytest.raises(CartChanged):
        mark_again()
    with store.begin() as carts:
        carts.update_call(replace(first, marker="m-1", state=CallState.INTENDED))  # as it was read: no state
    assert read(store, lambda carts: carts.money_calls("orders abc")) == [replace(first, marker="m-1", state=ended)]
    assert read(store, lambda carts: carts.presences()) == frozenset()


@pytest.mark.parametrize("other", [{"started_at": NOW + DAY}, {"cart_id": 2}, {"id": 99}])
def test_another_call_is_not_marked_intended(store, other):
    """After a failover the number may be another attempt's."""
    first = call(store)
    with pytest.raises(CartChanged), store.begin() as carts:
        carts.mark_intended(replace(first, **other))
    assert read(store, lambda carts: carts.money_calls("orders abc")) == [first]


def test_the_cart_that_carries_an_attempt_is_found(store):
    """By the cart at OVH of its newest attempt; the writer sees it, too."""
    attempts = [Attempt(1, "cart-1", NOW), Attempt(2, "cart-2", NOW), None]
    kept = [opened(store, channel) for channel in ("C1", "C2", "C3")]
    for cart, attempt in zip(kept, attempts, strict=True):
        saved(store, replace(cart, attempt=attempt))
    with store.begin() as carts:
        assert carts.cart_with_attempt("cart-2").id == kept[1].id
    assert read(store, lambda carts: carts.cart_with_attempt("cart-1")).id == kept[0].id
    assert read(store, lambda carts: carts.cart_with_attempt("cart-3")) is None


def test_a_call_that_was_not_committed_is_not_kept(store):
    """A transaction that fails leaves no trace of it."""
    cart = opened(store)
    with suppress(RuntimeError), store.begin() as carts:
        carts.announce_call(RecordedCall("orders abc", cart.id, 1, NOW))
        raise RuntimeError
    assert read(store, lambda carts: carts.money_calls("orders abc")) == []


# Markers


def test_a_marker_on_record_belongs_to_a_call(store):
    """Of those that are asked about; a call without one has none."""
    cart = opened(store)
    call(store, cart=cart, marker="m-1")
    call(store, cart=cart, marker="m-2")
    call(store, cart=cart)
    assert read(store, lambda carts: carts.recorded_markers(["m-1", "m-3"])) == {"m-1"}
    assert read(store, lambda carts: carts.recorded_markers([])) == frozenset()


def test_compared_markers_are_kept_once(store):
    """Two comparisons may show the same one; they belong to no call."""
    for markers in (["m-1", "m-2"], ["m-2", "m-3", "m-3"]):
        with store.begin() as carts:
            carts.add_compared_markers(markers)
    assert read(store, lambda carts: carts.compared_markers(["m-2", "m-3", "m-4"])) == {"m-2", "m-3"}
    assert read(store, lambda carts: carts.recorded_markers(["m-1"])) == frozenset()


def test_more_markers_than_one_query_takes(store):
    """Only the known ones come back, however many are asked about."""
    call(store, marker="m-700")
    asked = [f"m-{number}" for number in range(1200)]
    assert read(store, lambda carts: carts.recorded_markers(asked)) == {"m-700"}


def test_every_presence_is_kept(store):
    """One that expired at OVH was this bot's own all the same."""
    for cart in ("cart-1", "cart-2", "cart-1"):  # two processes may record the same one
        with store.begin() as carts:
            carts.add_presence(cart)
    assert read(store, lambda carts: carts.presences()) == {"cart-1", "cart-2"}


def test_a_call_that_announces_this_desk_is_kept_until_it_ends(store):
    """Oldest first; of another number or time none is ended, as after a failover."""
    with store.begin() as carts:
        first = carts.announce_presence(NOW + DAY, NOW + 30 * DAY)
        second = carts.announce_presence(NOW, NOW + 29 * DAY)
    assert read(store, lambda carts: carts.presence_calls()) == [first, second]
    assert (first.started_at, second.started_at, first.id < second.id) == (NOW + DAY, NOW, True)
    assert (first.expires_at, second.expires_at) == (NOW + 30 * DAY, NOW + 29 * DAY)
    for ended, left in ((replace(first, started_at=NOW), [first, second]), (first, [second]), (first, [second])):
        with store.begin() as carts:
            carts.end_presence(ended)
        assert read(store, lambda carts: carts.presence_calls()) == left


# Orders of others


def test_a_foreign_order_comes_back_as_it_was_read(store):
    """Names, total, status and all times."""
    order = foreign(seen_at=NOW + DAY, read_at=NOW + 2 * DAY, whole=False)
    keep(store, order)
    assert read(store, lambda carts: carts.foreign_orders(NOW)) == [order]


def test_a_foreign_order_is_kept_once(store):
    """What was read last counts."""
    keep(store, foreign(names=frozenset(), whole=False), foreign(8))
    keep(store, foreign(status=OrderStatus.CANCELLED))
    kept = sorted(read(store, lambda carts: carts.foreign_orders(NOW)), key=lambda order: order.number)
    assert kept == [foreign(status=OrderStatus.CANCELLED), foreign(8)]


def test_foreign_orders_are_those_made_since(store):
    """The moment itself counts; an older one is left out, whenever it was read."""
    keep(
        store,
        foreign(1, made_at=NOW - timedelta(seconds=1), read_at=NOW + DAY),
        foreign(2),
        foreign(3, made_at=NOW + DAY),
    )
    assert {order.number for order in read(store, lambda carts: carts.foreign_orders(NOW))} == {2, 3}


def test_an_order_with_a_long_number_is_kept(store):
    """OVH's numbers are longer than 32 bits."""
    keep(store, foreign(2**40))
    assert read(store, lambda carts: carts.foreign_orders(NOW)) == [foreign(2**40)]


@pytest.mark.parametrize(
    ("state", "status", "is_left"),
    [
        (S.CANCELLED, OrderStatus.NOT_PAID, True),
        (S.CANCELLED, OrderStatus.CHECKING, True),
        (S.CANCELLED, OrderStatus.CANCELLED, False),
        (S.DELIVERED, OrderStatus.NOT_PAID, False),
        (S.CHECKED_OUT, OrderStatus.NOT_PAID, False),
    ],
)
def test_an_order_left_open_belongs_to_an_ended_cart(store, state, status, is_left):
    """It may still lead to a registration, so it counts as one that was made elsewhere."""
    saved(store, replace(opened(store), state=state, order=replace(ORDER, status=status)))
    assert read(store, lambda carts: carts.orders_left_open()) == ({ORDER.id} if is_left else frozenset())
