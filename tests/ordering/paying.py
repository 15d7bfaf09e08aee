"""Short ways into a payment whose outcome is not known, for the tests of the rules."""

from dataclasses import replace
from datetime import timedelta

from ordering.model.sales_order import PaymentProgress, PaymentSighting

NOTHING = PaymentSighting(PaymentProgress.NOT_SEEN, "OVH shows no payment.")
REFUSED = PaymentSighting(PaymentProgress.REFUSED, "The card is blocked", begun=1)
FAILED = PaymentSighting(PaymentProgress.NOT_SEEN, "Its transaction 7 failed.", failed=True)
UNDER_WAY = PaymentSighting(PaymentProgress.UNDER_WAY, "OVH has begun a payment.", begun=1)
TAKEN = PaymentSighting(PaymentProgress.UNDECIDED, "Transaction 7 for €3.59 may be this order's.", unexplained=1)
CONFIRMING = replace(TAKEN, unfinished=True)
MINUTES, HOURS, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def pays(rules, fault=None, *, method=1):
    """An order whose payment was just sent: what became of the call is `fault`, its end is dated by OVH's clock."""
    cart = rules.ordered()
    return pays_again(rules, cart.id, fault, method=method)


def pays_again(rules, cart_id, fault=None, *, method=1):
    """The same for a request whose order can be paid."""
    rules.workflow.pay(cart_id, payer=rules.dan, method=method, shown=rules.mark(cart_id))
    rules.registrar.next_fault = fault
    rules.fulfilment.advance(cart_id)
    rules.fulfilment.advance(cart_id)
    return rules.workflow.cart(cart_id)


def after(rules, cart_id, wait):
    """The request so long after now; the bot looks at it once a minute of the last five, and then once more."""
    end = rules.clock.now + wait
    rules.clock.now = max(rules.clock.now, end - 5 * MINUTES)
    while rules.clock.now <= end:
        rules.settle(cart_id, steps=1, seconds=20)
    rules.clock.now = end
    rules.settle(cart_id, steps=1, seconds=0)
    return rules.workflow.cart(cart_id)


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
