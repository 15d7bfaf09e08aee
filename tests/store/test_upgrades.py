"""Each release, and each schema since the first one, comes to the newest schema with 1,000 carts in all states."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from ordering.model.cart import CartState
from ordering.model.ids import CartId
from ordering.record.verification import Audit
from store import migrate as migration
from store.engine import Engines, open_engines
from store.migrate import migrate, newest
from store.transactions import SqlStore
from tests.builders import NOW
from tests.conftest import Rules
from tests.databases import new_postgresql
from tests.store.released import RELEASES, multiplied, put_release, released, upgrade_to

CARTS = 1_000
FIRST = "0013"
OF_PROCESSES = {"heartbeats"}


@pytest.fixture
def engines(empty_url: str) -> Iterator[Engines]:
    opened = open_engines(empty_url)
    yield opened
    opened.close()


def revisions_since(first: str) -> list[str]:
    """Return the revisions from that one on, without the newest."""
    walked = ScriptDirectory.from_config(migration._config()).walk_revisions()  # noqa: SLF001 - the list itself
    return sorted(script.revision for script in walked if first <= script.revision < newest())


def all_rows(engines: Engines) -> dict[str, list[dict[str, Any]]]:
    with engines.read.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name not in OF_PROCESSES]
        read = {name: connection.execute(text(f'SELECT * FROM "{name}"')).mappings() for name in names}
        return {name: sorted((_lasting(dict(row)) for row in rows), key=str) for name, rows in read.items()}


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what is drawn at random in the upgrade."""
    return {name: value for name, value in row.items() if name != "save_id"}


def audited(engines: Engines) -> tuple[list[str], Audit]:
    with SqlStore(engines).read() as carts:
        audit = Audit(carts.record())
        return [str(fault) for fault in audit.faults()], audit


@pytest.fixture(scope="session", params=RELEASES)
def thousand(request: pytest.FixtureRequest) -> bytes:
    """A release's file with at least 1,000 carts."""
    few = released(request.param)
    return multiplied(few, -(-CARTS // 16))


def test_the_first_release_is_among_them():
    """A list of releases that came out empty would test nothing."""
    assert RELEASES[0] == FIRST == revisions_since(FIRST)[0]


def test_a_thousand_carts_are_upgraded(engines: Engines, thousand: bytes, tmp_path: Path):
    """The record verifies with the head of before, every state is there, and the bot goes on with each open request."""
    put_release(engines, thousand, tmp_path)
    with engines.read.connect() as connection:
        head = connection.execute(text("SELECT digest FROM chain")).scalar_one()
        states = connection.execute(text("SELECT id, state FROM carts ORDER BY id")).all()
    assert migrate(engines) == newest()
    faults, audit = audited(engines)
    assert (faults, audit.carts) == ([], len(states))
    assert audit.carts >= CARTS
    assert audit.record.head is not None
    assert audit.record.head.digest == head
    with SqlStore(engines).read() as carts:
        upgraded = [(cart.id, cart.state.value) for cart in carts.every_cart()]
    assert sorted(upgraded) == [tuple(row) for row in states]
    assert {state for _, state in upgraded} == {state.value for state in CartState} - {
        "returned"
    }  # which the first release did not have
    assert sum(state == "needs_attention" for _, state in upgraded) > CARTS // 10


def test_the_bot_goes_on_with_upgraded_carts(engines: Engines, thousand: bytes, tmp_path: Path):
    """Withdraw each request that waits, open one more, and verify the whole record."""
    put_release(engines, thousand, tmp_path)
    migrate(engines)
    rules = Rules(SqlStore(engines))
    rules.clock.now = NOW.replace(day=30)
    with rules.store.read() as carts:
        waiting = [cart.id for cart in carts.every_cart() if cart.state is CartState.SUBMITTED]
    for number in waiting[::20]:
        rules.workflow.approval_requests.withdraw(CartId(number), by=rules.ada)
    assert rules.requested("next.ovh", "C99").id > CARTS
    assert audited(engines)[0] == []


@pytest.mark.parametrize("revision", revisions_since(FIRST))
def test_each_schema_since_is_upgraded_alike(engines: Engines, revision: str, tmp_path: Path, upgraded_at_once):
    """An upgrade in two steps, by way of any schema that a bot may have, leaves the same rows as one in one step."""
    put_release(engines, released(FIRST), tmp_path)
    upgrade_to(engines, revision)
    assert migrate(engines) == newest()
    assert all_rows(engines) == upgraded_at_once[engines.write.dialect.name]
    assert audited(engines)[0] == []


@pytest.fixture(scope="session")
def upgraded_at_once(tmp_path_factory, postgres: str) -> dict[str, Any]:
    found = {}
    for url in (f"sqlite:///{tmp_path_factory.mktemp('once') / 'desk.db'}", new_postgresql(postgres)):
        engines = open_engines(url)
        put_release(engines, released(FIRST), tmp_path_factory.mktemp("file"))
        migrate(engines)
        found[engines.write.dialect.name] = all_rows(engines)
        engines.close()
    return found
