"""All sales orders of the account, including those made elsewhere."""

from __future__ import annotations

from datetime import datetime

from ordering.model.domain_name import DomainName
from ordering.model.errors import OF_THE_KEY, RateLimitTimeout, RegistrarRefused, RegistrarUnavailable
from ordering.model.ids import OrderId
from ordering.model.recovery import AccountOrder, AccountOrders
from ordering.ports.sales_orders import Known
from registrars.ovh.api import schemas
from registrars.ovh.api.client import Client
from registrars.ovh.api.wire.base import IDS, WORD
from registrars.ovh.api.wire.orders import Order, OrderDetail
from registrars.ovh.throttling.scheduler import Priority

_MOST = 100  # orders that are read in full; each takes four calls or more


class OrdersOfAccount:
    """Lists the account's orders, by `GET /me/order` and its sub-resources."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def since(self, since: datetime, *, known: Known) -> AccountOrders:
        """Read the newest orders since then that no cart owns, newest first."""
        query = {"date.from": since.isoformat(timespec="seconds")}
        found = set(map(OrderId, IDS.read(self._client.ask("/me/order", query=query, priority=Priority.MONEY))))
        numbers = sorted(found - known(found), reverse=True)
        orders = {number: self._read(number) for number in numbers[:_MOST]}
        visible = tuple(order for order in orders.values() if order is not None)
        hidden = tuple(number for number, order in orders.items() if order is None)
        return AccountOrders(visible, hidden, max(0, len(numbers) - _MOST))

    def _read(self, number: OrderId) -> AccountOrder | None:
        """Read an order; None if OVH lists it without showing it, or answers in an unknown form.

        Raises `RegistrarError` if the order is not the reason: OVH does not answer at all, or refuses the API key.
        """
        try:
            return self._order(number)
        except RegistrarRefused as refusal:
            if refusal.code in OF_THE_KEY:
                raise
        except RateLimitTimeout:
            raise
        except RegistrarUnavailable:
            self._client.time()
        return None

    def _order(self, number: OrderId) -> AccountOrder:
        path = f"/me/order/{number}"
        status = WORD.read(self._client.ask(f"{path}/status", priority=Priority.MONEY))
        order = schemas.order(Order.read(self._client.ask(path, priority=Priority.MONEY)), status)
        details = IDS.read(self._client.ask(f"{path}/details", priority=Priority.MONEY))
        lines = [
            OrderDetail.read(self._client.ask(f"{path}/details/{line}", priority=Priority.MONEY)) for line in details
        ]
        names = frozenset(map(DomainName, schemas.names_in(lines)))
        return AccountOrder(order.id, order.total, order.status, names)
