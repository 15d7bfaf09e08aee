"""Processes are seen by a row that each of them writes: on both databases."""

import pytest
from sqlalchemy import text

from store.engine import Engines
from store.heartbeats import ALIVE_SECONDS, Heartbeat, OlderProcesses, require_no_older_process
from store.migrate import newest
from tests.store.test_schema_guard import set_revision


def rows(engines: Engines) -> list[tuple[str, str, int]]:
    with engines.read.connect() as connection:
        found = connection.execute(text("SELECT process, revision, beat_at FROM heartbeats ORDER BY process"))
        return [tuple(row) for row in found]


def ages(engines: Engines, seconds: int) -> None:
    """All heartbeats become so much older."""
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE heartbeats SET beat_at = beat_at - :seconds"), {"seconds": seconds})


def test_each_process_has_one_row(engines):
    """A heartbeat is written again in its own row, with the schema that its process knows."""
    one, two = Heartbeat(engines), Heartbeat(engines)
    one.beat()
    (first,) = rows(engines)
    ages(engines, 20)
    one.beat()
    assert rows(engines)[0][2] >= first[2]
    two.beat()
    assert [revision for _, revision, _ in rows(engines)] == [newest()] * 2
    one.end()
    assert len(rows(engines)) == 1


def test_a_heartbeat_of_another_age_is_forgotten(engines):
    """Rows of processes that were killed do not add up."""
    Heartbeat(engines).beat()
    ages(engines, 2 * 3600)
    Heartbeat(engines).beat()
    assert len(rows(engines)) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_older_processes_are_counted(engines, number):
    """A migration waits for every living process; on SQLite the file's lock says that there is none."""
    for _ in range(number):
        Heartbeat(engines).beat()
    require_no_older_process(engines)  # they have this version's schema
    set_revision(engines, "0013")
    if not engines.are_shared:
        require_no_older_process(engines)
        return
    with pytest.raises(OlderProcesses, match=r"^1 process of an|^3 processes of an"):
        require_no_older_process(engines)
    ages(engines, ALIVE_SECONDS + 1)
    require_no_older_process(engines)


def test_a_process_that_ended_is_not_waited_for(engines):
    """An orderly stop removes the row."""
    heartbeat = Heartbeat(engines)
    heartbeat.beat()
    heartbeat.end()
    set_revision(engines, "0013")
    require_no_older_process(engines)


def test_a_schema_without_heartbeats_is_migrated(engines):
    """Releases before the heartbeats write none: nothing is known of them."""
    with engines.write.begin() as connection:
        connection.execute(text("DROP TABLE heartbeats"))
    set_revision(engines, "0013")
    require_no_older_process(engines)
