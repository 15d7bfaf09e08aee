"""A job that needs some hundred calls at a slow pace is one job: it orders once, from one cart at OVH."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar

from bot.worker import Worker
from handlers.toolkit.threads import Bridge
from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.ports.store import TaskType
from ordering.process.fulfilment import Fulfilment
from ordering.process.leases import SharedLeases
from ordering.process.progress import Progress
from ordering.workflow import Workflow
from registrars.ovh import OvhGateway
from store.transactions import SqlStore
from tests.bot.test_stuck_jobs import no_homes, until
from tests.bot.test_worker import Nothing
from tests.builders import POLICY
from tests.conftest import Rules
from tests.registrars.ovh.conftest import ovh, ovh_config  # noqa: F401 - the simulated OVH, and a fast way to it
from tests.store.conftest import engines, store, url  # noqa: F401 - the fixtures of both databases

NAMES = [DomainName.parse(f"reason-{number}.co.uk") for number in range(40)]
ANSWERS = {
    "ADMIN_ACCOUNT": "bl00000-ovh", "TECH_ACCOUNT": "bl00000-ovh", "REASON": "Ours", "DNS": "ns1.a.net,ns2.a.net",
}  # fmt: skip
POLL_SCHEDULE = 30.0  # calls a second: a thirtieth of the time that one a second would take
# The job takes some 300 calls, longer than both. Time passes by its calls: a machine that stands still ends no lease.
LEASE, STUCK = timedelta(seconds=150 / POLL_SCHEDULE), timedelta(seconds=180 / POLL_SCHEDULE)


class Counted(Fulfilment):
    """Knows how many of its steps are under way."""

    under_way: ClassVar[list[int]] = []

    def advance(self, cart_id: CartId, task_type: TaskType | None = None) -> None:
        self.under_way.append(cart_id)
        try:
            super().advance(cart_id, task_type)
        finally:
            self.under_way.remove(cart_id)


def _now() -> datetime:
    return datetime.now(UTC)


def _approved(sql_store: SqlStore, gateway: OvhGateway, people: Rules) -> int:
    """A cart of 40 names with five answers each, the legal age among them."""
    workflow = Workflow(store=sql_store, registrar=gateway, policy=POLICY, clock=_now)
    cart, _, _ = workflow.cart_editing.add_all("C1", dict.fromkeys(NAMES), by=people.ada)
    while any(line.questions is None for line in cart.lines):  # some at a time
        cart = workflow.questions.learn(cart.id)
    for name in NAMES:
        workflow.questions.answer(cart.id, {name: ANSWERS}, by=people.ada)
    cart = workflow.approval_requests.request(cart.id, requester=people.ada, purpose="For the launch")
    assert cart.seal is not None
    return workflow.approvals.approve(cart.id, approver=people.cleo, mark=cart.request_mark).id


async def test_forty_names_with_five_answers_order_once(monkeypatch, ovh, ovh_config, store):  # noqa: F811 - the fixtures
    """Some 300 calls, thirty times as fast as in production. A second process does not take the cart over."""
    fast = OvhGateway(ovh_config)
    cart_id = await asyncio.to_thread(_approved, store, fast, Rules(store))
    fast.close()
    before = len(ovh.calls)
    # A call that times out on a busy machine would rightly cost a second cart: here no call times out.
    config = replace(ovh_config, requests_per_second=POLL_SCHEDULE, burst=1, read_timeout=60.0)
    slow = [OvhGateway(config) for _ in range(2)]
    stuck: list[object] = []

    def passed() -> float:
        """Seconds that the calls so far take at this pace."""
        return (len(ovh.calls) - before) / POLL_SCHEDULE

    monkeypatch.setattr("bot.worker_pool.Progress", partial(Progress, clock=passed))
    running = [asyncio.create_task(_worker(store, gateway, stuck, passed).run()) for gateway in slow]

    def is_ordered() -> bool:
        with store.read() as carts:
            return carts.cart(cart_id).state is CartState.CHECKED_OUT

    await until(is_ordered, seconds=100)
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    for gateway in slow:
        gateway.close()
    await until(lambda: not Counted.under_way)  # their threads use the database until then
    made = ovh.calls[before:]
    filled = {call.path for call in made if call.method == "POST" and call.path.endswith("/domain")}
    assert len(made) > 250
    assert (len(filled), len(ovh.orders.all)) == (1, 1)
    assert stuck == []


def _worker(sql_store: SqlStore, gateway: OvhGateway, stuck: list[object], passed: Callable[[], float]) -> Worker:
    began = _now()
    return Worker(
        fulfilment=Counted(store=sql_store, registrar=gateway, policy=POLICY, clock=_now),
        notifier=Nothing(),  # type: ignore[arg-type] # what the worker needs of it
        refresh_homes=no_homes,
        leases=SharedLeases(sql_store, clock=lambda: began + timedelta(seconds=passed()), lease=LEASE),
        bridge=Bridge(2),
        slots=3,
        on_stuck=stuck.append,
        stuck_after=STUCK,
    )
