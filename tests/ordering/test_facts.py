"""Each event says what happened as a kind with typed data: it has no sentence."""

import json
from dataclasses import replace

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data, EventKind, Fact, canonical, quoted
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import PaymentProgress, PaymentReconciliation
from ordering.process.intent import Intents, IntentStopped, Objection
from registrars.ovh.api.errors import OvhTimeout, Unreadable
from tests.builders import NOW, POLICY, a_quote, euros, failing, in_state
from tests.conftest import Rules
from tests.fakes import CART_GONE
from tests.ordering.paying import takes_on

K = EventKind
PRICE: Data = {"amount": "3.59", "currency": "EUR"}


def facts_of(rules: Rules, cart_id: CartId) -> list[tuple[EventKind | None, Data | None]]:
    """Return the facts as they are read from a database: their data are JSON."""
    with rules.store.read() as carts:
        return [(event.kind, json.loads(json.dumps(event.data))) for event in carts.events(cart_id)]


def newest(rules: Rules, cart_id: CartId) -> tuple[EventKind | None, Data | None]:
    return facts_of(rules, cart_id)[-1]


def test_a_whole_purchase_is_on_record_as_facts(rules: Rules) -> None:
    """From the open cart to the names, each event has a kind, and numbers and amounts as data."""
    cart = rules.paid()
    rules.registrar.deliver()
    rules.registrar.invoice = "FR7"
    rules.run_worker(cart.id, steps=4, seconds=400)
    done = rules.workflow.queries.cart(cart.id)
    assert done.order is not None
    assert done.attempt is not None
    number, registrar_cart = done.order.id, done.attempt.registrar_cart
    assert facts_of(rules, cart.id) == [
        (K.CART_OPENED, {}),
        (K.NAMES_ADDED, {"names": ["name.ovh"]}),
        (K.APPROVAL_REQUESTED, {"names": 1, "total": PRICE, "remarks": [], "policy": POLICY.digest}),
        (K.APPROVED, {"approvals": 1, "needed": 1, "total": PRICE, "policy": POLICY.digest}),
        (K.CHECKOUT_STARTED, {"attempt": 1, "approved": PRICE, "ovh": {"cart": registrar_cart, "total": PRICE}}),
        (K.ORDER_CREATED, {"order": number, "found": None, "owner_hidden": False, "ovh": {"total": PRICE}}),
        (K.PAYMENT_REQUESTED, {"order": number, "method": 1, "amount": PRICE}),
        (K.PAYMENT_STARTED, {"order": number, "method": 1, "amount": PRICE}),
        (K.PAYMENT_RECEIVED, {"order": number, "amount": PRICE, "seen": "after_sending"}),
        (K.DELIVERED, {"order": number}),
    ]


def test_decisions_against_a_purchase_have_kinds(rules: Rules) -> None:
    """A withdrawal, a rejection and half an approval are told apart by their kinds."""
    withdrawn = rules.requested("a.ovh")
    rules.workflow.approval_requests.withdraw(withdrawn.id, by=rules.ada)
    assert newest(rules, withdrawn.id) == (K.REQUEST_WITHDRAWN, {})
    rejected = rules.requested("b.ovh")
    rules.workflow.approvals.reject(rejected.id, approver=rules.cleo, reason="No")
    assert newest(rules, rejected.id) == (K.REJECTED, {})
    rules.restart(replace(POLICY, second_approval_over=euros("1").amount))
    half = rules.requested("c.ovh")
    assert half.seal is not None
    rules.workflow.approvals.approve(half.id, approver=rules.cleo, mark=half.request_mark)
    told = {"approvals": 1, "needed": 2, "void": 0, "policy": rules.policy.digest}
    assert newest(rules, half.id) == (K.PARTLY_APPROVED, told)


def test_changed_terms_are_amounts(rules: Rules) -> None:
    """New terms name what was approved, total and renewals, and OVH's as OVH's."""
    cart = rules.approved()
    rules.registrar.quote = a_quote("4.00")
    rules.advance(cart.id)
    approved: Data = {"total": PRICE, "renewals": {"name.ovh": None}}
    now: Data = {"total": {"amount": "4.00", "currency": "EUR"}, "renewals": {"name.ovh": None}}
    change = {"kind": "total", "approved": PRICE, "ovh": {"amount": "4.00", "currency": "EUR"}}
    assert newest(rules, cart.id) == (K.TERMS_CHANGED, {"changes": [change], "approved": approved, "ovh": now})


def test_a_refused_checkout_names_the_error(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    """OVH's no is a code, and its words are marked as OVH's."""
    cart = rules.approved()
    no = RegistrarRefused(code="ovh_refused", ovh={"status": 400, "said": "gone"})
    monkeypatch.setattr(rules.registrar, "prepare", failing(no))
    rules.advance(cart.id)
    expected = {"error": "ovh_refused", "ovh": {"status": 400, "said": "gone"}}
    assert newest(rules, cart.id) == (K.CHECKOUT_REFUSED, expected)
    rules.workflow.recovery.give_up(cart.id, by=rules.dan, mark=rules.mark(cart.id))
    assert newest(rules, cart.id) == (K.CLOSED, {"order": None, "missing": False})


def test_an_order_found_later_says_how(rules: Rules) -> None:
    """An order whose answer was lost is another fact than one that OVH's answer named."""
    cart = rules.approved()
    rules.registrar.next_fault = "lost_after"
    done = rules.run_worker(cart.id)
    assert done.order is not None
    how = {"found": "after_lost_answer", "owner_hidden": False}
    assert (K.ORDER_FOUND, {"order": done.order.id, **how, "ovh": {"total": PRICE}}) in facts_of(rules, cart.id)


def test_an_unknown_order_lists_what_ovh_shows(rules: Rules) -> None:
    """A person gets the attempt and OVH's possible orders as numbers."""
    cart = rules.approved()
    rules.registrar.next_fault, rules.registrar.undecided = "lost_before", True
    rules.registrar.candidates = (OrderId(7), OrderId(8))
    rules.run_worker(cart.id)
    asked = {"attempt": 1, "call_was_refused": False, "refusal": None}
    seen = {"evidence": CART_GONE, "ovh": {"orders": [7, 8], "cart_closed": False}}
    assert newest(rules, cart.id) == (K.ORDER_UNKNOWN, {**asked, **seen})


def test_a_refused_payment_keeps_ovhs_words(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal names order and method, and OVH's words as OVH's."""
    cart = rules.ordered()
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id))
    takes_on(rules, monkeypatch)
    rules.registrar.reconciliation = PaymentReconciliation(
        PaymentProgress.REFUSED, {"seen": "refused", "said": "expired card " * 99}, is_own=True
    )
    order = rules.run_worker(cart.id).order
    assert order is not None
    words = ("expired card " * 99)[:300]
    expected = {"order": order.id, "method": 2, "method_name": "SEPA", "all_refused": False, "ovh": {"said": words}}
    assert (K.PAYMENT_REFUSED, expected) in facts_of(rules, cart.id)


def test_a_changed_order_has_both_amounts(rules: Rules) -> None:
    """A payment that was not sent since OVH changed the order says so as a reason, with both totals."""
    cart = rules.ordered()
    assert cart.order is not None
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=cart.mark)
    rules.registrar.orders[cart.order.id] = replace(rules.registrar.orders[cart.order.id], total=euros("3.00"))
    rules.advance(cart.id)
    changed = {"before": PRICE, "ovh": {"total": {"amount": "3.00", "currency": "EUR"}}}
    expected = {"reason": "order_changed", "order": cart.order.id, **changed}
    assert newest(rules, cart.id) == (K.PAYMENT_NOT_SENT, expected)


def test_the_same_error_is_no_news(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code and facts change neither the cart nor its cards; another code or another fact does."""
    cart = rules.approved()
    versions = []
    for error in (
        RegistrarUnavailable(),
        OvhTimeout(),
        RegistrarUnavailable(code="ovh_unreadable"),
        RegistrarUnavailable(code="ovh_unreadable", ovh={"orders": (1, 2)}),
        Unreadable(ovh={"orders": [1, 2]}),
    ):
        monkeypatch.setattr(rules.registrar, "prepare", failing(error))
        rules.advance(cart.id)
        versions.append(rules.workflow.queries.cart(cart.id).version - cart.version)
    assert versions == [1, 1, 2, 3, 3]


def test_a_note_of_an_earlier_version_reports_no_trouble_again(rules: Rules) -> None:
    """A cart whose note an earlier version wrote is compared by its fact alone."""
    cart = rules.paid()
    rules.registrar.failed = "A justification is required"
    rules.run_worker(cart.id, steps=2)
    with rules.store.begin() as carts:
        stuck = carts.cart(cart.id)
        carts.save(replace(stuck, note="As an older version said it."), due_at=rules.clock.now)
    before = len(facts_of(rules, cart.id))
    rules.run_worker(cart.id, steps=4)
    assert len(facts_of(rules, cart.id)) == before
    rules.registrar.failed = "Another reason"
    rules.run_worker(cart.id, steps=4)
    kind, data = newest(rules, cart.id)
    assert (kind, data and data["ovh"]) == (K.REGISTRATION_FAILED, {"comment": "Another reason"})


def test_an_objection_to_an_intent_is_a_fact(rules: Rules) -> None:
    """What stops an intent says its kind and data."""
    cart = rules.approved()
    lapsed = in_state(cart, CartState.NEEDS_ATTENTION, at=NOW)
    intents = Intents(rules.store, [lambda _carts, _intent: Objection(lapsed, K.APPROVAL_LAPSED, {"seconds": 72})])
    with pytest.raises(IntentStopped):
        intents.commit(in_state(cart, CartState.CHECKING_OUT, at=NOW), standing=[], at=NOW, due_at=NOW)
    assert newest(rules, cart.id) == (K.APPROVAL_LAPSED, {"seconds": 72})
    assert rules.workflow.queries.cart(cart.id).fact == Fact(K.APPROVAL_LAPSED, {"seconds": 72})


def test_a_fact_is_the_same_after_a_database() -> None:
    """Tuples come back as lists, and keys in another order; both say the same."""
    one = Fact(K.ORDER_UNKNOWN, {"ovh": {"orders": (1, 2)}, "attempt": 1})
    assert one.is_same_as(Fact(K.ORDER_UNKNOWN, {"attempt": 1, "ovh": {"orders": [1, 2]}}))
    assert not one.is_same_as(Fact(K.ORDER_FOUND, one.data))
    assert not one.is_same_as(Fact(K.ORDER_UNKNOWN, {"attempt": 2, "ovh": {"orders": [1, 2]}}))
    assert not one.is_same_as(None)


def test_a_kind_of_a_later_version_has_a_home() -> None:
    """A database that a later version wrote can be read."""
    assert EventKind("of_next_year") is K.UNKNOWN


@pytest.mark.parametrize("text", ["é", "\x00", "\ud800", "\N{OTTER}", '"\\'])
def test_any_text_of_ovh_is_written_in_ascii(text: str) -> None:
    """Whatever OVH says, the digest is computed over ASCII."""
    assert canonical({"ovh": {"said": quoted(text)}}).isascii()


def test_an_unclear_answer_has_a_code() -> None:
    """An unknown outcome needs no code at each raise: its class says it."""
    assert OutcomeUnknown().code == "outcome_unknown"
