"""However many write at once, there is one chain; and a database from before the chain joins it."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from ordering.model.cart import CartState
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.record.hash_chain import Entry, digest
from ordering.record.verification import Audit
from store import migrate as migrations
from store.engine import Engines, open_engines
from store.transactions import SqlStore
from tests.builders import NOW, a_line

WRITER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from ordering.model.events import happened
from ordering.model.facts import EventKind
from store.engine import open_engines
from store.transactions import SqlStore
store, name = SqlStore(open_engines(sys.argv[1])), sys.argv[2]
for number in range(20):
    with store.begin() as carts:
        cart = carts.open(f"{name}{number}", by="U0ADA", at=datetime.now(UTC))
        carts.save(cart, happened(cart, datetime.now(UTC), EventKind.CLOSED, by="U0ADA"))
"""


def audited(engines: Engines) -> tuple[list[str], Audit]:
    with SqlStore(engines).read() as carts:
        audit = Audit(carts.record())
        return [str(fault) for fault in audit.faults()], audit


def test_eight_threads_write_one_chain(store, engines):
    with store.begin() as carts:
        opened = [carts.open(f"C{n}", by="U0ADA", at=NOW) for n in range(8)]

    def write(number: int) -> None:
        cart = opened[number]
        for _ in range(10):
            with store.begin() as carts:
                events = (happened(cart, NOW, EventKind.CLOSED, by=by) for by in (None, "U0BEN"))
                cart = carts.save(cart, *events)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    faults, audit = audited(engines)
    assert faults == []
    assert (audit.events, audit.carts) == (8 + 8 * 10 * 2, 8)


def test_two_processes_write_one_chain(engines, url):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, name]) for name in ("CA", "CB")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    faults, audit = audited(engines)
    assert faults == []
    assert (audit.events, audit.carts) == (80, 40)


def test_a_failed_transaction_leaves_the_chain_as_it_was(store, engines):
    def fails() -> None:
        with store.begin() as carts:
            carts.open("C1", by="U0ADA", at=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with store.begin() as carts:
        carts.open("C1", by="U0ADA", at=NOW)
    faults, audit = audited(engines)
    assert (faults, audit.events) == ([], 1)


def test_a_digest_is_what_its_description_says():
    entry = Entry(2, 1, 2, "submitted", NOW, "U0ADA", "für \N{OTTER}", None, None, None, "a" * 64, "b" * 64)
    written = (
        '["domain-desk event 1",2,1,2,"submitted","2026-11-24T08:00:00.000000+00:00",'
        r'"U0ADA","f\u00fcr \ud83e\udda6",null,'
        f'"{"a" * 64}","{"b" * 64}"]'
    )
    assert digest(entry) == hashlib.sha256(written.encode()).hexdigest()


def test_the_second_form_covers_kind_and_data():
    """A digest of the second form is what its description says."""
    first = Entry(2, 1, 2, "submitted", NOW, "U0ADA", "für \N{OTTER}", None, None, '{"x":1}', "a" * 64, "b" * 64)
    entry = replace(first, kind="partly_approved", data='{"needed":2}')
    written = (
        '["domain-desk event 2",2,1,2,"submitted","2026-11-24T08:00:00.000000+00:00",'
        r'"U0ADA","f\u00fcr \ud83e\udda6","partly_approved","{\"needed\":2}","{\"x\":1}",'
        f'"{"a" * 64}","{"b" * 64}"]'
    )
    assert digest(entry) == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize("facts", [{"kind": EventKind.CLOSED}, {"data": {}}, {}])
def test_an_event_without_a_kind_is_not_written(store, engines, facts):
    """Nobody can add an event of the first form any more, and nothing of its transaction stays."""
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
    event = Event(cart.id, cart.state, NOW, **facts)
    with pytest.raises(AssertionError, match="has no kind or no data"), store.begin() as carts:
        carts.save(cart.with_line(a_line()), event)
    with store.read() as carts:
        assert carts.cart(cart.id) == cart
    assert audited(engines)[1].events == 1


def migrated(engines: Engines, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent / "migrations"))
    with engines.write.begin() as connection:
        config.attributes["connection"] = connection
        step = command.downgrade if revision == "0001" and migrations.revision(engines) else command.upgrade
        step(config, revision)


@pytest.fixture
def old(empty_url):
    """A database of the first revision, with two carts, and a gap where a transaction had failed."""
    engines = open_engines(empty_url)
    migrated(engines, "0001")
    cart = "INSERT INTO carts (channel, created_by, state, since, version, approved_by, tries) VALUES "
    event = 'INSERT INTO events (id, cart_id, state, at, "by", note, told) VALUES '
    at = "'2026-11-24 08:00:00.000000'" if engines.write_queue else "'2026-11-24 08:00:00+00'"
    with engines.write.begin() as connection:
        for channel, state in (("C1", "submitted"), ("C2", "open")):
            connection.execute(text(f"{cart} ('{channel}', 'U0ADA', '{state}', {at}, 1, '[]', 0)"))
        for values in (
            f"1, 1, 'open', {at}, 'U0ADA', NULL, true",
            f"3, 2, 'open', {at}, 'U0BEN', NULL, true",
            f"7, 1, 'submitted', {at}, 'U0ADA', 'für alle', false",
        ):
            connection.execute(text(f"{event} ({values})"))
    yield engines
    engines.close()


def test_an_older_database_is_chained_with_all_that_is_in_it(old):
    migrations.migrate(old)
    faults, audit = audited(old)
    assert (faults, audit.events, audit.carts) == ([], 3, 2)
    with SqlStore(old).begin() as carts:
        assert [(e.id, e.state, e.by, e.at, e.note) for e in carts.events(CartId(1))] == [
            (1, CartState.OPEN, "U0ADA", NOW, None),
            (3, CartState.SUBMITTED, "U0ADA", NOW, "für alle"),
        ]
        assert [event.id for event in carts.undelivered(CartId(1))] == [3]
        cart = carts.cart(CartId(2))
        carts.save(cart.with_line(a_line()), happened(cart, NOW, EventKind.CLOSED))
    faults, audit = audited(old)
    assert (faults, audit.events) == ([], 4)


def test_the_way_back_to_the_older_shape_keeps_the_events(old):
    migrations.migrate(old)
    migrated(old, "0001")
    with old.read.connect() as connection:
        rows = connection.execute(text("SELECT id, cart_id, state, told FROM events ORDER BY id")).all()
    assert [(*row[:3], bool(row[3])) for row in rows] == [
        (1, 1, "open", True),
        (2, 2, "open", True),
        (3, 1, "submitted", False),
    ]
    migrations.migrate(old)
    assert audited(old)[0] == []
