"""Table 5: the database with many who want it at once, and with many carts in it, on SQLite and PostgreSQL."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection
from sqlmodel import Session

from bench import wakes
from bench.table import Goal, Table
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy
from ordering.workflow import Workflow
from prove.databases import opened
from store.engine import Engines, open_engines
from store.transactions import SqlStore
from tests.fakes import FakeRegistrar

_CONTENDERS = 8
_LOOKS = 40  # of each kind; the first few warm the caches
_WAITING = 100  # carts that wait for a user, of the smaller number; ten times as many of the larger
_PAGE = 20
_SQL_SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}) ",
    "postgresql": "WITH series AS (SELECT n FROM generate_series(1, {count}) AS n) ",
}
_CARTS = """
INSERT INTO carts (id, channel, created_by, state, since, version, requester, purpose, approved_by, events)
{series}SELECT n, 'C' || (n % 20), 'U' || (n % 50), CASE WHEN n % {pending} = 0 THEN 'submitted' ELSE 'delivered' END,
    '2026-01-01 00:00:00', 1, 'U' || (n % 50), 'bench', '[]', 0 FROM series"""
_LINES = """
INSERT INTO lines
    (cart_id, place, domain, years, pricing_mode, added_by, currency, price_minor, phase, offered_years, warnings)
{series}SELECT n, 0, 'n' || n || '.ovh', 1, 'create-default', 'U1', 'EUR', 299, 'ga', '[]', '[]' FROM series"""


def figures(*, quick: bool) -> Table:
    table = Table("5. The memory", ["database", "what", "small", "large", "growth or ratio"])
    sizes = (5_000, 50_000) if quick else (100_000, 1_000_000)
    for kind in ("sqlite",) if quick else ("sqlite", "postgresql"):
        _races(table, kind, 20 if quick else 200)
        _writes(table, kind, 30 if quick else 150)
        _reads(table, kind, sizes)
        wakes.measure(table, kind, wakes.QUICK_SIZES if quick else wakes.SIZES)
    carts = f"{sizes[0]:,} and {sizes[1]:,} carts, one in {sizes[0] // _WAITING:,} waits"
    table.notes.append(f"small and large: {carts}; ms, the quickest of {_LOOKS} looks.")
    table.notes.append("writes: ms p99 of eight threads, ours against a connection for each thread; both on disk.")
    return table


def _races(table: Table, kind: str, count: int) -> None:
    """Eight approvers press at the same moment, on a cart each time."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, opened(kind, Path(folder)) as databases:
        engines = open_engines(databases.new(Path(folder)))
        people = [Person(f"U0{number}") for number in range(_CONTENDERS)]
        policy = Policy(approvers=frozenset(person.id for person in people), payers=frozenset())
        workflow = Workflow(store=SqlStore(engines), registrar=FakeRegistrar(), policy=policy, clock=_now)
        once = sum(_race(workflow, people, number) == 1 for number in range(count))
        engines.close()
    table.add(kind, f"races of 8 approvals: approved once of {count}", "", once, "")
    table.goals.append(Goal(f"races lost or doubled, {kind}", count - once, 0))


def _race(workflow: Workflow, people: Sequence[Person], number: int) -> int:
    cart = workflow.cart_editing.add("C1", DomainName.parse(f"race-{number}.ovh"), by=Person("U0ADA"))
    cart = workflow.approval_requests.request(cart.id, requester=Person("U0ADA"), purpose="bench")
    mark = cart.request_mark
    approved: list[str] = []

    def approve(person: Person) -> None:
        try:
            workflow.approvals.approve(cart.id, approver=person, mark=mark)
        except OrderingError:
            return
        approved.append(person.id)

    _together([partial(approve, person) for person in people])
    return len(approved)


def _writes(table: Table, kind: str, each: int) -> None:
    """The same small change, through our engines and through one connection a thread with the defaults."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, opened(kind, Path(folder)) as databases:
        url = databases.new(Path(folder))
        engines = open_engines(url)
        with Session(engines.write) as session:
            _fill(session.connection(), kind, 100, every=10)
            session.commit()
        ours = _contended(lambda number: _change_by_ours(engines, number), each)
        engines.close()
        plain = create_engine(url, pool_size=_CONTENDERS)
        if kind == "sqlite":
            event.listen(plain, "connect", lambda connection, _: connection.execute("PRAGMA journal_mode=WAL"))
        theirs = _contended(lambda number: _change(Session(plain), number), each)
        plain.dispose()
    table.add(kind, "writes of 8 at once, p99 ms: ours, one connection each", ours, theirs, ours / theirs)


def _change_by_ours(engines: Engines, number: int) -> None:
    if engines.write_queue is None:
        _change(Session(engines.write), number)
        return
    with engines.write_queue.held():
        _change(Session(engines.write), number)


def _change(session: Session, number: int) -> None:
    with session, session.begin():
        session.execute(text("UPDATE carts SET version = version + 1 WHERE id = :id"), {"id": 1 + number % 100})
        session.execute(text("UPDATE lines SET years = 1 WHERE cart_id = :id"), {"id": 1 + number % 100})


def _contended(change: Callable[[int], None], each: int) -> float:
    """Milliseconds at p99 of changes that eight threads make as fast as they can."""
    spent: list[float] = []

    def work(place: int) -> None:
        for number in range(each):
            begun = time.monotonic()
            change(place * 12 + number)
            spent.append(time.monotonic() - begun)

    _together([partial(work, place) for place in range(_CONTENDERS)])
    return sorted(spent)[round(len(spent) * 0.99) - 1] * 1000


def _reads(table: Table, kind: str, sizes: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, opened(kind, Path(folder)) as databases:
        found = [_looks(kind, databases.new(Path(folder)), size, every=sizes[0] // _WAITING) for size in sizes]
    for what, small in found[0].items():
        large = found[1][what]
        table.add(kind, what, small, large, large / small)
        table.goals.append(Goal(f"{what}, growth, {kind}", large / small, 1.3))


def _looks(kind: str, url: str, size: int, *, every: int) -> dict[str, float]:
    engines = open_engines(url)
    with Session(engines.write) as session:
        _fill(session.connection(), kind, size, every=every)
        session.commit()
    with engines.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if kind == "postgresql":
            connection.execute(text("VACUUM ANALYZE carts"))
            connection.execute(text("VACUUM ANALYZE lines"))
    workflow = Workflow(
        store=SqlStore(engines), registrar=FakeRegistrar(), policy=Policy(frozenset(), frozenset()), clock=_now
    )
    somebody = Person("U0")
    looks: dict[str, Callable[[], object]] = {
        "pending carts": lambda: workflow.queries.pending(by=somebody, limit=30),
        "history, first page": lambda: workflow.queries.history(by=somebody, limit=_PAGE),
        "history, deep page": lambda: workflow.queries.history(by=somebody, before=CartId(size // 10), limit=_PAGE),
    }
    # The quickest: whatever else the machine does only adds.
    spent = {what: min(_timed(look) for _ in range(_LOOKS)) * 1000 for what, look in looks.items()}
    engines.close()
    return spent


def _fill(connection: Connection, kind: str, size: int, *, every: int) -> None:
    """Carts and their lines, made by the database itself: a million in seconds."""
    series = _SQL_SERIES[kind].format(count=size)
    for statement in (_CARTS, _LINES):
        connection.execute(text(statement.format(series=series, pending=every)))


def _together(calls: Sequence[Callable[[], None]]) -> None:
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], None]) -> None:
        barrier.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _timed(look: Callable[[], object]) -> float:
    begun = time.monotonic()
    look()
    return time.monotonic() - begun


def _now() -> datetime:
    return datetime.now(UTC)
