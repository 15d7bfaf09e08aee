"""Private answers are deleted after their time, and nothing else of the record is: on both databases."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from ordering.model.cart import Cart, CartState
from ordering.model.cart_phases import Requested
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.preflight_findings import LinesRefused, NotReady
from ordering.model.question import Question
from ordering.model.recovery import Cause
from ordering.model.seal import Seal, SealForm, form_of, seal
from ordering.process.answer_deletion import AnswerDeletion
from store.engine import Engines
from tests.conftest import Rules
from tests.store.tampering import found, tampering

S = CartState
KEPT = timedelta(days=30)
SECRET, NAME = "1970-01-01", DomainName.parse("answered.ovh")
SAID = {"BIRTH": SECRET, "REASON": "Ours"}


@pytest.fixture
def rules(store) -> Rules:
    return Rules(store)


@pytest.fixture
def deletion(rules) -> AnswerDeletion:
    return a_process(rules)


def a_process(rules: Rules) -> AnswerDeletion:
    return AnswerDeletion(rules.store, kept=KEPT, clock=rules.clock)


def requested(rules: Rules) -> Cart:
    """A request with a birthday, which nobody but its author may read."""
    rules.registrar.asks["ovh"] = (Question("BIRTH", required=True), Question("REASON"))
    cart = rules.workflow.cart_editing.add("C9", NAME, by=rules.ada)
    rules.workflow.questions.learn(cart.id)
    rules.workflow.questions.answer(cart.id, {NAME: SAID}, by=rules.ada)
    return rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")


def rejected(rules: Rules) -> Cart:
    return rules.workflow.approvals.reject(requested(rules).id, approver=rules.cleo, reason="no")


def withdrawn(rules: Rules) -> Cart:
    return rules.workflow.approval_requests.withdraw(requested(rules).id, by=rules.ada)


def delivered(rules: Rules) -> Cart:
    cart = requested(rules)
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    rules.run_worker(cart.id)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    rules.run_worker(cart.id)
    rules.registrar.deliver()
    done: Cart = rules.run_worker(cart.id, steps=4, seconds=400)
    return done


def days_pass(rules: Rules, days: float) -> None:
    rules.clock.pass_by(timedelta(days=days).total_seconds())


def everything_in(engines: Engines) -> str:
    """Return every value of every table as text."""
    with Session(engines.read) as session:
        tables = ("carts", "lines", "events", "inbox", "money_calls", "messages")
        return "\n".join(str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")))


def faults(engines: Engines) -> list[object]:
    with Session(engines.read) as session:
        return list(found(session))


@pytest.mark.parametrize("ended", [rejected, withdrawn, delivered])
def test_answers_go_after_their_time(rules, deletion, engines, ended: Callable[[Rules], Cart]):
    """An ended request loses its private answers, and keeps what was bought, by whom, and its proof."""
    cart = ended(rules)
    days_pass(rules, 29)
    assert deletion.delete_due() is not None
    assert SECRET in everything_in(engines)
    days_pass(rules, 1.1)
    assert deletion.delete_due() is None
    assert SECRET not in everything_in(engines)
    after = rules.workflow.queries.cart(cart.id)
    assert (after.state, after.lines[0].domain, after.lines[0].shapers) == (cart.state, NAME, cart.lines[0].shapers)
    assert cart.seal is not None
    assert after.seal == Seal(cart.seal.digest, cart.seal.total, salt=None)
    assert [a.label for a in after.lines[0].answers] == ["REASON"]
    assert [(gone.label, gone.by) for gone in after.lines[0].deleted] == [("BIRTH", "U0ADA")]
    assert faults(engines) == []


@pytest.mark.parametrize("stage", ["submitted", "approved", "checked_out", "paid", "needs_attention"])
def test_a_live_request_keeps_its_answers(rules, deletion, engines, stage):
    """However old it is, what may still be ordered or delivered keeps its answers."""
    cart = requested(rules)
    if stage != "submitted":
        rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    if stage == "needs_attention":
        rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    if stage in {"checked_out", "paid", "needs_attention"}:
        rules.run_worker(cart.id)
    if stage == "paid":
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
        rules.run_worker(cart.id)
    assert rules.workflow.queries.cart(cart.id).state is S(stage)
    days_pass(rules, 400)
    assert deletion.delete_due() is None
    with rules.store.begin() as carts:  # as if it had been listed
        assert not deletion.delete(carts, cart.id)
    assert rules.workflow.queries.cart(cart.id).lines[0].answer("BIRTH").value == SECRET
    with pytest.raises(AssertionError):
        rules.workflow.queries.cart(cart.id).without_private_answers()


def test_a_second_process_deletes_nothing_twice(rules, deletion, engines):
    """A restart, or another process at the same time, changes nothing more."""
    cart = rejected(rules)
    days_pass(rules, 31)
    with rules.store.read() as carts:
        listed = carts.ended_with_answers(limit=9)
    assert [number for number, _ in listed] == [cart.id]
    deletion.delete_due()
    version = rules.workflow.queries.cart(cart.id).version
    a_process(rules).delete_due()
    with rules.store.begin() as carts:  # it listed the request before the first one deleted
        a_process(rules).delete(carts, cart.id)
    after = rules.workflow.queries.cart(cart.id)
    assert [gone.label for gone in after.lines[0].deleted] == ["BIRTH"]
    assert after.version == version
    assert faults(engines) == []


@pytest.mark.parametrize("whose", ["process", "database"])
def test_one_clock_ahead_deletes_nothing(rules, engines, whose):
    """A process, or the database, whose clock is a year ahead does not delete too early."""
    rejected(rules)
    ahead = rules.clock.now + timedelta(days=365)
    if whose == "process":
        AnswerDeletion(rules.store, kept=KEPT, clock=lambda: ahead).delete_due()
    else:
        clock, rules.store.clock = rules.clock, lambda: ahead
        AnswerDeletion(rules.store, kept=KEPT, clock=clock).delete_due()
    assert SECRET in everything_in(engines)


def test_recover_mode_deletes_nothing(rules, deletion, engines):
    rejected(rules)
    days_pass(rules, 31)
    rules.workflow.recover_mode.begin(Cause.OPERATOR)
    assert deletion.delete_due() is None
    assert SECRET in everything_in(engines)


def test_a_card_is_not_drawn_again(rules, deletion):
    """Nothing that people see changes, so a thousand old cards cause no calls to Slack."""
    cart = rejected(rules)
    with rules.store.begin() as carts:
        for message in carts.messages(cart.id):
            carts.record_rendered(message, carts.cart(cart.id), ts="1.1")
        for event in carts.undelivered(cart.id):
            carts.record_delivered(event)
    days_pass(rules, 31)
    deletion.delete_due()
    with rules.store.read() as carts:
        assert carts.outdated() == []


def test_a_copied_name_asks_again(rules, deletion):
    """What was deleted is an open question in a new cart, and its author still shaped the name."""
    cart = rejected(rules)
    days_pass(rules, 31)
    deletion.delete_due()
    copied = rules.workflow.cart_editing.copy_lines(cart.id, by=rules.ben)
    (line,) = copied.lines
    assert (line.deleted, line.answer("BIRTH")) == ((), None)
    assert "U0ADA" in line.shapers
    rules.workflow.questions.learn(copied.id)
    with pytest.raises((NotReady, LinesRefused)):
        rules.workflow.approval_requests.request(copied.id, requester=rules.ben, purpose="y")


def an_old_request(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> Cart:
    """A request as the version before sealed it: with its answers in clear."""
    old = partial(seal, form=SealForm.WITH_RENEWALS)
    monkeypatch.setattr("ordering.workflow.approval_requests.seal", old)
    cart = requested(rules)
    monkeypatch.undo()
    assert cart.seal is not None
    assert cart.seal.salt is None
    return cart


def test_an_older_seal_still_holds(rules, deletion, engines, monkeypatch):
    """A request of an earlier version is ordered as approved, loses its answers later, and stays verifiable."""
    cart = an_old_request(rules, monkeypatch)
    assert faults(engines) == []
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    rules.run_worker(cart.id)
    rules.registrar.deliver()
    assert rules.run_worker(cart.id, steps=4, seconds=400).state is S.DELIVERED
    days_pass(rules, 31)
    deletion.delete_due()
    assert SECRET not in everything_in(engines)
    assert faults(engines) == []


def test_answers_of_another_birthday_void_it(rules):
    """An approval holds for the sealed answers alone, by their salted digests."""
    cart = Requested.of(requested(rules))
    other = [replace(c, value="1971-01-01" if c.label == "BIRTH" else c.value) for c in cart.quote.configuration]
    now = replace(cart.quote, configuration=tuple(other))
    assert form_of(cart.seal, cart.lines, cart.quote, waive_retraction=True) is SealForm.WITH_DIGESTS
    assert form_of(cart.seal, cart.lines, now, waive_retraction=True) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE carts SET answers_salt = 'other' WHERE id = 1",
        "UPDATE carts SET quote = {quote} WHERE id = 1",
        "UPDATE lines SET answers = {answers} WHERE cart_id = 1",
    ],
)
@pytest.mark.parametrize("is_deleted", [False, True])
def test_changed_digests_are_found(rules, deletion, engines, change, is_deleted):
    """A user who changes an answer, its digest or its salt contradicts the record, before and after the deletion."""
    cart = rejected(rules)
    assert cart.id == 1
    if is_deleted:
        days_pass(rules, 31)
        deletion.delete_due()
        if "salt" in change:
            return  # there is none any more
    with Session(engines.read) as session:
        old = session.execute(text("SELECT quote, (SELECT answers FROM lines WHERE cart_id = 1) FROM carts")).one()
    quote, answers = (each if isinstance(each, str) else _json(each) for each in old)
    was = rules.workflow.queries.cart(CartId(1)).lines[0].deleted[0].digest.text if is_deleted else SECRET
    swap = {"quote": quote.replace(was, "0" * len(was)), "answers": answers.replace(was, "0" * len(was))}
    with tampering(engines) as session:
        cast = "CAST('{}' AS JSON)" if engines.are_shared else "'{}'"
        session.execute(text(change.format(**{k: cast.format(v.replace(":", "\\:")) for k, v in swap.items()})))
        assert [fault.cart for fault in found(session)] == [1]


def _json(value: object) -> str:
    return json.dumps(value)


def test_no_byte_of_an_answer_stays_in_the_file(rules, deletion, engines, tmp_path: Path):
    """SQLite would keep deleted rows in free parts of the file; this file is cleaned."""
    if engines.are_shared:
        pytest.skip("PostgreSQL frees deleted rows by VACUUM: docs/privacy.md")
    delivered(rules)  # each step writes the lines again
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() in (tmp_path / "desk.db").read_bytes()
    days_pass(rules, 31)
    deletion.delete_due()
    engines.close()
    assert not (tmp_path / "desk.db-wal").exists()
    assert SECRET.encode() not in (tmp_path / "desk.db").read_bytes()
