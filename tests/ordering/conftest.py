"""After each test of the rules: the catalogue has made a sentence of all that they wrote down."""

from collections.abc import Iterator

import pytest

from tests.conftest import Rules
from tests.unsaid import unsaid


@pytest.fixture(autouse=True)
def everything_can_be_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail if an event, a cart's fact or its evidence lacks the data of its sentence."""
    rules = request.getfixturevalue("rules") if "rules" in request.fixturenames else None
    yield
    if isinstance(rules, Rules):
        with rules.store.read() as carts:
            assert unsaid(carts) == []
