"""`python -m prove.races`: eight approvers press Approve at the same moment, thousands of times, on both databases."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartChanged, NotPossible
from ordering.model.policy import Person, Policy
from ordering.workflow import Workflow
from prove.databases import opened
from store.engine import open_engines
from store.transactions import SqlStore
from tests.fakes import FakeRegistrar

_EIGHT = 8
_A_DATABASE = 500  # races; the month's total is summed at each approval, and no team has thousands of carts a month
_TEAM = [Person(f"U0{number}") for number in range(_EIGHT)]


def races(
    count: Annotated[int, typer.Option("--races", help="How many on each database.")] = 10_000,
    database: Annotated[str, typer.Option(help="sqlite or postgresql alone.")] = "",
) -> None:
    """Race for approvals, and print the results; fails if an approval was counted twice or lost."""
    print("| database | races | approved once | twice | lost | refused in words | errors | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    failed = False
    for kind in [database] if database else ["sqlite", "postgresql"]:
        started = time.monotonic()
        seen = _race_on(kind, count)
        spent = time.monotonic() - started
        figures = [seen[what] for what in ("once", "twice", "lost", "refused", "error")]
        print(f"| {kind} | {count:,} | {' | '.join(f'{figure:,}' for figure in figures)} | {spent:.0f} |", flush=True)
        failed |= bool(seen["twice"] or seen["lost"] or seen["error"])
    raise SystemExit(failed)


def _race_on(kind: str, count: int) -> Counter[str]:
    seen: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="races-") as folder,
        opened(kind, Path(folder)) as databases,
        ThreadPoolExecutor(_EIGHT) as clicks,
    ):
        for first in range(0, count, _A_DATABASE):
            url = databases.new(Path(folder))
            engines = open_engines(url)
            workflow = Workflow(
                store=SqlStore(engines),
                registrar=FakeRegistrar(),
                policy=Policy(approvers=frozenset(person.id for person in _TEAM), payers=frozenset()),
                clock=lambda: datetime.now(UTC),
            )
            for _ in range(min(_A_DATABASE, count - first)):
                seen += _race(workflow, clicks)
            engines.close()
            databases.drop(url)
    return seen


def _race(workflow: Workflow, clicks: ThreadPoolExecutor) -> Counter[str]:
    """Race one cart: eight clicks that start together."""
    cart = workflow.cart_editing.add("C1", DomainName.parse(f"n{time.monotonic_ns()}.ovh"), by=Person("U0ADA"))
    cart = workflow.approval_requests.request(cart.id, requester=Person("U0ADA"), purpose="For the launch")
    together = threading.Barrier(_EIGHT)
    mark = cart.request_mark

    def click(person: Person) -> str:
        together.wait()
        try:
            workflow.approvals.approve(cart.id, approver=person, mark=mark)
        except CartChanged:
            return "error"  # a user would be asked to try again
        except NotPossible:
            return "refused"
        return "approved"

    seen = Counter(clicks.map(click, _TEAM))
    after, events = workflow.queries.timeline(cart.id, by=_TEAM[0])
    recorded = [event for event in events if event.state is CartState.APPROVED]
    twice = seen["approved"] > 1 or len(recorded) > 1 or len(after.approved_by) > 1
    lost = seen["approved"] != len(recorded) or after.state is not CartState.APPROVED
    outcome = "twice" if twice else "lost" if lost else "once"
    return Counter({outcome: 1, "refused": seen["refused"], "error": seen["error"]})


if __name__ == "__main__":
    typer.run(races)
