"""Run the explorer on mutants: which broken promises it notices by itself, and why it cannot see the others."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

from prove.explorer.__main__ import app  # this module imports the rules only once it runs
from prove.mutants.every import MUTATIONS
from prove.mutants.mutation import Mutation

ROOT = Path(__file__).parents[2]
# The rules of ordering and paying, and the registrar's orders and payments.
_ITS_OWN = ("ordering/process/", "registrars/ovh/orders.py", "registrars/ovh/payments.py")
_BROKEN = re.compile(r"^BROKEN (.+)$", re.MULTILINE)

_RIGHTS = "nobody loses a right here, none is unreadable, and one approval is enough"
_KEY = "the key has every right here"
_LIMITS = "the team has no limits here"
_AGE = "an approval lives for three days, and the other clock still ends a payment"
_INBOX = "clicks are decided at once here, so there is no inbox"
_STATES = "names are registered at once or not at all here: no delivery fails, and none shows a strange state"
_SHARES = "nobody waits for a permit here: the rate limiter is tested by itself"
_OVH_CARTS = "carts that are left at OVH cost nothing, so no law is about them"
_WRITES = "the plain store always takes writes"
_ALONE = "no second desk is on the account, and no money moves by that answer"
_SLEEPS_ON = "its sender must sleep until another try was sent whose answer is lost: no drawn schedule has all that"
_WAITS = "the floor, or a person, ends it too, only later"
# Why no schedule of the explorer can show the difference, by the name of the mutation.
BLIND: Mapping[str, str] = {
    "read no right again before the intent": _RIGHTS,
    "take a right that nobody can read for one that is lost": _RIGHTS,
    "take a payer's right that nobody can read for a no": _RIGHTS,
    "order with fewer valid approvals than the rules ask for": _RIGHTS,
    "order without the right to, and search for the order that OVH refused": _KEY,
    "pay without the right to, and wait out the floor of the refusal": _KEY,
    "check no limit with the intent": _LIMITS,
    "carry out a decision of any age by the database's clock": _AGE,
    "carry out a decision of any age by OVH's clock": _AGE,
    "let Try again renew an approval": _AGE,
    "check the age with the intent only, and not while OVH is away": _AGE,
    "end a click in another transaction than its decision": _INBOX,
    "decide older clicks after a Stop": _INBOX,
    "take a name that renews itself for one that has not arrived": _STATES,
    "take a late delivery for one that arrived": _STATES,
    "keep a person from an order that never arrives": _STATES,
    "report the same trouble of a delivery again and again": _STATES,
    "wait in silence for a name in an unexpected state": _STATES,
    "hold the only permit while the cart is given back": _SHARES,
    "take the wait for a permit for a hanging job": _SHARES,
    "leave the cart of a checkout that failed before its intent": _OVH_CARTS,
    "take another desk for this one": _ALONE,
    "take the bot's own cart of a crash for another desk": _ALONE,
    "take the payment of another attempt for one that was not sent": _SLEEPS_ON,
    "take the order of another attempt for one that was not sent": _SLEEPS_ON,
    "begin a step without a write": _WRITES,
    "take a lost payment back with the attempt that found it": _WRITES,
    "leave a checkout that another process counts as sent to a person": _WAITS,
    "keep a payment for a day that its sender knows was not sent": _WAITS,
    "take every error of OVH's for the one that is known": "no law is about what a card says of a trouble",
    "pay without an entry in the audit log": "the plain store keeps no digests here, and no law counts entries",
}


def try_mutants(seconds: float, processes: int) -> int:
    """Run the explorer on each mutant, for at most `seconds`; return 1 if one is missed without a reason."""
    missed = 0
    for mutation in its_own():
        started = time.monotonic()
        law = broken_law(mutation, ["--seconds", f"{seconds:g}", "--processes", str(processes)])
        reason = BLIND.get(mutation.name)
        missed += law is None and reason is None
        said = f"caught: {law}" if law else f"not caught: {reason or 'NO REASON'}"
        sys.stdout.write(f"{mutation.name} ({mutation.at}): {said} [{time.monotonic() - started:.0f} s]\n")
        sys.stdout.flush()
    return int(missed > 0)


def its_own() -> Iterator[Mutation]:
    """Yield the mutations that the explorer is meant to notice."""
    return (mutation for mutation in MUTATIONS if str(mutation.file).startswith(_ITS_OWN))


def broken_law(mutation: Mutation, options: Sequence[str]) -> str | None:
    """Return the first law that a mutant breaks, with its shortest schedule; None if it breaks none."""
    explore = f"from prove.explorer.mutants import explore_as; explore_as({mutation.name!r})"
    command = [sys.executable, "-c", explore, "--first", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = _BROKEN.search(done.stdout)
    if done.returncode and found is None:
        return f"the search itself fails: {' '.join(done.stderr.strip().splitlines()[-1:])}"
    return found[1] if found else None


def explore_as(name: str) -> None:
    """Run the command of the explorer with one promise broken: for a process that has not imported the rules yet."""
    mutation = next(mutation for mutation in MUTATIONS if mutation.name == name)
    sys.meta_path.insert(0, _Mutated(mutation))
    app(prog_name="python -m prove.explorer")


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
