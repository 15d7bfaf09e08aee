"""A click ends in the transaction of the decision that it made, whichever store keeps it."""

from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.events import happened
from ordering.model.facts import EventKind as K
from ordering.ports.inbox import Click, ClickEnded, ClickOutcome
from ordering.ports.store import KEEP
from ordering.process.inbox import EndingStore
from tests.builders import NOW
from tests.store.contract.test_carts import opened

S = CartState


def put(memory, key, cart_id=1, kind="approve"):
    click = memory.inbox.put(Click(key, kind, cart_id, "U0CLEO", "mark"))
    assert click is not None
    return click


def cancel(store, cart, key):
    with store.begin() as writing:
        writing.save(cart.to(S.CANCELLED, at=NOW))
        writing.end_click(key)


def test_a_decision_ends_its_click(memory):
    """It is open until the commit, and decided after it."""
    put(memory, "a")
    with memory.store.begin() as writing:
        assert memory.inbox.outcome("a") is None
        writing.end_click("a")
    assert memory.inbox.outcome("a") is ClickOutcome.DECIDED


def test_a_click_decides_once(memory):
    """Whoever comes second changes nothing, also in another process; so does a click that is not there."""
    cart = opened(memory.store)
    put(memory, "a", cart.id)
    with memory.store.begin() as writing:
        writing.end_click("a")
    for key in ("a", "unknown"):
        with pytest.raises(ClickEnded):
            cancel(memory.other, cart, key)
    with memory.store.read() as reading:
        assert reading.cart(cart.id) == cart


def test_a_click_stays_open_where_its_decision_fails(memory):
    """A rollback takes the end of the click back, too."""
    put(memory, "a")

    def fails() -> None:
        with memory.store.begin() as writing:
            writing.end_click("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert memory.inbox.outcome("a") is None


def test_older_clicks_on_the_same_cart_are_overtaken(memory):
    """A stop ends what was clicked before it; what was clicked later, ended before, or elsewhere stays."""
    for key, cart_id in (("ended", 1), ("older", 1), ("elsewhere", 2), ("stop", 1), ("younger", 1)):
        put(memory, key, cart_id)
    with memory.store.begin() as writing:
        writing.end_click("ended")
    with memory.store.begin() as writing:
        writing.end_click("stop", overtaking=1)
    outcomes = {key: memory.inbox.outcome(key) for key in ("ended", "older", "elsewhere", "stop", "younger")}
    assert outcomes == {
        "ended": ClickOutcome.DECIDED,
        "older": ClickOutcome.OVERTAKEN,
        "elsewhere": None,
        "stop": ClickOutcome.DECIDED,
        "younger": None,
    }


def test_a_click_is_written_down_once(memory):
    """A redelivery has the same key."""
    put(memory, "a")
    assert memory.inbox.put(Click("a", "approve", 1, "U0CLEO", "mark")) is None


def test_a_store_under_a_click_ends_it_with_the_first_event(memory):
    """What saves no event is no decision; the second event of a decision ends nothing more."""
    cart = opened(memory.store)
    store = EndingStore(memory.store, put(memory, "a", cart.id), overtakes=False)
    with store.begin() as writing:
        cart = writing.save(cart, due_at=NOW + timedelta(hours=1))
    assert memory.inbox.outcome("a") is None
    with store.begin() as writing:
        cart = writing.save(cart, happened(cart, NOW, K.CLOSED), due_at=KEEP)
        writing.save(cart, happened(cart, NOW, K.CLOSED))
    assert memory.inbox.outcome("a") is ClickOutcome.DECIDED
