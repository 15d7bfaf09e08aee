"""What many tests start from: a memory on disk, and the rules over it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarError
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy
from ordering.process.floors import Floors
from ordering.process.fulfilment import Fulfilment
from ordering.workflow import Workflow
from prove.explorer.plain_store import PlainStore
from store.transactions import SqlStore
from tests.builders import NOW, POLICY
from tests.databases import migrated_template, new_postgresql, new_sqlite, open_unsynced
from tests.fakes import FakeRegistrar, FakeRights
from tests.throwaway_postgres import throwaway_postgres

pytest_plugins = ["tests.browser", "tests.quick"]

settings.register_profile(
    "desk", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("desk")
# The values of all frames, as structlog prints tracebacks by default, take seconds of the processor.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


class Rules:
    """The use cases and the worker's jobs over one database, a fake registrar and a still clock."""

    def __init__(self, store: SqlStore | PlainStore, policy: Policy = POLICY) -> None:
        self.store = store
        self.registrar = FakeRegistrar()
        self.clock = store.clock = self.registrar.clock
        self.people = FakeRights()
        self.policy = policy
        self.ada, self.ben, self.cleo, self.dan = (Person(i) for i in ("U0ADA", "U0BEN", "U0CLEO", "U0DAN"))
        self.restart()

    def restart(self, policy: Policy | None = None, *, delete_is_proof: bool = False) -> None:
        """As after a crash: nothing but what is on disk."""
        self.policy = policy or self.policy
        self.workflow = Workflow(store=self.store, registrar=self.registrar, policy=self.policy, clock=self.clock)
        self.fulfilment = Fulfilment(
            store=self.store,
            registrar=self.registrar,
            policy=self.policy,
            clock=self.clock,
            floors=Floors(delete_is_proof=delete_is_proof),
            rights=self.people,
        )

    def requested(self, name: str = "name.ovh", channel: str = "C1"):
        cart = self.workflow.cart_editing.add(channel, DomainName.parse(name), by=self.ada)
        return self.workflow.approval_requests.request(cart.id, requester=self.ada, purpose="For the launch")

    def approved(self, name: str = "name.ovh", channel: str = "C1"):
        cart = self.requested(name, channel)
        return self.workflow.approvals.approve(cart.id, approver=self.cleo, mark=cart.request_mark)

    def ordered(self):
        cart = self.approved()
        return self.run_worker(cart.id)

    def paid(self):
        cart = self.ordered()
        self.workflow.payments.pay(cart.id, payer=self.dan, method=None, mark=cart.mark)
        return self.run_worker(cart.id)

    def mark(self, cart_id: CartId) -> str:
        """What the buttons of a cart's newest card are about."""
        return self.workflow.queries.cart(cart_id).mark

    def run_worker(self, cart_id: CartId, *, steps: int = 12, seconds: float = 30):
        """Let the worker do what is due, and time pass."""
        for _ in range(steps):
            for due in self.fulfilment.due():
                self.advance(due)
            self.clock.pass_by(seconds)
        return self.workflow.queries.cart(cart_id)

    def advance(self, cart_id: CartId) -> None:
        try:
            self.fulfilment.advance(cart_id)
        except RegistrarError:
            self.clock.pass_by(1)  # it is postponed by itself


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server of our own; its address without a database."""
    with throwaway_postgres() as server:
        yield server


@pytest.fixture
def empty_postgres_url(postgres: str) -> str:
    """A database of its own, without tables."""
    return new_postgresql(postgres)


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    return migrated_template(postgres)


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str) -> str:
    """A database of its own, migrated and without carts."""
    return new_postgresql(postgres, postgres_template)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqlStore]:
    engines = open_unsynced(new_sqlite(tmp_path))
    yield SqlStore(engines, clock=lambda: NOW)
    engines.close()


@pytest.fixture
def store(sqlite_store: SqlStore) -> SqlStore:
    return sqlite_store


@pytest.fixture
def rules(store: SqlStore | PlainStore) -> Rules:
    return Rules(store)
