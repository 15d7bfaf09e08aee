"""The figures that are measured, on both databases."""

from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.ids import CartId
from ordering.ports.inbox import Click
from store.figures import Figures, read_figures
from store.inbox import SqlInbox
from store.transactions import SqlStore
from tests.builders import NOW
from tests.conftest import Rules


@pytest.fixture
def rules(engines):
    return Rules(SqlStore(engines, clock=lambda: NOW))


def test_an_empty_database_has_no_figures(engines):
    assert read_figures(engines) == Figures()


def test_carts_are_counted_by_state_while_they_are_not_over(engines, rules, monkeypatch):
    """With the age of the oldest; those that are over only grow in number."""
    for number in range(3):
        rules.requested(f"name{number}.ovh", channel=f"C{number}")
    cart = rules.workflow.queries.cart(1)
    rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada)
    monkeypatch.setattr("store.figures.server_time", lambda _connection: NOW + timedelta(hours=1))
    found = read_figures(engines)
    assert found.carts == {CartState.SUBMITTED: (2, 3600.0)}


def test_a_click_waits_until_it_is_decided(engines):
    inbox = SqlInbox(engines)
    assert inbox.put(Click("key", "approve", CartId(1), "U0CLEO", "", "{}", tries=1)) is not None
    found = read_figures(engines)
    assert found.decisions == 1
    assert 0 <= found.oldest_decision < 60
