"""A card's thread holds only what needs a person: it mentions them, because Slack notifies nobody of an edit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.messages import happened
from handlers.messages import words as catalogue
from handlers.views.thread import thread_line
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import Data, EventKind
from ordering.model.ids import CartId, OrderId
from ordering.model.sales_order import OrderStatus, Payment, PaymentMethod, SalesOrder
from tests.builders import NOW, POLICY, a_line, a_quote, euros
from tests.handlers.rendering import EVIL

S, K = CartState, EventKind
_says = catalogue.thread
ORDER = SalesOrder(
    OrderId(7),
    euros("3.59"),
    euros("0.60"),
    OrderStatus.NOT_PAID,
    NOW + timedelta(days=14),
    (PaymentMethod(3, "VISA"),),
)
VISA_REFUSED: Data = {"method_name": "VISA", "ovh": {"said": "No."}}
GROUP = replace(POLICY, approvers=frozenset({"S0BUY"}))


def a_cart(state: CartState, **more) -> Cart:
    late = state in {S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED}
    cart = Cart(
        CartId(12), "C1", "U0ADA", state, NOW, (a_line(), a_line("other.ovh", by="U0BEN")), requester="U0ADA",
        quote=a_quote(), reason=EVIL, order=ORDER if late else None, payment=Payment(3, "U0DAN", NOW) if late else None,
    )  # fmt: skip
    return replace(cart, **more)


def an_event(state: CartState, kind: EventKind, data: Data | None = None, *, by: str | None = None) -> Event:
    return Event(CartId(12), state, NOW, by=by, kind=kind, data=data or {})


def told(event: Event, *, cart: Cart | None = None, before: CartState | None = None, by=None, policy=POLICY, **more):
    earlier = None if before is None else Event(CartId(12), before, NOW, by=by)
    return thread_line(event, cart or a_cart(event.state), before=earlier, policy=policy, **more)


@pytest.mark.parametrize("state", list(S))
def test_every_reply_is_harmless(state):
    """What people and OVH wrote pings nobody, whatever the event."""
    failed: Data = {"order": 7, "name": "name.ovh", "ovh": {"comment": EVIL}}
    events = [
        Event(CartId(12), state, NOW, by, EVIL, kind=None) for by in (None, "U0CLEO")
    ] + [an_event(state, K.REGISTRATION_FAILED, failed, by=by) for by in (None, "U0CLEO")]  # fmt: skip
    for event in events:
        assert "<!channel>" not in (told(event) or "")


@pytest.mark.parametrize(
    ("event", "before"),
    [
        (an_event(S.SUBMITTED, K.APPROVAL_REQUESTED, {"remarks": []}, by="U0ADA"), S.OPEN),
        (an_event(S.APPROVED, K.APPROVED, by="U0CLEO"), S.SUBMITTED),
        (an_event(S.CHECKING_OUT, K.CHECKOUT_STARTED, {"ovh": {}}), S.APPROVED),
        (an_event(S.APPROVED, K.CHECKOUT_RESCHEDULED, {"error": "outcome_unknown"}), S.CHECKING_OUT),
        (an_event(S.PAYING, K.PAYMENT_REQUESTED, {"order": 7, "method": 3}, by="U0DAN"), S.CHECKED_OUT),
        (an_event(S.PAYING, K.PAYMENT_STARTED, {"order": 7, "method": 3}, by="U0DAN"), S.PAYING),
        (an_event(S.PAYING, K.PAYMENT_WAITING, {"evidence": None}), S.PAYING),
        (an_event(S.PAID, K.PAYMENT_RECEIVED, {"seen": "paid_at_ovh"}), S.PAYING),
        (an_event(S.CHECKED_OUT, K.INVOICE_RECEIVED, {"ovh": {"invoice": "FR1"}}), S.CHECKED_OUT),
        (an_event(S.DELIVERED, K.INVOICE_RECEIVED, {"ovh": {"invoice": "FR1"}}), S.DELIVERED),
        (an_event(S.CANCELLED, K.REQUEST_WITHDRAWN, by="U0ADA"), S.SUBMITTED),
    ],
)
def test_what_needs_nobody_has_no_reply(event, before):
    """The card and the status message are current anyway."""
    assert told(event, before=before) is None


def test_approvers_are_asked_again_by_name():
    """An approval that ended is news for those who may approve, and not for those who may not."""
    lapsed = an_event(S.SUBMITTED, K.APPROVAL_LAPSED, {"seconds": 3600})
    assert told(lapsed, before=S.APPROVED, policy=GROUP) == f"<!subteam^S0BUY>: {happened(lapsed)}"
    both = replace(POLICY, approvers=frozenset({"U0ADA", "U0CLEO"}))
    assert told(lapsed, before=S.APPROVED, policy=both) == f"<@U0CLEO>: {happened(lapsed)}"


def test_the_other_approvers_hear_that_one_more_is_needed():
    """Who approved already is not asked again."""
    cart = a_cart(S.SUBMITTED, approved_by=("U0CLEO",))
    half = an_event(S.SUBMITTED, K.PARTLY_APPROVED, {"approvals": 1, "needed": 2}, by="U0CLEO")
    assert told(half, cart=cart, before=S.SUBMITTED) == _says.one_more({"U0DAN"}, cart)
    assert told(half, cart=replace(cart, state=S.APPROVED), before=S.SUBMITTED) is None


@pytest.mark.parametrize(
    ("kind", "data", "before", "by"),
    [
        (K.ORDER_CREATED, {"order": 7}, S.CHECKING_OUT, None),
        (K.ORDER_FOUND, {"order": 7, "found": "later"}, S.CHECKING_OUT, None),
        (K.ORDER_ADOPTED, {"order": 7}, S.NEEDS_ATTENTION, "U0CLEO"),
        (K.OWNER_CHECK_ENDED, {"order": 7}, S.CHECKED_OUT, None),
        (K.ORDER_SHOWN_AGAIN, {"order": 7}, S.NEEDS_ATTENTION, None),
    ],
)
def test_payers_hear_of_each_order_that_can_be_paid(kind, data, before, by):
    """However the order came to be known."""
    cart = a_cart(S.CHECKED_OUT)
    assert told(an_event(S.CHECKED_OUT, kind, data, by=by), before=before) == _says.to_pay({"U0DAN"}, cart)


def test_an_order_that_cannot_be_paid_yet_pings_nobody():
    """Payers are mentioned once OVH shows whose order it is."""
    hidden = a_cart(S.CHECKED_OUT, order=replace(ORDER, owner_hidden=True))
    found = an_event(S.CHECKED_OUT, K.ORDER_FOUND, {"order": 7, "found": "later", "owner_hidden": True})
    assert told(found, cart=hidden, before=S.CHECKING_OUT) is None


def test_an_order_that_was_paid_meanwhile_pings_nobody():
    """A reply that comes late asks for nothing that is done."""
    assert told(an_event(S.CHECKED_OUT, K.ORDER_CREATED), cart=a_cart(S.PAYING), before=S.CHECKING_OUT) is None


def test_a_refused_payment_is_for_the_payer_who_clicked():
    refused = an_event(S.CHECKED_OUT, K.PAYMENT_REFUSED, VISA_REFUSED)
    assert told(refused, before=S.PAYING, by="U0EVA") == f"<@U0EVA>: {happened(refused)}"
    void = an_event(S.CHECKED_OUT, K.PAYMENT_VOID)
    assert told(void, before=S.PAYING, by="U0EVA") == f"<@U0DAN>: {happened(void)}", "the payer lost the right"
    stopped = an_event(S.CHECKED_OUT, K.PAYMENT_STOPPED, by="U0DAN")
    assert told(stopped, before=S.PAYING, by="U0DAN") is None


def test_attention_mentions_those_who_can_give_it():
    """Not the requester, who may press none of the buttons; and no crowd."""
    missing = an_event(S.NEEDS_ATTENTION, K.ORDER_MISSING, {"order": 7})
    cart = a_cart(S.NEEDS_ATTENTION)
    assert told(missing, policy=GROUP) == _says.needs_attention({"S0BUY", "U0DAN"}, cart, happened(missing))
    paid = a_cart(S.NEEDS_ATTENTION, order=replace(ORDER, status=OrderStatus.DOCUMENTS_REQUESTED))
    documents = an_event(S.NEEDS_ATTENTION, K.DOCUMENTS_REQUESTED, {"order": 7})
    assert told(documents, cart=paid) == _says.needs_attention({"U0DAN"}, paid, happened(documents))
    crowd = replace(POLICY, payers=frozenset(f"U{number}" for number in range(50)))
    assert str(told(missing, policy=crowd)).count("<@") == 8


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (an_event(S.DELIVERED, K.DELIVERED), _says.registered(["U0ADA", "U0BEN"], a_cart(S.DELIVERED))),
        (
            an_event(S.REJECTED, K.REJECTED, by="U0CLEO"),
            _says.rejected("U0ADA", "U0CLEO", a_cart(S.REJECTED), "Too dear"),
        ),
        (an_event(S.CANCELLED, K.CLOSED, by="U0DAN"), _says.ended("U0ADA", "U0DAN", a_cart(S.CANCELLED), "")),
    ],
)
def test_the_requester_hears_the_end_in_one_place(event, line):
    """A direct message tells it where the card is in another channel; else the thread does."""
    cart = a_cart(event.state, reason="Too dear")
    assert told(event, cart=cart) == line
    assert told(event, cart=cart, is_told_directly=True) is None


def test_a_returned_request_tells_its_requester():
    """Unless a direct message tells them; the user who returned their own request knows."""
    cart = a_cart(S.RETURNED)
    data: Data = {"by": "U0CLEO", "reason": "Fewer names"}
    returned = Event(CartId(12), S.RETURNED, NOW, "U0CLEO", kind=K.CHANGES_REQUESTED, data=data)
    line = thread_line(returned, cart, before=None, policy=POLICY)
    assert line == _says.returned("U0ADA", "U0CLEO", cart, "“Fewer names”")
    assert thread_line(returned, cart, before=None, policy=POLICY, is_told_directly=True) is None
    assert thread_line(replace(returned, by="U0ADA"), cart, before=None, policy=POLICY) is None


def test_a_changed_request_asks_the_approvers_again():
    """Those who may approve it; a first request needs no reply, because the card mentions them."""
    cart = a_cart(S.SUBMITTED)
    before = Event(CartId(12), S.RETURNED, NOW, "U0BEN", kind=K.NAME_REMOVED)
    again = Event(CartId(12), S.SUBMITTED, NOW, "U0BEN", kind=K.APPROVAL_REQUESTED)
    assert thread_line(again, cart, before=before, policy=POLICY) == _says.asked_again(
        {"U0CLEO", "U0DAN"}, "U0BEN", cart
    )
    assert thread_line(again, cart, before=replace(before, state=S.OPEN), policy=POLICY) is None
