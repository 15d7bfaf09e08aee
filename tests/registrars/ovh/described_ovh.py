"""A gateway whose OVH gives each answer as OVH describes it, until a test damages one."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from ordering.model.contact import LegalForm
from ordering.model.ids import OrderId
from ordering.model.sales_order import Attempt, Payment, SalesOrder, SentPayment
from registrars.ovh import OvhConfig, OvhGateway
from registrars.ovh.api.client import Client
from tests.builders import LATER, a_line, a_quote, euros
from tests.registrars.ovh.described import SCHEMA, Optional, answer

NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # shortly before the dates of the described answers
LINE, QUOTE = a_line(), a_quote()
ORDER = SalesOrder(OrderId(7), total=euros("5.99"), tax=euros("5.99"))
ATTEMPT = Attempt(1, "a-cart", NOW)
PAYMENT = Payment(7, "U0ADA", NOW, sent_at=NOW, sent_at_ovh=NOW)
OTHERS = (SentPayment(OrderId(8), 7, NOW),)
Change = Callable[[str, Any], Any]  # of an answer, given its type


def nobodys(_numbers: object) -> frozenset[OrderId]:
    return frozenset()


def checked_out(gateway: OvhGateway) -> SalesOrder:
    with gateway.ready_to_check_out("a-cart", waive_retraction=True) as call:
        return call.send(signed_at=NOW, not_after=LATER)


# Everything that the gateway reads.
READS: Mapping[str, Callable[[OvhGateway], object]] = {
    "account_holder": lambda g: g.account_holder(),
    "account_orders": lambda g: g.account_orders(NOW, known=nobodys),
    "can_be_paid": lambda g: g.can_be_paid(),
    "check_out": checked_out,
    "clock_ahead": lambda g: g.clock_ahead(),
    "complete_contact": lambda g: g.complete_contact("7", {"vat": "FR1"}),
    "contact": lambda g: g.contact("7"),
    "contacts": lambda g: g.contacts(),
    "create_contact": lambda g: g.create_contact(LegalForm.INDIVIDUAL, {"email": "ada@example.com"}),
    "delivery": lambda g: g.delivery(LINE.domain),
    "discard": lambda g: g.discard("a-cart"),
    "earlier_payment": lambda g: g.earlier_payment(ORDER, 7, made_at=NOW, others=OTHERS),
    "every_extension": lambda g: g.every_extension(),
    "extensions": lambda g: g.extensions(),
    "find_order": lambda g: g.find_order(ATTEMPT, [LINE], QUOTE, known=nobodys),
    "foreign_order": lambda g: g.foreign_order(OrderId(7), at=NOW, urgent=True),
    "health": lambda g: g.health(),
    "invoice_link": lambda g: g.invoice_link("FR7"),
    "invoice_of": lambda g: g.invoice_of(OrderId(7)),
    "leave_marker": lambda g: g.leave_marker("orders 1", NOW),
    "lists_mean": lambda g: g.lists_method(OrderId(7), "ovhAccount"),
    "lists_method": lambda g: g.lists_method(OrderId(7), 7),
    "marker_is_of": lambda g: g.marker_is_of("a-cart", NOW),
    "markers": lambda g: g.markers("orders 1"),
    "markers_left": lambda g: g.markers_left(urgent=True),
    "objections": lambda g: g.objections([LINE]),
    "order": lambda g: g.order(OrderId(7)),
    "order_link": lambda g: g.order_link(OrderId(7)),
    "order_of": lambda g: g.order_of(OrderId(7), [LINE], QUOTE, attempt=ATTEMPT),
    "order_status": lambda g: g.order_status(OrderId(7)),
    "orders_since": lambda g: g.orders_since(NOW, urgent=True),
    "owned": lambda g: g.owned(),
    "owner_needs": lambda g: g.owner_needs([LINE.domain], LegalForm.INDIVIDUAL, {"vat": "FR1"}, changes=True),
    "payment": lambda g: g.payment(ORDER, PAYMENT),
    "payment_methods": lambda g: g.payment_methods(OrderId(7)),
    "prepare": lambda g: g.prepare([LINE]),
    "presences": lambda g: g.presences(),
    "probe": lambda g: g.probe(),
    "questions": lambda g: g.questions([LINE]),
    "require_right_to_check_out": lambda g: g.require_right_to_check_out(),
    "require_right_to_pay": lambda g: g.require_right_to_pay(OrderId(7), 7),
    "time": lambda g: g.time(),
    "unexplained_payments": lambda g: g.unexplained_payments(ORDER, 7, made_at=NOW, others=OTHERS),
}
_ROUTES = [
    (method, re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), kind)
    for (method, path), kind in sorted(SCHEMA.routes.items(), key=lambda route: route[0][1].count("{"))
]


def route_of(method: str, path: str) -> str:
    """Return the type of a route's answer; a path without parameters goes before a pattern."""
    return next(kind for known, pattern, kind in _ROUTES if known == method and pattern.fullmatch(path))


@contextmanager
def described_gateway(change: Change | None = None, **ovh_config: Any) -> Iterator[OvhGateway]:
    """Yield a gateway without a network; `change` may damage each answer."""

    def told(method: str, path: str) -> Any:
        kind = route_of(method, path.partition("?")[0])
        if kind == "void":
            return None
        true = answer(kind, Optional.SET)
        return true if change is None else change(kind, true)

    def send(**_: object) -> Any:
        return told("POST", "/order/cart/a-cart/checkout")

    @contextmanager
    def money_call(*_: object) -> Iterator[Any]:
        yield SimpleNamespace(send=send)

    with (
        patch.object(Client, "ask", lambda _, path, **__: told("GET", path)),
        patch.object(Client, "build", lambda _, method, path, *__, **___: told(method, path)),
        patch.object(Client, "money_call", lambda *_: money_call()),
        patch.object(Client, "known_clock_ahead", lambda _: timedelta()),
    ):
        gateway = OvhGateway(OvhConfig(application_key="k", application_secret="s", consumer_key="c", **ovh_config))
        try:
            yield gateway
        finally:
            gateway.close()
