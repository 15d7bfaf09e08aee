"""Orders made elsewhere are read ahead, and another bot on the account is reported."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot import account_watch
from bot.account_watch import ACCOUNT, AccountWatch
from bot.health import Health
from ordering.model.errors import RegistrarUnavailable
from ordering.model.money_call import CallState, RecordedCall, orders
from ordering.model.recovery import Cause
from ordering.process.lost_markers import LostMarkers
from ordering.process.presence import Presence
from tests.builders import NOW, failing
from tests.ordering.recovering import release

NAMES = orders(["name.ovh"])


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """The second look comes at once here."""
    monkeypatch.setattr(account_watch, "_AGAIN", 0.05)


@pytest.fixture
def health():
    return Health()


async def watched(rules, health, *, seconds=0.3):
    """Let the watch work for a moment."""
    presence = Presence(rules.store, rules.registrar)
    lost_markers = LostMarkers(rules.store, rules.registrar, rules.workflow.recover_mode)
    watch = AccountWatch(rules.fulfilment.foreign_orders, presence, lost_markers, health)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await watch.run(first=0.0)


async def test_a_desk_alone_shows_itself_once(rules, health):
    """Nothing is reported, and the next start finds its own cart."""
    for _ in range(2):
        await watched(rules, health)
    assert len(rules.registrar.presence) == 1
    assert ACCOUNT not in health.checks()


async def test_another_desk_is_reported(rules, health):
    """By the health and the log, until it is gone."""
    rules.registrar.presence.add("theirs")
    await watched(rules, health)
    assert "another Domain Desk uses this OVH account" in health.checks()[ACCOUNT]
    rules.registrar.presence.remove("theirs")
    await watched(rules, health)
    assert health.checks()[ACCOUNT] == "ok"


async def test_a_cart_that_is_about_to_be_on_record_is_not_reported(rules, health):
    """Another process of this bot made it a moment ago: only what a second look shows too is another bot's."""
    await watched(rules, health)
    made = rules.registrar.show_presence(NOW)
    find = rules.registrar.presences
    looks: list[str] = []

    def presences():
        if looks:
            with rules.store.begin() as carts:
                carts.add_presence(made)
        looks.append(made)
        return find()

    rules.registrar.presences = presences
    await watched(rules, health)
    assert len(looks) == 2
    assert ACCOUNT not in health.checks()


async def test_a_newer_memory_of_this_desk_is_reported(rules, health):
    """A cart that only the lost part of the database knew is another bot's."""
    rules.registrar.show_presence(NOW)
    await watched(rules, health)
    assert "older copy" in health.checks()[ACCOUNT]


async def test_a_marker_that_is_not_on_record_holds_everything(rules, health):
    """A database that forgot a money call learns of it though nobody asks for these names, or presses an old button."""
    rules.registrar.leave_marker(orders(["a.ovh", "b.ovh"]))
    await watched(rules, health)
    assert rules.workflow.recover_mode.standing().recovery.cause is Cause.MARKERS


async def test_a_look_that_fails_comes_again_soon(rules, health, monkeypatch):
    """After longer and longer pauses, not after the usual quarter of an hour; each failure is a warning."""
    monkeypatch.setattr(account_watch, "_AFTER_FAILURE", 0.01)
    rules.registrar.leave_marker(NAMES)
    looks, left = [], rules.registrar.markers_left

    def fails_thrice(**options):
        looks.append(time.monotonic())
        if len(looks) <= 3:
            raise RegistrarUnavailable
        return left(**options)

    monkeypatch.setattr(rules.registrar, "markers_left", fails_thrice)
    with capture_logs() as logged:
        await watched(rules, health)
    assert rules.workflow.recover_mode.is_on
    assert len(looks) == 4
    assert looks[3] - looks[2] >= 0.04
    assert [each["log_level"] for each in logged if each["event"] == "account_not_read"] == ["warning"] * 3


async def test_a_cart_that_may_not_be_read_stops_no_look(rules, health, caplog):
    """It is logged, and a marker next to it is found."""
    rules.registrar.unread_carts = ("a-shop",)
    rules.registrar.leave_marker(NAMES)
    await watched(rules, health)
    assert rules.workflow.recover_mode.is_on
    assert "carts_may_not_be_read carts=a-shop" in caplog.text


async def test_markers_on_record_hold_nothing(rules, health):
    """Those of orders and payments, also while an answer that names one is lost or under way."""
    cart = rules.paid()
    rules.registrar.leave_marker(NAMES, rules.clock())
    with rules.store.begin() as carts:
        carts.announce_call(RecordedCall(NAMES, cart.id, 2, rules.clock(), state=CallState.UNSENT))
    await watched(rules, health)
    assert not rules.workflow.recover_mode.is_on


async def test_an_attempt_explains_no_marker_of_a_later_one(rules, health):
    """The later attempt is lost: the first one, which left no marker, does not hide that."""
    cart = rules.requested()
    with rules.store.begin() as carts:
        carts.announce_call(RecordedCall(NAMES, cart.id, 1, rules.clock(), state=CallState.UNSENT))
    rules.registrar.leave_marker(NAMES, rules.clock() + timedelta(seconds=1))
    await watched(rules, health)
    assert rules.workflow.recover_mode.is_on


async def test_markers_that_an_operator_compared_hold_nothing(rules, health):
    """After recover mode they are no sign of another loss."""
    rules.registrar.leave_marker(NAMES)
    await watched(rules, health)
    assert release(rules)
    await watched(rules, health)
    assert not rules.workflow.recover_mode.is_on


async def test_an_expired_cart_is_made_again(rules, health):
    """This bot's own carts are all on record, so none of them looks like another's."""
    await watched(rules, health)
    rules.registrar.presence.clear()
    await watched(rules, health)
    assert len(rules.registrar.presence) == 1
    assert ACCOUNT not in health.checks()


async def test_two_processes_show_one_desk(rules):
    """Each may make a cart at the same moment: both are this bot's."""
    first, second = (Presence(rules.store, rules.registrar) for _ in range(2))
    show = rules.registrar.show_presence

    def meanwhile(expires_at):
        rules.registrar.show_presence = show
        second.find_others()
        return show(expires_at)

    rules.registrar.show_presence = meanwhile
    assert first.find_others() == frozenset()
    assert second.find_others() == frozenset()


async def test_a_failure_ends_nothing(rules, health, monkeypatch):
    """OVH is away for a round: the next one comes."""
    monkeypatch.setattr(account_watch, "_EVERY", 0.05)
    with monkeypatch.context() as away:
        away.setattr(rules.registrar, "presences", failing(RegistrarUnavailable()))
        away.setattr(rules.registrar, "orders_since", failing(RegistrarUnavailable()))
        await watched(rules, health)
    rules.registrar.presence.add("theirs")
    await watched(rules, health)
    assert ACCOUNT in health.checks()
