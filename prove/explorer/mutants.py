"""Run the explorer on mutants: which broken promises it notices by itself, and why it cannot see the others."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

from prove.mutants.every import MUTATIONS
from prove.mutants.mutation import Mutation

ROOT = Path(__file__).parents[2]
# The rules of ordering and paying, and the registrar's orders and payments.
_ITS_OWN = ("ordering/process/", "registrars/ovh/orders.py", "registrars/ovh/payments.py")
_BROKEN = re.compile(r'^BROKEN (.+?) \(\d+\): (.+?): .*\n    replay: .*--replay "(.*)"$', re.MULTILINE)
TABLE = Path(__file__).with_name("mutants.md")
NOT_CAUGHT, NO_REASON = "not caught", "**no reason known**"
_HEAD = """# Which broken guards the explorer notices

`python -m prove.explorer --mutants` wrote this table. It breaks one guard of the rules of ordering and paying at a
time, or of the registrar's orders and payments, and searches for a schedule that breaks a law. The last column is that
schedule, as deviations at places and for `--mutant NAME --replay`, or why no schedule shows the difference.

| mutation | law that it breaks | schedule, or why it is not caught |
| --- | --- | --- |
"""

_RIGHTS = "nobody loses a right here, none is unreadable, and one approval is enough"
_KEY = "the key has every right here"
_LIMITS = "the team has no limits here"
_DEAD = "processes share the database here, so none may say that the call of another one ended"
_INBOX = "clicks are decided at once here, so there is no inbox"
_STATES = "names are registered at once or not at all here: no delivery fails, and none shows a strange state"
_SHARES = "nobody waits for a permit here: the rate limiter is tested by itself"
_OVH_CARTS = "carts that are left at OVH cost nothing, so no law is about them"
_WRITES = "the plain store always takes writes"
_ALONE = "no second bot is on the account, and no money moves by that answer"
_SLEEPS_ON = "its sender must sleep until another try was sent whose answer is lost: no drawn schedule has all that"
_TWO_LOSSES = (
    "the database must lose the one commit right after the other was noticed: the search of all pairs draws it"
)
_ONE_LOSS = "in recover mode nobody decides and nothing is sent here, so no later loss is noticed before its end"
_WAITS = "the floor, or a person, ends it too, only later"
_OTHER_GUARD = "the bot is not in the trial here, and the checkout ends a request of the trial before it"
_OLD_ENOUGH = "every ended request is old enough here, so that each job tries to delete"
_NO_CHAIN = "the plain store keeps no chain here, so there is no head to keep outside"
_BEFORE = "nothing is sent, and no law is about how soon a payer hears of a method that is gone"
# Why no schedule of the explorer can show the difference, by the name of the mutation.
BLIND: Mapping[str, str] = {
    "carry out in the trial what was decided before": _OTHER_GUARD,
    "commit an intent in the trial": _OTHER_GUARD,
    "ask for real about the changed terms of a trial": "the changed terms are approved once more, under a seal that "
    "says nothing of the trial, so every law holds",
    "order a name that the rules refuse": "the team has no rules about names here",
    "read no right again before the intent": _RIGHTS,
    "take a right that nobody can read for one that is lost": _RIGHTS,
    "take a payer's right that nobody can read for a no": _RIGHTS,
    "order with fewer valid approvals than the rules ask for": _RIGHTS,
    "order without the right to, and search for the order that OVH refused": _KEY,
    "pay without the right to, and wait out the floor of the refusal": _KEY,
    "check no limit with the intent": _LIMITS,
    "check the age with the intent only, and not while OVH is away": "the same check stands with the intent (Age among "
    "the conditions of Fulfilment), so a lapsed decision is still not carried out",
    "end a click in another transaction than its decision": _INBOX,
    "decide older clicks after a Stop": _INBOX,
    "take a name that renews itself for one that has not arrived": _STATES,
    "take a late delivery for one that arrived": _STATES,
    "keep a person from an order that never arrives": _STATES,
    "report the same trouble of a delivery again and again": _STATES,
    "forget that an attempt waits for its marker to be listed": _WAITS,
    "take a cart that was shown to an operator for another loss": _KEY,
    "wait indefinitely for a marker to be listed": "OVH lists every cart here after ten minutes at most",
    "count an attempt as sent while its process waits for the list": _WAITS,
    "let the attempt of an ended request wait on": "one request is alone here, so none follows one that ended",
    "leave an attempt that waited without an end if its request changed": _WAITS,
    "wait in silence for a name in an unexpected state": _STATES,
    "hold the only permit while the cart is discarded": _SHARES,
    "take the wait for a permit for a hanging job": _SHARES,
    "leave the cart of a checkout that failed before its intent": _OVH_CARTS,
    "take another bot for this one": _ALONE,
    "take the bot's own cart of a crash for another bot": _ALONE,
    "give each bot of a second the same expiry": _ALONE,
    "count a payment as sent that its process has just ended": _WAITS,
    "lock the attempt before its cart": "the plain store has one lock, so no transactions wait for each other",
    "stop every request for a mistake in one correction": "no correction fails by a mistake of the bot here",
    "drop a correction because the database is away": _WRITES,
    "order a name again and again at once": "no law is about how soon a try follows the one before it",
    "ask about a lost checkout with nothing on hold": _TWO_LOSSES,
    "ask about a lost payment with nothing on hold": _TWO_LOSSES,
    "take the order of another attempt for one that was not sent": _SLEEPS_ON,
    "begin a step without a write": _WRITES,
    "take a lost payment back with the attempt that found it": _WRITES,
    "leave a checkout that another process counts as sent to a person": _WAITS,
    "keep a payment for a day that its sender knows was not sent": _WAITS,
    "take every error of OVH's for the one that is known": "no law is about what a card says of a trouble",
    "let a payment explain a transaction from before it": "one request is alone here, so no other payment of the bot "
    "explains a transaction",
    "believe that an order was read in full whatever the database holds": "the order is read again within the hour, "
    "and no law is about how soon its card says how it can be paid",
    "pay with a method that was removed at OVH": _BEFORE,
    "take a list of methods that cannot be read for one without the method": _BEFORE,
    "take an empty list of methods for one without the method": _BEFORE,
    "take a refusal of minutes later for ours": "a job counts as a place twice in one state, and that is within a "
    "minute of the call",
    "wait for the floor of a refusal without a word": "no law is about what a payer is notified",
    "leave the call of a dead process without an end": _DEAD,
    "date the end of a call a second time": _DEAD,
    "adopt one of two orders with the same names": "two guards hold behind it: the comparison of the terms "
    "(Orders._judged), and the look for a second order before its payment (Adoptions.has_second)",
    "take an order that does not show all its names yet for another's": "OVH shows the cart as closed before it shows "
    "some of the names, and a closed cart is waited for as long as such an order",
    "look for others' orders by our own clock": "no clock is off by more than 25 hours here, and the bot looks at the "
    "orders of 35 days",
    "commit the intent to pay an order whose owner is hidden": "the click is refused before (require_owner_shown), and "
    "an owner is hidden from the adoption on or never",
    "take a clock that was put back for no wait": "OVH does not tell its time for single reads here, and the next look "
    "counts by OVH's clock again",
    "announce an attempt next to one without an end on record": "no intent is committed next to another announced "
    "attempt (attempt_is_announced), and one version of the request takes one intent",
    "commit an intent next to another announced attempt": "no attempt is announced next to another "
    "(_require_no_other), and one version of the request takes one intent",
    "believe a card of another database": "there is one database here",
    "compare no epoch: a copy from before an earlier recover mode passes": "the losses here are not so deep that they "
    "take a whole recover mode along and leave the newest event of a card",
    "start a floor from before another loss": _ONE_LOSS,
    "keep the floor and the comparison of an earlier loss": _ONE_LOSS,
    "begin the floor again at each notice of one loss": _ONE_LOSS,
    "keep a comparison that did not show a marker": _ONE_LOSS,
    "confirm a comparison that was shown before another loss": _ONE_LOSS,
    "end recover mode though this process knows of a later loss": _ONE_LOSS,
    "confirm a comparison of the lost time": _ONE_LOSS,
    "delete answers before their time by the database's clock": _OLD_ENOUGH,
    "delete answers without a look at the time": _OLD_ENOUGH,
    "delete answers in recover mode": "no law is about what recover mode keeps of an ended request",
    "delete the same answers twice": "no law is about how often an ended request is saved",
    "keep the witness of each process for itself": _NO_CHAIN,
    "let two processes keep the same witness": _NO_CHAIN,
    "wait for the timer of a wrong clock": _NO_CHAIN,
    "record changed rules again at each start": "the rules never change here",
    "pass over an order that OVH lists and does not show": "the operators here confirm whatever a comparison shows",
}


def try_mutants(seconds: float, processes: int, only: str = "") -> int:
    """Run the explorer on each mutant, for at most `seconds`, and write the table.

    Return 1 if a mutant is missed without a reason. `only`: a part of the names of those to try.
    """
    missed = 0
    for mutation in its_own():
        if only not in mutation.name:
            continue
        started = time.monotonic()
        found = caught(mutation, ["--seconds", f"{seconds:g}", "--processes", str(processes)])
        row = row_of(mutation, found)
        missed += found is None and mutation.name not in BLIND
        sys.stdout.write(f"{row} {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
        write(row)
    return int(missed > 0)


def its_own() -> Iterator[Mutation]:
    """Yield the mutations that the explorer is meant to notice."""
    return (mutation for mutation in MUTATIONS if str(mutation.file).startswith(_ITS_OWN))


@dataclass(frozen=True, slots=True)
class Caught:
    """The law that a mutant breaks, the deviations by their places, and the schedule to replay."""

    law: str
    deviations: str
    schedule: str


def caught(mutation: Mutation, options: Sequence[str]) -> Caught | None:
    """Search until a mutant breaks a law; None if it breaks none."""
    command = [sys.executable, "-m", "prove.explorer", "--mutant", mutation.name, "--first", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = _BROKEN.search(done.stdout)
    if found is not None:
        return Caught(found[1], found[2], found[3])
    if done.returncode:
        return Caught(f"the search itself fails: {' '.join(done.stderr.strip().splitlines()[-1:])}", "", "")
    return None


# The table


def rows() -> dict[str, str]:
    """Return the rows of the table, by the name of the mutation."""
    lines = TABLE.read_text().partition("| --- |\n")[2].splitlines() if TABLE.exists() else []
    return {line.removeprefix("| ").partition(" | ")[0]: line for line in lines}


def row_of(mutation: Mutation, found: Caught | None) -> str:
    if found is None:
        return f"| {mutation.name} | {NOT_CAUGHT} | {BLIND.get(mutation.name, NO_REASON)} |"
    replay = f" `{found.schedule}`" if found.schedule else ""
    return f"| {mutation.name} | {found.law} | {found.deviations}{replay} |"


def write(row: str) -> None:
    """Put a row into the table; rows of mutations that are gone are removed."""
    known = rows() | {row.removeprefix("| ").partition(" | ")[0]: row}
    listed = [known[mutation.name] for mutation in its_own() if mutation.name in known]
    TABLE.write_text(_HEAD + "".join(f"{each}\n" for each in listed))


def break_promise(name: str) -> None:
    """Let the rules be imported with one promise broken: for a process that has not imported them yet."""
    mutation = next(mutation for mutation in MUTATIONS if mutation.name == name)
    sys.meta_path.insert(0, _Mutated(mutation))


class _Mutated(MetaPathFinder):
    """Import hook that finds the one module of a mutation, and returns it mutated."""

    def __init__(self, mutation: Mutation) -> None:
        self._module = mutation.at.partition(":")[0]
        self._file = ROOT / mutation.file
        self._source = mutation.mutated(self._file.read_text())

    def find_spec(self, fullname: str, _path: object, _target: object = None, /) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        loader = _Loader(fullname, str(self._file))
        loader.source = self._source
        return spec_from_file_location(fullname, self._file, loader=loader)


class _Loader(SourceFileLoader):
    source = ""

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.get_filename(fullname), "exec")
