"""Each refusal that the product can raise has a sentence, which is made from what every raise of it hands over."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from handlers.messages import words
from handlers.messages.catalogue import needed
from ordering.model import errors
from ordering.model.errors import OrderingError
from ordering.model.policy import Membership

ROOT = Path(__file__).parents[3]
FOLDERS = ("ordering", "registrars", "store", "handlers", "bot")
# The codes of raises that do not spell theirs out, by file and expression.
COMPUTED = {
    ("ordering/model/policy.py", "f'person_{person.membership.value}'"): {
        f"person_{membership.value}" for membership in Membership if membership is not Membership.MEMBER
    },
    ("ordering/model/policy.py", "code"): {
        "not_approver", "not_requester", "not_payer", "not_operator", "not_approver_or_payer", "cannot_stop",
        "cannot_see_owners",
    },
    ("ordering/process/money_markers.py", "NOT_LISTED"): {"markers_not_listed"},
    ("ordering/model/offer_selection.py", "code"): {
        "name_taken", "name_for_sale_by_owner", "name_not_offered", "extension_not_sold",
    },
}  # fmt: skip
# Arguments that are no parameters.
NOT_PARAMS = {"code", "ask", "hint"}


@dataclass(frozen=True)
class Raise:
    """A place that makes a refusal, with the names of its parameters."""

    place: str
    codes: frozenset[str]
    params: frozenset[str]


def _every_class(of: type[OrderingError] = OrderingError) -> Iterator[type[OrderingError]]:
    if of.__module__.split(".")[0] in FOLDERS:
        yield of
    for each in of.__subclasses__():
        yield from _every_class(each)


@cache
def _trees() -> Mapping[str, ast.Module]:
    files = [
        file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in file.parts
    ]
    for file in files:
        text = file.read_text()
        if "Error" in text or "errors" in text:
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text()) for file in files}


@cache
def _classes() -> Mapping[str, type[OrderingError]]:
    _trees()
    found = {each.__name__: each for each in set(_every_class())}
    assert len(found) > 25
    return found


def _own_constructor(kind: type[OrderingError]) -> Callable[..., None] | None:
    """Return the constructor of a class if it takes other arguments than a refusal in general."""
    first = next(iter(list(inspect.signature(kind).parameters)))
    return None if first == "code" else kind.__init__


def _own_params(kind: type[OrderingError]) -> set[str]:
    """Return the parameters that a class's own constructor hands over by name."""
    if (constructor := _own_constructor(kind)) is None:
        return set()
    tree = ast.parse(dedent(inspect.getsource(constructor)))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    inits = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__")
    return {given.arg for call in inits for given in call.keywords if given.arg}


def _made(file: str, node: ast.AST) -> Raise | None:
    """Return the refusal that a call, or the `raise` of a class without a call, makes."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
        name, arguments, keywords, line = node.exc.id, list[ast.expr](), list[ast.keyword](), node.lineno
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name, arguments, keywords, line = node.func.id, node.args, node.keywords, node.lineno
    else:
        return None
    if (kind := _classes().get(name)) is None:
        return None
    place = f"{file}:{line}"
    assert all(given.arg for given in keywords), f"{place}: parameters that are not spelled out"
    assert not arguments or _own_constructor(kind), f"{place}: a sentence, or a code without a keyword"
    codes = next((_codes(file, given.value) for given in keywords if given.arg == "code"), {kind.usual_code})
    params = {given.arg for given in keywords if given.arg} - NOT_PARAMS
    return Raise(place, frozenset(codes), frozenset(params | _own_params(kind)))


def _codes(file: str, given: ast.expr) -> set[str]:
    return {str(given.value)} if isinstance(given, ast.Constant) else COMPUTED[file, ast.unparse(given)]


@cache
def _raises() -> tuple[Raise, ...]:
    every = ((file, node) for file, tree in _trees().items() for node in ast.walk(tree))
    return tuple(made for file, node in every if (made := _made(file, node)) is not None)


def test_each_code_that_can_be_raised_has_a_sentence() -> None:
    """Whatever is refused, people read why, and not a code."""
    assert len(_raises()) > 130
    known = words.REFUSALS.sentences.keys()
    lacking = [(made.place, code) for made in _raises() for code in made.codes - known]
    assert lacking == []


def test_each_class_has_a_sentence() -> None:
    """A class alone is enough for a sentence."""
    usual = {each.usual_code for each in _classes().values()}
    assert usual - words.REFUSALS.sentences.keys() == set()


def test_each_raise_hands_over_what_the_sentence_needs() -> None:
    """No sentence lacks a parameter at any place that raises its code."""
    sentences = words.REFUSALS.sentences
    lacking = [
        (made.place, code, sorted(needed(sentences[code]) - made.params))
        for made in _raises()
        for code in made.codes & sentences.keys()
        if not needed(sentences[code]) <= made.params
    ]
    assert lacking == []


def test_no_sentence_is_without_a_code() -> None:
    """A sentence that nothing can raise is dead."""
    raised = {code for made in _raises() for code in made.codes} | {each.usual_code for each in _classes().values()}
    assert words.REFUSALS.sentences.keys() - raised == set()


@pytest.mark.parametrize("code", ["refused", "a_code_of_tomorrow"])
def test_a_refusal_without_a_sentence_still_says_something(code: str) -> None:
    """A code of another version is named, so that the operator can look it up."""
    said = words.REFUSALS.sentence(code, {}) or words.unknown_refusal(code)
    assert said.text.endswith(".")
    assert errors.OrderingError(code=code).data == {"error": code}
