"""An order made elsewhere in the account with one of our names stops the checkout until an approver says otherwise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.cart import CartState
from ordering.model.errors import CardOutdated, NotAllowed, NotKnown, NotPossible, RegistrarRefused
from ordering.model.facts import EventKind, Fact, amount
from ordering.model.foreign_order import ForeignOrder
from ordering.model.money_call import RecordedCall, pays
from ordering.model.sales_order import OrderStatus
from tests.builders import NOW, POLICY, euros, failing
from tests.refusing import refuses

S = CartState
PRICE = amount(euros("3.59"))


def an_order(number=900, *names, status=OrderStatus.NOT_PAID, total="3.59", whole=True, ago=timedelta(days=1)):
    return ForeignOrder(number, frozenset(names), euros(total), NOW - ago, status, NOW, NOW, whole=whole)


def elsewhere(rules, order):
    rules.registrar.foreign[order.number] = order
    return order


@pytest.mark.parametrize(
    "status",
    [
        OrderStatus.NOT_PAID,
        OrderStatus.CHECKING,
        OrderStatus.DELIVERING,
        OrderStatus.DOCUMENTS_REQUESTED,
        OrderStatus.UNKNOWN,
    ],
)
def test_an_order_that_shares_a_name_stops_the_checkout(rules, status):
    """A person reads its number, and nothing is ordered next to it, whatever it is called."""
    elsewhere(rules, an_order(900, "name.ovh", "theirs.ovh", status=status))
    cart = rules.approved()
    after = rules.run_worker(cart.id)
    assert (after.state, after.foreign_order, after.has_nothing_to_come) == (S.NEEDS_ATTENTION, 900, True)
    made_at = (NOW - timedelta(days=1)).isoformat()
    seen = {"status": status.value, "names": ["name.ovh", "theirs.ovh"], "total": PRICE, "made_at": made_at}
    assert after.fact == Fact(EventKind.FOREIGN_ORDER_FOUND, {"order": 900, "is_clear": True, "ovh": seen})
    assert rules.registrar.orders == {}
    assert set(rules.registrar.carts) == rules.registrar.discarded


@pytest.mark.parametrize("days", [-400, -60, 60, 400])
def test_clocks_that_are_far_apart_hide_no_order(rules, days):
    """Orders are dated by OVH's clock, so they are listed by it, too."""
    rules.registrar.ahead = timedelta(days=days)
    elsewhere(rules, an_order(900, "name.ovh", ago=timedelta(days=1 - days)))
    after = rules.run_worker(rules.approved().id)
    assert (after.state, after.foreign_order) == (S.NEEDS_ATTENTION, 900)


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.CANCELLING, OrderStatus.DELIVERED])
def test_an_order_that_is_over_stops_nothing(rules, status):
    """Its status is read again before it counts."""
    elsewhere(rules, an_order(900, "name.ovh"))
    rules.fulfilment.foreign_orders.read_ahead()
    elsewhere(rules, an_order(900, "name.ovh", status=status))
    assert rules.run_worker(rules.approved().id).state is S.CHECKED_OUT


@pytest.mark.parametrize("names", [(), ("theirs.ovh",), ("xname.ovh",)])
def test_an_order_of_other_names_stops_nothing(rules, names):
    """Hosting, or other names, are nobody's business here."""
    elsewhere(rules, an_order(900, *names))
    assert rules.run_worker(rules.approved().id).state is S.CHECKED_OUT


def test_an_order_is_read_once(rules):
    """A second checkout reads only what is new, the newest first."""
    for number in range(900, 910):
        elsewhere(rules, an_order(number, f"n{number}.ovh"))
    rules.run_worker(rules.approved().id)
    assert rules.registrar.foreign_read == list(range(909, 899, -1))
    elsewhere(rules, an_order(950, "n950.ovh"))
    rules.run_worker(rules.approved("second.ovh", "C2").id)
    assert rules.registrar.foreign_read[10:] == [950]


def test_many_orders_are_read_in_several_steps(rules):
    """No step reads more than twenty orders; people see why the checkout waits."""
    for number in range(900, 950):
        elsewhere(rules, an_order(number, f"n{number}.ovh"))
    cart = rules.approved()
    rules.advance(cart.id)
    waiting = rules.workflow.queries.cart(cart.id)
    assert (waiting.state, len(rules.registrar.foreign_read)) == (S.APPROVED, 20)
    assert waiting.blocked.code == "foreign_orders_unread"
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    assert len(rules.registrar.foreign_read) == 50


def test_an_order_that_comes_while_the_cart_is_built(rules, monkeypatch):
    """The look is repeated right before the intent."""
    cart, prepare = rules.approved(), rules.registrar.prepare  # approved first: the request builds a cart, too

    def meanwhile(lines):
        elsewhere(rules, an_order(900, "name.ovh"))
        return prepare(lines)

    monkeypatch.setattr(rules.registrar, "prepare", meanwhile)
    after = rules.run_worker(cart.id, steps=1)
    assert (after.state, rules.registrar.orders) == (S.NEEDS_ATTENTION, {})


def test_an_order_without_lines_holds_for_ten_minutes(rules):
    """Then it is a question on the card, once for that order."""
    elsewhere(rules, an_order(900, whole=False, ago=timedelta(minutes=1)))
    cart = rules.approved()
    assert rules.run_worker(cart.id, steps=10).state is S.APPROVED
    after = rules.run_worker(cart.id, steps=30)
    assert (after.state, after.foreign_order) == (S.NEEDS_ATTENTION, 900)
    assert (after.fact.kind, after.fact.data["is_clear"]) == (EventKind.FOREIGN_ORDER_FOUND, False)
    assert after.fact.data["order"] == 900
    rules.workflow.recovery.order_anyway(cart.id, by=rules.dan, mark=after.mark)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_an_order_without_lines_shows_them(rules):
    """An order of other names, once it shows them, holds nothing any more."""
    elsewhere(rules, an_order(900, whole=False, ago=timedelta(minutes=1)))
    cart = rules.approved()
    rules.run_worker(cart.id, steps=4)
    elsewhere(rules, an_order(900, "theirs.ovh"))
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_an_order_without_lines_that_is_too_cheap_holds_nothing(rules):
    """One that is cheaper than each name cannot be for one of them."""
    elsewhere(rules, an_order(900, whole=False, total="2.98", ago=timedelta(minutes=1)))
    assert rules.run_worker(rules.approved().id).state is S.CHECKED_OUT


def test_an_order_that_shows_no_line_for_an_hour_is_a_question(rules):
    """Nobody waits for its lines any more: a person looks."""
    elsewhere(rules, an_order(900, whole=False, ago=timedelta(hours=2)))
    after = rules.run_worker(rules.approved().id, steps=1)
    assert (after.state, after.foreign_order) == (S.NEEDS_ATTENTION, 900)


@pytest.mark.parametrize("error", [NotKnown(), RegistrarRefused()])
def test_an_unreadable_order_is_asked_about_after_10_minutes(rules, monkeypatch, error):
    """OVH lists it and does not show it: checkouts do not stand still for it, and adopted orders are watched on."""
    elsewhere(rules, an_order(900, "theirs.ovh", ago=timedelta(hours=5)))
    read = rules.registrar.foreign_order
    monkeypatch.setattr(rules.registrar, "foreign_order", failing(error))
    cart = rules.approved()
    waiting = rules.run_worker(cart.id, steps=5)
    assert (waiting.state, waiting.blocked.code) == (S.APPROVED, "foreign_order_unclear")
    asked = rules.run_worker(cart.id, steps=30)
    assert (asked.state, asked.foreign_order) == (S.NEEDS_ATTENTION, 900)
    assert (asked.fact.kind, asked.fact.data["is_clear"]) == (EventKind.FOREIGN_ORDER_FOUND, False)
    assert (asked.fact.data["order"], asked.fact.data["ovh"]["names"]) == (900, [])
    rules.workflow.recovery.order_anyway(cart.id, by=rules.dan, mark=asked.mark)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT
    monkeypatch.setattr(rules.registrar, "foreign_order", read)
    assert rules.run_worker(rules.approved("second.ovh", "C2").id).state is S.CHECKED_OUT


def test_an_order_hidden_after_its_first_read_is_asked_about(rules, monkeypatch):
    """It showed no lines, and then nothing at all: the ten minutes pass all the same."""
    elsewhere(rules, an_order(900, whole=False, ago=timedelta(minutes=1)))
    cart = rules.approved()
    rules.run_worker(cart.id, steps=1)
    monkeypatch.setattr(rules.registrar, "foreign_order", failing(NotKnown()))
    after = rules.run_worker(cart.id, steps=40)
    assert (after.state, after.foreign_order) == (S.NEEDS_ATTENTION, 900)


def test_many_hidden_orders_do_not_hide_the_others(rules, monkeypatch):
    """Those that show are read first, and the checkout comes to a question."""
    for number in range(900, 925):
        elsewhere(rules, an_order(number, f"n{number}.ovh"))
    read = rules.registrar.foreign_order

    def shown(number, *, at, urgent):
        if number >= 902:
            raise NotKnown
        return read(number, at=at, urgent=urgent)

    monkeypatch.setattr(rules.registrar, "foreign_order", shown)
    after = rules.run_worker(rules.approved().id, steps=60)
    assert (after.state, after.foreign_order) == (S.NEEDS_ATTENTION, 924)
    assert {900, 901} <= set(rules.registrar.foreign_read)


@pytest.mark.parametrize("code", ["ovh_right_missing", "ovh_key_refused"])
def test_a_key_without_the_right_is_no_question_about_an_order(rules, monkeypatch, code):
    """The card says what the key lacks; approvers could not answer for it."""
    elsewhere(rules, an_order(900, "theirs.ovh"))
    refusal = RegistrarRefused(code=code)
    monkeypatch.setattr(rules.registrar, "foreign_order", failing(refusal))
    after = rules.run_worker(rules.approved().id, steps=40)
    assert (after.state, after.blocked.code) == (S.APPROVED, code)


def test_an_order_that_was_allowed_is_never_adopted(rules, monkeypatch):
    """The approver said that it is another user's; after a lost answer it is not taken for this request's."""
    elsewhere(rules, an_order(900, "name.ovh", ago=timedelta(minutes=4)))
    cart = rules.run_worker(rules.approved().id)
    rules.workflow.recovery.order_anyway(cart.id, by=rules.dan, mark=cart.mark)
    asked: list[frozenset[int]] = []
    find = rules.registrar.find_order

    def watched(*args, known):
        asked.append(known([900, 901]))
        return find(*args, known=known)

    monkeypatch.setattr(rules.registrar, "find_order", watched)
    rules.registrar.next_fault = "lost_before"
    rules.run_worker(cart.id, steps=3)
    assert asked
    assert set(asked) == {frozenset({900})}


@pytest.fixture
def stopped(rules):
    elsewhere(rules, an_order(900, "name.ovh"))
    cart = rules.run_worker(rules.approved().id)
    assert cart.foreign_order == 900
    return cart


def test_an_approver_has_it_ordered_anyway(rules, stopped):
    """For the order that was shown; who said so is on record."""
    rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=stopped.mark)
    after = rules.run_worker(stopped.id)
    assert (after.state, after.foreign_allowed) == (S.CHECKED_OUT, (900,))
    told = [(event.by, event.fact) for event in rules.workflow.queries.timeline(stopped.id, by=rules.dan)[1]]
    assert ("U0DAN", Fact(EventKind.ORDERED_ANYWAY, {"order": 900})) in told


def test_what_an_approver_called_somebody_elses_is_not_adopted(rules, stopped):
    """However well its terms fit; who said so is reported."""
    rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=stopped.mark)
    rules.registrar.next_fault, rules.registrar.undecided = "lost_after", True
    undecided = rules.run_worker(stopped.id, steps=10)
    rules.registrar.orders[900] = next(iter(rules.registrar.orders.values()))
    with refuses("order_of_somebody_else", NotPossible) as refused:
        rules.workflow.recovery.adopt(stopped.id, 900, by=rules.dan, mark=undecided.mark)
    assert refused.value.params == {"cart": stopped.id, "order": 900, "by": rules.dan.id}


def test_another_order_is_another_question(rules, stopped):
    """A yes to one order is no yes to the next."""
    rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=stopped.mark)
    elsewhere(rules, an_order(901, "name.ovh"))
    after = rules.run_worker(stopped.id)
    assert (after.state, after.foreign_order) == (S.NEEDS_ATTENTION, 901)
    with pytest.raises(CardOutdated):
        rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=stopped.mark)
    rules.workflow.recovery.order_anyway(stopped.id, by=rules.dan, mark=after.mark)
    assert rules.run_worker(stopped.id).foreign_allowed == (900, 901)


def test_who_may_not_order_anyway(rules, stopped):
    """Not the requester, and nobody but approvers."""
    for person in (rules.ada, rules.ben):
        with pytest.raises(NotAllowed):
            rules.workflow.recovery.order_anyway(stopped.id, by=person, mark=stopped.mark)
    assert rules.workflow.queries.cart(stopped.id).state is S.NEEDS_ATTENTION


def test_a_requester_with_self_approval_orders_anyway(rules, stopped):
    """Where self-approval is on, and the requester is an approver."""
    rules.restart(replace(POLICY, self_approval=True, approvers=frozenset({"U0ADA"})))
    assert rules.workflow.recovery.order_anyway(stopped.id, by=rules.ada, mark=stopped.mark).state is S.APPROVED


def test_nothing_to_order_anyway(rules):
    """A cart that was stopped by something else has no such way on."""
    cart = rules.approved()
    rules.registrar.prepare_refuses = "The name is gone."
    cart = rules.run_worker(cart.id)
    with pytest.raises(NotPossible):
        rules.workflow.recovery.order_anyway(cart.id, by=rules.dan, mark=cart.mark)


def test_try_again_asks_again(rules, stopped):
    """Trying again is no yes: the order still stops it, and no longer once it is cancelled."""
    rules.workflow.recovery.try_again(stopped.id, by=rules.dan, mark=stopped.mark)
    again = rules.run_worker(stopped.id)
    assert again.foreign_order == 900
    elsewhere(rules, an_order(900, "name.ovh", status=OrderStatus.CANCELLED))
    rules.workflow.recovery.try_again(stopped.id, by=rules.dan, mark=again.mark)
    assert rules.run_worker(stopped.id).state is S.CHECKED_OUT


def test_an_order_of_ours_that_the_memory_lost(rules):
    """A database that went back does not know its own order: nothing is ordered next to it."""
    cart = rules.approved()
    prepared = rules.registrar.prepare(cart.lines)
    rules.registrar.check_out(prepared.registrar_cart, waive_retraction=True, not_after=rules.clock())
    after = rules.run_worker(cart.id)
    assert (after.state, len(rules.registrar.orders)) == (S.NEEDS_ATTENTION, 1)


def adopted(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_after"
    cart = rules.run_worker(cart.id, steps=3)
    assert cart.order.adopted_at is not None
    return cart


def test_a_second_order_after_an_adoption_stops_pay(rules):
    """Nobody can tell which one is ours: a person pays the right one at OVH."""
    cart = adopted(rules)
    elsewhere(rules, an_order(990, "name.ovh"))
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    after = rules.run_worker(cart.id)
    assert (after.state, after.payment, rules.registrar.payments) == (S.NEEDS_ATTENTION, None, [])
    assert after.fact == Fact(EventKind.SECOND_ORDER_FOUND, {"order": cart.order.id, "second": 990})


def test_a_second_order_hides_no_payment_that_may_have_left(rules):
    """A process died between its marker and its intent: that payment's floor runs first."""
    cart = adopted(rules)
    paying = rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    with rules.store.begin() as carts:
        started = rules.clock() + rules.registrar.ahead
        carts.announce_call(RecordedCall(pays(paying.order.id), cart.id, 1, started, marker="m-1"))
    elsewhere(rules, an_order(990, "name.ovh"))
    rules.clock.pass_by(120)
    rules.advance(cart.id)
    after = rules.workflow.queries.cart(cart.id)
    assert after.payment is not None
    assert after.payment.sent_at is not None


def test_a_second_order_is_looked_for_for_a_day(rules):
    """It stops Pay while nobody has clicked, too, and no longer after a day."""
    cart = adopted(rules)
    rules.clock.pass_by(86_000)
    elsewhere(rules, an_order(990, "name.ovh"))
    assert rules.run_worker(cart.id, steps=2).state is S.NEEDS_ATTENTION


def test_an_order_that_was_not_adopted_has_no_second(rules):
    """Its number came from its own checkout: another order later is another user's matter."""
    cart = rules.ordered()
    elsewhere(rules, an_order(990, "name.ovh"))
    rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))
    assert rules.run_worker(cart.id).state is S.PAID
