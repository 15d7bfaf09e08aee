"""A crash while the bot announces itself at OVH leaves a cart that its next start knows for its own."""

from datetime import timedelta

import pytest

from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.process.presence import Presence
from store.errors import DatabaseUnusable
from store.transactions import SqlStore
from tests.builders import failing
from tests.fakes import FakeRegistrar

HOUR = timedelta(hours=1)


@pytest.fixture
def registrar():
    return FakeRegistrar()


@pytest.fixture
def memory(engines, registrar):
    return SqlStore(engines, clock=registrar.clock)


@pytest.fixture
def presence(memory, registrar):
    return Presence(memory, registrar)


def unfinished(memory):
    with memory.read() as carts:
        return carts.presence_calls()


def dies(presence, registrar, monkeypatch, *, made=True, error: BaseException | None = None):
    """The process dies during the call; OVH has made the cart or not."""
    show = registrar.show_presence

    def shows(expires_at):
        if made:
            show(expires_at)
        raise error or KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(registrar, "show_presence", shows)
        with pytest.raises(type(error or KeyboardInterrupt())):
            presence.find_others()


def test_the_call_is_on_record_before_ovh_gets_it(memory, registrar, presence, monkeypatch):
    """And not any more once its cart is."""
    show, seen, asked = registrar.show_presence, [], []

    def shows(expires_at):
        seen.extend(unfinished(memory))
        asked.append(expires_at)
        return show(expires_at)

    monkeypatch.setattr(registrar, "show_presence", shows)
    assert presence.find_others() == frozenset()
    assert [(call.started_at, call.expires_at) for call in seen] == [(registrar.time(), asked[0])]
    assert timedelta(days=29) < asked[0] - registrar.time() <= timedelta(days=30)
    assert unfinished(memory) == []


@pytest.mark.parametrize("wait", [timedelta(), HOUR])
@pytest.mark.parametrize("error", [None, RegistrarUnavailable()], ids=["crash", "lost answer"])
def test_a_cart_without_an_answer_is_this_bots_own(memory, registrar, presence, monkeypatch, wait, error):
    """It is no other bot, and no second cart is made."""
    dies(presence, registrar, monkeypatch, error=error)
    registrar.clock.now += wait
    assert Presence(memory, registrar).find_others() == frozenset()
    assert len(registrar.presence) == 1
    assert unfinished(memory) == []


def test_a_crash_between_the_cart_and_its_record(memory, registrar, presence, monkeypatch):
    """OVH has answered, and the database took no write then."""
    begin, show = memory.begin, registrar.show_presence

    def shows(expires_at):
        monkeypatch.setattr(memory, "begin", failing(DatabaseUnusable("read-only")))
        return show(expires_at)

    monkeypatch.setattr(registrar, "show_presence", shows)
    with pytest.raises(DatabaseUnusable):
        presence.find_others()
    monkeypatch.setattr(memory, "begin", begin)
    assert presence.find_others() == frozenset()
    assert (len(registrar.presence), unfinished(memory)) == (1, [])


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize("seconds", [0, 1, 3600])
def test_another_bot_is_reported_beside_a_crash(memory, registrar, presence, monkeypatch, made, seconds):
    """Also one that announces itself in the same second: only the expiry that our call asked for makes a cart ours."""
    dies(presence, registrar, monkeypatch, made=made)
    registrar.clock.now += timedelta(seconds=seconds)
    theirs = registrar.show_presence(unfinished(memory)[0].expires_at + timedelta(seconds=1))
    for _ in range(2):
        assert Presence(memory, registrar).find_others() == {theirs}
    registrar.clock.now += HOUR
    assert Presence(memory, registrar).find_others() == {theirs}
    assert unfinished(memory) == []


def test_each_call_asks_for_an_expiry_of_its_own(memory, registrar, presence, monkeypatch):
    """Otherwise two bots that start in the same second could not be told apart."""
    for _ in range(3):
        dies(presence, registrar, monkeypatch, made=False)
    assert len({call.expires_at for call in unfinished(memory)}) == 3


def test_the_age_of_a_call_is_read_before_the_list(memory, registrar, presence, monkeypatch):
    """A list from before its cart showed ends no call, however long it takes to read."""
    dies(presence, registrar, monkeypatch)
    listed = registrar.presences

    def slowly():
        seen = listed() - set(registrar.presence_expires)
        registrar.clock.now += HOUR
        return seen

    with monkeypatch.context() as slow:
        slow.setattr(registrar, "presences", slowly)
        presence.find_others()
    assert len(unfinished(memory)) == 1
    assert presence.find_others() == frozenset()


def test_a_cart_that_shows_late_is_waited_for(memory, registrar, presence, monkeypatch):
    """For as long as the call can be in flight; this bot makes another one in the meantime, and both are its own."""
    dies(presence, registrar, monkeypatch)
    late = registrar.presence.pop()
    registrar.clock.now += timedelta(minutes=10)
    assert presence.find_others() == frozenset()
    assert len(unfinished(memory)) == 1
    registrar.presence.add(late)
    assert presence.find_others() == frozenset()
    assert (len(registrar.presence), unfinished(memory)) == (2, [])


def test_a_refused_call_leaves_nothing(memory, registrar, presence, monkeypatch):
    """OVH made no cart, so none is expected."""
    dies(presence, registrar, monkeypatch, made=False, error=RegistrarRefused())
    assert unfinished(memory) == []
