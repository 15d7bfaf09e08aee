"""Once a day the head of the audit log is kept outside; no rewriting of what is before it stays unseen."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ordering.model.cart import Cart, CartState
from ordering.model.facts import EventKind, canonical
from ordering.model.ids import CartId
from ordering.model.witness import Witness
from ordering.process.head_witness import HeadWitness
from ordering.process.policy_watch import PolicyWatch
from ordering.record.hash_chain import Entry, Link, sealed
from ordering.record.verification import Audit, Kept, Record
from tests.builders import NOW
from tests.conftest import Rules

REWRITINGS = 10_000
KEY = "fake-key-of-a-test"


@pytest.fixture
def rules(store) -> Rules:
    rules = Rules(store)
    rules.requested()
    return rules


def a_process(rules: Rules, key: str | None = None) -> HeadWitness:
    return HeadWitness(rules.store, clock=rules.clock, key=key)


def hours_pass(rules: Rules, hours: float) -> None:
    rules.clock.pass_by(hours * 3600)


def kept_by(process: HeadWitness) -> Witness | None:
    noted = process.due()
    if noted is not None:
        process.kept(noted)
    return noted


def test_it_is_one_a_day_for_all_processes(rules):
    """The first one comes an hour after the first start, then one a day, from either process."""
    first, second = a_process(rules), a_process(rules)
    assert [kept_by(process) for process in (first, second)] == [None, None]
    hours_pass(rules, 1.01)
    noted = kept_by(first)
    assert noted is not None
    with rules.store.read() as carts:
        assert (noted.number, noted.digest) == carts.head()
    for _ in range(23):
        assert [kept_by(process) for process in (a_process(rules), first, second)] == [None] * 3
        hours_pass(rules, 1)
    rules.requested("other.ovh")
    hours_pass(rules, 1)
    assert [kept_by(process) is None for process in (second, first)] == [False, True]


def test_while_nothing_happens_nothing_is_kept(rules):
    process = a_process(rules)
    process.due()
    hours_pass(rules, 2)
    assert kept_by(process)
    hours_pass(rules, 30)
    assert kept_by(process) is None


def test_one_that_was_not_posted_comes_again(rules):
    """A process that dies, or that Slack refuses, does not cost the day."""
    a_process(rules).due()
    hours_pass(rules, 2)
    assert a_process(rules).due() is not None
    assert a_process(rules).due() is None
    hours_pass(rules, 0.26)
    assert a_process(rules).due() is not None


def test_a_timer_of_a_wrong_clock_does_not_silence_it(rules):
    """A process whose clock was a year ahead leaves a timer that is not waited for."""
    ahead = HeadWitness(rules.store, clock=lambda: rules.clock.now + timedelta(days=365))
    ahead.due()
    assert kept_by(a_process(rules)) is not None


def test_only_the_key_signs():
    """Without the key nobody makes a line that passes for the bot's, and no part of it can be changed."""
    noted = Witness(7, "a" * 64, 1_790_000_000).signed(KEY)
    assert Witness.parse(str(noted)) == noted
    assert noted.is_signed_with(KEY)
    others = [
        replace(noted, number=8),
        replace(noted, digest="b" * 64),
        replace(noted, at=1),
        replace(noted, signature=""),
        noted.signed("another-key"),
    ]
    assert not any(other.is_signed_with(KEY) for other in others)
    assert Witness.parse(f"{noted} ") is None


# Rewritings of the whole chain


def test_every_rewriting_before_a_witness_is_found():
    """Ten thousand random rewritings, each with all digests, the head and the carts made to fit."""
    honest = a_chain()
    missed = []
    for seed in range(REWRITINGS):
        draw = random.Random(seed)
        newest = draw.randrange(1, len(honest) + 1)  # the event of the witness; later ones are not its business
        forged = rewritten(honest, newest, draw)
        assert faults(forged) == [], seed  # the chain alone does not show it
        if not faults(forged, known_head=honest[newest - 1].digest):
            missed.append(seed)
    assert missed == []
    assert faults(honest, known_head=honest[3].digest) == []


def a_chain(events: int = 9) -> list[Entry]:
    """A chain of three carts in turn."""
    states = list(CartState)
    return chained_again([
        Entry(0, 1 + number % 3, 0, states[number % 11].value, NOW + timedelta(minutes=number), "U0ADA", None,
              EventKind.NAMES_ADDED.value, canonical({"names": number}), None, None, None)
        for number in range(events)
    ])  # fmt: skip


def chained_again(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with numbers and digests that fit, as a user of the database can make them."""
    chain: list[Entry] = []
    for entry in entries:
        mine = [each for each in chain if each.cart_id == entry.cart_id]
        chain.append(
            sealed(
                replace(
                    entry,
                    id=len(chain) + 1,
                    number=len(mine) + 1,
                    previous=chain[-1].digest if chain else None,
                    previous_in_cart=mine[-1].digest if mine else None,
                )
            )
        )
    return chain


def rewritten(honest: Sequence[Entry], newest: int, draw: random.Random) -> list[Entry]:
    """Return the chain with something else in place of an event up to the witness's."""
    place, entries = draw.randrange(newest), list(honest)
    victim = entries[place]
    way = draw.choice(["change", "remove", "insert", "swap", "cut"])
    if way == "remove":
        del entries[place]
    elif way == "insert":
        entries.insert(place, replace(victim, by="U0EVE"))
    elif way == "swap":
        other = draw.choice([number for number in range(len(entries)) if number != place])
        entries[place], entries[other] = entries[other], entries[place]
    elif way == "cut":
        del entries[place:]
    else:
        changes: list[dict[str, Any]] = [
            {"by": "U0EVE"}, {"by": None}, {"note": "never mind"}, {"at": NOW - timedelta(days=1)},
            {"kind": EventKind.NAME_REMOVED.value}, {"data": canonical({"names": -1})}, {"cart_id": 9},
            {"state": next(state.value for state in CartState if state.value != victim.state)},
        ]  # fmt: skip
        entries[place] = replace(victim, **draw.choice(changes))
    return chained_again(entries)


def faults(entries: Sequence[Entry], known_head: str | None = None) -> list[str]:
    carts: dict[int, Kept] = {}
    for entry in entries:
        cart = Cart(CartId(entry.cart_id), "C1", "U0ADA", CartState(entry.state), NOW)
        carts[entry.cart_id] = Kept(entry.cart_id, entry.number, cart)
    head = Link(len(entries), entries[-1].digest) if entries else Link()
    record = Record(entries, list(carts.values()), head, guarded=True)
    return [str(fault) for fault in Audit(record, known_head=known_head).faults()]


# The rules


def test_each_approval_tells_the_rules_of_its_time(rules):
    cart = rules.approved("other.ovh", "C2")
    with rules.store.read() as carts:
        told = [event.data["policy"] for event in carts.events(cart.id) if "policy" in (event.data or {})]
    assert told == [rules.policy.digest] * 2  # requested and approved


def test_changed_rules_are_an_event_of_what_waits(rules):
    """Once in each request that waits, by whichever process starts first; not in what is over."""
    over = rules.requested("over.ovh", "C2")
    rules.workflow.approval_requests.withdraw(over.id, by=rules.ada)
    new = replace(rules.policy, self_approval=True)
    assert PolicyWatch(rules.store, rules.policy, rules.clock).record_change() == 0
    assert [PolicyWatch(rules.store, new, rules.clock).record_change() for _ in range(2)] == [1, 0]
    with rules.store.read() as carts:
        newest = carts.events(CartId(1))[-1]
        assert (newest.kind, newest.data) == (
            EventKind.POLICY_CHANGED,
            {"before": rules.policy.digest, "policy": new.digest},
        )
        assert list(Audit(carts.record()).faults()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"approvers": frozenset({"U0EVE"})},
        {"payers": frozenset({"U0EVE"})},
        {"operators": frozenset({"U0EVE"})},
        {"self_approval": True},
        {"second_approval_over": 5},
        {"limit_per_order": 5},
        {"limit_per_month": 5},
        {"allow_premium": True},
        {"waive_retraction": False},
        {"approval_channel": "C9"},
        {"approval_life": timedelta(hours=1)},
        {"payment_life": timedelta(minutes=1)},
    ],
)
def test_each_rule_is_in_the_digest(rules, change):
    assert replace(rules.policy, **change).digest != rules.policy.digest
    assert replace(rules.policy, lists={"brand": ("fr",)}).digest == rules.policy.digest
