"""What a requester reads of their cart's end, in sentences that need no card beside them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.views.approval import thread_line
from handlers.views.direct_messages import news
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.sales_order import SalesOrder
from tests.builders import NOW, a_line, euros

S, K = CartState, EventKind
STUCK = "OVH said no: REASON is mandatory. Nothing was ordered."


def a_cart(state: CartState, **more) -> Cart:
    return Cart(12, "C1", "U0ADA", state, NOW, (a_line(),), requester="U0ADA", **more)


def an_event(
    state: CartState, note: str | None = None, by: str | None = None, kind: EventKind = K.CLOSED, **data: str
) -> Event:
    return Event(12, state, NOW, by=by, note=note, kind=kind, data=data)


def told(event: Event, cart: Cart, before: Event | None = None) -> str | None:
    drawn = news(event, cart, before=before)
    return drawn.text if drawn else None


ORDER = SalesOrder(256, euros("3.59"), euros("0.60"), expires_at=NOW + timedelta(days=14))


@pytest.mark.parametrize(
    ("event", "cart", "sentence"),
    [
        (
            an_event(S.CANCELLED, "closed", "U0DAN"),
            a_cart(S.CANCELLED, note="Closed without ordering."),
            "Cart #12 (name.ovh) was closed by <@U0DAN>. Nothing was ordered.",
        ),
        (
            an_event(S.CANCELLED, "closed", "U0DAN"),
            a_cart(S.CANCELLED, order=ORDER),
            "Cart #12 (name.ovh) was closed by <@U0DAN>. OVH had cancelled order 256.",
        ),
        (
            an_event(S.CANCELLED, "OVH cancelled order 256: nothing was paid."),
            a_cart(S.CANCELLED, order=ORDER),
            "Cart #12 (name.ovh) was closed. OVH cancelled order 256: nothing was paid.",
        ),
        (
            an_event(S.REJECTED, "Too dear", "U0CLEO"),
            a_cart(S.REJECTED),
            "Cart #12 (name.ovh) was rejected by <@U0CLEO>: Too dear",
        ),
        (
            an_event(S.NEEDS_ATTENTION, STUCK),
            a_cart(S.NEEDS_ATTENTION, note=STUCK),
            f"Cart #12 (name.ovh) needs a person. {STUCK} The approvers and payers were told.",
        ),
        (
            an_event(S.NEEDS_ATTENTION, "it is order 256", "U0DAN"),
            a_cart(S.NEEDS_ATTENTION, note="OVH made order 256 over €9.00, but €3.59 was approved."),
            (
                "Cart #12 (name.ovh) needs a person. OVH made order 256 over €9.00, but €3.59 was approved. "
                "The approvers and payers were told."
            ),
        ),
        (
            an_event(S.NEEDS_ATTENTION, "it is order 256", "U0DAN"),
            a_cart(S.CANCELLED, order=ORDER),
            "Cart #12 (name.ovh) needs a person. Its card says more. The approvers and payers were told.",
        ),
    ],
)
def test_every_end_is_told_in_whole_sentences(event, cart, sentence):
    assert told(event, cart) == sentence


def test_another_trouble_is_news_and_the_same_one_is_not():
    before = an_event(S.NEEDS_ATTENTION, STUCK, kind=K.DOCUMENTS_REQUESTED)
    failed = an_event(S.NEEDS_ATTENTION, STUCK, kind=K.REGISTRATION_FAILED, name="name.ovh")
    cart = a_cart(S.NEEDS_ATTENTION, note=STUCK, fact=failed.fact)
    assert STUCK in (told(failed, cart, before) or "")
    assert told(failed, cart, replace(failed, note="The same in other words.")) is None
    assert told(before, cart, failed) is None, "it is not what the cart waits for any more"
    other = an_event(S.NEEDS_ATTENTION, STUCK, kind=K.REGISTRATION_FAILED, name="other.ovh")
    assert STUCK in (told(other, replace(cart, fact=other.fact), failed) or "")


def test_an_invoice_that_comes_while_a_cart_is_stuck_is_no_trouble():
    before = an_event(S.NEEDS_ATTENTION, STUCK, kind=K.CHECKOUT_REFUSED)
    cart = a_cart(S.NEEDS_ATTENTION, note=STUCK, fact=before.fact)
    assert told(an_event(S.NEEDS_ATTENTION, STUCK, kind=K.INVOICE_RECEIVED), cart, before) is None


def test_nobody_is_told_what_they_did_themselves():
    cart = a_cart(S.CANCELLED)
    assert told(an_event(S.CANCELLED, "withdrawn", "U0ADA"), cart) is None
    assert told(an_event(S.CANCELLED, "closed", "U0ADA"), replace(cart, note="Closed without ordering.")) is None


def test_the_thread_says_who_closed_a_cart_once():
    line = thread_line(
        an_event(S.CANCELLED, "closed", "U0DAN"), a_cart(S.CANCELLED), before=None,
        approvers=frozenset(), payers=frozenset(),
    )  # fmt: skip
    assert line == "<@U0DAN> closed this."
