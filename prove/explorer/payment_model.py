"""The payment rules as an explicit-state model: small enough for an exhaustive search, with each rule as a switch.

The explorer runs the real code; this model shows why the rules are what they are. With one of them switched off it
finds a second payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from prove.explorer.model_ovh import CONNECTION, DAY, FLOOR, LATEST, SLEEPS, Call, Outside
from prove.explorer.model_search import Move
from prove.explorer.model_search import search as search_model

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
class State(Outside):
    """The store (`paying` to `known`), and the markers at OVH."""

    paying: bool = False
    attempt: int = 0
    sent_at: int = 0
    ended_at: int | None = None
    refused: bool = False
    known: int = 0  # attempts on record
    markers: int = 0


def moves(state: State, rules: Rules) -> Iterator[Move[State]]:
    """Yield the possible next moves."""
    if state.has_arrival:
        yield "a held call arrives", 0, state.arrived()
        return
    ready = state.ready_call
    if ready is not None:
        yield from _writes(state.without(ready), ready, rules)
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
        yield "OVH accepts", cost, ended.accepting(late)
        yield "the answer is lost", cost + 1, ended.accepting(late)
        yield "a repetition is refused", cost + 1, refused.accepting(late)
        yield "the sender dies on the wire", cost + 1, state.accepting(late)
        yield "the network holds the call", cost + 1, ended.held(late)
    yield "OVH refuses", 1, refused
    yield "the call is lost", 1, ended


def search(rules: Rules, *, deviations: int) -> tuple[int, list[str] | None]:
    """Search all schedules with at most `deviations` deviations; see `model_search.search`."""
    return search_model(State(), partial(moves, rules=rules), deviations=deviations)
