"""Each way in which an order at the simulated OVH is paid, refused, or runs out of time."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from ovh.exceptions import BadParametersError, ResourceNotFoundError

from sandbox.ovh.payments import Method


@pytest.fixture
async def order(client, call) -> dict[str, Any]:
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    cart = f"/order/cart/{made['cartId']}"
    await call(client.post, f"{cart}/assign")
    added = await call(client.post, f"{cart}/domain", domain="name.ovh", pricingMode="create-default", duration="P1Y")
    item = f"{cart}/item/{added['itemId']}"
    await call(client.post, f"{item}/configuration", label="OWNER_LEGAL_AGE", value="true")
    ordered: dict[str, Any] = await call(client.post, f"{cart}/checkout")
    return ordered


@pytest.fixture
def path(order) -> str:
    return f"/me/order/{order['orderId']}"


@pytest.fixture
def kept(simulator, order):
    """The order in OVH's own books."""
    return simulator.orders.all[order["orderId"]]


@pytest.fixture
def later(simulator, client) -> Callable[[float], None]:
    def advance(seconds: float) -> None:
        simulator.clock.advance(seconds)
        client._time_delta = None  # noqa: SLF001 - the package caches it indefinitely

    return advance


async def test_an_order_lists_all_registered_methods(simulator, client, call, path):
    """An order lists its registered methods those that cannot pay too."""
    assert (await call(client.get, f"{path}/paymentMethods"))["registered"] == [8120045, 8120046, 8120047]
    simulator.payments.lists_unusable = False
    assert (await call(client.get, f"{path}/paymentMethods"))["registered"] == [8120045, 8120046]
    simulator.payments.methods[1].most = Decimal(1)
    assert (await call(client.get, f"{path}/paymentMethods"))["registered"] == [8120045]


async def test_a_paid_order_offers_no_way_to_pay_and_takes_none(client, call, kept, path):
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert (await call(client.get, f"{path}/paymentMethods"))["registered"] == []
    assert await call(client.get, f"{path}/availableRegisteredPaymentMean") == []
    with pytest.raises(BadParametersError, match="cannot be paid"):
        await call(client.post, f"{path}/pay", paymentMethod={"id": 8120046})
    assert kept.payments == [8120045]


@pytest.mark.parametrize("status", ["EXPIRED", "CREATED", "PAUSED", "REJECTED", "MAINTENANCE", "CANCELED"])
async def test_a_method_that_is_not_valid_is_listed_and_does_not_pay(simulator, client, call, kept, path, status):
    simulator.payments.methods.append(Method(8120050, "VISA", "4111 XXXX", status=status))
    assert 8120050 in await call(client.get, "/me/payment/method")
    assert (await call(client.get, "/me/payment/method/8120050"))["status"] == status
    assert 8120050 not in await call(client.get, "/me/payment/method", status="VALID")
    with pytest.raises(BadParametersError, match="Invalid payment method"):
        await call(client.post, f"{path}/pay", paymentMethod={"id": 8120050})
    assert kept.payments == []


async def test_an_account_without_methods_has_no_default(simulator, client, call, path):
    simulator.payments.methods.clear()
    assert await call(client.get, "/me/payment/method", default=True) == []
    assert await call(client.get, f"{path}/paymentMethods") == {"available": [], "paymentMethods": [], "registered": []}


async def test_the_follow_up_says_why_a_card_was_refused(simulator, client, call, kept, path):
    """A refused card answers nothing and the follow up tells why."""
    simulator.refuse_card(8120045, "The card has expired.")
    assert await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045}) is None
    step = (await call(client.get, f"{path}/followUp"))[0]
    assert (step["status"], step["history"][-1]["description"]) == ("ERROR", "The card has expired.")
    assert await call(client.get, f"{path}/status") == "notPaid"
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120046})
    assert kept.payments == [8120046]


async def test_a_refusal_may_keep_its_reason_to_itself(simulator, client, call, path):
    simulator.payments.tells_why = False
    simulator.refuse_card(8120045)
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    step = (await call(client.get, f"{path}/followUp"))[0]
    assert (step["status"], step["history"][-1]["description"]) == ("ERROR", "Payment initiated")


async def test_a_bank_may_take_its_time_and_nothing_is_known_meanwhile(simulator, client, call, kept, later, path):
    simulator.payments.settle_after = 60.0
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    step = (await call(client.get, f"{path}/followUp"))[0]
    assert (step["status"], step["history"][-1]["label"]) == ("DOING", "PAYMENT_INITIATED")
    assert await call(client.get, f"{path}/status") == "notPaid"
    (number,) = await call(client.get, "/me/payment/transaction", status="CONFIRMING")
    later(61)
    assert await call(client.get, f"{path}/status") != "notPaid"
    assert (await call(client.get, f"/me/payment/transaction/{number}"))["status"] == "SUCCESS"
    assert kept.payments == [8120045]


async def test_paying_again_before_the_bank_answers_pays_twice(simulator, client, call, kept, later, path):
    """Nothing that OVH says rules it out, so the bot must not rely on it."""
    simulator.payments.settle_after = 60.0
    for _ in range(2):
        await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    later(61)
    await call(client.get, path)
    assert kept.payments == [8120045, 8120045]


async def test_each_try_of_a_method_is_a_transaction(simulator, client, call, path):
    simulator.refuse_card(8120045)
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120046})
    failed = await call(client.get, "/me/payment/transaction", status="FAILED")
    taken = await call(client.get, "/me/payment/transaction", paymentMethodId=8120046)
    shown = [await call(client.get, f"/me/payment/transaction/{number}") for number in failed + taken]
    assert [(t["paymentMethodId"], t["status"], t["amount"]["value"]) for t in shown] == [
        (8120045, "FAILED", 3.59),
        (8120046, "SUCCESS", 3.59),
    ]


async def test_legacy_payment_uses_kinds_of_means_and_old_ids(client, call, kept, path):
    """The legacy way names kinds of means and pays by their old ids."""
    assert await call(client.get, f"{path}/availableRegisteredPaymentMean") == [
        {"paymentMean": "creditCard"},
        {"paymentMean": "SEPA_DIRECT_DEBIT"},
    ]
    pay = f"{path}/payWithRegisteredPaymentMean"
    for wrong in (None, 8120045):  # the old id is another one
        with pytest.raises(BadParametersError):
            await call(client.post, pay, paymentMean="creditCard", paymentMeanId=wrong)
    with pytest.raises(BadParametersError, match="Invalid value"):
        await call(client.post, pay, paymentMean="shells")
    old = (await call(client.get, "/me/payment/method/8120045"))["paymentMeanId"]
    assert await call(client.post, pay, paymentMean="creditCard", paymentMeanId=old) is None
    assert kept.payments == [8120045]


async def test_the_prepaid_account_pays_where_its_balance_suffices(simulator, client, call, kept, path):
    pay = f"{path}/payWithRegisteredPaymentMean"
    simulator.payments.prepaid = Decimal(3)
    assert {"paymentMean": "ovhAccount"} in await call(client.get, f"{path}/availableRegisteredPaymentMean")
    with pytest.raises(BadParametersError, match="insufficient"):
        await call(client.post, pay, paymentMean="ovhAccount")
    assert kept.payments == []
    simulator.payments.prepaid = Decimal(50)
    await call(client.post, pay, paymentMean="ovhAccount")
    assert kept.payments == ["ovhAccount"]
    account = (await call(client.get, "/me/ovhAccount"))[0]
    assert (await call(client.get, f"/me/ovhAccount/{account}"))["balance"]["value"] == 46.41
    assert (await call(client.get, f"{path}/payment"))["paymentType"] == "ovhAccount"


async def test_loyalty_points_pay_where_they_suffice(simulator, client, call, kept, path):
    simulator.payments.points = 300
    with pytest.raises(BadParametersError, match="insufficient"):
        await call(client.post, f"{path}/payWithRegisteredPaymentMean", paymentMean="fidelityAccount")
    simulator.payments.points = 400
    await call(client.post, f"{path}/payWithRegisteredPaymentMean", paymentMean="fidelityAccount")
    assert kept.payments == ["fidelityAccount"]
    assert (await call(client.get, "/me/fidelityAccount"))["balance"] == 41


async def test_a_free_order_is_paid_with_no_points_at_all(client, call, kept, path):
    kept.total = Decimal(0)
    assert {"paymentMean": "fidelityAccount"} in await call(client.get, f"{path}/availableRegisteredPaymentMean")
    assert await call(client.get, f"{path}/status") == "notPaid"
    await call(client.post, f"{path}/payWithRegisteredPaymentMean", paymentMean="fidelityAccount")
    assert (await call(client.get, f"{path}/payment"))["paymentType"] == "free"


async def test_an_unpaid_order_ends_when_its_time_is_over(client, call, later, path):
    later(14 * 86_400 - 60)
    assert await call(client.get, f"{path}/status") == "notPaid"
    later(120)
    assert await call(client.get, f"{path}/status") == "cancelled"
    with pytest.raises(BadParametersError, match="cannot be paid"):
        await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})


async def test_the_invoice_comes_some_time_after_the_payment(simulator, client, call, order, later, path):
    simulator.bills.after = 60.0
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert await call(client.get, "/me/bill", orderId=order["orderId"]) == []
    assert await call(client.get, f"{path}/associatedObject") == {"id": None, "type": None}
    later(61)
    (number,) = await call(client.get, "/me/bill", orderId=order["orderId"])
    assert await call(client.get, "/me/bill", orderId=1) == []
    assert await call(client.get, f"{path}/associatedObject") == {"id": number, "type": "Bill"}
    bill = await call(client.get, f"/me/bill/{number}")
    assert (bill["orderId"], bill["priceWithTax"]["value"]) == (order["orderId"], 3.59)
    assert bill["password"] in bill["url"]
    assert bill["password"] in bill["pdfUrl"]


async def test_retraction_is_waived_once_and_may_delay_delivery(simulator, client, call, later, path):
    """Retraction is waived once and may hold back the delivery."""
    simulator.orders.waits_for_waiver = True
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    later(60)
    assert await call(client.get, f"{path}/status") == "delivering"
    assert (await call(client.get, path))["retractionDate"]
    assert await call(client.post, f"{path}/waiveRetraction") is None
    assert await call(client.get, f"{path}/status") == "delivered"
    assert (await call(client.get, path))["retractionDate"] is None
    with pytest.raises(BadParametersError, match="already waived"):
        await call(client.post, f"{path}/waiveRetraction")


async def test_a_checkout_that_pays_by_itself_needs_a_default_method(simulator, client, call, order, kept):
    simulator.payments.pay_with_default(kept)
    assert kept.payments == [8120045]
    kept.payments.clear()
    kept.paid_at = None
    simulator.payments.methods[0].status = "EXPIRED"
    simulator.payments.pay_with_default(kept)
    assert kept.payments == []


async def test_the_order_page_is_paid_once(simulator, client, call, kept, path):
    """The order's page shows its lines and takes a payment once."""
    url = (await call(client.get, path))["url"]
    async with aiohttp.ClientSession() as person:
        async with person.get(url) as page:
            text = await page.text()
            assert (page.status, "name.ovh - .ovh registration" in text, "Total with tax 3.59 EUR" in text) == (
                200,
                True,
                True,
            )
        async with person.post(url) as page:
            assert "It is paid" in await page.text()
        async with person.post(url) as page:
            assert page.status == 409
    assert kept.payments == ["page"]
    assert await call(client.get, f"{path}/status") != "notPaid"


async def test_the_orders_page_asks_for_its_password(simulator, kept):
    async with aiohttp.ClientSession() as person:
        for wrong in (f"{kept.url}x", kept.url.replace("orderId=", "orderId=1"), kept.url.partition("&")[0]):
            async with person.post(wrong) as page:
                assert page.status == 403
                assert "name.ovh" not in await page.text()
    assert kept.payments == []


async def test_the_invoices_page_asks_for_its_password(simulator, client, call, kept, later, path):
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    later(60)
    (number,) = await call(client.get, "/me/bill")
    bill = await call(client.get, f"/me/bill/{number}")
    async with aiohttp.ClientSession() as person:
        for address, status in ((bill["url"], 200), (bill["pdfUrl"], 200), (f"{bill['url']}x", 403)):
            async with person.get(address) as page:
                assert (page.status, "name.ovh" in await page.text()) == (status, status == 200)


async def test_what_the_account_owns_is_listed_and_is_taken(simulator, client, call, later, path):
    simulator.names.owned.add("ours.com")
    assert await call(client.get, "/domain") == ["ours.com"]
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, "/domain/name.ovh")
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    later(60)
    assert await call(client.get, "/domain") == ["name.ovh", "ours.com"]
    assert (await call(client.get, "/domain/ours.com"))["state"] == "ok"
    assert [offer["action"] for offer in simulator.names.offers("name.ovh")] == ["transfer"]


async def test_every_call_to_pay_is_noted_with_what_it_came_beside(simulator, client, call, kept, later, path):
    simulator.payments.settle_after = 60.0
    for _ in range(2):
        await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert [(call.order, call.beside, call.moved) for call in simulator.payments.calls] == [
        (kept.id, False, False),
        (kept.id, True, False),
    ]
    later(61)
    await call(client.get, path)
    assert [call.moved for call in simulator.payments.calls] == [True, True]
    with pytest.raises(BadParametersError, match="cannot be paid"):
        await call(client.post, f"{path}/payWithRegisteredPaymentMean", paymentMean="creditCard")
    assert (simulator.payments.calls[-1].beside, simulator.payments.calls[-1].moved) == (True, False)


async def test_paying_after_a_refusal_is_beside_nothing(simulator, client, call, path):
    simulator.refuse_card(8120045)
    for method in (8120045, 8120046):
        await call(client.post, f"{path}/pay", paymentMethod={"id": method})
    assert [(call.beside, call.moved) for call in simulator.payments.calls] == [(False, False), (False, True)]


async def test_details_that_were_asked_for_too_early_are_counted(simulator, client, call, path):
    simulator.orders.details_after = 60.0
    assert await call(client.get, f"{path}/details") == []
    assert simulator.orders.withheld == 1


async def test_something_else_can_change_right_before_a_call(simulator, client, call):
    await call(client.get, "/domain")
    simulator.faults.later[2] = lambda: simulator.names.rise("name.ovh", "1.00")
    await call(client.get, "/domain")
    assert simulator.names.risen == {}
    await call(client.get, "/domain")
    assert simulator.names.risen != {}


async def test_an_order_with_a_late_payment_can_be_paid_twice(simulator, client, call, path, kept):
    """An order can show its payment late and be paid twice in the meantime."""
    simulator.orders.payment_after = 60.0
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert await call(client.get, f"{path}/status") == "notPaid"
    validating = (await call(client.get, f"{path}/followUp"))[0]
    assert (validating["status"], len(validating["history"])) == ("TODO", 1)
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, f"{path}/payment")
    (number,) = await call(client.get, "/me/payment/transaction")
    assert (await call(client.get, f"/me/payment/transaction/{number}"))["status"] == "SUCCESS"
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert (kept.payments, simulator.payments.calls[-1].beside) == ([8120045] * 2, True)
    simulator.clock.advance(61)
    client._time_delta = None  # noqa: SLF001 - the package caches it indefinitely
    assert await call(client.get, f"{path}/status") == "delivered"


async def test_something_else_can_change_right_after_a_call(simulator, client, call, path):
    simulator.faults.behind("POST", "/me/order/*/pay", lambda: simulator.clock.put(300))
    await call(client.get, path)
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120045})
    assert simulator.clock.apart() == 0
    with pytest.raises(BadParametersError, match="Query out of time"):
        await call(client.get, path)


async def test_an_order_remembers_what_the_last_dry_run_told(simulator, client, call):
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    cart = f"/order/cart/{made['cartId']}"
    await call(client.post, f"{cart}/assign")
    added = await call(client.post, f"{cart}/domain", domain="name.ovh", pricingMode="create-default", duration="P1Y")
    await call(client.post, f"{cart}/item/{added['itemId']}/configuration", label="OWNER_LEGAL_AGE", value="true")
    await call(client.get, f"{cart}/checkout")
    simulator.names.rise("name.ovh", "1.00")
    ordered = await call(client.post, f"{cart}/checkout")
    order = simulator.orders.all[ordered["orderId"]]
    assert (order.dry_run_total, order.total) == (Decimal("3.59"), Decimal("4.79"))
