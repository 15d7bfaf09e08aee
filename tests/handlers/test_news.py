"""What a requester reads of their cart's end, in sentences that need no card next to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.messages import remark
from handlers.messages.en import news as says
from handlers.views.direct_messages import news
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import Data, EventKind, Fact, amount
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import SalesOrder
from tests.builders import NOW, a_line, euros

S, K = CartState, EventKind
LOST = Fact(K.ORDER_MISSING, {"order": 256})
FAILED = Fact(K.REGISTRATION_FAILED, {"order": 256, "name": "name.ovh", "ovh": {"comment": "REASON is mandatory"}})
CANCELLED = Fact(K.ORDER_CANCELLED, {"order": 256})
CLOSED = Fact(K.CLOSED, {"order": None, "missing": False})
PRICES: Data = {"approved": amount(euros("3.59")), "ovh": {"total": amount(euros("9.00"))}}
TOO_DEAR = Fact(K.ORDER_ADOPTED, {"order": 256, "payable": False, **PRICES})


def a_cart(state: CartState, **more) -> Cart:
    return Cart(CartId(12), "C1", "U0ADA", state, NOW, (a_line(),), requester="U0ADA", **more)


def an_event(state: CartState, fact: Fact, by: str | None = None) -> Event:
    return Event(CartId(12), state, NOW, by=by, kind=fact.kind, data=fact.data)


def said(fact: Fact) -> str:
    """What the catalogue says on the card of a cart about which this is known."""
    return remark(a_cart(S.NEEDS_ATTENTION, fact=fact)) or pytest.fail("the catalogue says nothing of it")


def told(event: Event, cart: Cart, before: Event | None = None) -> str | None:
    rendered = news(event, cart, before=before)
    return rendered.text if rendered else None


ORDER = SalesOrder(OrderId(256), euros("3.59"), euros("0.60"), expires_at=NOW + timedelta(days=14))


@pytest.mark.parametrize(
    ("event", "cart", "sentence"),
    [
        (
            an_event(S.CANCELLED, CLOSED, "U0DAN"),
            a_cart(S.CANCELLED, fact=CLOSED),
            says.closed(a_cart(S.CANCELLED), "U0DAN", says.NOTHING_ORDERED),
        ),
        (
            an_event(S.CANCELLED, CLOSED, "U0DAN"),
            a_cart(S.CANCELLED, order=ORDER),
            says.closed(a_cart(S.CANCELLED), "U0DAN", says.order_cancelled(256)),
        ),
        (
            an_event(S.CANCELLED, CANCELLED),
            a_cart(S.CANCELLED, order=ORDER, fact=CANCELLED),
            says.closed(a_cart(S.CANCELLED), None, said(CANCELLED)),
        ),
        (
            an_event(S.REJECTED, Fact(K.REJECTED), "U0CLEO"),
            a_cart(S.REJECTED, reason="Too dear"),
            says.rejected(a_cart(S.REJECTED), "U0CLEO", "Too dear"),
        ),
        (
            an_event(S.NEEDS_ATTENTION, LOST),
            a_cart(S.NEEDS_ATTENTION, fact=LOST),
            says.needs_attention(a_cart(S.NEEDS_ATTENTION), said(LOST)),
        ),
        (
            an_event(S.NEEDS_ATTENTION, TOO_DEAR, "U0DAN"),
            a_cart(S.NEEDS_ATTENTION, fact=TOO_DEAR),
            says.needs_attention(a_cart(S.NEEDS_ATTENTION), said(TOO_DEAR)),
        ),
        (
            an_event(S.NEEDS_ATTENTION, TOO_DEAR, "U0DAN"),
            a_cart(S.CANCELLED, order=ORDER),
            says.needs_attention(a_cart(S.NEEDS_ATTENTION), says.CARD_SAYS_MORE),
        ),
    ],
)
def test_every_end_is_told_in_whole_sentences(event, cart, sentence):
    assert told(event, cart) == sentence


def test_another_trouble_is_news_and_the_same_one_is_not():
    before = an_event(S.NEEDS_ATTENTION, Fact(K.DOCUMENTS_REQUESTED, {"order": 256}))
    failed = an_event(S.NEEDS_ATTENTION, FAILED)
    cart = a_cart(S.NEEDS_ATTENTION, fact=FAILED)
    assert said(FAILED) in (told(failed, cart, before) or "")
    assert told(failed, cart, replace(failed, note="The same, as an earlier version said it.")) is None
    assert told(before, cart, failed) is None, "it is not what the cart waits for any more"
    other = replace(FAILED, data={**FAILED.data, "name": "other.ovh"})
    event = an_event(S.NEEDS_ATTENTION, other)
    assert said(other) in (told(event, replace(cart, fact=other), failed) or "")


def test_an_invoice_for_a_stuck_cart_is_reported():
    """An invoice that arrives for a stuck cart is not a reason to block it."""
    before = an_event(S.NEEDS_ATTENTION, LOST)
    cart = a_cart(S.NEEDS_ATTENTION, fact=LOST)
    invoice = Fact(K.INVOICE_RECEIVED, {"order": 256, "ovh": {"invoice": "FR7"}})
    assert told(an_event(S.NEEDS_ATTENTION, invoice), cart, before) is None


def test_nobody_is_told_what_they_did_themselves():
    cart = a_cart(S.CANCELLED)
    withdrawn = Fact(K.REQUEST_WITHDRAWN)
    assert told(an_event(S.CANCELLED, withdrawn, "U0ADA"), replace(cart, fact=withdrawn)) is None
    assert told(an_event(S.CANCELLED, CLOSED, "U0ADA"), replace(cart, fact=CLOSED)) is None
