"""The explorer finds the known kinds of breaks, on rules that were broken for it."""

from dataclasses import replace

import pytest

from ordering.ports.store import KEEP
from ordering.process import checkout, intent, payment
from ordering.process.floors import Floors
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.fulfilment import Fulfilment
from ordering.workflow import Workflow
from prove.explorer import laws, mutants
from prove.explorer.plain_store import PlainTransaction
from prove.explorer.search import Break, Found, later_deviations, search_calls, shortest
from registrars.ovh.adapter import OvhGateway
from registrars.ovh.orders import Orders
from tests.prove.exploring import EVERYTHING, ONE_PROCESS, broken_by, plain

pytestmark = pytest.mark.usefixtures("quiet")


def test_finds_a_payment_sent_again_after_a_refusal(monkeypatch):
    """A rule that believes OVH's no to the call pays twice, for a proxy repeated a call that was taken."""
    monkeypatch.setattr(payment.Payments, "_has_method", lambda *_: False)
    assert broken_by(("PAY shows", "late-90"), ("PAY answer", "again-403")) == laws.TWO_PAYMENTS


def test_finds_a_payment_sent_again_before_its_floor(monkeypatch):
    """Without a floor, a hasty person has an order paid twice whose payment shows late."""
    monkeypatch.setattr(Floors, "end_for", lambda _self, _payment, sent_at, **_: sent_at)
    hasty = ("person says what was paid", "hasty")
    assert broken_by(("PAY shows", "late-600"), ("PAY answer", "lost"), hasty) == laws.TWO_PAYMENTS


def test_finds_a_floor_by_the_own_clock(monkeypatch):
    """A floor that is measured by the process's clock ends as soon as somebody puts that one ahead."""
    monkeypatch.setattr(OvhGateway, "time", lambda self: self._client._process.now())  # noqa: SLF001 - no other way to the process
    late, hasty = ("PAY shows", "late-600"), ("person says what was paid", "hasty")
    lost = (late, ("PAY answer", "lost"), hasty)
    assert broken_by(*lost) is None
    assert broken_by(*lost, ("step paying", "clock+90000")) == laws.TWO_PAYMENTS


def test_finds_a_payment_that_was_stopped(monkeypatch):
    """A stop that is acknowledged and not kept is found."""
    monkeypatch.setattr(Workflow, "stop", lambda self, cart_id, **_: self.cart(cart_id))
    assert broken_by(("PAY ready", "stop")) == laws.STOPPED
    assert broken_by(("CHECKOUT ready", "stop")) == laws.STOPPED


def test_finds_an_order_without_its_intent(monkeypatch):
    """A rule that commits no intent orders without an approval on record."""
    monkeypatch.setattr(intent.Intents, "commit", lambda _self, cart, *_, **__: replace(cart, version=cart.version + 1))
    assert EVERYTHING.world({}).run() is not None


def test_finds_a_second_order_without_compare_and_set(monkeypatch):
    """A store that lets an old version be saved orders twice once a sleeping worker wakes."""
    save = PlainTransaction.save

    def overwrite(self, cart, *events, due_at=KEEP):
        return save(self, replace(cart, version=self.cart(cart.id).version), *events, due_at=due_at)

    monkeypatch.setattr(PlainTransaction, "save", overwrite)
    assert broken_by(("GET auth/time", "freeze-30")) == laws.TWO_ORDERS


def test_finds_an_order_made_again_after_lost_commits(monkeypatch):
    """Without a look at the account's orders, an order that a restore forgot is made twice."""
    monkeypatch.setattr(ForeignOrders, "hindrance", lambda *_: None)
    assert broken_by(("commit checked_out", "restore")) == laws.TWO_ORDERS


def test_finds_an_order_that_no_approval_covers(monkeypatch):
    """A rule that skips the seal orders what nobody approved."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    assert broken_by(("step approved", "price-up")) == laws.NOT_APPROVED


def test_finds_a_payment_of_more_than_was_approved(monkeypatch):
    """A rule that compares no totals pays an order that OVH made at another price."""
    monkeypatch.setattr("ordering.model.cart.Cart.covers", lambda *_: True)
    assert broken_by(("CHECKOUT shows", "dearer")) == laws.TOO_DEAR


def test_finds_a_person_asked_for_no_reason(monkeypatch):
    """A rule that never adopts asks a person about an order that OVH shows."""
    find = Orders.find
    monkeypatch.setattr(Orders, "find", lambda *args: replace(find(*args), order=None))
    assert broken_by(("CHECKOUT answer", "lost")) == laws.FOR_NO_REASON


def test_finds_a_request_that_is_stuck(monkeypatch):
    """A worker that never comes back leaves the request where it is, and nobody hears of it."""
    monkeypatch.setattr(Fulfilment, "_step", lambda self, cart: self._book.nothing_to_do(cart))
    assert broken_by() == laws.STUCK


def test_finds_a_request_that_is_looked_at_for_ever(monkeypatch):
    """A worker that does nothing, and is due all the same, breaks a law, though its request seems to wait."""
    monkeypatch.setattr(Fulfilment, "due", lambda *_, **__: [])
    assert broken_by() == laws.RESTLESS


def test_finds_a_bug_in_a_step(monkeypatch):
    """An error that no rule foresaw is a break, though the worker pool would try again."""

    def fails(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(Orders, "find", fails)
    assert broken_by(("CHECKOUT answer", "lost")) == laws.A_BUG


def test_a_break_is_cut_to_what_it_needs(monkeypatch):
    """Of three deviations of a drawn schedule only those stay that the break needs."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    place = next(number for number, what in later_deviations(plain()) if what == "price-up")
    known = Break(laws.NOT_APPROVED, "", ((place, "price-up"), (place + 4, "busy"), (place + 5, "busy")), ("", "", ""))
    assert shortest(EVERYTHING, known).schedule == ((place, "price-up"),)


def test_the_calls_are_searched_first(monkeypatch):
    """What a call shows and how it is answered is a break within the first schedules of that search."""
    monkeypatch.setattr(payment.Payments, "_has_method", lambda *_: False)
    found = Found()
    search_calls(EVERYTHING, found, replace(ONE_PROCESS, first=True))
    assert found.breaks[-1].law == laws.TWO_PAYMENTS
    assert set(found.breaks[-1].places) == {"PAY shows", "PAY answer"}


def test_finds_an_order_beside_one_made_elsewhere(monkeypatch):
    """A rule that reads no orders of others buys the name a second time."""
    monkeypatch.setattr(ForeignOrders, "hindrance", lambda *_: None)
    assert broken_by(("step approved", "outsider")) == laws.BESIDE


def test_finds_a_renewal_that_nobody_approved(monkeypatch):
    """A rule that looks at no renewal price orders at one that rose after the approval."""
    monkeypatch.setattr(checkout.Checkout, "_renewals_hold", lambda *_: True)
    assert broken_by(("step approved", "renewal-up")) == laws.NOT_APPROVED


def test_each_reason_belongs_to_a_mutation():
    """Why the explorer cannot see a mutation is said of one that it is there for."""
    assert set(mutants.BLIND) <= {mutation.name for mutation in mutants.its_own()}


def test_a_mutant_is_caught_by_a_law():
    """The rules are changed as they are imported, and the answer names the law and the schedule."""
    mutation = next(mutation for mutation in mutants.its_own() if mutation.name == "forget the intent to pay")
    law = mutants.broken_law(mutation, ["--processes", "1", "--share", "0"])
    assert law == f"{laws.NOT_INTENDED} (1): no deviation: order 256900123"
