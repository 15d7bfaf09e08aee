"""A click is one row, written once, ended once, and taken over by another process when its own one is gone."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ordering.model.cart import Cart, CartState
from ordering.model.errors import OrderingError
from ordering.model.ids import CartId
from ordering.ports.inbox import Click, ClickEnded, ClickOutcome
from ordering.workflow import Workflow
from store.engine import Engines, open_engines
from store.inbox import SqlInbox
from tests.conftest import Rules

S = CartState


@pytest.fixture
def inbox(engines: Engines) -> SqlInbox:
    return SqlInbox(engines)


@pytest.fixture
def rules(store) -> Rules:
    return Rules(store)


def a_click(key: str, kind: str = "approve", *, cart: int = 1, by: str = "U0CLEO", mark: str = "1 seal") -> Click:
    return Click(key, kind, CartId(cart), by, mark, '{"reason": "private words"}')


def left_behind(engines: Engines, *, seconds: float = 6) -> None:
    """As if this time had passed since the clicks were written."""
    past = datetime.now(UTC) - timedelta(seconds=seconds)
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE inbox SET next_at = :past, at = :past").bindparams(past=past))


def rows(engines: Engines) -> list[tuple[str, str | None, str | None]]:
    with engines.read.connect() as connection:
        found = connection.execute(text("SELECT key, outcome, content FROM inbox ORDER BY key"))
        return [(key, outcome, content) for key, outcome, content in found]


def approving(rules: Rules, click: Click, cart) -> None:
    under: Workflow = rules.workflow.under(click)
    under.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)


def test_a_redelivery_is_the_same_row(inbox, engines):
    """The key is Slack's trigger id: the second delivery writes nothing, wherever it arrives."""
    first = inbox.put(a_click("T1"))
    assert first is not None
    assert abs((datetime.now(UTC) - first.at).total_seconds()) < 5
    assert inbox.put(a_click("T1")) is None
    assert SqlInbox(engines).put(a_click("T1", by="U0DAN")) is None
    assert [key for key, _, _ in rows(engines)] == ["T1"]


def test_a_click_is_left_to_its_process_for_five_seconds(inbox, engines):
    """Another process takes a click over after five seconds without a sign of life, and only one does."""
    inbox.put(a_click("T1"))
    assert inbox.take(first=()) == []
    left_behind(engines)
    inbox.hold("T1")
    assert inbox.take(first=()) == []
    left_behind(engines)
    (taken,) = inbox.take(first=())
    assert (taken.key, taken.tries, taken.content) == ("T1", 2, '{"reason": "private words"}')
    assert taken.age > timedelta(seconds=5)
    assert inbox.take(first=()) == []


def test_what_stops_is_taken_first(inbox, engines):
    """Stop, Reject and Withdraw go before older clicks; the others keep their order."""
    for number, kind in enumerate(["approve", "pay", "stop"]):
        inbox.put(a_click(f"T{number}", kind))
    with engines.write.begin() as connection:
        for number in range(3):
            at = datetime.now(UTC) - timedelta(seconds=20 - number)
            dated = text("UPDATE inbox SET at = :at, next_at = :at WHERE key = :key")
            connection.execute(dated.bindparams(at=at, key=f"T{number}"))
    assert [click.kind for click in inbox.take(first={"stop"})] == ["stop", "approve", "pay"]


def test_a_decision_ends_its_click_in_one_transaction(inbox, engines, rules):
    """The decision and the row's end are there together, and what was typed is gone."""
    cart = rules.requested()
    click = inbox.put(a_click("T1"))
    approving(rules, click, cart)
    assert rows(engines) == [("T1", "decided", None)]
    assert inbox.outcome("T1") is ClickOutcome.DECIDED


def test_an_ended_click_decides_nothing(inbox, engines, rules):
    """A process that carries an ended click out once more changes nothing, not even a version."""
    cart = rules.requested()
    click = inbox.put(a_click("T1"))
    inbox.end("T1", ClickOutcome.REFUSED)
    with pytest.raises(ClickEnded):
        approving(rules, click, cart)
    assert rules.workflow.queries.cart(cart.id) == cart


def test_a_failed_decision_leaves_its_click_open(inbox, engines, rules, monkeypatch):
    """Where the transaction rolls back, the click is still to be decided."""
    cart = rules.requested()
    click = inbox.put(a_click("T1"))
    monkeypatch.setattr("store.audit_log.append", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        approving(rules, click, cart)
    monkeypatch.undo()
    assert rows(engines)[0][1] is None
    assert rules.workflow.queries.cart(cart.id) == cart
    approving(rules, click, cart)
    assert rules.workflow.queries.cart(cart.id).state is S.APPROVED


@pytest.mark.parametrize("kind", ["stop", "reject", "withdraw"])
def test_what_stops_ends_older_clicks_on_its_cart(inbox, engines, rules, kind):
    """An approval that was clicked before a Stop and not decided yet never is; a later one and others' are left."""
    cart, other = rules.requested(), rules.requested("other.ovh", "C2")
    old = inbox.put(a_click("T1", cart=cart.id))
    inbox.put(a_click("T2", cart=other.id))
    stopping = inbox.put(a_click("T3", kind, cart=cart.id))
    time.sleep(0.01)
    inbox.put(a_click("T4", cart=cart.id))
    under = rules.workflow.under(stopping, overtakes=True)
    if kind == "stop":
        rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark)
        under.approvals.stop(cart.id, by=rules.cleo)
    elif kind == "reject":
        under.approvals.reject(cart.id, approver=rules.cleo, reason="no")
    else:
        under.approval_requests.withdraw(cart.id, by=rules.ada)
    assert [outcome for _, outcome, _ in rows(engines)] == ["overtaken", None, "decided", None]
    with pytest.raises((ClickEnded, OrderingError)):
        approving(rules, old, cart)


def test_a_refused_stop_ends_no_other_click(inbox, engines, rules):
    """A user without the right to stop ends nothing by trying."""
    cart = rules.approved()
    inbox.put(a_click("T1", cart=cart.id))
    click = inbox.put(a_click("T2", "stop", cart=cart.id))
    with pytest.raises(OrderingError):
        rules.workflow.under(click, overtakes=True).approvals.stop(cart.id, by=rules.ben)
    assert [outcome for _, outcome, _ in rows(engines)] == [None, None]


def test_the_same_question_answered_before(inbox, engines, rules):
    """The same person on the same card decided before: only then, and only for the same kind."""
    inbox.put(a_click("T1", "pay"))
    inbox.end("T1", ClickOutcome.DECIDED)
    assert inbox.was_decided(a_click("T2", "pay"))
    for other in (a_click("T3", "try"), a_click("T3", "pay", by="U0DAN"), a_click("T3", "pay", mark="1 other")):
        assert not inbox.was_decided(other)


def test_ended_clicks_are_forgotten_open_ones_never(inbox, engines):
    """A week later Slack delivers nothing again; what is open stays however old it is."""
    inbox.put(a_click("T1"))
    inbox.put(a_click("T2"))
    inbox.end("T1", ClickOutcome.DECIDED)
    left_behind(engines, seconds=8 * 86_400)
    inbox.forget(timedelta(days=7))
    assert [key for key, _, _ in rows(engines)] == ["T2"]


def test_a_database_that_hangs_refuses_a_click_in_time(inbox, engines, url):
    """The INSERT ends after two seconds on the server: what was not answered was not written."""
    inbox.put(a_click("T1"))
    blocker = open_engines(url)
    with blocker.write.connect() as connection:
        connection.begin()
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        started = time.monotonic()
        with pytest.raises(Exception, match=r"(?i)lock|timeout"):
            inbox.put(a_click("T2"))
        assert time.monotonic() - started < 2.5
        connection.rollback()
    blocker.close()
    assert [key for key, _, _ in rows(engines)] == ["T1"]
    assert inbox.put(a_click("T2")) is not None


def test_a_click_waits_for_no_decision_on_another_cart(inbox, engines, rules):
    """On PostgreSQL the INSERT takes no lock of a decision; SQLite has one writer."""
    if not engines.are_shared:
        pytest.skip("a SQLite file has one writer at a time")
    with rules.store.begin() as carts:
        carts.decide_alone()
        started = time.monotonic()
        assert inbox.put(a_click("T1")) is not None
        assert time.monotonic() - started < 1


def test_the_lane_gives_up_in_time_and_loses_nobody(engines):
    """A writer that gave up in the line leaves it, and those behind it still come."""
    queue = engines.write_queue
    if queue is None:
        pytest.skip("PostgreSQL needs no line of writers")
    came: list[int] = []
    with queue.held():
        with pytest.raises(TimeoutError), queue.held(within=0.05):
            raise AssertionError("it is held by another")

        def comes() -> None:
            with queue.held(within=5):
                came.append(1)

        behind = threading.Thread(target=comes)
        behind.start()
    behind.join()
    assert came == [1]


def test_ten_thousand_clicks_in_any_order_decide_once(inbox, engines, rules):
    """Approve, Pay and Stop, new and delivered again, on eight threads: each cart is approved, paid or stopped once."""
    chance = random.Random(14)
    carts = [rules.requested(f"n{number}.ovh", f"C{number}") for number in range(4)]
    clicks = [(f"T{chance.randrange(500)}", chance.choice(carts)) for _ in range(10_000)]
    first: dict[str, Cart] = {}
    for key, cart in clicks:
        first.setdefault(key, cart)
    seen: Counter[str] = Counter()

    def written(key: str, cart_id: int) -> Click | None:
        """Slack is not answered where it took too long, and delivers again."""
        for _ in range(20):
            with suppress(TimeoutError, SQLAlchemyError):
                put: Click | None = inbox.put(a_click(key, cart=cart_id))
                return put
        raise AssertionError("it was never taken")

    def comes(key: str) -> None:
        cart = first[key]
        click = written(key, cart.id) if key not in ended else None
        if click is None:
            seen["again"] += 1
            return
        with suppress(ClickEnded, OrderingError):
            approving(rules, click, cart)
        with suppress(TimeoutError, SQLAlchemyError):
            inbox.end(key, ClickOutcome.DECIDED)
        ended.add(key)

    ended: set[str] = set()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(comes, [key for key, _ in clicks]))
    assert seen["again"] >= 10_000 - 500
    assert len(rows(engines)) == len(first)
    for cart in carts:
        _, events = rules.workflow.queries.timeline(cart.id, by=rules.ada)
        assert [event.state for event in events].count(S.APPROVED) == 1


def test_a_repetition_hurries_the_open_click(inbox, engines):
    """A click whose process died waits longer after each try; the person who presses again waits five seconds."""
    inbox.put(a_click("T1"))
    with engines.write.begin() as connection:
        far = datetime.now(UTC) + timedelta(minutes=5)
        connection.execute(text("UPDATE inbox SET next_at = :far").bindparams(far=far))
    assert inbox.put(a_click("T2"), folds=True) is None
    left_behind_by(engines, timedelta(seconds=6))
    assert [click.key for click in inbox.take(first=())] == ["T1"]
    assert ("T2", "repeated", None) in rows(engines)


def left_behind_by(engines: Engines, passed: timedelta) -> None:
    """Set each click's next try back by this much."""
    with engines.write.begin() as connection:
        for key, next_at in connection.execute(text("SELECT key, next_at FROM inbox")).all():
            at = next_at if isinstance(next_at, datetime) else datetime.fromisoformat(next_at)
            connection.execute(
                text("UPDATE inbox SET next_at = :at WHERE key = :key").bindparams(at=at - passed, key=key)
            )
