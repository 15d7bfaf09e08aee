"""What people see of a payment whose outcome is not known: how it stands, until when it waits, and what is safe."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.messages import remark
from handlers.messages import words as catalogue
from handlers.text.mrkdwn import escape
from handlers.toolkit.blocks import section
from handlers.views import approval
from handlers.views.card_rules import CardRules
from ordering.model.cart import Cart, CartState
from ordering.model.facts import EventKind, Fact
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import Payment, PaymentMethod, SalesOrder, Statement
from tests.builders import NOW, POLICY, a_line, a_quote, euros
from tests.handlers.rendering import blocks_of, check

S, K = CartState, EventKind
ORDER = SalesOrder(OrderId(7), euros("3.59"), euros("0.60"), expires_at=NOW, methods=(PaymentMethod(3, "VISA"),))
SENT = Payment(3, "U0DAN", NOW, sent_at=NOW, sent_at_ovh=NOW)
UNTIL = NOW + timedelta(minutes=15)
REFUSED_CALL = Fact(K.PAYMENT_CALL_REFUSED, {"order": 7, "method": 3, "turned_away": True, "error": "throttled"})
UNKNOWN = Fact(K.PAYMENT_UNKNOWN, {"order": 7, "method_name": "VISA", "evidence": {"seen": "no_payment"}})
FLOOR = catalogue.paying.again_from(UNTIL)


def a_cart(state=S.PAYING, payment=SENT, order=ORDER, fact=None) -> Cart:
    lines = (a_line(),)
    return Cart(
        CartId(12), "C1", "U0ADA", state, NOW, lines, requester="U0ADA", quote=a_quote(), order=order, payment=payment,
        fact=fact,
    )  # fmt: skip


def card(shown: Cart):
    return approval.card(
        shown, CardRules(approvals_needed=1, waive_retraction=True, approvers=POLICY.approvers, payers=POLICY.payers)
    )


def text(shown: Cart) -> str:
    rendered = card(shown)
    check(rendered)
    return str(blocks_of(rendered))


def buttons(shown: Cart):
    """The buttons of a card by their words."""
    elements = [e for block in blocks_of(card(shown)) for e in block.get("elements", []) if e["type"] == "button"]
    return {element["text"]["text"]: element for element in elements}


def test_a_refused_call_is_on_the_card_with_its_end():
    """The card says so at once, offers the order's page, and no other payment."""
    waiting = replace(SENT, refusal="registrar_refused", waits_until_ovh=UNTIL)
    shown = a_cart(payment=waiting, fact=REFUSED_CALL)
    assert remark(shown)
    assert str(section(escape(remark(shown))).to_dict()) in text(shown)
    assert catalogue.paying.again_from(UNTIL) in text(shown)
    assert list(buttons(shown)) == ["Open order"]


@pytest.mark.parametrize(
    ("cart", "question"),
    [
        (a_cart(), catalogue.paying.under_way("U0DAN")),
        (a_cart(S.NEEDS_ATTENTION), catalogue.paying.under_way("U0DAN")),
        (
            a_cart(S.NEEDS_ATTENTION, replace(SENT, sent_at=None, unexplained=1)),
            catalogue.paying.MAY_BE_PAID,
        ),
    ],
)
def test_open_order_asks_first_while_a_payment_may_be_taken(cart, question):
    """It carries what its card shows, so that an older card opens nothing."""
    button = buttons(cart)["Open order"]
    assert (button["confirm"]["text"]["text"], button["value"]) == (question, f"12 {cart.mark}")


def test_open_order_asks_nothing_where_nobody_pays():
    """There is no payment that another one could double."""
    button = buttons(a_cart(S.CHECKED_OUT, None))["Open order"]
    assert ("confirm" in button, button["value"]) == (False, "12")


@pytest.mark.parametrize("paid", [True, False])
def test_a_statement_is_on_the_card_with_its_name(paid):
    """Who said that it was paid is not told when it can be paid again."""
    statement = Statement(paid=paid, by="U0CLEO", at=NOW)
    shown = text(a_cart(payment=replace(SENT, statement=statement, waits_until_ovh=UNTIL)))
    assert catalogue.paying.answered("U0CLEO", paid=paid) in shown
    assert (FLOOR in shown) is not paid


def test_a_payment_that_ovh_processes_is_said_to_be_under_way():
    """Nobody needs to act."""
    processing = catalogue.paying.processing(7)
    assert processing in text(a_cart(payment=replace(SENT, notified_at_ovh=NOW)))
    assert processing not in text(a_cart())


def test_a_question_says_from_when_the_order_can_be_paid_again():
    """Looking comes first, and neither answer is the safe one."""
    shown = a_cart(S.NEEDS_ATTENTION, replace(SENT, waits_until_ovh=UNTIL), fact=UNKNOWN)
    assert str(section(escape(remark(shown))).to_dict()) in text(shown)
    assert FLOOR in text(shown)
    assert list(buttons(shown)) == ["Open order", "It was paid", "It was not paid"]
    assert not any("style" in button for button in buttons(shown).values())


def test_an_order_that_ovh_does_not_know_cannot_be_paid():
    """Its card offers no way to pay, and *Close* once a person is asked."""
    missing = replace(ORDER, missing_since=NOW)
    assert {"Pay", "Open order"}.isdisjoint(buttons(a_cart(S.CHECKED_OUT, None, missing)))
    assert catalogue.paying.missing(7) in text(a_cart(S.CHECKED_OUT, None, missing))
    assert list(buttons(a_cart(S.NEEDS_ATTENTION, None, missing))) == ["Open order", "Close"]
