"""A SQLite database moves to PostgreSQL whole, and its file is closed for good."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlmodel import SQLModel

from bot.export import write_json
from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import CardBeforeRestore
from ordering.process.recovery import must_be_current
from ordering.record.verification import Audit
from store import relocation
from store.engine import Engines, open_engines
from store.errors import DatabaseUnusable
from store.migrate import migrate, require_newest
from store.relocation import close_for_good, copy_all, release, require_empty
from store.transactions import SqlStore
from tests.builders import NOW
from tests.conftest import Rules
from tests.databases import new_sqlite
from tests.store.filling import fill_every_table


@pytest.fixture
def source(tmp_path, sqlite_with_carts) -> Iterator[Engines]:
    opened = open_engines(new_sqlite(tmp_path, sqlite_with_carts))
    yield opened
    opened.close()


@pytest.fixture
def target(empty_postgres_url: str) -> Iterator[Engines]:
    opened = open_engines(empty_postgres_url)
    yield opened
    opened.close()


def exported(engines: Engines) -> str:
    out = io.StringIO()
    with SqlStore(engines).read() as carts:
        write_json(((cart, carts.events(cart.id)) for cart in carts.every_cart()), out)
    return out.getvalue()


def audit(engines: Engines) -> tuple[list[str], str]:
    with SqlStore(engines).read() as carts:
        found = Audit(carts.record())
        return [str(fault) for fault in found.faults()], found.summary(0)


def move(source: Engines, target: Engines, now: datetime = NOW) -> None:
    require_empty(target)
    copy_all(source, target, now=now)
    close_for_good(source, target, now=now)
    release(source, target)


def test_every_row_of_every_table_is_copied(source, target):
    """Each table of the metadata has rows before, and the same rows after, with their times in UTC."""
    fill_every_table(source)
    before = {table: rows(source, table) for table in relocation._copied()}  # noqa: SLF001 - the tables themselves
    assert [table.name for table, found in before.items() if not found] == []
    copy_all(source, target, now=NOW)
    for table, found in before.items():
        if table.name not in {"chain", "recovery", "messages"}:  # these change: the epoch, the mark, what is shown
            assert rows(target, table) == found, table.name


def rows(engines: Engines, table) -> list[dict[str, object]]:
    with engines.read.connect() as connection:
        return [row for page in relocation._pages(table, connection) for row in page]  # noqa: SLF001 - as above


def test_the_record_reads_the_same(source, target):
    """The same export, the same head, no fault, and the guards of the events are up."""
    before, said = exported(source), audit(source)
    move(source, target)
    assert exported(target) == before
    assert audit(target) == said
    assert said[0] == []


def test_the_bot_goes_on_after_the_move(source, target):
    """New carts, lines and messages get the next numbers, and an old decision is carried out."""
    waiting = Rules(SqlStore(source)).requested("waiting.ovh", "C7")
    move(source, target)
    rules = Rules(SqlStore(target))
    assert not rules.workflow.recover_mode.is_on
    rules.workflow.approvals.approve(waiting.id, approver=rules.cleo, mark=waiting.request_mark)
    assert rules.run_worker(waiting.id).state is CartState.CHECKED_OUT
    assert rules.requested("next.ovh", "C8").id == waiting.id + 1
    assert audit(target)[0] == []


def test_old_buttons_are_void_once(source, target):
    """The epoch is raised, so a card from before is refused, and rendered again."""
    old = Rules(SqlStore(source))
    cart = old.requested("waiting.ovh", "C7")
    stamp = old.workflow.cards.rendering()[0]
    move(source, target)
    with SqlStore(target).read() as carts:
        now = carts.stamp()
        assert (now.database, now.number, now.digest) == (stamp.database, stamp.number, stamp.digest)
        assert now.epoch == int(NOW.timestamp()) > stamp.epoch
        with pytest.raises(CardBeforeRestore):
            must_be_current(carts, stamp, cart.id)


def test_the_epoch_rises_past_a_clock_that_is_late(source, target):
    """Also where the machine's clock is behind the last epoch."""
    with source.write.begin() as connection:
        connection.execute(text("UPDATE chain SET epoch = 99999999999"))
    move(source, target)
    with SqlStore(target).read() as carts:
        assert carts.stamp().epoch == 100_000_000_000


def test_nothing_starts_on_the_old_file(source, target):
    """Reading, migrating and a process that is already open: each is refused with the new place."""
    open_already = Rules(SqlStore(source))
    move(source, target, now=datetime(2026, 11, 28, 8, 5, tzinfo=UTC))
    again = open_engines(str(source.write.url))
    for start in (migrate, require_newest):
        with pytest.raises(DatabaseUnusable, match=r"moved to the PostgreSQL database desk_\w+ at .* on 2026-11-28 08"):
            start(again)
    with pytest.raises(DatabaseUnusable, match="moved-"):
        open_already.requested("late.ovh", "C9")
    again.close()


def test_a_target_with_data_is_refused(source, target):
    """A second move into the same database, and a database of another program."""
    move(source, target)
    with pytest.raises(DatabaseUnusable, match=r"holds data already \(table carts\)"):
        require_empty(target)
    with target.write.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE invoices (id int)"))
    with pytest.raises(DatabaseUnusable, match="belongs to another program"):
        require_empty(target)


def test_data_that_came_meanwhile_are_kept(source, target):
    """The check is repeated in the transaction that copies."""
    require_empty(target)
    migrate(target)
    other = Rules(SqlStore(target))
    other.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=other.ada)
    with pytest.raises(DatabaseUnusable, match="holds data already"):
        copy_all(source, target, now=NOW)


def test_a_migrated_database_without_a_row_is_empty(source, target):
    """So a move that failed can be repeated."""
    migrate(target)
    move(source, target)
    assert audit(target)[0] == []


def test_a_row_that_does_not_fit_stops_the_move(source, target):
    """Nothing is copied, and the old file can still be used."""
    with source.write.begin() as connection:
        connection.execute(text("UPDATE lines SET place = 99999999999"))
    with pytest.raises(DatabaseUnusable, match="A row of the table lines does not fit"):
        copy_all(source, target, now=NOW)
    require_empty(target)
    require_newest(source)


def test_a_fault_in_the_copied_record_stops_the_move(source, target):
    """It is found in the copy's own transaction."""
    with source.write.begin() as connection:
        connection.execute(text("UPDATE chain SET digest = 'x'"))
    with pytest.raises(DatabaseUnusable, match="has a fault after the copy"):
        copy_all(source, target, now=NOW)
    require_empty(target)


def test_a_move_that_ends_halfway_holds_the_bot(source, target):
    """Between the two databases' commits the copy is marked: a bot that starts there begins in recover mode."""
    copy_all(source, target, now=NOW)
    with SqlStore(target).read() as carts:
        assert carts.standing().is_copy
    close_for_good(source, target, now=NOW)
    with SqlStore(target).read() as carts:
        assert carts.standing().is_copy
    release(source, target)
    with SqlStore(target).read() as carts:
        assert not carts.standing().is_copy


def test_a_restored_copy_stays_one(source, target):
    """A backup that moves before a bot started on it still begins in recover mode."""
    with source.write.begin() as connection:
        connection.execute(text("UPDATE recovery SET is_copy = 1"))
    move(source, target)
    with SqlStore(target).read() as carts:
        assert carts.standing().is_copy


def test_processes_of_the_old_file_are_not_copied(source, target):
    """Their heartbeats would make the new database wait for processes that can never come."""
    with source.write.begin() as connection:
        connection.execute(text("INSERT INTO heartbeats VALUES ('old', '0022', 9999999999)"))
    copy_all(source, target, now=NOW)
    with target.read.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(SQLModel.metadata.tables["heartbeats"])) == 0
