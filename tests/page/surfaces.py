"""One request on every surface of a request's life: the status message, the lists and Home, as the bot renders them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.views import home as home_views
from handlers.views import requests
from handlers.views.status import status
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import Data, EventKind, Fact
from ordering.model.ids import CartId, OrderId
from ordering.model.overview import Overview
from ordering.model.policy import Membership, Person
from ordering.model.sales_order import OrderStatus, Payment, PaymentMethod, SalesOrder
from tests.builders import NOW, POLICY, a_line, a_quote, euros

S, K = CartState, EventKind
Blocks = list[dict[str, Any]]
ADDRESS = "https://otter.slack.com/archives/C0APPROVALS/p1795773720000100"
NUMBER = CartId(41)
PLACES = requests.Places({NUMBER: ADDRESS}, {NUMBER: ADDRESS})
REFUSED: Data = {"method_name": "VISA 4970 XXXX XXXX 4242", "ovh": {"said": "not enough funds"}}
ORDER = SalesOrder(
    OrderId(256900123), euros("79.73"), euros("13.29"), OrderStatus.NOT_PAID, NOW + timedelta(days=10),
    (PaymentMethod(71, "SEPA FR76 XXXX 3000", default=True), PaymentMethod(72, "VISA 4970 XXXX XXXX 4242")),
    invoice="FR81230002",
)  # fmt: skip
LINES = tuple(
    a_line(f"sea-otter.{extension}", by="U0BEN" if extension == "fr" else "U0ADA", price="11.07")
    for extension in ("com", "fr", "eu", "it", "ca", "corsica")
)


def a_cart(state: CartState, fact: Fact | None = None, **more: Any) -> Cart:
    """The same request at one state."""
    is_approved = state not in {S.OPEN, S.SUBMITTED, S.REJECTED, S.CANCELLED}
    is_ordered = is_approved and state not in {S.APPROVED, S.CHECKING_OUT}
    cart = Cart(
        NUMBER, "C0DOMAINS", "U0ADA", state, NOW, LINES, requester="U0ADA", purpose="Otter launch: landing page, mail",
        quote=a_quote("79.73", "13.29"), approved_by=("U0CLEO",) if is_approved else (), approved_at=NOW,
        order=ORDER if is_ordered else None, rejected_by="U0CLEO", reason="Drop .corsica, we don't ship there.",
        payment=Payment(71, "U0DAN", NOW) if is_ordered and state is not S.CHECKED_OUT else None, fact=fact,
    )  # fmt: skip
    return replace(cart, **more)


PAID = replace(ORDER, status=OrderStatus.DOCUMENTS_REQUESTED)
STORY: list[tuple[CartState, EventKind, Data, str | None]] = [
    (S.OPEN, K.CART_OPENED, {}, "U0ADA"),
    (S.OPEN, K.NAMES_ADDED, {"names": ["sea-otter.com", "sea-otter.fr"]}, "U0BEN"),
    (S.SUBMITTED, K.APPROVAL_REQUESTED, {"remarks": []}, "U0ADA"),
    (S.APPROVED, K.APPROVED, {}, "U0CLEO"),
    (S.CHECKED_OUT, K.ORDER_FOUND, {"order": 256900123, "found": "after_lost_answer"}, None),
    (S.PAYING, K.PAYMENT_REQUESTED, {"order": 256900123, "method": 72}, "U0DAN"),
    (S.CHECKED_OUT, K.PAYMENT_REFUSED, REFUSED, None),
    (S.PAYING, K.PAYMENT_REQUESTED, {"order": 256900123, "method": 71}, "U0DAN"),
    (S.PAID, K.PAYMENT_RECEIVED, {"seen": ""}, None),
    (S.PAID, K.INVOICE_RECEIVED, {"ovh": {"invoice": "FR81230002"}}, None),
    (S.DELIVERED, K.DELIVERED, {"order": 256900123}, None),
]


def surfaces() -> Iterator[tuple[str, Blocks]]:
    """Yield every surface by the name of what it shows."""
    for name, cart in _at_each_state():
        yield f"status-{name}", _blocks(status(cart, POLICY, ended_by="U0CLEO", card=ADDRESS).blocks)
    yield "status-on-hold", _blocks(status(a_cart(S.SUBMITTED), POLICY, on_hold=True).blocks)
    cleo, ada = Person("U0CLEO", Membership.MEMBER), Person("U0ADA", Membership.MEMBER)
    other = a_cart(S.CHECKED_OUT, id=CartId(39), requester="U0BEN", lines=LINES[:1])
    old = [
        a_cart(S.DELIVERED, id=CartId(40), lines=(a_line("otter-pup.fr"), a_line("otter-pup.ovh"))),
        a_cart(S.REJECTED, id=CartId(38), lines=(a_line("otter-sale.corsica"),)),
    ]
    waiting = a_cart(S.SUBMITTED)
    yield "pending", _blocks(requests.pending([waiting, other], cleo, POLICY, PLACES).blocks)
    yield "history", _blocks(requests.history([waiting, *old], PLACES, more=True).blocks)
    events = [
        Event(NUMBER, state, NOW + timedelta(minutes=7 * place), by, kind=kind, data=data)
        for place, (state, kind, data, by) in enumerate(STORY)
    ]
    done = a_cart(S.DELIVERED)
    rendered = requests.request(done, events, reader=ada, policy=POLICY, places=PLACES)
    yield "show-number", _blocks(rendered.blocks)
    yield "show-name", _blocks(requests.name(LINES[1].domain, [done], PLACES).blocks)
    filling = a_cart(S.OPEN, id=CartId(43), lines=LINES[:3], requester=None)
    overview = Overview((), (), (), (waiting, filling), tuple(old[:1]))
    yield (
        "home",
        _view(
            home_views.home(
                overview, [], policy=POLICY, reader=Person("U0ADA", Membership.MEMBER), places=PLACES
            ).to_dict()
        ),
    )
    empty = Overview((), (), (), (), ())
    yield (
        "home-empty",
        _view(home_views.home(empty, [], policy=POLICY, reader=Person("U0ADA", Membership.MEMBER)).to_dict()),
    )
    yield "home-search", _view(home_views.search_form().to_dict())


def _at_each_state() -> Iterator[tuple[str, Cart]]:
    yield "waiting", a_cart(S.SUBMITTED)
    yield "second", a_cart(S.SUBMITTED, approved_by=("U0CLEO",))
    yield "ordering", a_cart(S.APPROVED)
    yield "to-pay", a_cart(S.CHECKED_OUT)
    yield "refused", a_cart(S.CHECKED_OUT, Fact(K.PAYMENT_REFUSED, REFUSED))
    yield "paying", a_cart(S.PAYING)
    yield "registering", a_cart(S.PAID)
    yield "registered", a_cart(S.DELIVERED)
    yield "rejected", a_cart(S.REJECTED)
    yield "stopped", a_cart(S.CANCELLED, Fact(K.ORDER_STOPPED))
    yield "attention", a_cart(S.NEEDS_ATTENTION, Fact(K.DOCUMENTS_REQUESTED, {"order": 256900123}), order=PAID)


def _blocks(blocks: Any) -> Blocks:
    return [block.to_dict() for block in blocks]


def _view(view: dict[str, Any]) -> Blocks:
    return list(view["blocks"])
