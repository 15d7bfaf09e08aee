"""Payments: the account's methods, an order's usable methods, and the transactions."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.orders import Order
from sandbox.ovh.routing import Call, route


@route("GET", "/me/payment/method")
def _methods(call: Call) -> list[int]:
    default, kind, status = (call.query.get(name) for name in ("default", "paymentType", "status"))
    return [
        method.id
        for method in call.ovh.payments.methods
        if default in {None, str(method.default).lower()}
        and kind in {None, method.payment_type}
        and status in {None, method.status}
    ]


@route("GET", "/me/payment/method/{paymentMethodId}")
def _method(call: Call) -> dict[str, Any]:
    return call.ovh.payments.method(call.parts[0])


@route("GET", "/me/payment/transaction")
def _transactions(call: Call) -> list[int]:
    method, status = call.query.get("paymentMethodId"), call.query.get("status")
    return [
        number
        for number, as_json in call.ovh.payments.list_transactions().items()
        if method in {None, str(as_json["paymentMethodId"])} and status in {None, as_json["status"]}
    ]


@route("GET", "/me/payment/transaction/{transactionId}")
def _transaction(call: Call) -> dict[str, Any]:
    return call.ovh.payments.transaction(call.parts[0])


@route("GET", "/me/ovhAccount")
def _prepaid_accounts(call: Call) -> list[str]:
    return [call.ovh.subsidiary]


@route("GET", "/me/ovhAccount/{ovhAccountId}")
def _prepaid_account(call: Call) -> dict[str, Any]:
    return call.ovh.payments.prepaid_account(call.parts[0])


@route("GET", "/me/fidelityAccount")
def _fidelity_account(call: Call) -> dict[str, Any]:
    return call.ovh.payments.fidelity_account()


@route("GET", "/me/order/{orderId}/paymentMethods")
def _usable(call: Call) -> dict[str, Any]:
    registered = [method.id for method in call.ovh.payments.fitting(_order(call))]
    return {"available": [], "paymentMethods": [], "registered": registered}


@route("POST", "/me/order/{orderId}/pay")
def _pay(call: Call) -> None:
    order = _order(call)
    call.needs("paymentMethod")
    call.ovh.payments.pay(order, call.body["paymentMethod"].get("id"))


@route("GET", "/me/order/{orderId}/payment")
def _payment(call: Call) -> dict[str, Any]:
    return call.ovh.payments.payment(_order(call))


@route("GET", "/me/order/{orderId}/availableRegisteredPaymentMean")
def _means(call: Call) -> list[dict[str, Any]]:
    return [{"paymentMean": mean} for mean in call.ovh.payments.means(_order(call))]


@route("GET", "/me/order/{orderId}/paymentMeans")
def _page_means(call: Call) -> dict[str, Any]:
    """Return the payment means of OVH's page; none of them is simulated."""
    _order(call)
    kinds = ("creditCard", "edinar", "fidelityPoints", "ideal", "multibanco", "ovhAccount", "paypal", "promotion")
    return dict.fromkeys(kinds)


@route("GET", "/me/order/{orderId}/balance")
def _balances(call: Call) -> list[str]:
    """Return no balances: the account has no credits."""
    _order(call)
    return []


@route("POST", "/me/order/{orderId}/payWithRegisteredPaymentMean")
def _pay_with_mean(call: Call) -> None:
    order = _order(call)
    call.needs("paymentMean")
    call.ovh.payments.pay_with_mean(order, str(call.body["paymentMean"]), call.body.get("paymentMeanId"))


def _order(call: Call) -> Order:
    return call.ovh.orders.get(call.parts[0])
