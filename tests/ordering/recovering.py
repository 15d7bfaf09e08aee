"""Short ways into recover mode and out of it."""

from ordering.model.recovery import FLOOR, Cause


def stamp_of(rules):
    return rules.workflow.cards.rendering()[0]


def hold(rules, cause=Cause.CARD):
    rules.workflow.recover_mode.begin(cause)


def release(rules):
    """Compare, confirm, and let the floor pass."""
    mode = rules.workflow.recover_mode
    mode.start_floor(rules.clock)
    found, stamp = rules.workflow.comparisons.compare(by=rules.cleo)
    rules.workflow.comparisons.confirm(by=rules.cleo, stamp=stamp, compared=found.newest)
    rules.clock.pass_by(FLOOR.total_seconds())
    return mode.end_if_due(rules.clock())
