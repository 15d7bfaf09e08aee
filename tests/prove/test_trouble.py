"""A trouble counts where it was met, and not where it was only drawn."""

from random import Random

import pytest

from prove.campaign import Campaign
from prove.databases import SqliteFiles
from prove.trouble import NAME, Trouble
from sandbox.stage import Stage

DRAWN = [Trouble.drawn(Random(seed)) for seed in range(300)]
NONE = Trouble(
    deaths=(), faults=(), slack=(), twice=False, details_late=False, race=False, chance=1, others_deaths=None,
    price=None, settle_after=0.0, approver_asks=False, refuse=False,
)  # fmt: skip


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def but(**changes: object) -> Trouble:
    return Trouble(**({name: getattr(NONE, name) for name in Trouble.__slots__} | changes))


def test_a_fault_that_no_call_took_up_was_not_met(stage):
    met = but(faults=(("POST", "/me/order/*/pay", "hang"),), slack=(("chat.update", "500"),)).befall(stage)
    assert not met.is_any
    stage.ovh.faults.take("POST", "/me/order/7/pay")
    assert met.faults == {"hang": 1}
    assert met.is_any


def test_a_stumble_of_slack_counts_once_a_call_took_it_up(stage):
    met = but(slack=(("chat.update", "500"),)).befall(stage)
    stage.slack.faults.take("chat.update")
    assert (met.stumbles, met.is_any) == (1, True)


def test_a_death_counts_once_somebody_died(stage):
    met = but(deaths=(1000,)).befall(stage)
    assert not met.is_any
    met.deaths += 1
    assert met.is_any


def test_late_details_count_once_somebody_asked_too_early(stage):
    met = but(details_late=True).befall(stage)
    assert not met.is_any
    stage.ovh.orders.withheld += 1
    assert met.is_any


def test_a_price_changes_before_its_call_and_not_earlier(stage):
    before = stage.ovh.names.offers_for(NAME)[0].regular
    met = but(price=("-1.00", 3)).befall(stage)
    changed = []
    for _ in range(3):
        stage.ovh.faults.call()
        changed.append(met.price_changed)
    assert changed == [False, False, True]
    assert stage.ovh.names.offers_for(NAME)[0].regular == before - 1


def test_prices_rise_and_fall_and_banks_take_their_time_in_some_runs_and_not_in_others():
    amounts = {trouble.price[0] for trouble in DRAWN if trouble.price}
    assert any(amount.startswith("-") for amount in amounts)
    assert any(not amount.startswith("-") for amount in amounts)
    assert 0 < sum(trouble.price is None for trouble in DRAWN) < len(DRAWN)
    assert 0 < sum(trouble.settle_after > 0 for trouble in DRAWN) < len(DRAWN)
    assert max(trouble.settle_after for trouble in DRAWN) <= 3


def test_the_campaign_counts_what_was_met(stage, tmp_path):
    campaign = Campaign(seed=1, databases=SqliteFiles(tmp_path))
    drawn = but(faults=(("POST", "/me/order/*/pay", "hang"),), deaths=(5,))
    campaign.note(1, drawn.befall(stage), [])
    assert (campaign.seen.runs, campaign.seen.troubled, dict(campaign.seen.faults)) == (1, 0, {})
    met = drawn.befall(stage)
    met.deaths = 1
    campaign.note(2, met, [])
    assert campaign.seen.troubled == 1
