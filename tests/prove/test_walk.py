"""Walks show something only where something was ordered, and where all that was begun comes to an end."""

from datetime import UTC, datetime

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.policy import Person
from ordering.workflow import Workflow
from prove.walk import Walk, ordered_nothing
from sandbox.stage import Stage
from store.transactions import SqlStore
from tests.builders import POLICY
from tests.databases import new_sqlite, open_unsynced
from tests.fakes import FakeRegistrar


def test_many_walks_without_an_order_show_nothing():
    assert ordered_nothing({"walks": 20, "walked_orders": 0}) == (
        "20 random walks ordered nothing at all, so they show nothing"
    )


@pytest.mark.parametrize("seen", [{"walks": 19}, {"walks": 500, "walked_orders": 1}, {}])
def test_a_few_walks_or_one_order_are_no_reason_to_fail(seen):
    assert ordered_nothing(seen) is None


@pytest.fixture
def store(tmp_path):
    engines = open_unsynced(new_sqlite(tmp_path))
    yield SqlStore(engines)
    engines.close()


def test_a_cart_with_pending_work_or_news_is_not_at_rest(store, tmp_path):
    """A cart that goes on or that nobody was notified of is not at rest."""
    walk = object.__new__(Walk)
    walk._stage = Stage(tmp_path)
    workflow = Workflow(store=store, registrar=FakeRegistrar(), policy=POLICY, clock=lambda: datetime.now(UTC))
    ada = Person("U0ADA")
    cart = workflow.cart_editing.add("C0DOMAINS", DomainName.parse("name.ovh"), by=ada)
    assert list(walk._at_a_loss(store)) == []
    cart = workflow.approval_requests.request(cart.id, requester=ada, purpose="For the launch")
    (told,) = walk._at_a_loss(store)
    assert "is submitted, not told" in told
    assert cart.seal
    workflow.approvals.approve(cart.id, approver=Person("U0CLEO"), mark=cart.request_mark)
    (told,) = walk._at_a_loss(store)
    assert "is approved" in told
