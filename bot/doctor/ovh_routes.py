"""Which of OVH's routes the bot calls, and whether OVH's own description marks one as deprecated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.doctor.findings import Finding
from registrars.ovh import OvhConfig
from registrars.ovh.api.descriptions import read_description

ROUTES = (
    "GET /auth/currentCredential", "GET /auth/details", "GET /auth/time",
    "GET /me", "GET /me/bill", "GET /me/bill/{billId}", "GET /me/order", "GET /me/order/{orderId}",
    "GET /me/order/{orderId}/associatedObject", "GET /me/order/{orderId}/availableRegisteredPaymentMean",
    "GET /me/order/{orderId}/details", "GET /me/order/{orderId}/details/{orderDetailId}",
    "GET /me/order/{orderId}/details/{orderDetailId}/extension", "GET /me/order/{orderId}/followUp",
    "GET /me/order/{orderId}/payment", "GET /me/order/{orderId}/paymentMethods", "GET /me/order/{orderId}/status",
    "GET /me/payment/method", "GET /me/payment/method/{paymentMethodId}", "GET /me/payment/transaction",
    "GET /me/payment/transaction/{transactionId}", "GET /me/task/domain", "GET /me/task/domain/{id}",
    "POST /me/order/{orderId}/pay", "POST /me/order/{orderId}/payWithRegisteredPaymentMean",
    "DELETE /order/cart/{cartId}", "DELETE /order/cart/{cartId}/item/{itemId}/configuration/{configurationId}",
    "GET /order/cart", "GET /order/cart/{cartId}", "GET /order/cart/{cartId}/checkout",
    "GET /order/cart/{cartId}/domain", "GET /order/cart/{cartId}/item", "GET /order/cart/{cartId}/item/{itemId}",
    "GET /order/cart/{cartId}/item/{itemId}/configuration",
    "GET /order/cart/{cartId}/item/{itemId}/configuration/{configurationId}",
    "GET /order/cart/{cartId}/item/{itemId}/requiredConfiguration", "GET /order/cart/{cartId}/summary",
    "GET /order/catalog/public/domain", "POST /order/cart", "POST /order/cart/{cartId}/assign",
    "POST /order/cart/{cartId}/checkout", "POST /order/cart/{cartId}/domain",
    "POST /order/cart/{cartId}/item/{itemId}/configuration",
    "GET /domain", "GET /domain/configurationRule", "GET /domain/contact", "GET /domain/contact/{contactId}",
    "GET /domain/extensions", "GET /domain/extensions/highlighted",
    "GET /domain/extensions/{name}/registryConfigurations", "GET /domain/{serviceName}",
    "POST /domain/configurationRule/check", "POST /domain/contact", "PUT /domain/contact/{contactId}",
)  # fmt: skip
_SECTIONS = ("auth", "me", "order", "domain")
_DEPRECATED = "DEPRECATED"


def check_routes(config: OvhConfig) -> Iterator[Finding]:
    """Compare the bot's routes with OVH's description of its API, which needs no key."""
    statuses: dict[str, Mapping[str, Any]] = {}
    for section in _SECTIONS:
        described = read_description(config, section)
        if described is None:
            yield Finding("routes_not_checked", f"OVH's description of /{section} could not be read.")
            return
        statuses |= described
    deprecated = [route for route in ROUTES if statuses.get(route, {}).get("value") == _DEPRECATED]
    for route in deprecated:
        yield Finding("route_deprecated", f"OVH marks {route} as deprecated{_end(statuses[route])}.")
    if not deprecated:
        yield Finding("routes_ok", f"OVH marks none of the {len(ROUTES)} routes that the bot uses as deprecated.")


def _end(status: Mapping[str, Any]) -> str:
    ends = str(status.get("deletionDate") or "")[:10]
    return f", to be removed on {ends}" if ends else ""
