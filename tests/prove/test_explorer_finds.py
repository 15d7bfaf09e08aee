"""The explorer finds the known kinds of breaks, on rules that were broken for it."""

from dataclasses import replace

import pytest

from ordering.ports.store import KEEP
from ordering.process import checkout, intent, payment, payment_marker
from ordering.process.floors import Floors
from ordering.process.foreign_orders import ForeignOrders
from ordering.process.fulfilment import Fulfilment
from ordering.process.order_search import OrderSearch
from ordering.process.payment_outcome import PaymentOutcome
from ordering.process.recovery import RecoverMode
from ordering.workflow.approvals import Approvals
from ordering.workflow.decisions import read_cart
from prove.explorer import law_names, mutants
from prove.explorer.plain_store import PlainTransaction
from prove.explorer.search import Break, Found, later_deviations, search_calls, shortest
from registrars.ovh.adapter import OvhGateway
from registrars.ovh.orders import Orders
from store.head import NewestHead
from tests.prove.exploring import ONE_NAME, ONE_PROCESS, broken_by, plain

pytestmark = pytest.mark.usefixtures("quiet")


def test_finds_a_payment_sent_again_after_a_refusal(monkeypatch):
    """A rule that believes OVH's no to the call offers Pay again, though a proxy repeated a call that was taken."""
    monkeypatch.setattr(payment.Payments, "_refused", payment.Payments._not_sent)  # noqa: SLF001 - as if it had not left
    assert broken_by(("PAY shows", "late-90"), ("PAY answer", "again-403")) == law_names.OFFERED


def test_finds_a_payment_sent_again_before_its_floor(monkeypatch):
    """Without a floor, a hasty person has an order paid twice whose payment shows late."""
    monkeypatch.setattr(Floors, "end_for", lambda _self, _payment, sent_at, **_: sent_at)
    hasty = ("person says what was paid", "hasty")
    assert broken_by(("PAY shows", "late-600"), ("PAY answer", "lost"), hasty) == law_names.OFFERED


def test_finds_a_floor_by_the_own_clock(monkeypatch):
    """A floor that is measured by the process's clock ends as soon as a user puts that one ahead."""
    monkeypatch.setattr(OvhGateway, "time", lambda self: self._client._process.now())  # noqa: SLF001 - no other way to the process
    late, hasty = ("PAY shows", "late-600"), ("person says what was paid", "hasty")
    lost = (late, ("PAY answer", "lost"), hasty)
    assert broken_by(*lost) is None
    assert broken_by(*lost, ("step paying", "clock+90000")) == law_names.OFFERED


def test_finds_a_payment_that_was_stopped(monkeypatch):
    """A stop that is acknowledged and not kept is found."""
    monkeypatch.setattr(Approvals, "stop", lambda self, cart_id, **_: read_cart(self._decisions._store, cart_id))  # noqa: SLF001 - no other way to the carts
    assert broken_by(("PAY ready", "stop")) == law_names.STOPPED
    assert broken_by(("CHECKOUT ready", "stop")) == law_names.STOPPED


def test_finds_an_order_without_its_intent(monkeypatch):
    """A rule that commits no intent orders without an approval on record."""
    monkeypatch.setattr(intent.Intents, "commit", lambda _self, cart, *_, **__: replace(cart, version=cart.version + 1))
    assert ONE_NAME.world({}).run() is not None


def test_finds_a_second_order_without_compare_and_set(monkeypatch):
    """A store that lets an old version be saved orders twice once a sleeping worker wakes."""
    save = PlainTransaction.save

    def overwrite(self, cart, *events, due_at=KEEP):
        now = self.cart(cart.id)
        return save(self, replace(cart, version=now.version, save_id=now.save_id), *events, due_at=due_at)

    monkeypatch.setattr(PlainTransaction, "save", overwrite)
    assert broken_by(("GET auth/time", "freeze-30")) == law_names.TWO_ORDERS


def test_finds_an_order_made_again_after_lost_commits(monkeypatch):
    """Without a look at the account's orders, an order that a restore forgot is made twice."""
    monkeypatch.setattr(ForeignOrders, "hindrance", lambda *_: None)
    assert broken_by(("commit checked_out", "restore")) == law_names.TWO_ORDERS


def test_finds_an_order_that_no_approval_covers(monkeypatch):
    """A rule that skips the seal orders what nobody approved."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    assert broken_by(("step approved", "price-up")) == law_names.NOT_APPROVED


def test_finds_a_payment_of_more_than_was_approved(monkeypatch):
    """A rule that compares no totals pays an order that OVH made at another price."""
    monkeypatch.setattr("ordering.model.cart.Cart.covers", lambda *_: True)
    assert broken_by(("CHECKOUT shows", "dearer")) == law_names.TOO_DEAR


def test_finds_a_person_asked_for_no_reason(monkeypatch):
    """A rule that never adopts asks a person about an order that OVH shows."""
    find = Orders.find
    monkeypatch.setattr(Orders, "find", lambda *args: replace(find(*args), order=None))
    assert broken_by(("CHECKOUT answer", "lost")) == law_names.FOR_NO_REASON


def test_finds_a_request_that_is_stuck(monkeypatch):
    """A worker that never comes back leaves the request where it is, and nobody hears of it."""
    monkeypatch.setattr(Fulfilment, "_step", lambda self, cart: self._book.nothing_to_do(cart))
    assert broken_by() == law_names.STUCK


def test_finds_a_request_that_is_looked_at_for_ever(monkeypatch):
    """A worker that does nothing, and is due all the same, breaks a law, though its request seems to wait."""
    monkeypatch.setattr(Fulfilment, "due", lambda *_, **__: [])
    assert broken_by() == law_names.RESTLESS


def test_finds_a_bug_in_a_step(monkeypatch):
    """An error that no rule foresaw is a break, though the worker pool would try again."""

    def fails(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(Orders, "find", fails)
    assert broken_by(("CHECKOUT answer", "lost")) == law_names.A_BUG


def test_a_break_is_cut_to_what_it_needs(monkeypatch):
    """Of three deviations of a drawn schedule only those stay that the break needs."""
    monkeypatch.setattr(checkout.Checkout, "_still_sealed", lambda *_: True)
    place = next(number for number, what in later_deviations(plain()) if what == "price-up")
    schedule = ((place, "price-up"), (place + 4, "busy"), (place + 5, "busy"))
    known = Break(law_names.NOT_APPROVED, "", schedule, ("", "", ""))
    assert shortest(ONE_NAME, known).schedule == ((place, "price-up"),)


def test_the_calls_are_searched_first(monkeypatch):
    """What a call shows and how it is answered is a break within the first schedules of that search."""
    monkeypatch.setattr(payment.Payments, "_refused", payment.Payments._not_sent)  # noqa: SLF001 - as if it had not left
    found = Found()
    search_calls(ONE_NAME, found, replace(ONE_PROCESS, first=True))
    assert found.breaks[-1].law == law_names.OFFERED
    assert set(found.breaks[-1].places) == {"PAY shows", "PAY answer"}


def test_finds_an_order_beside_one_made_elsewhere(monkeypatch):
    """A rule that reads no orders of others buys the name a second time."""
    monkeypatch.setattr(ForeignOrders, "hindrance", lambda *_: None)
    assert broken_by(("step approved", "outsider")) == law_names.BESIDE


def test_finds_a_renewal_that_nobody_approved(monkeypatch):
    """A rule that looks at no renewal price orders at one that rose after the approval."""
    monkeypatch.setattr(checkout.Checkout, "_renewals_hold", lambda *_: True)
    assert broken_by(("step approved", "renewal-up")) == law_names.NOT_APPROVED


def test_finds_a_payment_beside_one_on_ovhs_page(monkeypatch):
    """A rule that looks for no earlier payment pays next to one that the bank has not answered yet."""
    monkeypatch.setattr(payment.Payments, "_hinders", lambda *_: False)
    assert broken_by(("step paying", "page-slow")) == law_names.TWO_PAYMENTS


def test_finds_it_although_another_read_failed_earlier(monkeypatch):
    """Only transactions that OVH refuses to show to the very job that pays are an excuse."""
    monkeypatch.setattr(payment.Payments, "_hinders", lambda *_: False)
    failed = ("GET me/order/*/paymentMethods", "forbidden")
    assert broken_by(failed, ("step paying", "page-slow")) == law_names.TWO_PAYMENTS


def test_finds_silence_that_is_taken_for_a_no(monkeypatch):
    """Rule 1: a payment that OVH does not show is not given up for that."""
    monkeypatch.setattr(PaymentOutcome, "_may_have_failed", lambda *_: True)
    assert broken_by(("PAY answer", "gone")) == law_names.SILENCE


def test_finds_an_order_that_is_to_be_made_again(monkeypatch):
    """An attempt is not given up while its order may show."""
    monkeypatch.setattr(OrderSearch, "_floor_is_over", lambda *_: True)
    deleted = ("step checking_out", "delete-ordered")
    assert broken_by(("CHECKOUT shows", "late-600"), ("CHECKOUT answer", "lost"), deleted) == law_names.AGAIN


def test_finds_lost_memory_that_holds_nothing(monkeypatch):
    """Rule 10: who notices that memory went back switches recover mode on."""
    monkeypatch.setattr(RecoverMode, "begin", lambda *_, **__: None)
    assert broken_by(("commit approved", "lose-1")) == law_names.UNHELD


def test_finds_an_attempt_that_explains_another_marker(monkeypatch):
    """An attempt that left no marker explains the marker of a lost one, unless the marker's date tells them apart."""
    monkeypatch.setattr(OvhGateway, "marker_is_of", lambda *_: True)
    crashed = [("commit approved", "crash")] * 2
    lost = ("CHECKOUT shows", "late-600"), ("commit checked_out", "lose-5-cold")
    assert broken_by(*crashed, *lost) == law_names.TWO_ORDERS


def test_finds_a_loss_that_later_events_hide(monkeypatch):
    """A process that replaces the event that it remembers by any later one forgets that the first one is gone."""
    monkeypatch.setattr(NewestHead, "found", lambda self, *_: frozenset(self.stamps))
    assert broken_by(("commit checking_out", "lose-1")) == law_names.UNHELD


def test_finds_an_end_that_is_not_on_record(monkeypatch):
    """Rule 3: without the end of the call its floor is a day."""
    monkeypatch.setattr(payment.Payments, "_ended", lambda *_, **__: None)
    assert broken_by() == law_names.UNRECORDED


def test_finds_an_attempt_that_is_taken_for_interrupted(monkeypatch):
    """An attempt of a moment ago is left to its process."""
    monkeypatch.setattr(payment_marker, "is_over", lambda *_: True)
    assert broken_by(("PAY ready", "crash")) == law_names.INTERRUPTED


def test_finds_a_checkout_that_takes_too_long(monkeypatch):
    """The search for an order goes by OVH's clock, so a clock of ours that is put back does not prolong it."""
    monkeypatch.setattr(OrderSearch, "_waited", lambda self, cart: self._book.now() - cart.since)
    assert broken_by(("CHECKOUT answer", "gone"), ("step checking_out", "clock-600")) == law_names.SLOW


# Mutants


def test_each_reason_belongs_to_a_mutation():
    """Why the explorer cannot see a mutation is said of one that it is there for."""
    assert set(mutants.BLIND) <= {mutation.name for mutation in mutants.its_own()}


def test_the_table_names_every_mutation():
    """No row is missing, none is left over, and each reason is the one that stands in the code."""
    rows = mutants.rows()
    assert list(rows) == [mutation.name for mutation in mutants.its_own()]
    missed = {mutation.name for mutation in mutants.its_own() if rows[mutation.name] == mutants.row_of(mutation, None)}
    assert missed == {name for name, row in rows.items() if f"| {mutants.NOT_CAUGHT} |" in row} == set(mutants.BLIND)


def test_a_mutant_is_caught_by_a_law():
    """The rules are changed as they are imported, and the answer names the law and the schedule."""
    names = ("forget the intent to pay", "skip the seal before the checkout")
    plain, seal = (next(each for each in mutants.its_own() if each.name == name) for name in names)
    found = mutants.caught(plain, ["--processes", "1", "--share", "0"])
    assert found == mutants.Caught(law_names.NOT_INTENDED, "no deviation", "")
    assert mutants.row_of(plain, found) == f"| {plain.name} | {law_names.NOT_INTENDED} | no deviation |"
    found = mutants.caught(seal, ["--processes", "1", "--share", "0"])
    assert found is not None
    assert (found.law, found.deviations) == (law_names.NOT_APPROVED, "price-up at step approved")
    assert found.schedule.endswith(":price-up")
