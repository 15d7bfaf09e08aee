"""One table says every state of a cart in words, in each form that a sentence needs."""

import ast
from pathlib import Path

import pytest

from handlers.messages.en import states
from ordering.model.cart import CartState

ROOT = Path(__file__).parents[3]
CODE = ("bot", "handlers", "ordering", "registrars", "store")
MANY = len(CartState) // 2  # states in one table of words make it a table of states


@pytest.mark.parametrize("state", CartState)
def test_each_state_has_words(state: CartState) -> None:
    """A label, a clause and a beginning, without the name that is stored."""
    words = (states.state(state), states.is_now(state.value), states.began(state))
    assert all(words)
    assert not any("_" in each for each in words)
    assert states.is_now(state.value).startswith(("is ", "was "))


def test_no_two_states_read_alike() -> None:
    """People tell them apart by their label."""
    assert len({states.state(state) for state in CartState}) == len(CartState)


def test_a_state_of_a_later_version_has_a_clause() -> None:
    """A record may have been written by a newer version."""
    assert states.is_now("archived") == "has moved on"


def tables(source: str) -> list[int]:
    """Return the lines of the tables that map most states to fixed words."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Dict)]
    return [node.lineno for node in found if sum(map(_is_row, node.keys, node.values)) >= MANY]


def _is_row(key: ast.expr | None, value: ast.expr) -> bool:
    names = {state.name for state in CartState} | {state.value for state in CartState}
    named = key.attr if isinstance(key, ast.Attribute) else key.value if isinstance(key, ast.Constant) else None
    fixed = isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and value.args)
    return named in names and bool(fixed) and all(isinstance(arg, ast.Constant) for arg in getattr(value, "args", []))


def test_no_other_table_has_words_for_states() -> None:
    """A second table says the same state in other words sooner or later."""
    files = [file for package in CODE for file in sorted((ROOT / package).rglob("*.py"))]
    found = [str(file.relative_to(ROOT)) for file in files for _ in tables(file.read_text())]
    assert found == ["handlers/messages/en/states.py"]
