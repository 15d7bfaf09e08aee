"""A database that takes no writes: OVH is not called, no cart is built, and the work goes on once it takes them."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from ordering.model.cart import Cart, CartState
from ordering.model.domain_name import DomainName
from store.errors import DatabaseUnusable
from store.transactions import SqlStore
from tests.conftest import Rules
from tests.fakes import FakeRegistrar
from tests.ordering.paying import BOOKED

S = CartState


class Full(DatabaseUnusable):
    """As a disk that is full: everything can be read."""


class Disk:
    """Lets no transaction of a store commit that wrote something while it `is_full`."""

    def __init__(self, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        begin = store.begin

        @contextmanager
        def writing():
            with begin() as carts:
                database: Any = carts._session.connection().connection.driver_connection  # noqa: SLF001 - counts the writes
                before = database.total_changes
                yield carts
                carts._session.flush()  # noqa: SLF001 - as above
                if self.is_full and database.total_changes > before:
                    raise Full

        monkeypatch.setattr(store, "begin", writing)


@pytest.fixture
def store(sqlite_store: SqlStore) -> SqlStore:
    """Only a database can be full: every transaction of the plain store takes writes."""
    return sqlite_store


@pytest.fixture
def disk(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(store, monkeypatch)


@pytest.fixture
def calls(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all calls to the registrar from the moment of the test that clears the list."""
    made: list[str] = []

    def counted(name: str, call):
        def counting(*about, **more):
            made.append(name)
            return call(*about, **more)

        return counting

    for name in [name for name, call in vars(FakeRegistrar).items() if callable(call) and not name.startswith("_")]:
        monkeypatch.setattr(rules.registrar, name, counted(name, getattr(rules.registrar, name)))
    return made


def checking_out(rules: Rules):
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    return rules.run_worker(cart.id, steps=1, seconds=0)


def paying(rules: Rules):
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)


def unclear(rules: Rules):
    cart = paying(rules)
    rules.registrar.next_fault = "lost_before"
    rules.registrar.reconciliation = BOOKED
    return rules.run_worker(cart.id)


def paid(rules: Rules):
    cart = paying(rules)
    return rules.run_worker(cart.id, steps=2)


WAYS: dict[CartState, Callable[[Rules], Cart]] = {
    S.APPROVED: Rules.approved, S.CHECKING_OUT: checking_out, S.CHECKED_OUT: Rules.ordered, S.PAYING: paying,
    S.PAID: paid, S.NEEDS_ATTENTION: unclear,
}  # fmt: skip


@pytest.mark.parametrize("state", list(WAYS), ids=str)
def test_a_step_without_a_write_calls_nobody(rules, disk, calls, state):
    """The step ends at its first write, however often it is tried, and the cart stays due."""
    cart = WAYS[state](rules)
    assert cart.state is state
    rules.clock.pass_by(600)  # within the life of a decision to pay
    disk.is_full = True
    calls.clear()
    for _ in range(3):
        assert rules.fulfilment.due() == [cart.id]
        with pytest.raises(Full):
            rules.fulfilment.advance(cart.id)
    assert calls == []
    disk.is_full = False
    rules.fulfilment.advance(cart.id)
    assert calls != []


def test_a_request_without_a_write_builds_no_cart(rules, disk, calls):
    """A requester learns it before OVH builds a cart for the dry run."""
    cart = rules.workflow.cart_editing.add("C1", DomainName.parse("b.ovh"), by=rules.ben)
    disk.is_full = True
    calls.clear()
    with pytest.raises(Full):
        rules.workflow.approval_requests.request(cart.id, requester=rules.ben, purpose="For the launch")
    assert calls == []
