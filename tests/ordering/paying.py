"""Short ways into a payment whose outcome is not known, for the tests of the rules."""

from dataclasses import replace
from datetime import timedelta

from ordering.model.facts import Data, amount
from ordering.model.sales_order import PaymentProgress, PaymentReconciliation
from tests.builders import euros


def of_transaction(seen: str, status: str) -> Data:
    """What OVH's transaction 7 for €3.59 shows."""
    return {"seen": seen, "transaction": 7, "amount": amount(euros("3.59")), "status": status}


NOTHING = PaymentReconciliation(PaymentProgress.NOT_SEEN, {"seen": "no_payment"})
PAID = PaymentReconciliation(PaymentProgress.RECEIVED, {"seen": "order_paid", "order": 7})
REFUSED = PaymentReconciliation(
    PaymentProgress.REFUSED, {"seen": "refused", "said": "The card is blocked"}, is_own=True
)
FAILED = PaymentReconciliation(PaymentProgress.NOT_SEEN, of_transaction("transaction_failed", "failure"), failed=True)
UNDER_WAY = PaymentReconciliation(PaymentProgress.UNDER_WAY, {"seen": "payment_begun", "order": 7})
TAKEN = PaymentReconciliation(
    PaymentProgress.UNDECIDED, of_transaction("transaction_unexplained", "success"), unexplained=1
)
BOOKED = PaymentReconciliation(PaymentProgress.UNDECIDED, of_transaction("transaction_booked", "success"))
CONFIRMING = replace(TAKEN, seen=of_transaction("transaction_unexplained", "confirming"), unfinished=True)
MINUTES, HOURS, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def pays(rules, fault=None, *, method=1):
    """An order whose payment was just sent: what became of the call is `fault`, its end is dated by OVH's clock."""
    cart = rules.ordered()
    return pays_again(rules, cart.id, fault, method=method)


def pays_again(rules, cart_id, fault=None, *, method=1):
    """The same for a request whose order can be paid."""
    rules.workflow.payments.pay(cart_id, payer=rules.dan, method=method, mark=rules.mark(cart_id))
    rules.registrar.next_fault = fault
    rules.fulfilment.advance(cart_id)
    rules.fulfilment.advance(cart_id)
    return rules.workflow.queries.cart(cart_id)


def after(rules, cart_id, wait):
    """The request so long after now; the bot looks at it once a minute of the last five, and then once more."""
    end = rules.clock.now + wait
    rules.clock.now = max(rules.clock.now, end - 5 * MINUTES)
    while rules.clock.now <= end:
        rules.run_worker(cart_id, steps=1, seconds=20)
    rules.clock.now = end
    rules.run_worker(cart_id, steps=1, seconds=0)
    return rules.workflow.queries.cart(cart_id)


def asked(rules, fault="lost_before"):
    """A payment without an answer, until a person is asked."""
    cart = after(rules, pays(rules, fault).id, 2 * MINUTES)
    assert cart.payment_is_undecided
    return cart


def takes_on(rules, monkeypatch):
    """OVH accepts each payment and shows nothing of it; returns the methods that were sent."""
    sent = []
    monkeypatch.setattr(rules.registrar, "pay", lambda _order, method, **_: sent.append(method))
    return sent
