"""The rules of paying as a model: together they hold, and each one that is given up costs a second payment."""

import pytest

from prove.explorer.model_ovh import DAY, FLOOR, HELD, LATEST
from prove.explorer.payment_model import Rules, search


def test_the_rules_together_never_pay_twice():
    """No schedule of two deviations, lost commits and sleeping senders included, brings a second payment."""
    states, way = search(Rules(), deviations=2)
    assert way is None
    assert states > 10_000


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (Rules(floor_from_end=False), "pays, writes 5 ticks later"),
        (Rules(waits_after_refusal=False), "a repetition is refused"),
        (Rules(waits_a_day_without_end=False), "pays, writes 5 ticks later"),
        (Rules(reconnects=True), "pays, writes 12 ticks later"),
        (Rules(asks_for_markers=False), "the newest commits are lost"),
    ],
    ids=["floor from the sending", "refusal believed", "short floor without end", "reconnects", "no markers"],
)
def test_each_rule_that_is_given_up_pays_twice(rules, told):
    """Two deviations suffice, and the way names the one that the rule is there for."""
    _, way = search(rules, deviations=2)
    assert way is not None
    assert told in way


def test_the_floor_is_longer_than_what_the_model_draws():
    """The floor outlasts the longest hold and the longest lateness together; without an end it is longer still."""
    assert HELD + LATEST < FLOOR < DAY
