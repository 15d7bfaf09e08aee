"""Which broken promises of ordering and paying the explorer notices by itself, and why it cannot see the others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from prove.mutants.every import MUTATIONS
from prove.mutants.mutation import Mutation
from prove.proof import copied

# The rules of ordering and paying, and the registrar's orders and payments.
_ITS_OWN = ("ordering/process/", "registrars/ovh/orders.py", "registrars/ovh/payments.py")
_BROKEN = re.compile(r"^BROKEN (.+)$", re.MULTILINE)

# Why no schedule of the explorer can show the difference, by the name of the mutation.
BLIND: Mapping[str, str] = {}


def try_mutants(seconds: float, processes: int) -> int:
    """Run the explorer on each mutant, for so many seconds at most; return 1 where one is missed without a reason."""
    missed = 0
    for mutation in its_own():
        started = time.monotonic()
        law = broken_law(mutation, seconds, processes)
        reason = BLIND.get(mutation.name)
        missed += law is None and reason is None
        said = f"caught: {law}" if law else f"not caught: {reason or 'NO REASON'}"
        sys.stdout.write(f"{mutation.name} ({mutation.at}): {said} [{time.monotonic() - started:.0f} s]\n")
        sys.stdout.flush()
    return int(missed > 0)


def its_own() -> Iterator[Mutation]:
    """Yield the mutations that the explorer is there for."""
    return (mutation for mutation in MUTATIONS if str(mutation.file).startswith(_ITS_OWN))


def broken_law(mutation: Mutation, seconds: float, processes: int) -> str | None:
    """Return the first law that a mutant breaks, with its shortest schedule; None where it breaks none."""
    with copied(mutation) as tree:
        command = ["-m", "prove.explorer", "--first", "--seconds", f"{seconds:g}", "--processes", str(processes)]
        done = _run(command, tree)
    found = _BROKEN.search(done.stdout)
    if done.returncode and found is None:
        return f"the search itself fails: {done.stderr.strip().splitlines()[-1:]}"
    return found[1] if found else None


def _run(command: list[str], tree: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    return subprocess.run(
        [sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
