"""Databases as the releases left them: SQLite's dumps in `release_NNNN.sql`, put into either kind of database."""

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import DateTime, inspect, text

from ordering.model.facts import canonical
from ordering.record.hash_chain import Entry, sealed
from store import migrate as migration
from store.engine import Engines

FOLDER = Path(__file__).parent
RELEASES = sorted(path.stem.removeprefix("release_") for path in FOLDER.glob("release_*.sql"))
_FAR = 1_000_000  # between the numbers of one copy of the carts and those of the next one


@cache
def released(revision: str) -> bytes:
    """Return the file of SQLite that the release with this schema left."""
    return _file((FOLDER / f"release_{revision}.sql").read_text())


def upgrade_to(engines: Engines, revision: str) -> None:
    """Upgrade a database to a revision, new or old, as the version of that revision did."""
    with engines.write.begin() as connection:
        config = migration._config()  # noqa: SLF001 - to stop at an older revision
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def put_release(engines: Engines, file: bytes, folder: Path) -> None:
    """Fill an empty database with the rows of a release's SQLite file, in that release's schema."""
    if not engines.are_shared:
        Path(str(engines.write.url.database)).write_bytes(file)
        return
    (folder / "release.db").write_bytes(file)
    with closing(sqlite3.connect(folder / "release.db")) as old:
        old.row_factory = sqlite3.Row
        upgrade_to(engines, old.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        _fill(old, engines)


def _fill(old: sqlite3.Connection, engines: Engines) -> None:
    with engines.write.begin() as connection:
        found = inspect(connection)
        tables = [name for name, _ in found.get_sorted_table_and_fkc_names() if name not in {None, "alembic_version"}]
        for table in tables:
            if table in {"chain", "recovery"}:
                connection.execute(text(f"DELETE FROM {table}"))  # the migrations leave a first row
            columns = found.get_columns(str(table))
            dated = {column["name"] for column in columns if isinstance(column["type"], DateTime)}
            truths = {column["name"] for column in columns if str(column["type"]) == "BOOLEAN"}
            rows: list[dict[str, Any]] = [dict(row) for row in old.execute(f"SELECT * FROM {table} ORDER BY 1")]
            for row in rows:
                row |= {name: f"{row[name]}+00" for name in dated if row[name]}
                row |= {name: bool(row[name]) for name in truths if row[name] is not None}
            if rows:
                names, marks = ", ".join(f'"{name}"' for name in rows[0]), ", ".join(f":{name}" for name in rows[0])
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), rows)
            if any(str(column.get("default")).startswith("nextval") for column in columns):
                highest = f"(SELECT coalesce(max(id), 1) FROM {table})"
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {highest})"))


def multiplied(file: bytes, times: int) -> bytes:
    """Return the release's file with its carts so often, as one record: numbers, channels and the chain go on."""
    with closing(sqlite3.connect(":memory:")) as desk:
        desk.deserialize(file)
        desk.row_factory = sqlite3.Row
        guards = desk.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for guard in guards:
            desk.execute(f"DROP TRIGGER {guard['name']}")
        tables = ("carts", "lines", "sales_orders", "messages", "events", "untold")
        original = {table: [dict(row) for row in desk.execute(f"SELECT * FROM {table}")] for table in tables}
        others = {row[0] for row in desk.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} - {*tables}
        assert all(
            not desk.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in others - {"alembic_version", "chain", "recovery"}
        ), "a release with rows in other tables: copy those as well"
        for number in range(1, times):
            _add_copy(desk, original, number)
        for guard in guards:
            desk.execute(guard["sql"])
        desk.commit()
        return desk.serialize()


def _add_copy(desk: sqlite3.Connection, original: dict[str, list[dict[str, Any]]], number: int) -> None:
    carts, events = len(original["carts"]), len(original["events"])
    shift, order = number * carts, number * _FAR
    for cart in original["carts"]:
        names = {"channel": f"{cart['channel']}X{number}", "attempt_cart": _named(cart["attempt_cart"], number)}
        _insert(desk, "carts", cart | names | {"id": cart["id"] + shift})
    for table, step in (("lines", 10_000), ("sales_orders", _FAR), ("messages", 10_000)):
        for row in original[table]:
            _insert(desk, table, row | {"id": row["id"] + number * step, "cart_id": row["cart_id"] + shift})
    newest: dict[int, str] = {}
    before = desk.execute("SELECT digest FROM chain").fetchone()[0]
    for row in original["events"]:
        cart_id = row["cart_id"] + shift
        known = {"kind": None, "data": None} | {name: row[name] for name in row if name not in {"at", "digest"}}
        moved = {"id": row["id"] + number * events, "cart_id": cart_id, "facts": _facts(row["facts"], number, order)}
        links = {"previous": before, "previous_in_cart": newest.get(cart_id)}
        at = f"{row['at'].replace(' ', 'T')}+00:00"
        entry = sealed(replace(Entry(**(known | moved | links), at=at)))
        newest[cart_id] = before = entry.digest
        _insert(
            desk, "events", {name: value for name, value in asdict(entry).items() if name in row} | {"at": row["at"]}
        )
    for row in original["untold"]:
        _insert(desk, "untold", {"event_id": row["event_id"] + number * events, "cart_id": row["cart_id"] + shift})
    desk.execute("UPDATE chain SET digest = ?, number = number + ?", (before, events))


def _facts(text: str | None, number: int, order: int) -> str | None:
    if text is None:
        return None
    facts = json.loads(text)
    facts["channel"] = f"{facts['channel']}X{number}"
    if facts["sales_order"]:
        facts["sales_order"][0] += order
    if facts["attempt"]:
        facts["attempt"][1] = _named(facts["attempt"][1], number)
    return canonical(facts)


def _named(registrar_cart: str | None, number: int) -> str | None:
    return registrar_cart and f"{registrar_cart}X{number}"


def _insert(desk: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    desk.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def _file(dump: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as desk:
        desk.executescript(dump)
        return desk.serialize()
