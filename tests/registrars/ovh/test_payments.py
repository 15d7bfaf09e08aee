"""What can pay an order, and what OVH shows of a payment: its status, its follow-up, the account's transactions."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import amount
from ordering.model.ids import OrderId
from ordering.model.money import Money
from ordering.model.sales_order import Payment, PaymentMethod, PaymentProgress, SentPayment
from registrars.ovh.api.client import Client
from registrars.ovh.throttling.scheduler import Priority
from sandbox.ovh import follow_up
from sandbox.ovh.orders import Try
from tests.refusing import refuses
from tests.registrars.ovh.money import check_out, pay

LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")
VISA, SEPA = 8_120_045, 8_120_046
P = PaymentProgress


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


@pytest.fixture
async def order(gateway):
    prepared = await ask(gateway.prepare, [LINE])
    made = await ask(check_out, gateway, prepared.registrar_cart)
    return await ask(gateway.order, made.id)


def sent(method=VISA, *, seconds: float = -5) -> Payment:
    """A payment that was sent so many seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return Payment(method, "U0DAN", at, at)


async def seen(gateway, order, payment):
    reconciliation = await ask(gateway.payment, order, payment)
    return reconciliation.progress, reconciliation.seen


def about(told):
    """What was seen of a transaction, its amount and its status."""
    assert isinstance(told["transaction"], int)
    return told["seen"], told["amount"], told["status"]


async def labels(gateway, order):
    return [method.label for method in await ask(gateway.payment_methods, order.id)]


async def earlier(gateway, order, *, minutes=60, method=VISA, others=()):
    """What is seen before a payment is sent of an order that was made so many minutes ago."""
    made_at = datetime.now(UTC) - timedelta(minutes=minutes)
    return await ask(gateway.earlier_payment, order, method, made_at=made_at, others=others)


async def unexplained(gateway, order, *, method=VISA, others=(), minutes=60):
    """What may have paid an order that was made so many minutes ago, and what was seen of it."""
    made_at = datetime.now(UTC) - timedelta(minutes=minutes)
    return await ask(gateway.unexplained_payments, order, method, made_at=made_at, others=others)


def another_order_pays(ovh, order, *, why=None, number=1000, minutes=0):
    """An order of another user's on the account, over the same amount, that the same card is asked to pay."""
    ours, at = ovh.orders.all[order.id], datetime.now(UTC) - timedelta(minutes=minutes)
    foreign = replace(ours, id=order.id + number, payments=[], tries=[Try(at, VISA, why)])
    ovh.orders.all[foreign.id] = foreign


async def test_valid_methods_come_first(ovh, gateway, order):
    """Valid methods come first then what else the order accepts."""
    ovh.payments.prepaid, ovh.payments.points = Decimal(50), 1000
    assert await labels(gateway, order) == [
        "VISA 4970 XXXX XXXX 1234",
        "SEPA DIRECT DEBIT FR76 XXXX XXXX 4321",
        "ovhAccount",
        "fidelityAccount",
    ]


async def test_the_methods_alone_pay_where_the_older_route_is_refused(ovh, gateway, order):
    ovh.faults.add("GET", "/me/order/*/availableRegisteredPaymentMean", "refuse")
    assert len(await labels(gateway, order)) == 2


@pytest.mark.parametrize("fault", ["html502", "null"])
async def test_means_that_could_not_be_read_are_not_taken_for_none(ovh, gateway, order, fault, monkeypatch):
    monkeypatch.setattr("registrars.ovh.api.client._TRIES", 1)
    ovh.faults.add("GET", "/me/order/*/availableRegisteredPaymentMean", fault)
    with pytest.raises(RegistrarUnavailable):
        await labels(gateway, order)


async def test_the_prepaid_account_pays_an_order_once(ovh, gateway, order):
    ovh.payments.prepaid = Decimal(5)
    await ask(pay, gateway, order.id, "ovhAccount")
    assert ovh.orders.all[order.id].payments == ["ovhAccount"]
    assert (await seen(gateway, order, sent("ovhAccount")))[0] is P.RECEIVED


async def test_too_little_credit_is_a_clear_no(ovh, gateway, order):
    ovh.payments.prepaid = Decimal(1)
    with pytest.raises(RegistrarRefused, match="The balance of your OVH account is insufficient"):
        await ask(pay, gateway, order.id, "ovhAccount")
    assert await seen(gateway, order, sent("ovhAccount")) == (P.NOT_SEEN, {"seen": "no_payment_at_the_order"})


async def test_a_lost_answer_of_an_account_is_unknown(ovh, gateway, order):
    ovh.payments.prepaid = Decimal(5)
    ovh.faults.add("POST", "/me/order/*/payWithRegisteredPaymentMean", "lost_after")
    with pytest.raises(OutcomeUnknown):
        await ask(pay, gateway, order.id, "ovhAccount")
    assert (await seen(gateway, order, sent("ovhAccount")))[0] is P.RECEIVED


async def test_a_refused_card_says_why_and_another_can_pay(ovh, gateway, order):
    ovh.refuse_card(VISA, "The card is blocked.")
    await ask(pay, gateway, order.id, VISA)
    assert await seen(gateway, order, sent()) == (P.REFUSED, {"seen": "refused", "said": "The card is blocked"})
    await ask(pay, gateway, order.id, SEPA)
    assert (await seen(gateway, order, sent(SEPA)))[0] is P.RECEIVED


async def test_a_refusal_without_words_is_one_all_the_same(ovh, gateway, order):
    ovh.refuse_card(VISA)
    ovh.payments.tells_why = False
    await ask(pay, gateway, order.id, VISA)
    assert await seen(gateway, order, sent()) == (P.REFUSED, {"seen": "refused", "said": None})


async def test_an_earlier_refusal_is_not_of_this_payment(ovh, gateway, order):
    """A refusal of an earlier payment does not speak for this one."""
    ovh.refuse_card(VISA)
    await ask(pay, gateway, order.id, VISA)
    assert await seen(gateway, order, sent(seconds=5)) == (P.NOT_SEEN, {"seen": "no_payment"})


async def test_a_refusal_a_second_earlier_is_not_of_this_payment(ovh, gateway, order):
    """Dates are whole seconds, so of a payment after a refusal only what is surely its own counts."""
    ovh.refuse_card(VISA)
    await ask(pay, gateway, order.id, VISA)
    right_after = replace(sent(SEPA), sent_at_ovh=datetime.now(UTC) - timedelta(seconds=0.5))
    assert (await seen(gateway, order, right_after))[0] is P.REFUSED
    again = replace(order, methods=(PaymentMethod(VISA, "VISA", refused=True), PaymentMethod(SEPA, "SEPA")))
    assert (await seen(gateway, again, right_after))[0] is P.UNDECIDED


def begun(ovh, order, *, seconds=0.0):
    """The bank has a payment with the card and has not said anything yet."""
    ovh.payments.settle_after = 600.0
    ovh.orders.all[order.id].pending.append(Try(datetime.now(UTC) + timedelta(seconds=seconds), VISA))


async def test_a_payment_slightly_older_than_its_intent_counts(ovh, gateway, order):
    """A payment that seems a little older than its intent is under way."""
    begun(ovh, order, seconds=-60)
    assert (await seen(gateway, order, sent(seconds=0)))[0] is P.UNDER_WAY


async def test_a_transaction_slightly_older_counts(ovh, gateway, order):
    """A transaction that seems a little older is not taken for none."""
    another_order_pays(ovh, order)
    assert (await seen(gateway, order, sent(seconds=60)))[0] is P.UNDECIDED


@pytest.mark.parametrize("minutes", [60, -10])  # by a clock that was put right since, it lies before the order
async def test_finds_any_open_payment_before_sending(ovh, gateway, order, minutes):
    """Before sending any open payment of the order is seen whenever it was."""
    begun(ovh, order)
    assert (await earlier(gateway, order, minutes=minutes)).is_open


async def test_finds_a_received_payment_before_sending(ovh, gateway, order, monkeypatch):
    """Before sending a payment that the order shows as received is seen."""
    await ask(pay, gateway, order.id, SEPA)
    assert (await earlier(gateway, order)).progress is P.RECEIVED
    monkeypatch.setattr(ovh.orders, "status", lambda _order: "notPaid")  # it lags behind the follow-up
    assert (await earlier(gateway, order, minutes=-10)).progress is P.RECEIVED


@pytest.mark.parametrize("status", ["READY", "CONFIRMING"])
async def test_finds_an_open_payment_by_another_method(ovh, gateway, order, status, monkeypatch):
    """Before sending an open payment by another method is seen where the order shows none."""
    ovh.payments.settle_after = 600.0
    await ask(pay, gateway, order.id, SEPA)
    ovh.orders.payment_after = 600.0
    shown = {number: entry | {"status": status} for number, entry in ovh.payments.transactions().items()}
    monkeypatch.setattr(ovh.payments, "transactions", lambda: shown)
    reconciliation = await earlier(gateway, order)
    assert reconciliation.is_open
    assert about(reconciliation.seen) == ("transaction_open", amount(order.total), status.lower())
    assert not (await earlier(gateway, order, minutes=-10)).is_open  # it names no order, and ours was not made yet


@pytest.mark.parametrize("tells_why", [True, False])
async def test_before_sending_what_was_refused_is_no_open_payment(ovh, gateway, order, tells_why):
    ovh.payments.tells_why = tells_why
    ovh.refuse_card(VISA)
    for _ in range(2):
        await ask(pay, gateway, order.id, VISA)
        reconciliation = await earlier(gateway, order)
        assert (reconciliation.progress, reconciliation.is_open) == (P.NOT_SEEN, False)


async def test_money_that_no_other_order_explains_is_counted(ovh, gateway, order):
    """It names no order, so it may have paid this one."""
    another_order_pays(ovh, order)
    ovh.orders.forgotten.add(order.id + 1000)
    reconciliation = await earlier(gateway, order)
    assert (reconciliation.progress, reconciliation.unexplained, reconciliation.is_open) == (P.UNDECIDED, 1, False)
    assert (await earlier(gateway, order, method=SEPA)).unexplained == 0
    assert (await earlier(gateway, order, minutes=-10)).unexplained == 0  # ours was not made yet


async def test_money_that_paid_an_order_of_others_is_explained(ovh, gateway, order):
    """OVH dates the payment of each order of the account."""
    ovh.outsider.pay(ovh.outsider.order("other.ovh", total="3.59"), VISA)
    assert (await unexplained(gateway, order)).progress is P.NOT_SEEN
    ovh.outsider.pay(ovh.outsider.order("third.ovh", total="3.59"), VISA, ago=600)
    ovh.outsider.transaction("3.59", VISA)
    assert (await unexplained(gateway, order)).unexplained == 1


async def test_twenty_orders_of_one_amount_explain_themselves(ovh, gateway, order):
    """No payment waits for them, whether they are ours or another user's."""
    orders = ovh.outsider.orders_of("3.59", 20)
    for place, other in enumerate(orders):
        ovh.outsider.pay(other, VISA, ago=60.0 * 60 * (19 - place))
    assert (await unexplained(gateway, order, minutes=25 * 60)).progress is P.NOT_SEEN
    asked = ovh.count("GET", "/me/order")
    ours = tuple(SentPayment(other.id, VISA, other.paid_at) for other in orders)
    assert (await earlier(gateway, order, minutes=25 * 60, others=ours)).unexplained == 0
    assert ovh.count("GET", "/me/order") == asked  # what is on record needs no look at OVH's orders


@pytest.mark.parametrize("other", [(SEPA, 0), (VISA, 10), ("ovhAccount", 0)])
async def test_a_payment_of_ours_explains_only_its_own_method_and_time(ovh, gateway, order, other):
    """A payment that was sent later, or by another method, did not leave that transaction."""
    method, minutes = other
    ovh.outsider.transaction("3.59", VISA)
    sent_at = datetime.now(UTC) + timedelta(minutes=minutes)
    assert (await unexplained(gateway, order, others=[SentPayment(OrderId(7), method, sent_at)])).unexplained == 1
    explained = [SentPayment(OrderId(7), VISA, datetime.now(UTC))]
    assert (await unexplained(gateway, order, others=explained)).unexplained == 0


@pytest.mark.parametrize(("status", "count"), [("SUCCESS", 1), ("CONFIRMING", 1), ("FAILED", 0), ("CANCELED", 0)])
async def test_only_what_took_or_may_take_money_is_counted(ovh, gateway, order, status, count):
    """A transaction that failed paid nothing; one that has not ended still may."""
    ovh.outsider.transaction("3.59", VISA, status=status)
    ovh.outsider.transaction("3.60", VISA, status=status)
    reconciliation = await unexplained(gateway, order)
    assert (reconciliation.unexplained, reconciliation.unfinished) == (count, status == "CONFIRMING")


async def test_an_open_transaction_of_another_order_hinders_nothing(ovh, gateway, order):
    """The bank is slow with a payment that is on record: that is no reason for a wait here."""
    ovh.outsider.transaction("3.59", SEPA, status="CONFIRMING")
    assert (await earlier(gateway, order)).is_open
    assert not (await earlier(gateway, order, others=[SentPayment(OrderId(7), SEPA, datetime.now(UTC))])).is_open


@pytest.mark.parametrize("path", ["/me/order", "/me/order/*", "/me/order/*/payment"])
async def test_orders_that_cannot_be_read_explain_no_money(ovh, gateway, order, path):
    """A refusal there is none of the transactions: they were read, and one may have paid this order."""
    ovh.outsider.pay(ovh.outsider.order("other.ovh", total="3.59"), VISA)
    assert (await earlier(gateway, order)).unexplained == 0
    ovh.faults.add("GET", path, "refuse", status=403, message="This call has not been granted", times=99)
    assert (await unexplained(gateway, order)).unexplained == 1


@pytest.mark.parametrize("what", ["list", "one"])
async def test_unreadable_transactions_hinder_only_after_a_payment(ovh, gateway, order, what):
    """Before the first one they count as none; after one of ours, its floor is a day."""
    ovh.outsider.transaction("3.59", VISA)
    ovh.payments.unreadable = {what}
    assert (await earlier(gateway, order)).unexplained == 0
    with pytest.raises(RegistrarRefused):
        await unexplained(gateway, order)


async def test_a_method_is_looked_for_in_the_orders_own_list(ovh, gateway, order):
    """An empty list says nothing: an order that was paid has none."""
    ovh.payments.prepaid = Decimal(50)
    assert await ask(gateway.lists_method, order.id, VISA)
    assert await ask(gateway.lists_method, order.id, "ovhAccount")
    assert not await ask(gateway.lists_method, order.id, "fidelityAccount")
    ovh.payments.methods = [method for method in ovh.payments.methods if method.id != VISA]
    assert not await ask(gateway.lists_method, order.id, VISA)
    ovh.payments.methods.clear()
    assert await ask(gateway.lists_method, order.id, VISA)
    ovh.faults.add("GET", "/me/order/*/paymentMethods", "refuse")
    with pytest.raises(RegistrarRefused):
        await ask(gateway.lists_method, order.id, VISA)


def tries(ovh, order, source, *, seconds: float = 0.0):
    """A payment that was refused so many seconds from now, with a method or on the page."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    ovh.orders.all[order.id].tries.append(Try(at, source, "The card was refused."))


@pytest.mark.parametrize(
    ("method", "source", "seconds", "is_own"),
    [
        (VISA, VISA, 1, True),
        (VISA, VISA, 55, True),
        (VISA, VISA, 62, False),
        (VISA, SEPA, 1, False),
        (VISA, "page", 1, False),  # with a card that the account does not know
        ("ovhAccount", "page", 1, False),
    ],
)
async def test_a_refusal_is_the_payments_own_by_its_transaction(ovh, gateway, order, method, source, seconds, is_own):
    """The follow-up names no method, so its refusal may be of a payment on OVH's page. `seconds`: since the sending."""
    tries(ovh, order, source, seconds=seconds - 120)
    reconciliation = await ask(gateway.payment, order, sent(method, seconds=-120))
    assert (reconciliation.progress, reconciliation.is_own) == (P.REFUSED, is_own)


async def test_a_refusal_next_to_a_booked_transaction_is_not_ours(ovh, gateway, order):
    """The order shows the refusal on the page alone; the payment itself shows as a transaction only."""
    tries(ovh, order, VISA)
    ovh.outsider.transaction("3.59", VISA)
    reconciliation = await ask(gateway.payment, order, sent())
    assert (reconciliation.progress, reconciliation.is_own) == (P.REFUSED, False)


async def test_a_refusal_is_not_ours_while_transactions_are_unread(ovh, gateway, order):
    """A refusal is not its own while transactions cannot be read."""
    tries(ovh, order, VISA)
    ovh.payments.unreadable = {"list"}
    reconciliation = await ask(gateway.payment, order, sent())
    assert (reconciliation.progress, reconciliation.is_own) == (P.REFUSED, False)


async def test_a_refusal_beside_another_payment_is_nobodys(ovh, gateway, order):
    """Two payments were begun since the sending: nobody knows to which one the refusal belongs."""
    ovh.refuse_card(VISA, "The card is blocked.")
    await ask(pay, gateway, order.id, VISA)
    ovh.orders.all[order.id].tries.append(Try(datetime.now(UTC), "page", "Another card was refused."))
    assert (await seen(gateway, order, sent()))[0] is not P.REFUSED
    assert (await seen(gateway, order, sent("ovhAccount")))[0] is P.UNDECIDED  # which leaves no transaction


async def test_an_orders_end_is_told_beside_what_may_have_paid_it(ovh, gateway, order):
    """OVH cancelled it, and a transaction may be its payment."""
    ovh.outsider.transaction("3.59", VISA)
    ovh.cancel(order.id)
    reconciliation = await ask(gateway.payment, order, sent())
    assert (reconciliation.progress, reconciliation.order_is_over) == (P.UNDECIDED, True)


async def test_ovhs_time_is_read_afresh(ovh, gateway, order):
    """A kept difference may be wrong: our clock may have been put right since."""
    for ahead in (0.0, 3600.0, -7200.0):
        ovh.clock.put(ahead)
        told = await ask(gateway.time)
        assert abs(told - datetime.now(UTC) - timedelta(seconds=ahead)) < timedelta(seconds=3)


@pytest.mark.parametrize("by_the_order", [True, False])
async def test_finds_a_payment_after_our_clock_was_put_back(ovh, gateway, order, by_the_order):
    """Ours was ten minutes ahead of OVH's then, and is right now."""
    at = datetime.now(UTC)
    payment = replace(sent(seconds=600), sent_at_ovh=at)
    if by_the_order:
        begun(ovh, order)
    else:
        another_order_pays(ovh, order)  # all that may be it is a transaction
    assert (await ask(gateway.payment, order, payment)).progress is (P.UNDER_WAY if by_the_order else P.UNDECIDED)


async def test_no_second_payment_after_our_clock_was_put_back(ovh, gateway, rules, monkeypatch):
    """An order is not paid twice where our clock was put back after a lost answer."""
    rules.registrar = gateway
    rules.restart()
    rules.clock.now, ovh.clock_offset = datetime.now(UTC) + timedelta(minutes=10), -600.0  # ours is ahead
    ovh.credentials.tolerance = 1200.0  # only the rules' clock is moved, and they date the signature
    cart = await ask(rules.approved)
    cart = await ask(rules.run_worker, cart.id, steps=3, seconds=2)
    ovh.payments.settle_after = 3600.0
    ovh.faults.add("POST", "/me/order/*/pay", "lost_after")
    await ask(rules.workflow.payments.pay, cart.id, payer=rules.dan, method=VISA, mark=rules.mark(cart.id))
    await ask(rules.advance, cart.id)
    rules.clock.now, ovh.clock_offset = datetime.now(UTC), 0.0
    for _ in range(30):
        cart = await ask(rules.run_worker, cart.id, steps=1, seconds=60)
        if cart.state is CartState.CHECKED_OUT:
            await ask(rules.workflow.payments.pay, cart.id, payer=rules.dan, method=SEPA, mark=rules.mark(cart.id))
    assert cart.state is CartState.PAYING
    assert [call.source for call in ovh.payments.calls] == [str(VISA)]


async def test_finds_a_payment_by_our_time_and_the_clock_difference(ovh, gateway, order):
    """A payment with only our own time on record is seen by how far OVH's is ahead now."""
    ovh.clock_offset = -600.0
    begun(ovh, order)
    assert (await seen(gateway, order, sent(seconds=600)))[0] is P.UNDER_WAY


async def test_the_refusal_of_an_earlier_payment_stays_its_own(ovh, gateway, order, monkeypatch):
    """OVH's step keeps its ERROR, though another payment was begun since."""
    ovh.refuse_card(VISA)
    ovh.payments.tells_why = False
    ovh.orders.all[order.id].tries.append(Try(datetime.now(UTC) - timedelta(minutes=5), VISA, ""))
    begun(ovh, order)
    monkeypatch.setattr(follow_up, "_validating", lambda _order: "ERROR")
    assert (await ask(gateway.payment, order, sent())).is_open  # its transaction has not ended
    progress, told = await seen(gateway, order, sent("ovhAccount"))  # which has none
    assert progress is P.UNDECIDED
    assert told == {"seen": "some_payment_failed"}
    assert (await earlier(gateway, order)).is_open


async def test_a_transaction_is_open_until_it_ends(ovh, gateway, order):
    another_order_pays(ovh, order)
    assert not (await ask(gateway.payment, order, sent())).is_open
    foreign = ovh.orders.all[order.id + 1000]
    ovh.payments.settle_after, foreign.pending = 600.0, foreign.tries[:]
    foreign.tries.clear()
    assert (await ask(gateway.payment, order, sent())).is_open


async def test_ovhs_clock_is_read_again_before_times_are_compared(ovh, gateway, order, monkeypatch):
    before = ovh.count("GET", "/auth/time")
    await seen(gateway, order, sent())
    assert ovh.count("GET", "/auth/time") == before + 1


@pytest.mark.parametrize("method", [VISA, "ovhAccount"])
async def test_a_payment_that_was_held_up_too_long_is_not_sent(ovh, gateway, order, method):
    ovh.payments.prepaid = Decimal(5)
    with refuses("too_late_to_send", RegistrarUnavailable):
        await ask(pay, gateway, order.id, method, not_after=datetime.now(UTC))
    assert ovh.count("POST", "/me/order/*") == 0
    assert ovh.orders.all[order.id].payments == []


async def test_methods_that_may_not_be_read_leave_the_other_ways(ovh, gateway, order):
    ovh.payments.prepaid = Decimal(50)
    ovh.faults.add("GET", "/me/order/*/paymentMethods", "refuse")
    assert await labels(gateway, order) == ["SEPA_DIRECT_DEBIT", "ovhAccount"]


@pytest.mark.parametrize(("urgent", "priority"), [(True, Priority.MONEY), (False, Priority.POLLING)])
async def test_the_read_before_a_payment_waits_behind_no_search(gateway, order, monkeypatch, urgent, priority):
    asked, used = Client.ask, set()

    def noting(client, path, **kwargs):
        used.add(kwargs["priority"])
        return asked(client, path, **kwargs)

    monkeypatch.setattr(Client, "ask", noting)
    await ask(gateway.order, order.id, urgent=urgent)
    assert used == {priority}


async def test_a_cancelled_order_was_not_paid(ovh, gateway, order):
    ovh.cancel(order.id)
    assert (await seen(gateway, order, sent()))[0] is P.CANCELLED


async def test_a_fitting_transaction_leaves_it_undecided(ovh, gateway, order):
    """A transaction that fits leaves it undecided for it names no order."""
    another_order_pays(ovh, order)
    progress, told = await seen(gateway, order, sent())
    assert progress is P.UNDECIDED
    assert about(told) == ("transaction_booked", amount(order.total), "success")


@pytest.mark.parametrize(("method", "seconds"), [(SEPA, -5), (VISA, 180)])
async def test_a_transaction_of_another_method_or_time_proves_nothing(ovh, gateway, order, method, seconds):
    another_order_pays(ovh, order)
    assert (await seen(gateway, order, sent(method, seconds=seconds)))[0] is P.NOT_SEEN


async def test_the_newest_transactions_are_read_however_many_there_are(ovh, gateway, order, monkeypatch):
    monkeypatch.setattr("registrars.ovh.payments._MAX_READ", 1)
    another_order_pays(ovh, order, number=-1000, minutes=30 * 24 * 60)
    another_order_pays(ovh, order)
    assert (await seen(gateway, order, sent()))[0] is P.UNDECIDED


async def test_a_transaction_over_another_amount_proves_nothing(ovh, gateway, order):
    another_order_pays(ovh, order)
    assert (await seen(gateway, replace(order, total=Money(999, "EUR")), sent()))[0] is P.NOT_SEEN


async def test_a_failed_transaction_did_not_pay(ovh, gateway, order):
    another_order_pays(ovh, order, why="No.")
    progress, told = await seen(gateway, order, sent())
    assert progress is P.NOT_SEEN
    assert about(told) == ("transaction_failed", amount(order.total), "failed")


async def test_transactions_that_may_not_be_read_leave_it_undecided(ovh, gateway, order):
    ovh.faults.add("GET", "/me/payment/transaction", "refuse", message="This call has not been granted")
    progress, told = await seen(gateway, order, sent())
    assert progress is P.UNDECIDED
    assert (told["seen"], told["refusal"]["error"]) == ("transactions_not_read", "ovh_right_missing")


async def test_the_invoice_comes_after_the_payment(ovh, gateway, order):
    """The invoice comes after the payment and its link is OVH's own."""
    assert await ask(gateway.invoice_of, order.id) is None
    await ask(pay, gateway, order.id, VISA)
    ovh.clock.advance(2)
    number = await ask(gateway.invoice_of, order.id)
    assert number == ovh.bills.all()[0].id
    assert number in await ask(gateway.invoice_link, number)


FOLLOW_UP = [
    ("PAYMENT_INITIATED", "DOING", P.UNDER_WAY),
    ("REGISTERED_PAYMENT_INITIATED", "DOING", P.UNDER_WAY),
    ("PAYMENT_RECEIVED", "DOING", P.RECEIVED),
    ("FRAUD_REFUSED", "DOING", P.UNDECIDED),  # and no payment begun that it could be about
    ("PAYMENT_INITIATED", "ERROR", P.REFUSED),
]


@pytest.mark.parametrize(("label", "status", "progress"), FOLLOW_UP)
async def test_the_orders_own_follow_up_is_believed_first(gateway, order, label, status, progress, monkeypatch):
    entry = {"date": datetime.now(UTC).isoformat(), "label": label, "description": "x"}
    step = {"step": "VALIDATING", "status": status, "history": [entry]}
    asked = Client.ask

    def follow_up(client, path, **kwargs):
        return [step] if path.endswith("/followUp") else asked(client, path, **kwargs)

    monkeypatch.setattr(Client, "ask", follow_up)
    assert (await seen(gateway, order, sent()))[0] is progress
