"""Mutations: each fits today's code, and says what it means to."""

import ast
import textwrap
from collections import Counter

import pytest

from prove.mutants import changes
from prove.mutants.every import MUTATIONS
from prove.mutants.mutation import Misfit, Mutation
from prove.proof import ROOT


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_mutation_fits_todays_code(mutation):
    """It is found in exactly one place, the result is Python, and it is another program."""
    source = (ROOT / mutation.file).read_text()
    mutated = mutation.mutated(source)
    compile(mutated, mutation.at, "exec")
    assert ast.dump(ast.parse(mutated)) != ast.dump(ast.parse(source))


def test_no_two_mutations_share_a_name_or_a_result():
    """Two rows of the table never stand for the same thing."""
    assert [name for name, times in Counter(each.name for each in MUTATIONS).items() if times > 1] == []
    results = Counter((each.file, each.mutated((ROOT / each.file).read_text())) for each in MUTATIONS)
    assert max(results.values()) == 1


def test_every_mutation_names_tests_that_exist():
    """A path without a file, or a file without the test, would fail at once, and so notice everything."""
    for path in sorted({path for mutation in MUTATIONS for path in mutation.tests.split()}):
        file, *names = path.split("::")
        assert (ROOT / file).exists(), path
        text = (ROOT / file).read_text()
        assert all(f"def {name}(" in text or f"class {name}:" in text for name in names), path


SOURCE = """
class Payments:
    def send(self, order):
        if order.is_paid or self._hinders(
            order,  # a comment
        ):
            return None
        try:
            self.book.note(order, at=1)
        except ValueError:
            raise
        except OSError:
            return False
        return self.wire.pay([order, 2])

    def other(self, order):
        if order.is_paid or self._hinders(order):
            return None
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (changes.swap("self.wire.pay", "self.wire.look"), "self.wire.pay([", "self.wire.look(["),
        (changes.swap("return False", "raise"), "return False", "raise"),
        (changes.drop("self.book.note(order, at = 1)"), "self.book.note(order, at=1)", "pass"),
        (changes.without_part("order.is_paid"), "order.is_paid or self._hinders(order)", "self._hinders(order)"),
        (changes.without_item("2"), "[order, 2]", "[order]"),
        (changes.without_keyword("at"), "order, at=1", "order"),
        (changes.instead("self._hinders(order)", "raise"), "return None", "raise"),
    ],
)
def test_a_change_touches_what_it_names_and_nothing_else(change, before, after):
    """Line breaks and comments in the code do not matter; the same words in another method stay."""
    plain = ast.unparse(ast.parse(SOURCE))
    assert _broken(change) == plain.replace(before, after, 1)


def test_a_guard_is_dropped_or_always_taken():
    """An `if` is found by a call inside its test."""
    send = ast.unparse(ast.parse(_broken(changes.never("self._hinders"))).body[0].body[0])
    assert "_hinders" not in send
    assert "pay" in send
    always = ast.unparse(ast.parse(_broken(changes.always("self._hinders"))).body[0].body[0])
    assert "_hinders" not in always
    assert "return None" in always


def test_a_function_returns_at_once():
    """Nothing of its body is left."""
    send = ast.parse(_broken(changes.returns("True"))).body[0].body[0]
    assert ast.unparse(send) == "def send(self, order):\n    return True"


def test_one_handler_is_left_out_and_then_the_try():
    """The other handler stays; a `try` without one is its body."""
    once = _broken(changes.uncaught("OSError"))
    assert "except ValueError" in once
    assert "except OSError" not in once
    twice = _mutation(changes.uncaught("ValueError")).mutated(once)
    assert "try" not in twice
    assert "self.book.note(order, at=1)" in twice


@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("any:Payments.gone", changes.drop("return None")),
        ("any:Payments.send", changes.drop("return 7")),
        ("any:Payments", changes.never("order.is_paid")),
        ("any:Payments.send", changes.swap("order", "None")),
    ],
    ids=["no such function", "no such statement", "two guards", "several places"],
)
def test_a_mutation_that_fits_no_or_two_places_is_refused(at, change):
    """Nobody believes that something was broken which was not."""
    with pytest.raises(Misfit):
        Mutation("pay twice", at, change, "tests").mutated(SOURCE)


def test_a_constant_is_an_anchor_too():
    """Some promises stand in a list next to the functions."""
    mutation = Mutation("forget a state", "any:_OVER", changes.without_item("'paid'"), "tests")
    assert mutation.mutated("_OVER: tuple = ('paid', 'gone')") == textwrap.dedent("_OVER: tuple = ('gone',)\n")


def _mutation(change):
    return Mutation("pay twice", "any:Payments.send", change, "tests")


def _broken(change):
    return _mutation(change).mutated(SOURCE).rstrip("\n")
