"""The rules over the plain store; after each test the catalogue has made a sentence of all that they wrote down.

The plain store is fifty times faster than SQL, and tests/store/contract holds the two alike. Its events are chained as
in SQL, which fails for data that are no JSON. On SQLite run the walks at random of test_fulfilment.py, and
test_no_writes.py.
"""

from collections.abc import Iterator

import pytest

from prove.explorer.plain_store import PlainStore
from prove.explorer.snapshot import hash_chain
from tests.builders import NOW
from tests.conftest import Rules
from tests.unsaid import unsaid


@pytest.fixture
def store() -> PlainStore:
    return PlainStore(chain=hash_chain, clock=lambda: NOW)


@pytest.fixture(autouse=True)
def everything_can_be_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail if an event, a cart's fact or its evidence lacks the data of its sentence."""
    rules = request.getfixturevalue("rules") if "rules" in request.fixturenames else None
    yield
    if isinstance(rules, Rules):
        with rules.store.read() as carts:
            assert unsaid(carts) == []
