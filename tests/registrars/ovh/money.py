"""Calls that buy or pay, prepared and sent in one go, for tests of what comes of them."""

from datetime import UTC, datetime

from ordering.model.ids import OrderId
from ordering.model.sales_order import MethodId, SalesOrder
from registrars.ovh import OvhGateway
from registrars.ovh.api.client import Client
from tests.builders import LATER

PAY = "/me/order/1/pay"
SIGNED_AT = datetime(2026, 11, 28, 12, 0, 30, tzinfo=UTC)


def check_out(gateway: OvhGateway, registrar_cart: str, *, not_after: datetime = LATER) -> SalesOrder:
    with gateway.ready_to_check_out(registrar_cart, waive_retraction=True) as call:
        return call.send(signed_at=datetime.now(UTC), not_after=not_after)


def pay(gateway: OvhGateway, order_id: int, method: MethodId, *, not_after: datetime = LATER) -> None:
    with gateway.ready_to_pay(OrderId(order_id), method) as call:
        call.send(signed_at=datetime.now(UTC), not_after=not_after)


def do(client: Client, path: str, *, not_after: datetime = LATER) -> object:
    with client.money_call(path, {}) as call:
        return call.send(signed_at=datetime.now(UTC), not_after=not_after)


def send(client: Client, *, signed_at: datetime = SIGNED_AT, not_after: datetime = LATER) -> object:
    with client.money_call(PAY, {"paymentMethod": {"id": 7}}) as call:
        return call.send(signed_at=signed_at, not_after=not_after)
