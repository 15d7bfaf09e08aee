"""OVH's own pages for people: an order with its Pay button, and an invoice. Anyone with the password sees them."""

from __future__ import annotations

import hmac
from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.ovh.errors import OvhError
from sandbox.ovh.orders import Order

if TYPE_CHECKING:
    from sandbox.ovh import OvhSimulator

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .5rem .3rem 0; border-bottom: 1px solid #8886 }
.amount { text-align: right; font-variant-numeric: tabular-nums }
button { font: inherit; padding: .5rem 1.2rem }
"""
_STATUS = {
    "notPaid": "It is not paid yet.", "checking": "It is paid, and the payment is being checked.",
    "delivering": "It is paid, and being delivered.", "delivered": "It is paid and delivered.",
    "cancelled": "It was cancelled. Nothing is to be paid.", "documentsRequested": "OVH asks for documents.",
}  # fmt: skip


class OrderPage:
    """Adds the pages to a server that also answers the API."""

    def __init__(self, ovh: OvhSimulator) -> None:
        self._ovh = ovh

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/display-order", self._order)
        router.add_get("/pdf-order", self._order)
        router.add_post("/display-order", self._pay)
        router.add_get("/display-bill", self._bill)
        router.add_get("/pdf-bill", self._bill)

    async def _order(self, request: web.Request) -> web.Response:
        order = self._found(request)
        if order is None:
            return _page("No such order", "<p>There is no order with this number and password.</p>", status=403)
        status, coin = self._ovh.orders.status(order), order.currency
        until = f"{order.open_until:%d %B %Y, %H:%M} UTC"
        pay = f'<form method="post"><button>Pay {order.total} {coin}</button></form>'
        body = (
            f"<p>{escape(_STATUS.get(status, status))}</p>{_lines(order)}"
            f"<p>Without tax {order.total - order.tax} {coin}, tax {order.tax} {coin}.</p>"
            f"<p><strong>Total with tax {order.total} {coin}</strong></p>"
        )
        if status == "notPaid":
            body += f"<p>OVH keeps it open until {until}.</p>{pay}"
        return _page(f"Order {order.id}", body)

    async def _pay(self, request: web.Request) -> web.Response:
        """Accept the payment and show the order again, so that reloading the page pays nothing."""
        order = self._found(request)
        if order is None:
            return _page("No such order", "<p>There is no order with this number and password.</p>", status=403)
        try:
            self._ovh.payments.pay_on_the_page(order)
        except OvhError as error:
            return _page(f"Order {order.id}", f"<p>{escape(str(error.body['message']))}.</p>", status=409)
        raise web.HTTPSeeOther(request.rel_url)

    async def _bill(self, request: web.Request) -> web.Response:
        wanted, password = request.query.get("reference"), request.query.get("passwd", "")
        bill = next((bill for bill in self._ovh.bills.all() if bill.id == wanted), None)
        if bill is None or not hmac.compare_digest(password.encode(), bill.password.encode()):
            return _page("No such invoice", "<p>There is no invoice with this number and password.</p>", status=403)
        order = bill.order
        total = (
            f"<p>Total with tax {order.total} {order.currency}, of which tax {order.tax} {order.currency}. Paid.</p>"
        )
        return _page(f"Invoice {bill.id}", f"<p>For order {order.id}, {bill.at:%d %B %Y}.</p>{_lines(order)}{total}")

    def _found(self, request: web.Request) -> Order | None:
        number, password = request.query.get("orderId", ""), request.query.get("orderPassword", "")
        order = self._ovh.orders.all.get(int(number)) if number.isdecimal() else None
        known = order is not None and hmac.compare_digest(password.encode(), order.password.encode())
        return order if known else None


def _lines(order: Order) -> str:
    rows = "".join(
        f"<tr><td>{escape(line['description'])}</td><td>{escape(line['detailType'])}</td>"
        f'<td class="amount">{escape(line["totalPrice"]["text"])}</td></tr>'
        for line in order.lines
    )
    return f'<table><tr><th>What</th><th>Line</th><th class="amount">Without tax</th></tr>{rows}</table>'


def _page(title: str, body: str, *, status: int = 200) -> web.Response:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} · pretend OVH</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}<p>This is a pretend OVH. No money moves.</p></main></body></html>"
    )
    return web.Response(text=text, content_type="text/html", status=status, headers=_HEADERS)
