"""Each answer of the simulated OVH is what OVH's own schema says, route by route."""

import pytest

from sandbox.ovh import routing
from sandbox.ovh.coverage import COVERAGE, MISSING
from sandbox.ovh.tasks import Argument
from tests.sandbox.ovh.schema import Schema

# OVH documents /auth/time in prose and serves it to every client; its schema copy holds it, too.
OWNER = {
    "firstName": "Ada", "lastName": "Sandbox", "email": "ada@example.com", "phone": "+33.123456789",
    "language": "fr_FR", "legalForm": "individual",
    "address": {"line1": "1 Example Street", "zip": "75001", "city": "Paris", "country": "FR"},
}  # fmt: skip
LEGACY = "POST /me/order/{orderId}/payWithRegisteredPaymentMean"  # an order is paid once: see test_payments.py
BODIES = {
    "POST /order/cart": {"ovhSubsidiary": "FR", "description": "x"},
    "PUT /order/cart/{cartId}": {"description": "y"},
    "POST /order/cart/{cartId}/domain": {
        "domain": "name.ovh", "planCode": "ovh", "pricingMode": "create-default", "duration": "P1Y", "quantity": 1,
    },
    "POST /order/cart/{cartId}/item/{itemId}/configuration": {"label": "OWNER_LEGAL_AGE", "value": "true"},
    "POST /order/cart/{cartId}/checkout": {"autoPayWithPreferredPaymentMethod": False},
    "PUT /order/cart/{cartId}/item/{itemId}": {"duration": "P2Y"},
    "POST /order/cart/{cartId}/coupon": {"coupon": "WELCOME"},
    "POST /me/contact": OWNER,
    "PUT /me/contact/{contactId}": {"email": "bob@example.com"},
    "POST /domain/contact": OWNER,
    "PUT /domain/contact/{contactId}": {"email": "bob@example.com"},
    "POST /domain/configurationRule/check": {"owner": OWNER},
    "POST /me/order/{orderId}/pay": {"paymentMethod": {"id": 8120045}},
    "PUT /domain/{serviceName}/serviceInfos": {
        "renew": {"automatic": True, "deleteAtExpiration": False, "forced": False, "manualPayment": False, "period": 12}
    },
    "PUT /services/{serviceId}": {"renew": {"mode": "automatic", "period": "P1Y"}, "terminationPolicy": "empty"},
    "PUT /me/task/domain/{id}/argument/{key}": {"value": "a reason"},
}  # fmt: skip
ORDER = [
    "POST /order/cart", "POST /order/cart/{cartId}/assign", "PUT /order/cart/{cartId}",
    "POST /order/cart/{cartId}/domain", "PUT /order/cart/{cartId}/item/{itemId}",
    "GET /order/cart/{cartId}/item/{itemId}",
    "POST /order/cart/{cartId}/item/{itemId}/configuration",
    "GET /order/cart/{cartId}/item/{itemId}/configuration/{configurationId}",
    "GET /order/cart/{cartId}/checkout", "POST /order/cart/{cartId}/checkout",
    "GET /me/order/{orderId}/paymentMethods", "GET /me/order/{orderId}/availableRegisteredPaymentMean",
    "POST /me/order/{orderId}/pay",
]  # fmt: skip
# Names in a path whose value is the first of a list.
FROM_A_LIST = {
    "orderDetailId": "/me/order/{orderId}/details", "id": "/me/task/domain", "billId": "/me/bill",
    "transactionId": "/me/payment/transaction", "key": "/me/task/domain/{id}/argument",
}  # fmt: skip
QUERIES = {
    "GET /order/cart/{cartId}/domain": "?domain=free.ovh",
    "GET /order/cart/{cartId}/domain/options": "?domain=free.ovh",
    "DELETE /order/cart/{cartId}/coupon": "?coupon=WELCOME",
    "GET /order/catalog/public/domain": "?ovhSubsidiary=FR",
    "GET /domain/configurationRule": "?domain=free.berlin&action=create",
    "POST /domain/configurationRule/check": "?domain=free.com&action=create",
}
TORN_DOWN = [  # a cart of its own: one that is checked out is closed
    "POST /order/cart",
    "POST /order/cart/{cartId}/domain",
    "POST /order/cart/{cartId}/coupon",
    "GET /order/cart/{cartId}/coupon",
    "DELETE /order/cart/{cartId}/coupon",
    "POST /order/cart/{cartId}/item/{itemId}/configuration",
    "DELETE /order/cart/{cartId}/item/{itemId}/configuration/{configurationId}",
    "DELETE /order/cart/{cartId}/item/{itemId}",
    "DELETE /order/cart/{cartId}",
]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema()


def test_every_route_of_the_table_exists_at_ovh(schema):
    assert {tuple(route.split(" ", 1)) for route in COVERAGE} <= set(schema.routes)


async def test_every_answer_fits_the_schema(simulator, client, call, schema):
    there = [route for route, how in COVERAGE.items() if how is not MISSING and route != LEGACY]
    middle = [route for route in there if route not in ORDER and route not in TORN_DOWN]
    known: dict[str, object] = {
        "serviceName": "name.ovh",
        "paymentMethodId": 8120045,
        "ovhAccountId": "FR",
        "name": "fr",
    }
    known["contactId"] = 21003344
    faults, bodies = [], dict(BODIES)
    for route in [*TORN_DOWN, *ORDER, *middle]:
        method, path = route.split(" ", 1)
        for name, listing in FROM_A_LIST.items():
            if path.endswith(f"{{{name}}}"):
                known[name] = (await call(client.get, listing.format(**known)))[0]
        query = QUERIES.get(route, "")
        body = bodies.get(route) if method in {"POST", "PUT"} else None
        answer = await call(client.call, method, path.format(**known) + query, body)
        if isinstance(answer, dict) and not path.endswith("/renew"):
            known |= {name: answer[name] for name in ("cartId", "itemId", "orderId") if answer.get(name)}
            if "configuration" in path and "id" in answer:
                known["configurationId"] = answer["id"]
        if route == "POST /me/order/{orderId}/pay":
            simulator.deliver_now()
            # The account has the name, and a task about it asks for a correction.
            simulator.names.owned.add("name.ovh")
            simulator.registry.arguments.ask("name.ovh", Argument("legitimacy", bool))
            known["serviceId"] = simulator.services.of("name.ovh").id
            bodies["POST /service/{serviceId}/renew"] = {"duration": "P1Y", "services": [known["serviceId"]]}
        faults += [f"{route}: {fault}" for fault in schema.faults(schema.routes[method, path], answer, "answer")]
    assert faults == []


async def test_a_name_has_all_fields_that_may_not_be_null(simulator, client, call, schema):
    """A name of the account has every field that OVH's description does not let be null."""
    simulator.names.owned.add("ours.com")
    shown = await call(client.get, "/domain/ours.com")
    fields = schema.models["domain.DomainServiceWithIAM"]["fields"]
    assert {name for name, facts in fields.items() if not facts.get("null")} <= set(shown)
    infos = await call(client.get, "/domain/ours.com/serviceInfos")
    fields = schema.models["services.Service"]["fields"]
    assert {name for name, facts in fields.items() if not facts.get("null")} <= set(infos)


def test_who_needs_no_signature_is_what_ovh_says(schema):
    open_to_all = {(route.method, route.path) for route in routing.ROUTES if route.unsigned}
    assert open_to_all == {(route.method, route.path) for route in routing.ROUTES} & schema.unsigned


@pytest.mark.parametrize(
    "name", ["free.ovh", "premium-x.fr", "taken-x.com", "promo-x.fr", "aftermarket-x.io", "x.corsica"]
)
async def test_offers_of_every_kind_fit_the_schema(client, call, schema, name):
    cart = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    offers = await call(client.get, f"/order/cart/{cart['cartId']}/domain", domain=name)
    assert list(schema.faults("order.cart.ProductInformation[]", offers, name)) == []


PRICE = {"currencyCode": "EUR", "text": "1.00 €", "value": 1.0, "priceInUcents": None}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"value": "1.00"}, "is no double"),
        ({"value": None}, "may not be null"),
        ({"currencyCode": "BTC"}, "is not in order.CurrencyCodeEnum"),
        ({"more": 1}, "is unknown to order.Price"),
        ({"priceInUcents": True}, "is no long"),
    ],
)
def test_the_schema_finds_each_kind_of_fault(schema, change, fault):
    """Types, nullability, enumerations and field names are checked."""
    assert list(schema.faults("order.Price", PRICE, "price")) == []
    (found,) = schema.faults("order.Price", PRICE | change, "price")
    assert fault in found
