"""A record to change behind the bot's back, and the ways to change it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlmodel import Session

from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.record.hash_chain import Entry
from ordering.record.verification import Audit, Fault
from store.audit_log import entries
from store.queries import SqlReading
from store.transactions import SqlStore
from tests.conftest import Rules

EVENTS = 18


def four_carts(store: SqlStore) -> None:
    """Make four carts whose events alternate: delivered, withdrawn, and two open ones."""
    rules = Rules(store)
    waiting = rules.workflow.cart_editing.add("C2", DomainName.parse("second.ovh"), by=rules.ada)
    paid = rules.paid()
    rules.workflow.approval_requests.request(waiting.id, requester=rules.ben, purpose="später 🦦")
    rules.registrar.deliver()
    rules.run_worker(paid.id, steps=4, seconds=400)
    rules.workflow.cart_editing.add("C3", DomainName.parse("third.ovh"), by=rules.ben)
    with rules.store.read() as carts:
        assert [[e.state.value for e in carts.events(CartId(n))] for n in (1, 3)] == [
            ["open", "open", "submitted"],
            ["open", "open"],
        ]
        assert len(list(carts.record().entries)) == EVENTS - 3
    rules.workflow.cart_editing.add("C4", DomainName.parse("fourth.ovh"), by=rules.ben)
    rules.workflow.approval_requests.withdraw(waiting.id, by=rules.ben)


def later(store: SqlStore) -> Rules:
    """Return the rules over a copy of that record, an hour after its newest event."""
    rules = Rules(store)
    rules.clock.pass_by(3600)
    return rules


@contextmanager
def tampering(engines) -> Iterator[Session]:
    """The triggers are out of the way in the meantime and back for the audit; foreign keys do not protect either."""
    with Session(engines.write) as session:
        if engines.write_queue is None:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
            guards = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in guards:
                session.execute(text(f"DROP TRIGGER {name}"))
            session.info["guards"] = [sql for _, sql in guards]
        yield session
        session.rollback()


def found(session: Session, known_head: str | None = None) -> list[Fault]:
    for sql in session.info.get("guards", ()):
        session.execute(text(sql))
    return list(Audit(SqlReading(session).record(), known_head=known_head).faults())


def victim(engines, number: int) -> Entry:
    with Session(engines.read) as session:
        return next(entry for entry in entries(session) if entry.id == number)
