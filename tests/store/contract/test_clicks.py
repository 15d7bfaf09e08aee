"""A click ends in the transaction of the decision that it made, whichever store keeps it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.events import happened
from ordering.model.facts import EventKind as K
from ordering.model.ids import CartId
from ordering.ports.inbox import Click, ClickEnded, ClickOutcome
from ordering.ports.store import KEEP
from ordering.process.inbox import EndingStore
from tests.builders import NOW, in_state
from tests.store.contract.test_carts import opened

S = CartState


def put(stores, key, cart_id=1, kind="approve"):
    click = stores.inbox.put(Click(key, kind, cart_id, "U0CLEO", "mark"))
    assert click is not None
    return click


def cancel(store, cart, key):
    with store.begin() as writing:
        writing.save(in_state(cart, S.CANCELLED, at=NOW))
        writing.end_click(key)


def test_a_decision_ends_its_click(stores):
    """It is open until the commit, and decided after it."""
    put(stores, "a")
    with stores.store.begin() as writing:
        assert stores.inbox.outcome("a") is None
        writing.end_click("a")
    assert stores.inbox.outcome("a") is ClickOutcome.DECIDED


def test_a_click_decides_once(stores):
    """A user who comes second changes nothing, also in another process; so does a click that is not there."""
    cart = opened(stores.store)
    put(stores, "a", cart.id)
    with stores.store.begin() as writing:
        writing.end_click("a")
    for key in ("a", "unknown"):
        with pytest.raises(ClickEnded):
            cancel(stores.other, cart, key)
    with stores.store.read() as reading:
        assert reading.cart(cart.id) == cart


def test_a_click_stays_open_where_its_decision_fails(stores):
    """A rollback takes the end of the click back, too."""
    put(stores, "a")

    def fails() -> None:
        with stores.store.begin() as writing:
            writing.end_click("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert stores.inbox.outcome("a") is None


def test_older_clicks_on_the_same_cart_are_overtaken(stores):
    """A stop ends what was clicked before it; what was clicked later, ended before, or elsewhere stays."""
    for key, cart_id in (("ended", 1), ("older", 1), ("elsewhere", 2), ("stop", 1), ("younger", 1)):
        put(stores, key, cart_id)
    with stores.store.begin() as writing:
        writing.end_click("ended")
    with stores.store.begin() as writing:
        writing.end_click("stop", overtaking=1)
    outcomes = {key: stores.inbox.outcome(key) for key in ("ended", "older", "elsewhere", "stop", "younger")}
    assert outcomes == {
        "ended": ClickOutcome.DECIDED,
        "older": ClickOutcome.OVERTAKEN,
        "elsewhere": None,
        "stop": ClickOutcome.DECIDED,
        "younger": None,
    }


def test_a_click_is_written_down_once(stores):
    """A redelivery has the same key."""
    put(stores, "a")
    assert stores.inbox.put(Click("a", "approve", CartId(1), "U0CLEO", "mark")) is None


def test_a_store_under_a_click_ends_it_with_the_first_event(stores):
    """What saves no event is no decision; the second event of a decision ends nothing more."""
    cart = opened(stores.store)
    store = EndingStore(stores.store, put(stores, "a", cart.id), overtakes=False)
    with store.begin() as writing:
        cart = writing.save(cart, due_at=NOW + timedelta(hours=1))
    assert stores.inbox.outcome("a") is None
    with store.begin() as writing:
        cart = writing.save(cart, happened(cart, NOW, K.CLOSED), due_at=KEEP)
        writing.save(cart, happened(cart, NOW, K.CLOSED))
    assert stores.inbox.outcome("a") is ClickOutcome.DECIDED


def test_a_repetition_of_an_open_click_is_folded(stores):
    """An impatient person presses again: the open click says it already. What differs in anything stands by itself."""
    again = Click("again", "approve", CartId(1), "U0CLEO", "mark")
    put(stores, "a")
    assert stores.inbox.put(again, folds=True) is None
    assert stores.inbox.outcome("again") is ClickOutcome.REPEATED
    others = [
        replace(again, key="button", kind="try_again"), replace(again, key="cart", cart_id=CartId(2)),
        replace(again, key="person", by="U0DAN"), replace(again, key="card", mark="newer"),
    ]  # fmt: skip
    assert all(stores.inbox.put(other, folds=True) for other in others)
    with stores.store.begin() as writing:
        writing.end_click("a")
    assert stores.inbox.put(replace(again, key="later"), folds=True) is not None


def test_a_click_is_folded_only_where_asked(stores):
    """A form, or a button next to an input, may say another thing although the mark is the same."""
    put(stores, "a")
    assert put(stores, "b")
