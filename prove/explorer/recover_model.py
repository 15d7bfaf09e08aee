"""The rules of recover mode as an explicit-state model: each rule is a switch, and each one that is off pays twice.

The database loses its newest commits, and the bot notices that at once. Whether it notices is the matter of the
markers, which `payment_model` has: here OVH has none. The comparison is left out, too: each order shows its payments
anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from prove.explorer.model_ovh import CONNECTION, DAY, FLOOR, LATEST, SLEEPS, Call, Outside
from prove.explorer.model_search import Move
from prove.explorer.model_search import search as search_model

_MOST_ATTEMPTS = 2
_LAST_TICK = 26
_COPIES = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """The bot's rules. The defaults are the rules in force; each other value drops a rule."""

    holds_payments: bool = True  # nothing is paid while recover mode is on
    waits_for_floor: bool = True  # else it ends as soon as the operator wants
    waits_a_day_for_processes: bool = True  # a process of the lost state may live; else the short floor counts
    counts_from_word: bool = True  # "all stopped" starts the floor at that word; else it counts from the loss
    begins_again: bool = True  # a later loss starts it again; else it goes on as the copy has it


@dataclass(frozen=True, slots=True)
class Recover:
    """Recover mode: since when, and whether processes of the lost state may live."""

    since: int
    processes_may_live: bool = True


@dataclass(frozen=True, slots=True)
class Database:
    """What a loss takes back."""

    paying: bool = False
    attempt: int = 0
    sent_at: int = 0
    ended_at: int | None = None
    recover: Recover | None = None


@dataclass(frozen=True, slots=True)
class State(Outside):
    """The database with the copies that it may go back to."""

    database: Database = Database()
    copies: tuple[Database, ...] = (Database(),)

    def commits(self, database: Database) -> State:
        """Return the state after a commit; the newest earlier states can come back."""
        return replace(self, database=database, copies=(*self.copies, self.database)[-_COPIES:])


def moves(state: State, rules: Rules) -> Iterator[Move[State]]:
    """Yield the possible next moves."""
    if state.has_arrival:
        yield "a held call arrives", 0, state.arrived()
        return
    ready = state.ready_call
    if ready is not None:
        yield from _writes(state.without(ready), ready)
        return
    yield from _operator(state, rules)
    yield from _pays(state, rules)
    if not state.shows:
        yield from (("the newest commits are lost", 1, _lost(state, rules, kept)) for kept in range(len(state.copies)))
    if state.now < _LAST_TICK and not state.shows:
        yield "time passes", 0, replace(state, now=state.now + 1)


def _lost(state: State, rules: Rules, kept: int) -> State:
    copy = state.copies[kept]
    if copy.recover is None or rules.begins_again:
        copy = replace(copy, recover=Recover(since=state.now))
    return replace(state, database=copy, copies=state.copies[:kept])


def _operator(state: State, rules: Rules) -> Iterator[Move[State]]:
    """Yield what an operator does in recover mode, and its end."""
    mode = state.database.recover
    if mode is None:
        return
    if mode.processes_may_live:
        since = state.now if rules.counts_from_word else mode.since
        stopped = replace(mode, since=since, processes_may_live=False)
        yield "the operator stops all processes", 0, replace(_commits_mode(state, stopped), calls=())
    if _may_end(state.now, mode, rules) and not state.shows:
        yield "recover mode ends", 0, _commits_mode(state, None)


def _may_end(now: int, mode: Recover, rules: Rules) -> bool:
    waits_a_day = mode.processes_may_live and rules.waits_a_day_for_processes
    return not rules.waits_for_floor or now >= mode.since + (DAY if waits_a_day else FLOOR)


def _commits_mode(state: State, mode: Recover | None) -> State:
    return state.commits(replace(state.database, recover=mode))


def _pays(state: State, rules: Rules) -> Iterator[Move[State]]:
    """Yield the moves of a paying user, and the end of an attempt that nothing came of."""
    known = state.database
    if state.shows or (known.recover is not None and rules.holds_payments):
        return
    if known.paying:
        floor_over = known.sent_at + DAY if known.ended_at is None else known.ended_at + FLOOR
        if state.now >= floor_over:
            yield "payable again", 0, state.commits(replace(known, paying=False))
        return
    if state.made == _MOST_ATTEMPTS:
        return
    attempt = state.made + 1
    begun = state.commits(replace(known, paying=True, attempt=attempt, sent_at=state.now, ended_at=None))
    for sleep in (0, *SLEEPS):
        call = Call(attempt, state.now, state.now + sleep)
        after = replace(begun, made=attempt, calls=(*begun.calls, call))
        yield f"pays, writes {sleep} ticks later", int(sleep > 0), after


def _writes(state: State, call: Call) -> Iterator[Move[State]]:
    """Yield the sender's write. If its connection was closed, it does not write, and knows that nothing was sent."""
    known = state.database
    is_current = known.paying and known.attempt == call.attempt
    if state.now - call.opened_at >= CONNECTION:
        yield "nothing was sent", 0, state.commits(replace(known, paying=False)) if is_current else state
        return
    ended = state.commits(replace(known, ended_at=state.now)) if is_current else state
    for late in range(LATEST + 1):
        cost = int(late > 0)
        yield "OVH accepts", cost, ended.accepting(late)
        yield "the sender dies on the wire", cost + 1, state.accepting(late)
        yield "the network holds the call", cost + 1, ended.held(late)


def search(rules: Rules, *, deviations: int) -> tuple[int, list[str] | None]:
    """Search all schedules with at most `deviations` deviations; see `model_search.search`."""
    return search_model(State(), partial(moves, rules=rules), deviations=deviations)
