"""All sales orders of the account, including those made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarUnavailable
from ordering.model.recovery import AccountOrder
from ordering.ports.sales_orders import Known
from registrars.ovh.api import schemas
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import NotThere
from registrars.ovh.throttling.scheduler import Priority

_MOST = 100  # orders that are read in full; each takes four calls or more


class AccountOrders:
    """Lists the account's orders, by `GET /me/order` and its sub-resources."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def since(self, since: datetime, *, known: Known) -> tuple[Sequence[AccountOrder], int]:
        """Read the newest orders since then that no cart owns, newest first; and how many more there are.

        Raises `RegistrarUnavailable` if OVH lists an order without showing it: it may be the one that matters.
        """
        query = {"date.from": since.isoformat(timespec="seconds")}
        listed = schemas.listed(self._client.ask("/me/order", query=query, priority=Priority.MONEY))
        found = {int(number) for number in listed}
        numbers = sorted(found - known(found), reverse=True)
        return [self._read(number) for number in numbers[:_MOST]], max(0, len(numbers) - _MOST)

    def _read(self, number: int) -> AccountOrder:
        path = f"/me/order/{number}"
        try:
            status = str(self._client.ask(f"{path}/status", priority=Priority.MONEY))
            order = schemas.order(self._client.ask(path, priority=Priority.MONEY), status)
            details = schemas.listed(self._client.ask(f"{path}/details", priority=Priority.MONEY))
            lines = [self._client.ask(f"{path}/details/{int(line)}", priority=Priority.MONEY) for line in details]
        except NotThere as error:
            raise RegistrarUnavailable(code="order_not_shown", order=number) from error
        names = frozenset(map(DomainName, schemas.names_in(lines)))
        return AccountOrder(order.id, order.total, order.status, names)
