"""The explorer finds what breaks a law, tells how to bring it again, and reaches the states that its graph lists."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ordering.model.cart import CartState
from ordering.model.facts import EventKind
from ordering.process import checkout
from ordering.workflow.payments import PaymentDecisions
from prove.explorer import deviations, law_names
from prove.explorer.__main__ import GRAPH
from prove.explorer.graph import Graph, read
from prove.explorer.known import ALIKE, KNOWN
from prove.explorer.plain_store import PlainStore
from prove.explorer.report import command, report
from prove.explorer.search import (
    Break,
    Found,
    Setup,
    follow,
    run_drawn,
    run_known,
    search_drawn,
    search_pairs,
    search_singles,
)
from prove.explorer.world import World
from registrars.ovh.payments import Payments as OvhPayments
from tests.builders import NOW, a_line
from tests.prove.exploring import ONE_NAME, ONE_PROCESS, broken_by, deviating

ROOT = Path(__file__).parents[2]
S = CartState

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture(scope="module")
def found(quiet: None) -> Found:
    """All schedules of one deviation, those of open findings included."""
    return search_singles(Setup(names=2), ONE_PROCESS)


# The plain run, and what a run is


def test_an_undisturbed_request_is_delivered():
    """One order, one payment, every law held, and each place of the life is a place of the search."""
    world = ONE_NAME.world({})
    assert world.run() is None
    assert world.laws.cart.state is S.DELIVERED
    (order,) = world.ledger.ours
    assert len(order.payments) == 1
    labels = {label for label, _ in world.places}
    assert {"CHECKOUT call", "CHECKOUT wire", "CHECKOUT answer", "PAY call", "PAY wire", "PAY answer"} <= labels
    assert {"commit checking_out", "commit paying", "person approves", "person pays"} <= labels


def test_two_runs_of_a_schedule_are_the_same():
    """A schedule alone decides what happens, so a break can be brought again."""
    wanted = (("CHECKOUT shows", "late-45"), ("CHECKOUT answer", "lost"), ("GET order/cart/*", "freeze-30"))
    schedule = deviating(*wanted).deviated
    told: list[list[str]] = [[], []]
    for lines in told:
        World(schedule, tell=lines.append).run()
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
            *deviations.LIST,
            *deviations.READY,
            *deviations.BUILD,
            *deviations.WIRE,
            *deviations.ORDER_SHOWS,
            *deviations.TWO_NAMES_SHOW,
        ),
        *(*deviations.PAYMENT_SHOWS, *deviations.PAY_ANSWER, *deviations.COMMIT, *deviations.STEP, *deviations.PAYS),
    }
    assert words - set(found.met) == set()


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


def test_an_order_that_never_shows_holds_nothing_for_ever():
    """In recover mode OVH lists an order without showing it: the operator's word ends it, and the request goes on."""
    world = deviating(("step approved", "outsider-hides"), ("step approved", "hold"))
    assert world.broken is None
    assert (world.store.kept.epoch > 0, world.store.kept.standing.recovery) == (True, None)
    assert world.laws.cart.state is S.DELIVERED


def test_an_order_made_elsewhere_stops_until_a_person_says_so():
    """It is ordered next to that one where an approver says so, and closed where they do not."""
    world = deviating(("step approved", "outsider"))
    assert (world.broken, world.laws.cart.state) == (None, S.DELIVERED)
    assert [event.kind for event in world.store.kept.events].count(EventKind.ORDERED_ANYWAY) == 1
    world = deviating(("step approved", "outsider"), ("person orders anyway", "close"))
    assert (world.broken, world.laws.cart.state, world.ledger.ours) == (None, S.CANCELLED, [])


def test_nothing_is_ordered_beside_lines_that_show_late():
    """An order that shows no lines holds the checkout, until they show or a person is asked."""
    world = deviating(("step approved", "outsider-600"))
    assert (world.broken, world.laws.cart.state) == (None, S.DELIVERED)
    assert world.ledger.ours[0].made_at > 600


def test_a_lost_intent_is_known_from_its_marker():
    """The attempt is on record though its intent is lost, so its order is looked for, and there is one."""
    world = deviating(("commit checking_out", "lose-1"))
    assert (world.broken, world.laws.cart.state) == (None, S.DELIVERED)
    assert len(world.ledger.ours) == 1


# What holds today


def test_no_single_deviation_breaks_a_law_outside_open_findings():
    """Every schedule of one deviation that belongs to no open finding keeps every law."""
    assert search_singles(ONE_NAME, ONE_PROCESS).breaks == []


@pytest.mark.parametrize("wanted", KNOWN)
def test_known_schedules_keep_every_law(wanted):
    """Each deviation meets its place, and no law breaks."""
    world, left = follow(ONE_NAME, wanted)
    assert (world.broken, left) == (None, [])


def test_what_no_client_can_tell_is_counted_apart():
    """The bot pays again after a refusal in OVH's mail that looks like its own; the safety page names this case."""
    world, left = follow(ONE_NAME, ALIKE)
    assert (world.broken and world.broken.law, left) == (law_names.ALIKE, [])
    found = run_known(ONE_NAME, ALIKE)
    assert (found.breaks, dict(found.apart)) == ([], {law_names.ALIKE: 1})
    assert f"counted apart: {law_names.ALIKE}: 1 schedules" in report(ONE_NAME, found, 1.0)


@pytest.mark.parametrize("last", ["page-refused-mail-sepa", "page-refused-mail", "page-refused-visa"])
def test_only_what_looks_the_same_is_counted_apart(monkeypatch, last):
    """On rules that take any refusal for their own, another method or a page from the card is a break."""
    monkeypatch.setattr(OvhPayments, "_is_refused", lambda *_: True)
    monkeypatch.setattr(PaymentDecisions, "_note_opened", lambda *_: None)
    assert broken_by(ALIKE[0], (ALIKE[1][0], last)) == law_names.OFFERED


def test_drawn_triples_keep_every_law():
    """The same of schedules of three drawn deviations."""
    found = run_drawn(ONE_NAME, range(1, 61), 3)
    assert found.breaks == []
    assert found.schedules[3] > 20


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
    """Places, schedules and seconds, then each kind of break once, with a command."""
    breaks = [
        Break(law_names.TWO_PAYMENTS, "order 1", ((37, "late-90"), (38, "lost")), ("PAY shows", "PAY answer")),
        Break(law_names.TWO_PAYMENTS, "order 1", ((57, "late-90"), (58, "lost")), ("PAY shows", "PAY answer")),
    ]
    told = report(ONE_NAME, Found(breaks=breaks), 1.0)
    assert "laws broken: 2 schedules, 1 kinds" in told
    assert "BROKEN payments beyond one a cart (2): late-90 at PAY shows; lost at PAY answer: order 1" in told
    assert 'replay: python -m prove.explorer --replay "37:late-90 38:lost"' in told
    assert (
        command(Setup(2), Break("", "", ((1, "crash"),), ("",)))
        == 'python -m prove.explorer --names 2 --replay "1:crash"'
    )


def test_a_search_goes_on_from_a_position():
    """Two halves run the same schedules as the whole search, in the same order."""
    how, whole, halves = ONE_PROCESS, Found(), Found()
    options = {"count": 300, "deviations": 2, "seed": 7}
    assert search_drawn(ONE_NAME, whole, how, **options) == (3, 3)
    until_one = replace(how, tell=lambda position, _: told.append(position))
    told: list[int] = []
    run = search_drawn(ONE_NAME, halves, until_one, **{**options, "count": 100})
    assert (run, told) == ((1, 1), [1])
    assert search_drawn(ONE_NAME, halves, until_one, **options, start=1) == (3, 3)
    assert halves == whole


def test_a_search_begins_nothing_after_its_time():
    """It tells the position that it reached."""
    found = Found()
    assert search_pairs(ONE_NAME, found, replace(ONE_PROCESS, until=time.monotonic()), share=0.01)[0] == 0
    assert found.schedules.total() == 0


def test_a_search_can_end_with_the_first_break(monkeypatch):
    """What it has found by then is one break."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    assert len(search_singles(ONE_NAME, replace(ONE_PROCESS, first=True)).breaks) == 1


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
