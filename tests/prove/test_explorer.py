"""The explorer finds what breaks a law, tells how to bring it again, and reaches the states that its graph lists."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from ordering.model.cart import CartState
from ordering.model.facts import EventKind
from ordering.ports.store import KEEP
from ordering.process import checkout, intent, payment
from ordering.process.floors import Floors
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.fulfilment import Fulfilment
from ordering.workflow import Workflow
from prove.explorer import deviations, laws
from prove.explorer.__main__ import GRAPH
from prove.explorer.deviations import OPEN
from prove.explorer.graph import Graph, read
from prove.explorer.plain_store import PlainStore, PlainTransaction
from prove.explorer.report import command, findings_of, report
from prove.explorer.search import (
    Break,
    Found,
    Search,
    Setup,
    be_quiet,
    later_deviations,
    run_drawn,
    search_singles,
    shortest,
)
from prove.explorer.world import World
from registrars.ovh.adapter import OvhGateway
from registrars.ovh.orders import Orders
from tests.builders import NOW, a_line

ROOT = Path(__file__).parents[2]
S = CartState
EVERYTHING = Setup()
HELD = Setup(only_held=True)
ONE_PROCESS = Search(processes=1)


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Log nothing: pictures of tracebacks take longer than a whole search."""
    before = structlog.get_config()
    be_quiet()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
def found(_quiet: None) -> Found:
    """All schedules of one deviation, those of open findings included."""
    return search_singles(Setup(names=2), ONE_PROCESS)


def deviating(*wanted: tuple[str, str], setup: Setup = EVERYTHING) -> World:
    """Run the first schedule in which each of these deviations meets a place whose name begins so, in this order."""
    left = list(wanted)

    def choose(number, options):
        label = world.places[number][0]
        if left and label.startswith(left[0][0]) and left[0][1] in options:
            return left.pop(0)[1]
        return None

    world = setup.world(choose)
    world.run()
    assert not left, f"{left} met no place of {[label for label, _ in world.places]}"
    return world


def broken_by(*wanted: tuple[str, str]) -> str | None:
    broken = deviating(*wanted).broken
    return broken.law if broken else None


# The plain run, and what a run is


def test_an_undisturbed_request_is_delivered():
    """One order, one payment, every law held, and each place of the life is a place of the search."""
    world = EVERYTHING.world({})
    assert world.run() is None
    assert world.laws.cart.state is S.DELIVERED
    (order,) = world.ledger.ours
    assert len(order.payments) == 1
    labels = {label for label, _ in world.places}
    assert {"CHECKOUT call", "CHECKOUT wire", "CHECKOUT answer", "PAY call", "PAY wire", "PAY answer"} <= labels
    assert {"commit checking_out", "commit paying", "person approves", "person pays"} <= labels


def test_two_runs_of_a_schedule_are_the_same():
    """A schedule alone decides what happens, so a break can be brought again."""
    told: list[list[str]] = [[], []]
    for lines in told:
        World({19: "late-45", 20: "lost", 24: "freeze-30"}, tell=lines.append).run()
    assert told[0] == told[1]
    assert sum("DEVIATES" in line for line in told[0]) == 3


def test_a_frozen_sender_wakes_in_the_middle_of_its_step():
    """Another process takes over when the lease ends, and the first one goes on where it slept."""
    world = deviating(("PAY wire", "freeze-600"))
    assert world.broken is None
    assert world.now >= 600
    assert world.laws.cart.state is S.DELIVERED


def test_a_late_call_arrives_after_its_sender_gave_up():
    """A call that the network holds for 100 s is done at OVH then."""
    world = deviating(("CHECKOUT answer", "arrives-100"))
    assert world.ledger.ours[0].made_at > 100


def test_every_deviation_is_met_by_some_schedule(found):
    """No word of the lists is dead: each one happens in a run of one deviation, or in one that follows a wait."""
    words = {
        *(
            *deviations.READ,
            *deviations.READY,
            *deviations.BUILD,
            *deviations.WIRE,
            *deviations.ORDER_SHOWS,
            *deviations.TWO_NAMES_SHOW,
        ),
        *(*deviations.PAYMENT_SHOWS, *deviations.ANSWER, *deviations.COMMIT, *deviations.STEP, *deviations.PAYS),
    }
    assert words - set(found.met) == set()


# Known kinds, on rules that were broken for it


def test_finds_a_payment_sent_again_after_a_refusal(monkeypatch):
    """M1: a rule that believes OVH's no to the call pays twice, for a proxy repeated a call that was taken."""
    monkeypatch.setattr(payment.Payments, "_has_method", lambda *_: False)
    assert broken_by(("PAY shows", "late-90"), ("PAY answer", "again-403")) == laws.TWO_PAYMENTS


def test_finds_a_payment_sent_again_before_its_floor(monkeypatch):
    """M1: without a floor, a hasty person has an order paid twice whose payment shows late."""
    monkeypatch.setattr(Floors, "end_for", lambda _self, _payment, sent_at, **_: sent_at)
    hasty = ("person says what was paid", "hasty")
    assert broken_by(("PAY shows", "late-600"), ("PAY answer", "lost"), hasty) == laws.TWO_PAYMENTS


def test_finds_a_floor_by_the_own_clock(monkeypatch):
    """M1: a floor that is measured by the process's clock ends as soon as somebody puts that one ahead."""
    monkeypatch.setattr(OvhGateway, "time", lambda self: self._client._process.now())  # noqa: SLF001 - no other way to the process
    late, hasty = ("PAY shows", "late-600"), ("person says what was paid", "hasty")
    lost = (late, ("PAY answer", "lost"), hasty)
    assert broken_by(*lost) is None
    assert broken_by(*lost, ("step paying", "clock+90000")) == laws.TWO_PAYMENTS


def test_finds_a_payment_that_was_stopped(monkeypatch):
    """A stop that is acknowledged and not kept is found."""
    monkeypatch.setattr(Workflow, "stop", lambda self, cart_id, **_: self.cart(cart_id))
    assert broken_by(("PAY ready", "stop")) == laws.STOPPED
    assert broken_by(("CHECKOUT ready", "stop")) == laws.STOPPED


def test_finds_an_order_without_its_intent(monkeypatch):
    """A rule that commits no intent orders without an approval on record."""
    monkeypatch.setattr(intent.Intents, "commit", lambda _self, cart, *_, **__: replace(cart, version=cart.version + 1))
    assert EVERYTHING.world({}).run() is not None


def test_finds_a_second_order_without_compare_and_set(monkeypatch):
    """A store that lets an old version be saved orders twice once a sleeping worker wakes."""
    save = PlainTransaction.save

    def overwrite(self, cart, *events, due_at=KEEP):
        return save(self, replace(cart, version=self.cart(cart.id).version), *events, due_at=due_at)

    monkeypatch.setattr(PlainTransaction, "save", overwrite)
    assert broken_by(("GET auth/time", "freeze-30")) == laws.TWO_ORDERS


def test_finds_an_order_made_again_after_lost_commits(monkeypatch):
    """M2: without a look at the account's orders, an order that a restore forgot is made twice."""
    monkeypatch.setattr(ForeignOrders, "hindrance", lambda *_: None)
    assert broken_by(("commit checked_out", "restore")) == laws.TWO_ORDERS


def test_finds_an_order_that_no_approval_covers(monkeypatch):
    """A rule that skips the seal orders what nobody approved."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    assert broken_by(("step approved", "price-up")) == laws.NOT_APPROVED


def test_finds_a_payment_of_more_than_was_approved(monkeypatch):
    """A rule that compares no totals pays an order that OVH made at another price."""
    monkeypatch.setattr("ordering.model.cart.Cart.covers", lambda *_: True)
    assert broken_by(("CHECKOUT shows", "dearer")) == laws.TOO_DEAR


def test_finds_a_person_asked_for_no_reason(monkeypatch):
    """A rule that never adopts asks a person about an order that OVH shows."""
    find = Orders.find
    monkeypatch.setattr(Orders, "find", lambda *args: replace(find(*args), order=None))
    assert broken_by(("CHECKOUT answer", "lost")) == laws.FOR_NO_REASON


def test_finds_a_request_that_is_stuck(monkeypatch):
    """A worker that never comes back leaves the request where it is, and nobody hears of it."""
    monkeypatch.setattr(Fulfilment, "_step", lambda self, cart: self._book.nothing_to_do(cart))
    assert broken_by() == laws.STUCK


def test_finds_a_request_that_is_looked_at_for_ever(monkeypatch):
    """A worker that does nothing, and is due all the same, breaks a law, though its request seems to wait."""
    monkeypatch.setattr(Fulfilment, "due", lambda *_, **__: [])
    assert broken_by() == laws.RESTLESS


def test_finds_a_bug_in_a_step(monkeypatch):
    """An error that no rule foresaw is a break, though the worker pool would try again."""

    def fails(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(Orders, "find", fails)
    assert broken_by(("CHECKOUT answer", "lost")) == laws.A_BUG


def test_a_break_is_cut_to_what_it_needs(monkeypatch):
    """Of three deviations of a drawn schedule only those stay that the break needs."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    place = next(number for number, what in later_deviations(plain()) if what == "price-up")
    known = Break(laws.NOT_APPROVED, "", ((place, "price-up"), (place + 4, "busy"), (place + 5, "busy")), ("", "", ""))
    assert shortest(EVERYTHING, known).schedule == ((place, "price-up"),)


def plain() -> World:
    world = EVERYTHING.world({})
    world.run()
    return world


# What people do


def test_a_word_on_a_payment_takes_effect_after_its_floor():
    """A wrong *It was not paid* pays nothing again for a quarter of an hour, and OVH shows the payment by then."""
    wrong = ("person says what was paid", "wrong")
    world = deviating(("PAY shows", "late-600"), ("PAY answer", "lost"), wrong)
    assert world.broken is None
    (order,) = world.ledger.ours
    assert (len(order.payments), world.laws.cart.state) == (1, S.DELIVERED)


def test_a_frozen_sender_makes_the_floor_a_day():
    """Where the end of a call is not on record, the order can be paid again after a day, and is then."""
    world = deviating(("PAY call", "crash"))
    assert world.broken is None
    (order,) = world.ledger.ours
    assert [paid.begun_at > 86_400 for paid in order.payments] == [True]


def test_stop_takes_back_what_was_decided():
    """Before the intent it is taken back; a stopped approval ends the request."""
    assert deviating(("CHECKOUT ready", "stop")).laws.cart.state is S.CANCELLED
    world = deviating(("PAY ready", "stop"))
    assert (world.broken, world.laws.cart.state) == (None, S.DELIVERED)
    assert sum(event.kind is EventKind.PAYMENT_STOPPED for event in world.store.kept.events) == 1


def test_lost_commits_begin_recover_mode():
    """A process whose events are gone holds everything, until an operator compared and the floor is over."""
    world = deviating(("commit checked_out", "lose-1"))
    assert world.broken is None
    assert (world.store.kept.epoch > 0, world.store.kept.standing.recovery) == (True, None)
    assert world.laws.cart.state is S.DELIVERED


# What holds today


def test_no_single_deviation_breaks_a_law_outside_open_findings():
    """Every schedule of one deviation that belongs to no open finding keeps every law."""
    assert search_singles(HELD, ONE_PROCESS).breaks == []


def test_drawn_triples_keep_every_law():
    """The same of schedules of three drawn deviations."""
    found = run_drawn(HELD, range(1, 61), 3)
    assert found.breaks == []
    assert found.schedules[3] > 20


def test_every_open_finding_covers_a_deviation(found):
    """A line of the list of open findings is about something that the search would do."""
    world = plain()
    for finding, covers in OPEN.items():
        meant = [what for number, what in later_deviations(world) if covers(world.places[number][0], what)]
        assert meant, finding


# What it tells


def test_the_graph_is_what_singles_reach(found):
    """`python -m prove.explorer --graph` writes it again where the rules changed."""
    assert GRAPH.read_text().splitlines() == list(Graph(found.edges).lines())
    assert len(GRAPH.read_text().splitlines()) < 1000


def test_each_state_of_the_graph_has_a_way_to_an_end():
    """From each state some way leads to an end, or to a person who was asked."""
    graph = read(GRAPH.read_text().splitlines())
    assert graph.without_way_to_an_end() == []
    assert Graph({("a", "x", "b"), ("b", "x", "delivered | paid"), ("c", "x", "c")}).without_way_to_an_end() == ["c"]


def test_a_report_tells_how_to_bring_a_break_again():
    """Places, schedules and seconds, then each kind of break once, with its finding and a command."""
    breaks = [
        Break(laws.TWO_PAYMENTS, "order 1", ((37, "late-90"), (38, "lost")), ("PAY shows", "PAY answer")),
        Break(laws.TWO_PAYMENTS, "order 1", ((57, "late-90"), (58, "lost")), ("PAY shows", "PAY answer")),
    ]
    told = report(EVERYTHING, Found(breaks=breaks), 1.0)
    assert "laws broken: 2 schedules, 1 kinds" in told
    assert "BROKEN payments beyond one a cart (2): late-90 at PAY shows; lost at PAY answer: order 1" in told
    assert 'replay: python -m prove.explorer --all --replay "37:late-90 38:lost"' in told
    assert (
        command(Setup(2, only_held=True), Break("", "", ((1, "crash"),), ("",)))
        == 'python -m prove.explorer --names 2 --replay "1:crash"'
    )
    ahead = next(finding for finding in OPEN if "clock put ahead" in finding)
    assert findings_of(Break("", "", ((1, "clock+90000"),), ("step approved",))) == [f"known: {ahead}"]


def test_the_command_replays_a_schedule():
    """It prints what happens, and whether every law held."""
    command = [sys.executable, "-m", "prove.explorer", "--replay", "1:crash"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "DEVIATES 1: crash at commit approved" in done.stdout
    assert done.stdout.splitlines()[-1] == "Every law held; the request ended as delivered."


# The plain store's own


def test_newest_commits_can_be_lost():
    """After a loss the store is what it was, numbers of events included, and goes on from there."""
    store = PlainStore()
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
    kept = store.kept
    for name in ("a.ovh", "b.ovh"):
        with store.begin() as carts:
            carts.save(carts.cart(cart.id).with_line(a_line(name)), due_at=NOW + timedelta(days=1))
    assert store.lose(2) == 2
    assert store.kept == kept
    assert store.lose(9) == 1
    assert store.kept.carts == {}
