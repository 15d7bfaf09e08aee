"""Troubles take turns, are met where they happened, and break laws where the bot's guards do not hold."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import DatabaseWentBack
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from prove.campaign import Seen
from prove.clocks import HAND, Hand, give_clocks
from prove.copies import Copy, Timeline
from prove.crash_points import Gate, ScheduledAction
from prove.elsewhere import BESIDE, Colleague
from prove.extra_faults import EXTRA_FAULTS, Elsewhere, ExtraFault, NoWrites
from prove.no_writes import MOVED, FullDisk
from prove.run_faults import NAME, RunFaults
from prove.table import EXPECTED, never_met
from sandbox.ovh.orders import PaymentCall
from sandbox.stage import Stage
from store import transactions
from store.transactions import SqlStore
from tests.conftest import Rules
from tests.databases import new_sqlite, open_unsynced
from tests.prove.test_prove import an_order


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else new_sqlite(tmp_path)


@pytest.fixture
def rules(database: str) -> Iterator[Rules]:
    engines = open_unsynced(database)
    yield Rules(SqlStore(engines))
    engines.close()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_seeds_that_follow_each_other_meet_every_turn():
    """A short campaign has each trouble, and the same seed has the same one."""
    all_faults = [RunFaults.of(seed) for seed in range(len(EXTRA_FAULTS))]
    assert sum(not faults.extra for faults in all_faults) == 1
    assert all_faults == [RunFaults.of(seed) for seed in range(len(EXTRA_FAULTS))]


def test_a_deed_happens_once_at_its_boundary():
    """A number counts boundaries, a pattern takes the first one that fits."""
    did: list[str] = []
    gate = Gate(scheduled=[ScheduledAction(2, did.append), ScheduledAction("before POST *pay", did.append)])
    for boundary in ("a", "b", "before POST /me/order/7/pay", "before POST /me/order/7/pay"):
        gate.come_to(boundary)
    assert did == ["b", "before POST /me/order/7/pay"]


def test_a_freeze_outlasts_leases_and_no_floor():
    """It is longer than lease and settling time, and over before the longest floor of a run."""
    frozen = [ExtraFault.drawn(Random(seed), "frozen in a money call").freeze for seed in range(100)]
    seconds = [freeze.seconds for freeze in frozen if freeze is not None]
    assert len(seconds) == len(frozen)
    assert 3 < min(seconds) < 10 < max(seconds) < 25


def test_no_lie_about_a_payment_that_shows_after_its_floor():
    """Such a payment would be made again on a person's word: the rules give that word no longer floor."""
    late = [
        RunFaults.of(EXTRA_FAULTS.index("payment shown after long") + len(EXTRA_FAULTS) * turn) for turn in range(20)
    ]
    assert {faults.untrue for faults in late} == {0.0}
    assert min(faults.payment_late for faults in late) > 30


def test_a_copy_goes_back_and_tells_what_was_lost(rules: Rules, database: str, tmp_path: Path):
    """Events are guarded against changes; a restore goes round that, as it does in earnest."""
    shown = rules.requested().request_mark
    kept = Copy(database, tmp_path)
    rules.workflow.approvals.approve(CartId(1), approver=rules.cleo, mark=shown)
    lost, now = kept.put_back(), Timeline.read(database)
    assert [timeline.events[-1].state for timeline in (lost, now)] == [CartState.APPROVED, CartState.SUBMITTED]
    assert kept.newest == len(now.entries) < len(lost.entries)
    assert lost.and_then(now) == lost.events


def test_a_restored_database_goes_on_counting(rules: Rules, database: str, tmp_path: Path):
    """PostgreSQL's counters go back with the rows; and a process that lived on notices it."""
    rules.requested()
    kept = Copy(database, tmp_path)
    rules.requested("other.ovh", "C2")
    kept.put_back()
    with pytest.raises(DatabaseWentBack):  # a living process notices
        rules.requested("third.ovh", "C3")
    # The third one was added before that, as number 2.
    assert rules.workflow.cart_editing.add("C4", DomainName.parse("fourth.ovh"), by=rules.ada).id == 3


def test_a_clock_is_one_bots_own_until_it_is_put_right():
    """A process that is no bot under test has the true time."""
    give_clocks()
    bots = vars(transactions)["datetime"]  # what the bot's code has under this name now
    hand = Hand(25 * 3600.0)
    before = bots.now(UTC) - datetime.now(UTC)
    token = HAND.set(hand)
    try:
        ahead = bots.now(UTC) - datetime.now(UTC)
        hand.put_right()
        after = bots.now(UTC) - datetime.now(UTC)
    finally:
        HAND.reset(token)
    assert abs(before) < timedelta(seconds=5)
    assert abs(after) < timedelta(seconds=5)
    assert abs(ahead - timedelta(hours=25)) < timedelta(seconds=5)


def an_event(kind: EventKind, **data: int) -> Event:
    return Event(CartId(1), CartState.APPROVED, datetime.now(UTC), kind=kind, data=data)


@pytest.mark.parametrize("before_call", [None, 3])
def test_an_order_beside_one_made_elsewhere_breaks_a_law(stage: Stage, before_call: int | None):
    """Unless a user allowed it before, or it came too late to be seen."""
    colleague = Colleague(stage, Elsewhere(before_call, late=False), (NAME,))
    colleague.orders()
    assert colleague.made is not None
    stage.ovh.orders.all[7] = replace(an_order(7), made_at=datetime.now(UTC) + timedelta(minutes=1))
    seen = [law for law, _ in colleague.broken(Timeline())]
    assert seen == ([BESIDE] if before_call is None else [])
    allowed = Timeline(events=[an_event(EventKind.ORDERED_ANYWAY, order=colleague.made.id)])
    assert list(colleague.broken(allowed)) == []
    colleague.cancels()
    assert list(colleague.broken(Timeline())) == []


def test_money_that_moves_while_nothing_is_written_breaks_a_law(stage: Stage):
    """What was on its way when the database stopped may still arrive."""
    disk = FullDisk(stage, NoWrites(1, 5.0))
    began = disk.began = datetime.now(UTC) - timedelta(seconds=20)
    stage.ovh.payments.calls.append(PaymentCall(7, 1, began + timedelta(seconds=1), beside=False))
    assert list(disk.broken()) == []
    stage.ovh.payments.calls.append(PaymentCall(7, 1, began + timedelta(seconds=10), beside=False))
    assert [law for law, _ in disk.broken()] == [MOVED]


def test_a_trouble_that_was_never_met_is_named():
    """A campaign of five minutes is not green then; on SQLite nobody waits for a second process."""
    seen = {field.name: 1 for field in fields(Seen)} | {"extra_faults": Counter(EXPECTED[1:])}
    assert never_met("postgresql", seen) == [EXPECTED[0]]
    assert never_met("sqlite", seen | {"pairs": 0}) == [EXPECTED[0]]
    assert never_met("postgresql", seen | {"pairs": 0}) == ["with two processes that share the work", EXPECTED[0]]
