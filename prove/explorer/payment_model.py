"""The payment rules as an explicit-state model: small enough for an exhaustive search, with each rule as a switch.

The explorer runs the real code; this model shows why the rules are what they are. With one of them switched off it
finds a second payment. Time runs in ticks of five minutes; a day is shortened, because only the order of the lengths
matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from prove.explorer.model_search import Move
from prove.explorer.model_search import search as search_model

LATEST = 2  # ticks after which a payment shows at OVH at the latest
HELD = 1  # ticks that a network may hold a call
FLOOR = 4  # ticks from the end of the call: longer than the longest delay in the network and at OVH together
DAY = 10  # ticks from the sending, if the call has no recorded end
CONNECTION = 6  # ticks after which an idle connection is closed at the latest
SLEEPS = (1, FLOOR + 1, DAY + 2)  # ticks; the last one is longer than the longest floor
_MOST_ATTEMPTS = 3
_LAST_TICK = 40


@dataclass(frozen=True, slots=True)
class Rules:
    """The bot's rules. The defaults are the rules in force; each other value drops a rule."""

    floor_from_end: bool = True  # else from the time of the sending
    waits_after_refusal: bool = True  # else a refusal of the call counts immediately
    waits_a_day_without_end: bool = True  # else the shorter floor counts from the sending
    reconnects: bool = False  # whether a sender opens its connection again after it was closed
    asks_for_markers: bool = True  # whether the bot compares its attempts with the markers at OVH before it pays


@dataclass(frozen=True, slots=True)
class Call:
    """A sender between its intent and the wire."""

    attempt: int
    opened_at: int
    writes_at: int


@dataclass(frozen=True, slots=True)
class State:
    """The store (`paying` to `known`), senders, and the truth at OVH (`taken` to `markers`)."""

    now: int = 0
    paying: bool = False
    attempt: int = 0
    sent_at: int = 0
    ended_at: int | None = None
    refused: bool = False
    known: int = 0  # attempts on record
    calls: tuple[Call, ...] = ()
    arriving: tuple[tuple[int, int], ...] = ()  # calls in the network: when each arrives, and how late it shows
    taken: tuple[int, ...] = ()  # when each payment shows
    markers: int = 0
    made: int = 0  # attempts in truth

    @property
    def is_paid_twice(self) -> bool:
        return len(self.taken) > 1

    @property
    def shows(self) -> bool:
        return any(at <= self.now for at in self.taken)


def moves(state: State, rules: Rules) -> Iterator[Move[State]]:
    """Yield the possible next moves."""
    if state.arriving and state.arriving[0][0] <= state.now:
        yield "a held call arrives", 0, _arrived(state)
        return
    ready = next((call for call in state.calls if call.writes_at <= state.now), None)
    if ready is not None:
        yield from _writes(replace(state, calls=tuple(c for c in state.calls if c is not ready)), ready, rules)
        return
    if state.paying and not state.shows and _may_give_up(state, rules):
        yield "payable again", 0, replace(state, paying=False, refused=False)
    if not state.paying and not state.shows and state.made < _MOST_ATTEMPTS:
        yield from _pays(state, rules)
    if state.paying and not state.shows:
        forgotten = replace(state, paying=False, ended_at=None, refused=False, known=max(state.known - 1, 0))
        yield "the newest commits are lost", 1, forgotten
    if state.now < _LAST_TICK and not state.shows:
        yield "time passes", 0, replace(state, now=state.now + 1)


def _may_give_up(state: State, rules: Rules) -> bool:
    """Return whether the rules allow another payment, although OVH shows nothing of the first one."""
    if state.refused and not rules.waits_after_refusal:
        return True
    if state.ended_at is None:
        floor = DAY if rules.waits_a_day_without_end else FLOOR
        return state.now >= state.sent_at + floor
    return state.now >= (state.ended_at if rules.floor_from_end else state.sent_at) + FLOOR


def _pays(state: State, rules: Rules) -> Iterator[Move[State]]:
    """Yield the moves of a paying user: marker, comparison, intent; then the sender writes or sleeps first."""
    if rules.asks_for_markers and state.markers > state.known:
        waits = replace(state, paying=True, sent_at=state.now, ended_at=None, known=state.markers)
        yield "OVH has a marker that is not on record", 0, waits
        return
    attempt = state.made + 1
    begun = replace(
        state,
        paying=True,
        attempt=attempt,
        sent_at=state.now,
        ended_at=None,
        refused=False,
        known=state.known + 1,
        markers=state.markers + 1,
        made=attempt,
    )
    for sleep in (0, *SLEEPS):
        call = Call(attempt, state.now, state.now + sleep)
        yield f"pays, writes {sleep} ticks later", int(sleep > 0), replace(begun, calls=(*begun.calls, call))


def _writes(state: State, call: Call, rules: Rules) -> Iterator[Move[State]]:
    """Yield the sender's write. If its connection was closed, it does not write, and knows that nothing was sent."""
    is_current = state.paying and state.attempt == call.attempt
    if state.now - call.opened_at >= CONNECTION and not rules.reconnects:
        yield "nothing was sent", 0, replace(state, paying=False) if is_current else state
        return
    ended = replace(state, ended_at=state.now) if is_current else state
    refused = replace(ended, refused=True) if is_current else ended
    for late in range(LATEST + 1):
        cost = int(late > 0)
        yield "OVH accepts", cost, _taken(ended, late)
        yield "the answer is lost", cost + 1, _taken(ended, late)
        yield "a repetition is refused", cost + 1, _taken(refused, late)
        yield "the sender dies on the wire", cost + 1, _taken(state, late)
        arrives = (*state.arriving, (state.now + HELD, late))
        yield "the network holds the call", cost + 1, replace(ended, arriving=arrives)
    yield "OVH refuses", 1, refused
    yield "the call is lost", 1, ended


def _arrived(state: State) -> State:
    (_, late), *others = state.arriving
    return _taken(replace(state, arriving=tuple(others)), late)


def _taken(state: State, late: int) -> State:
    """Accept a payment at OVH as long as its order shows none."""
    return state if state.shows else replace(state, taken=(*state.taken, state.now + late))


def search(rules: Rules, *, deviations: int) -> tuple[int, list[str] | None]:
    """Search all schedules with at most `deviations` deviations; see `model_search.search`."""
    return search_model(State(), partial(moves, rules=rules), deviations=deviations)
