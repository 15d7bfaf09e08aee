"""Closing the engines closes every connection, also one that a thread still uses."""

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from store.engine import Engines, open_engines


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path') / 'desk.db'}"
    return str(request.getfixturevalue("postgres_url"))


def is_open(driver: Any) -> bool:
    """Whether the driver's connection still answers."""
    try:
        driver.execute("SELECT 1").close()
    except Exception:  # noqa: BLE001 - each driver has its own error for a closed connection
        return False
    return True


def used(engine: Engine) -> tuple[Connection, object]:
    """A connection that is in use, and the driver's own below it."""
    connection = engine.connect()
    connection.execute(text("SELECT 1"))
    return connection, connection.connection.driver_connection


@pytest.fixture(params=["write", "read", "inbox"])
def pool(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def engine_of(engines: Engines, pool: str) -> Engine:
    engine: Engine = getattr(engines, pool)
    return engine


def test_a_connection_in_use_is_closed_when_it_is_given_back(url: str, pool: str):
    """The thread that uses it may finish first: nothing is taken from under it."""
    engines = open_engines(url)
    connection, driver = used(engine_of(engines, pool))
    engines.close()
    assert is_open(driver)
    connection.close()
    assert not is_open(driver)


def test_a_connection_made_after_the_close_ends_with_its_use(url: str, pool: str):
    """A thread that begins late leaves no connection behind."""
    engines = open_engines(url)
    engines.close()
    connection, driver = used(engine_of(engines, pool))
    connection.close()
    assert not is_open(driver)


def test_an_idle_connection_is_closed_at_once(url: str, pool: str):
    engines = open_engines(url)
    connection, driver = used(engine_of(engines, pool))
    connection.close()
    assert is_open(driver)
    engines.close()
    assert not is_open(driver)
