"""What shows that a database went back, whichever store keeps it: stamps, heads, the recover row, and held work."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import DatabaseWentBack
from ordering.model.events import happened
from ordering.model.facts import EventKind as K
from ordering.model.recovery import DIGITS, Cause, Loss, Recovery, Stamp
from ordering.ports.store import NOTHING_RENDERED, MessageRole, TimerKind
from ordering.process.recovery import must_allow
from tests.builders import NOW, a_line, in_state
from tests.store.contract.test_carts import opened, saved, submitted

S = CartState
LATER = NOW + timedelta(hours=1)


def approved(store, channel="C1", name="name.ovh"):
    cart = in_state(submitted(store, channel, name), S.APPROVED, at=NOW, approved_by=("U0CLEO",), approved_at=NOW)
    return saved(store, cart, happened(cart, NOW, K.APPROVED), due_at=LATER)


def stamp_of(store):
    with store.read() as reading:
        return reading.stamp()


def test_the_clock_is_the_database_s(store):
    """Reads and writes tell the same time, in UTC."""
    with store.read() as reading, store.begin() as writing:
        assert reading.clock() == writing.clock() == NOW


# Stamps


def test_an_empty_database_has_a_stamp(store):
    """It carries the database's id and no event, and is always known."""
    stamp = stamp_of(store)
    assert (stamp.epoch, stamp.number, stamp.digest, stamp.at) == (0, 0, "", 0)
    assert Stamp.parse(str(stamp)) == stamp
    with store.read() as reading:
        assert reading.knows(stamp)


def test_every_stamp_carries_the_id_of_the_database(store):
    """It is made once, and every stamp of this database carries it."""
    with store.begin() as carts:
        before = carts.stamp()
        carts.open("C1", by="U0ADA", at=NOW)
        assert carts.stamp().database == before.database != "0" * 12


def test_a_stamp_names_the_newest_event(store):
    """Its number, its short digest and its time, also within the transaction that wrote it."""
    opened(store)
    with store.begin() as writing:
        cart = writing.open("C2", by="U0ADA", at=NOW + timedelta(milliseconds=1_250))
        within = writing.stamp()
        (event,) = writing.events(cart.id)
    stamp = stamp_of(store)
    assert within == stamp
    assert (stamp.number, len(stamp.digest)) == (event.id, DIGITS)
    assert stamp.happened_at == NOW + timedelta(milliseconds=1_250)


def test_a_change_without_an_event_keeps_the_stamp(store):
    """A due time or a message is no news for a button."""
    cart = opened(store)
    before = stamp_of(store)
    saved(store, cart, due_at=LATER)
    assert stamp_of(store) == before


def test_older_stamps_stay_known(store):
    """Each event that is on record is known by its number and digest, and nothing else is."""
    stamps = []
    for channel in ("C1", "C2", "C3"):
        opened(store, channel)
        stamps.append(stamp_of(store))
    assert len(set(stamps)) == 3
    with store.read() as reading:
        assert all(reading.knows(stamp) for stamp in stamps)
        assert not reading.knows(replace(stamps[0], digest=stamps[1].digest))
        assert not reading.knows(replace(stamps[2], number=4))
        assert not reading.knows(replace(stamps[2], number=10**15 - 1))


def test_an_epoch_is_in_every_later_stamp(store):
    """A raised epoch changes nothing else in the stamp."""
    opened(store)
    before = stamp_of(store)
    with store.begin() as writing:
        writing.raise_epoch(1_795_000_000)
        assert writing.stamp().epoch == 1_795_000_000
    assert stamp_of(store) == replace(before, epoch=1_795_000_000)


# What a process saw


def test_a_process_remembers_what_it_committed(stores):
    """Its own newest event, not that of another process."""
    opened(stores.store)
    own = stamp_of(stores.store)
    opened(stores.other, "C2")
    with stores.store.read() as mine, stores.other.read() as theirs:
        assert mine.newest_seen() == (own,)
        assert theirs.newest_seen() == (theirs.stamp(),) == (mine.stamp(),)


def test_a_process_that_started_has_seen_nothing(stores):
    """Reads and writes of due times alone are no witness."""
    cart = opened(stores.store)
    with stores.other.begin() as writing:
        writing.set_timer(cart.id, TimerKind.STEP, NOW)
        assert writing.newest_seen() == ()
    with stores.other.read() as reading:
        assert reading.newest_seen() == ()


def test_a_transaction_that_fails_is_not_remembered(store):
    """A head counts only after COMMIT has answered: a rolled back event is no proof."""

    def fails() -> None:
        with store.begin() as carts:
            carts.open("C1", by="U0ADA", at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.begin() as carts:
        assert carts.newest_seen() == ()
        must_allow(carts)


def test_a_later_event_takes_the_place_of_one_that_is_in_place(stores):
    """A process that saw a thousand events remembers one, also where another process's lie between."""
    for channel in ("C1", "C2", "C3"):
        opened(stores.store, channel)
        opened(stores.other, f"{channel}x")
    with stores.store.read() as mine, stores.other.read() as theirs:
        assert [seen.number for seen in mine.newest_seen()] == [5]
        assert theirs.newest_seen() == (theirs.stamp(),)


@pytest.mark.parametrize("others", [0, 3])
def test_later_events_hide_no_loss(stores, others):
    """Not those of this process, nor those that got the number of the lost one; one that saw no loss goes on."""
    opened(stores.store)
    opened(stores.store, "C2")
    lost = stamp_of(stores.store)
    stores.lose_above(1)
    for number in range(others):
        opened(stores.other, f"C9{number}")
    for channel in ("C3", "C4"):
        opened(stores.store, channel)
    with stores.store.begin() as carts:
        assert lost in carts.newest_seen()
        with pytest.raises(DatabaseWentBack):
            must_allow(carts)
    with stores.other.begin() as carts:
        must_allow(carts)


def test_a_loss_before_the_end_of_recover_mode_no_longer_counts(stores):
    """The epoch is another one: the first event after it takes the place of all."""
    opened(stores.store)
    opened(stores.store, "C2")
    stores.lose_above(1)
    opened(stores.store, "C3")
    with stores.store.begin() as carts:
        carts.raise_epoch(9)
        must_allow(carts)
    opened(stores.store, "C4")
    with stores.store.read() as carts:
        assert carts.newest_seen() == (carts.stamp(),)


# The recover row


def test_the_recover_row_comes_back_as_it_was_written(store):
    """Every field, in UTC; and an ended mode leaves its loss."""
    at = datetime(2026, 11, 24, 8, 0, 1, tzinfo=UTC)
    mode = Recovery(
        Cause.COPY, at, at, processes_may_live=True, floor_from=at, compared=7, confirmed_by="U0CLEO", notified=True
    )
    with store.begin() as carts:
        assert (carts.standing().recovery, carts.standing().is_copy, carts.standing().lost) == (None, False, None)
        changed = replace(carts.standing(), recovery=mode, numbers_above=12, is_copy=True)
        carts.save_standing(changed)
        assert carts.standing() == changed
    ended = replace(changed, recovery=None, is_copy=False, lost=Loss(None, at), loss_notified=False)
    with store.begin() as carts:
        assert carts.standing() == changed
        carts.save_standing(ended)
    with store.read() as carts:
        assert carts.standing() == ended


def test_a_rollback_takes_the_recover_row_back(store):
    """The row, the epoch and a new number are part of the transaction."""
    before = stamp_of(store)

    def fails() -> None:
        with store.begin() as carts:
            carts.save_standing(replace(carts.standing(), is_copy=True))
            carts.raise_epoch(9)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.read() as carts:
        assert (carts.standing().is_copy, carts.stamp()) == (False, before)


def test_numbers_above_those_on_buttons_survive(store):
    """The database counts on behind the number that was given by hand."""
    with store.begin() as carts:
        carts.open("C1", by="U0ADA", at=NOW)
        carts.save_standing(replace(carts.standing(), numbers_above=41))
    numbers = []
    for channel in ("C2", "C3", "C4"):
        with store.begin() as carts:
            numbers.append(carts.open(channel, by="U0ADA", at=NOW).id)
    assert numbers == [42, 43, 44]


# The comparison


def test_only_money_counts_for_the_comparison(store):
    """Open, requested and ended carts are no money; the chain's newest event about money is found."""
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
        assert carts.newest_about_money() == 0
        cart = in_state(cart, S.SUBMITTED)
        cart = carts.save(cart, happened(cart, NOW, K.CART_OPENED))
        assert carts.newest_about_money() == 0
        approved = in_state(cart, S.APPROVED, at=NOW)
        carts.save(approved, happened(approved, NOW, K.APPROVED))
        carts.open("C2", by="U0ADA", at=NOW)
        assert carts.newest_about_money() == 3


def test_the_newest_event_up_to_a_moment_is_found(store):
    """The moment itself counts, later events do not, and there may be none."""
    for seconds, channel in ((0, "C1"), (60, "C2"), (120, "C3")):
        with store.begin() as writing:
            writing.open(channel, by="U0ADA", at=NOW + timedelta(seconds=seconds))
    with store.read() as reading:
        for until, found in ((-1, None), (0, 0), (119, 60), (9999, 120)):
            expected = None if found is None else NOW + timedelta(seconds=found)
            assert reading.last_event_at(until=NOW + timedelta(seconds=until)) == expected


# The end of recover mode


def test_messages_of_open_requests_are_rendered_again(store):
    """Requests that wait, and no others: not carts that are still filled, nor those that ended."""
    waiting, filling = approved(store), opened(store, "C2", a_line("b.ovh"))
    ended = saved(store, in_state(approved(store, "C3", "c.ovh"), S.CANCELLED, at=NOW))
    with store.begin() as writing:
        for cart in (waiting, filling, ended):
            message = writing.show_in(cart.id, MessageRole.CART, cart.channel)
            writing.record_rendered(message, cart, ts="1.2")
            for event in writing.undelivered(cart.id):
                writing.record_delivered(event)
        assert writing.outdated() == []
        writing.render_live_again()
        assert writing.outdated() == [waiting.id]
        (message,) = writing.messages(waiting.id)
        assert (message.rendered_version, message.ts) == (NOTHING_RENDERED, "1.2")


def test_work_that_was_decided_is_woken(store):
    """The steps of decided requests become due; reminders and other carts' steps stay as they are."""
    decided, waiting = approved(store), submitted(store, "C2", "b.ovh")
    ended = approved(store, "C3", "c.ovh")
    ended = saved(store, in_state(ended, S.CANCELLED, at=NOW), due_at=None)
    with store.begin() as writing:
        writing.set_timer(decided.id, TimerKind.REMINDER, LATER)
        writing.set_timer(waiting.id, TimerKind.STEP, LATER)
        assert writing.due(NOW) == []
        writing.wake_decided(NOW)
    with store.read() as reading:
        assert reading.due(NOW) == [decided.id]
        assert reading.timers(decided.id) == {TimerKind.STEP: NOW, TimerKind.REMINDER: LATER}
        assert reading.timers(waiting.id) == {TimerKind.STEP: LATER}
        assert reading.timers(ended.id) == {}
