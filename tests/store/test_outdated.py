"""A message is outdated from the save that changes its cart until it shows that version: on both databases."""

import threading
from dataclasses import replace

import pytest

from ordering.model.cart import Cart
from ordering.model.ids import CartId
from ordering.ports.store import Message, MessageRole
from store.transactions import SqlStore
from tests.builders import NOW, a_line


@pytest.fixture
def posted(store: SqlStore) -> tuple[Cart, Message]:
    """A cart whose one message shows it, with all its events told."""
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
        message = carts.show_in(cart.id, MessageRole.APPROVAL, "C9")
        carts.record_rendered(message, cart, ts="1.2")
        for event in carts.undelivered(cart.id):
            carts.record_delivered(event)
    assert outdated(store) == []
    return cart, message


def outdated(store: SqlStore) -> list[CartId]:
    with store.read() as carts:
        return carts.outdated()


def changed(store: SqlStore, cart: Cart) -> Cart:
    with store.begin() as carts:
        return carts.save(replace(carts.cart(cart.id), purpose="changed"))


def test_a_version_that_was_overtaken_stays_outdated(store, posted):
    """A slow post that notes an older version does not hide the newer one."""
    cart, message = posted
    first, second = changed(store, cart), changed(store, cart)
    with store.begin() as carts:
        carts.record_rendered(message, first, ts="1.2")
    assert outdated(store) == [cart.id]
    with store.begin() as carts:
        carts.record_rendered(message, second, ts="1.2")
    assert outdated(store) == []


def test_a_given_up_version_is_tried_no_more(store, posted):
    """The next version is, also after all messages of the cart were marked to be shown again."""
    cart, message = posted
    refused = changed(store, cart)
    with store.begin() as carts:
        carts.give_up(message, refused)
    assert outdated(store) == []
    with store.begin() as carts:
        carts.show_again([cart.id])
    assert outdated(store) == []
    with store.read() as carts:
        (kept,) = carts.messages(cart.id)
    assert (kept.is_settled, kept.ts, kept.channel) == (True, "1.2", "C9")
    changed(store, cart)
    assert outdated(store) == [cart.id]


def test_a_version_that_came_in_between_is_not_given_up(store, posted):
    """Slack refused one version while the next was saved: that one is tried."""
    cart, message = posted
    refused = changed(store, cart)
    changed(store, cart)
    with store.begin() as carts:
        carts.give_up(message, refused)
    assert outdated(store) == [cart.id]


def test_shown_again_is_outdated(store, posted):
    """What nobody can be sure of is shown once more."""
    cart, _ = posted
    with store.begin() as carts:
        carts.show_again([cart.id])
    assert outdated(store) == [cart.id]


def test_a_message_added_beside_a_save_wants_it(store, posted):
    """Whichever transaction commits first: the new message wants the version of both."""
    cart, _ = posted
    inside, go_on = threading.Event(), threading.Event()

    def saves() -> None:
        with store.begin() as carts:
            carts.save(replace(carts.cart(cart.id), lines=(a_line(),)))
            inside.set()
            go_on.wait(10)

    def adds() -> None:
        with store.begin() as carts:
            added.append(carts.show_in(cart.id, MessageRole.CART, "C1"))

    added: list[Message] = []
    threads = [threading.Thread(target=saves), threading.Thread(target=adds)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    threads[1].join(0.5)
    go_on.set()
    for thread in threads:
        thread.join(15)
    with store.begin() as carts:
        for message in carts.messages(cart.id):
            carts.record_rendered(message, cart, ts="1.3")
    assert outdated(store) == [cart.id]
    with store.read() as carts:
        assert [message.is_settled for message in carts.messages(cart.id)] == [False, False]
