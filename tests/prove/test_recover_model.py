"""The rules of recover mode as a model: together they hold, and each one that is given up costs a second payment."""

import pytest

from prove.explorer.model_ovh import CONNECTION, DAY, HELD, LATEST
from prove.explorer.recover_model import Rules, search


@pytest.mark.slow
def test_the_rules_together_never_pay_twice():
    """No schedule of two deviations, two losses and sleeping senders included, brings a second payment.

    Nor does one of three: `search(Rules(), deviations=3)` visits 754,738 states, which is too slow for a test.
    """
    states, way = search(Rules(), deviations=2)
    assert way is None
    assert states > 10_000


@pytest.mark.parametrize(
    ("rules", "moves"),
    [
        (Rules(holds_payments=False), ["the newest commits are lost"]),
        (Rules(waits_for_floor=False), ["the newest commits are lost", "recover mode ends"]),
        (Rules(waits_a_day_for_processes=False), ["pays, writes 5 ticks later", "recover mode ends"]),
        (Rules(counts_from_word=False), ["pays, writes 5 ticks later", "the operator stops all processes"]),
        (
            Rules(begins_again=False),
            ["the newest commits are lost", "recover mode ends", "the newest commits are lost"],
        ),
    ],
    ids=["no hold", "no floor", "short floor", "floor from the loss", "goes on after another loss"],
)
def test_each_rule_that_is_given_up_pays_twice(rules, moves):
    """Three deviations suffice, and the way has what the rule is there for."""
    _, way = search(rules, deviations=3)
    assert way is not None
    assert [move for move in way if move in moves][: len(moves)] == moves


def test_the_day_outlasts_a_sleeping_process():
    """A connection that may still be open, the longest hold and the longest lateness together are shorter."""
    assert CONNECTION + HELD + LATEST < DAY
