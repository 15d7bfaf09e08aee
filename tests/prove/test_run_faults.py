"""A trouble counts where it was met, and not where it was only drawn."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import get_args

import pytest

from prove.campaign import Campaign
from prove.databases import SqliteFiles
from prove.run_faults import NAME, SECOND, RunFaults
from sandbox.ovh.orders import Late, Try
from sandbox.stage import Stage
from tests.prove.test_prove import an_order

DRAWN = [RunFaults.drawn(Random(seed)) for seed in range(300)]
NONE = RunFaults(
    deaths=(), faults=(), slack=(), twice=False, late=None, payment_late=0.0, race=False, chance=1,
    others_deaths=None, price=None, settle_after=0.0, approver_asks=False, refuse=False, names=(NAME,), apart=0.0,
    put_right=None, again_after=0.0, declines=False, untrue=0.0,
)  # fmt: skip


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def but(**changes: object) -> RunFaults:
    return RunFaults(**({name: getattr(NONE, name) for name in RunFaults.__slots__} | changes))


def test_a_fault_that_no_call_took_up_was_not_met(stage):
    met = but(faults=(("POST", "/me/order/*/pay", "hang"),), slack=(("chat.update", "500"),)).inject(stage)
    assert not met.is_any
    stage.ovh.faults.take("POST", "/me/order/7/pay")
    assert met.faults == {"hang": 1}
    assert met.is_any


def test_a_stumble_of_slack_counts_once_a_call_took_it_up(stage):
    met = but(slack=(("chat.update", "500"),)).inject(stage)
    stage.slack.faults.take("chat.update", {})
    assert (met.stumbles, met.is_any) == (1, True)


def test_a_death_counts_once_somebody_died(stage):
    met = but(deaths=(1000,)).inject(stage)
    assert not met.is_any
    met.deaths += 1
    assert met.is_any


def test_late_details_count_once_somebody_asked_too_early(stage):
    met = but(late=("some names", 1.5)).inject(stage)
    assert not met.is_any
    stage.ovh.orders.withheld += 1
    assert met.faults == {"details of some names late": 1}


def test_a_late_payment_counts_once_it_was_read_early(stage):
    """A payment that shows late counts once a user looked too early."""
    met = but(payment_late=5.0).inject(stage)
    before = met.explains
    order = stage.ovh.orders.all[1] = an_order(1)
    order.paid_at = datetime.now(UTC)
    order.tries.append(Try(order.paid_at, 1))
    assert stage.ovh.orders.status(order) == "notPaid"
    assert (before, met.explains) == (False, True)


def test_a_corrected_clock_counts_and_moves_from_there(stage):
    """A clock that is put right counts once it was and moves from where it was."""
    met = but(apart=600.0, put_right=(300.0, ("GET", "/me")), price=("1.00", 1)).inject(stage)
    assert stage.ovh.clock.apart() == 600
    seen = []
    for _ in range(3):
        stage.ovh.faults.call("GET", "/me")
        seen.append((met.price_changed, met.was_put_right))
    assert seen == [(True, False), (True, True), (True, True)]
    assert stage.ovh.clock.apart() == 900


def test_a_wrong_clock_counts_if_something_was_ordered(stage):
    """A clock that is apart counts where something was ordered in the meantime."""
    met = but(apart=-900.0).inject(stage)
    before = met.apart
    stage.ovh.orders.all[1] = an_order(1)
    assert (before, met.apart) == (False, True)
    assert not but(apart=30.0).inject(stage).apart


def test_two_names_count_where_both_are_in_one_order(stage):
    met = but(names=(NAME, SECOND)).inject(stage)
    stage.ovh.orders.all[1] = an_order(1)
    before = met.two_names
    stage.ovh.orders.all[2] = replace(an_order(2), domains=[NAME, SECOND])
    assert (before, met.two_names) == (False, True)


def test_what_slack_and_people_do_leaves_no_cart_to_a_person(stage):
    met = but(twice=True, again_after=1.0, apart=900.0, untrue=1.0, declines=True, settle_after=2.0).inject(stage)
    assert not met.explains
    met.deaths += 1
    assert met.explains


def test_a_price_changes_before_its_call_and_not_earlier(stage):
    before = stage.ovh.names.offers_for(NAME)[0].regular
    met = but(price=("-1.00", 3)).inject(stage)
    changed = []
    for _ in range(3):
        stage.ovh.faults.call("GET", "/me")
        changed.append(met.price_changed)
    assert changed == [False, False, True]
    assert stage.ovh.names.offers_for(NAME)[0].regular == before - 1


def test_some_runs_have_other_prices_and_slow_banks():
    """Prices rise and fall and banks take their time in some runs and not in others."""
    amounts = {faults.price[0] for faults in DRAWN if faults.price}
    assert any(amount.startswith("-") for amount in amounts)
    assert any(not amount.startswith("-") for amount in amounts)
    assert 0 < sum(faults.price is None for faults in DRAWN) < len(DRAWN)
    assert 0 < sum(faults.settle_after > 0 for faults in DRAWN) < len(DRAWN)
    for drawn in ("late", "payment_late", "apart", "put_right", "again_after", "declines", "untrue"):
        assert 0 < sum(bool(getattr(faults, drawn)) for faults in DRAWN) < len(DRAWN)
    assert {len(faults.names) for faults in DRAWN} == {1, 2}
    assert {faults.late[0] for faults in DRAWN if faults.late} == set(get_args(Late))
    assert max(abs(faults.apart) for faults in DRAWN) <= 1800
    assert max(faults.settle_after for faults in DRAWN) <= 10


def test_the_campaign_counts_what_was_met(stage, tmp_path):
    campaign = Campaign(seed=1, databases=SqliteFiles(tmp_path))
    drawn = but(faults=(("POST", "/me/order/*/pay", "hang"),), deaths=(5,))
    campaign.note(1, drawn.inject(stage), [])
    assert (campaign.seen.runs, campaign.seen.faulty, dict(campaign.seen.faults)) == (1, 0, {})
    met = drawn.inject(stage)
    met.deaths = 1
    campaign.note(2, met, [])
    assert campaign.seen.faulty == 1
