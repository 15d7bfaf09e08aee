"""A person is erased from the record, which stays whole and says what was bought: on both databases."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.erasure import CannotErase, erase
from bot.export import write_json
from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.erasure import ERASED
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.question import Question
from ordering.record.pseudonyms import people_of
from store.engine import Engines
from tests.builders import NOW
from tests.conftest import Rules
from tests.store.tampering import found, tampering

NAME = DomainName.parse("answered.ovh")
BOUGHT, REJECTED = CartId(1), CartId(2)
TABLES = ("carts", "lines", "events", "inbox", "personal", "recovery", "searches")


@pytest.fixture
def rules(store) -> Rules:
    """Ada bought a name, which Cleo approved and Dan paid; Cleo rejected another request of hers."""
    rules = Rules(store)
    rules.registrar.asks["ovh"] = (Question("BIRTH"),)
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    rules.workflow.questions.learn(cart.id)
    rules.workflow.questions.answer(cart.id, {NAME: {"BIRTH": "1970-01-01"}}, by=rules.ada)
    cart = rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="Ada's own campaign")
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    rules.run_worker(cart.id)
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=rules.mark(cart.id))
    rules.run_worker(cart.id)
    rules.registrar.deliver()
    assert rules.run_worker(cart.id, steps=4, seconds=400).state is CartState.DELIVERED
    other = rules.requested("other.ovh")
    rules.workflow.approvals.reject(other.id, approver=rules.cleo, reason="Ada asks too often")
    return rules


def everything_in(engines: Engines) -> str:
    with Session(engines.read) as session:
        return "\n".join(str(row) for table in TABLES for row in session.execute(text(f"SELECT * FROM {table}")))


def faults(engines: Engines) -> list[object]:
    with Session(engines.read) as session:
        return list(found(session))


def test_no_event_holds_a_name_or_what_was_written(rules, engines):
    """The chain, which can only grow, holds pseudonyms; people read the events as before."""
    with Session(engines.read) as session:
        chain = str(session.execute(text("SELECT * FROM events")).all())
    assert not any(said in chain for said in ("U0", "campaign", "too often", "1970"))
    with rules.store.read() as carts:
        by = [event.by for event in carts.events(BOUGHT) if event.by]
    assert set(by) == {"U0ADA", "U0CLEO", "U0DAN"}
    assert faults(engines) == []


@pytest.mark.parametrize(
    ("who", "wrote"),
    [("U0ADA", ["Ada's own campaign", "1970-01-01"]), ("U0CLEO", ["Ada asks too often"]), ("U0DAN", [])],
)
def test_a_person_is_erased_and_the_record_is_whole(rules, engines, who, wrote):
    """Nothing of them is left, one pseudonym stands for them everywhere, and what was bought can be read."""
    before = rules.workflow.queries.cart(BOUGHT)
    done = erase(rules.store, who, at=NOW)
    left = everything_in(engines)
    assert not any(said in left for said in (who, *wrote))
    assert done.unchangeable == 0
    assert faults(engines) == []
    after = rules.workflow.queries.cart(BOUGHT)
    assert done.pseudonym in people_of(after)
    assert (after.order, after.seal.digest, after.quote.total) == (before.order, before.seal.digest, before.quote.total)
    assert after.approved_by != (after.requester,)
    with rules.store.read() as carts:
        newest = carts.events(BOUGHT)[-1]
        assert newest.kind is EventKind.PERSON_ERASED
        assert newest not in carts.undelivered(BOUGHT)
        assert done.pseudonym in {event.by for number in (1, 2) for event in carts.events(CartId(number))}


def test_an_erased_purpose_says_so(rules):
    erase(rules.store, "U0ADA", at=NOW)
    bought, rejected = (rules.workflow.queries.cart(number) for number in (BOUGHT, REJECTED))
    assert (bought.purpose, rejected.purpose, rejected.reason) == (ERASED, ERASED, "Ada asks too often")


def test_a_person_in_a_live_request_is_not_erased(rules, engines):
    """Approvals and payments need to know them: nothing changes, and the sentence names the requests."""
    rules.requested("third.ovh", "C3")
    before = everything_in(engines)
    with pytest.raises(CannotErase, match="#3"):
        erase(rules.store, "U0ADA", at=NOW)
    assert everything_in(engines) == before


def test_an_erasure_covers_up_no_fault(rules, engines):
    """A record that a user changed is left as it is, so that the fault stays visible."""
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE carts SET purpose = 'another' WHERE id = 1"))
    with pytest.raises(CannotErase, match="verify"):
        erase(rules.store, "U0ADA", at=NOW)
    assert "U0ADA" in everything_in(engines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE personal SET text = 'U0EVE' WHERE text = 'U0CLEO'", "next to the chain was changed"),
        ("UPDATE personal SET salt = NULL WHERE text = 'U0CLEO'", "next to the chain was changed"),
        ("DELETE FROM personal WHERE text = 'U0CLEO'", "approved_by"),
        ("UPDATE personal SET text = NULL, salt = NULL WHERE text = 'U0CLEO'", "approved_by"),
        ("UPDATE carts SET requester = 'U0EVE' WHERE id = 1", "requester"),
        ("UPDATE carts SET purpose = 'another' WHERE id = 1", "purpose"),
    ],
)
def test_changes_beside_the_chain_are_found(rules, engines, change, said):
    """A text next to the chain cannot be changed or lost unseen: nobody can put a decision on another person."""
    with tampering(engines) as session:
        session.execute(text(change))
        assert any(said in fault.what for fault in found(session))


def test_one_person_has_one_pseudonym_each_text_its_own(rules, engines):
    """Two requests with the same purpose cannot be seen to be alike from the chain."""
    for name in ("third.ovh", "fourth.ovh"):
        cart = rules.requested(name)
        rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada)
    with Session(engines.read) as session:
        rows = session.execute(text("SELECT subject, text, pseudonym FROM personal")).all()
    people = [row.text for row in rows if row.subject == "person"]
    assert sorted(people) == sorted(set(people))
    alike = [row.pseudonym for row in rows if row.text == "For the launch"]
    assert len(alike) == len(set(alike)) == 3


def test_events_of_earlier_versions_are_counted(rules, engines, monkeypatch):
    """What cannot be erased is said; the record is whole all the same."""
    monkeypatch.setattr("store.personal.veil", lambda _session, _cart, facts, events: (facts, list(events)))
    cart = rules.requested("old.ovh")
    rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada)
    monkeypatch.undo()
    assert faults(engines) == []
    done = erase(rules.store, "U0ADA", at=NOW)
    assert done.unchangeable == 4  # opened, filled, requested, withdrawn
    assert faults(engines) == []


def test_a_person_gets_what_is_on_record_about_them(rules):
    """Their requests, with the answers that they gave and nobody else's."""
    rules.clock.pass_by(timedelta(days=1).total_seconds())
    with rules.store.read() as carts:
        for person, expected in (("U0ADA", [1, 2]), ("U0DAN", [1]), ("U0BEN", [])):
            rows = [(c, carts.events(c.id)) for c in carts.every_cart() if person in people_of(c)]
            out = io.StringIO()
            write_json(rows, out, person=person)
            exported = json.loads(out.getvalue())
            assert [each["cart"] for each in exported] == expected
            assert ("1970-01-01" in out.getvalue()) == (person == "U0ADA")


def test_a_word_like_a_slack_id_is_no_fault(rules, engines):
    """An answer that reads like an id gets a pseudonym, too, and is compared by what it was."""
    rules.registrar.asks["ovh"] = (Question("REASON"),)
    cart = rules.workflow.cart_editing.add("C4", DomainName.parse("word.ovh"), by=rules.ada)
    rules.workflow.questions.learn(cart.id)
    rules.workflow.questions.answer(cart.id, {cart.lines[0].domain: {"REASON": "UNICORNS"}}, by=rules.ada)
    rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="UNICORNS")
    assert faults(engines) == []
