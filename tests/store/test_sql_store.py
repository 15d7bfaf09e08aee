"""The memory keeps what it is given, and lets only the newest version be changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ordering.cart_line import Line
from ordering.domain_name import DomainName
from ordering.errors import CartChanged
from ordering.events import happened
from ordering.money import Money
from ordering.ports import MessageRole
from store.engine import open_engines
from store.migrate import migrate, newest
from store.sql import SqlStore

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(99, "EUR"), added_by="U0ADA")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    engines = open_engines(f"sqlite:///{tmp_path / 'desk.db'}")
    assert migrate(engines) == newest()
    yield SqlStore(engines)
    engines.close()


def test_a_cart_comes_back_as_it_was_saved(store):
    with store.begin() as carts:
        saved = carts.save(carts.open("C1", by="U0ADA", at=NOW).with_line(LINE))
    with store.read() as carts:
        assert carts.open_cart("C1") == saved


def test_an_old_version_cannot_be_saved(store):
    with store.begin() as carts:
        old = carts.open("C1", by="U0ADA", at=NOW)
        carts.save(old.with_line(LINE))
    with pytest.raises(CartChanged), store.begin() as carts:
        carts.save(replace(old, purpose="late"))


def test_a_message_is_outdated_until_it_shows_the_newest_version(store):
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
        message = carts.show_in(cart.id, MessageRole.CART, "C1")
        for event in carts.untold(cart.id):
            carts.told(event.id)
        assert carts.outdated() == [cart.id]
        carts.shown(message.id, version=cart.version, ts="1.2")
        assert carts.outdated() == []
        carts.save(cart.with_line(LINE), happened(cart, NOW, by="U0ADA"))
        assert carts.outdated() == [cart.id]
