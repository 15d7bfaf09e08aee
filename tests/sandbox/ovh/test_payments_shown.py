"""What the simulated OVH shows of a payment, when, and in which order."""

import pytest
from ovh.exceptions import APIError, ResourceNotFoundError

from tests.sandbox.ovh.buying import checked_out, forget_time

CARD = {"id": 8120045}
HOUR = 3600.0


@pytest.fixture
async def path(client, call) -> str:
    return f"/me/order/{await checked_out(client, call, 'name.ovh')}"


@pytest.fixture
def order(simulator, path):
    return simulator.orders.all[int(path.rpartition("/")[2])]


@pytest.fixture
def seen(simulator, client, call, path):
    """Tell which parts show the payment by now."""

    async def look() -> set[str]:
        shown = set()
        if await call(client.get, f"{path}/status") != "notPaid":
            shown.add("status")
        steps = await call(client.get, f"{path}/followUp")
        if steps[0]["status"] == "DONE":
            shown.add("follow-up")
        try:
            await call(client.get, f"{path}/payment")
            shown.add("payment")
        except ResourceNotFoundError:
            pass
        if await call(client.get, "/me/payment/transaction", status="SUCCESS"):
            shown.add("transaction")
        if await call(client.get, "/me/bill"):
            shown.add("bill")
        return shown

    return look


EVERYTHING = {"status", "follow-up", "payment", "transaction", "bill"}


@pytest.mark.parametrize("first", sorted(EVERYTHING))
async def test_each_part_of_a_payment_can_show_first(simulator, client, call, path, seen, first):
    """One part shows a payment at once, all others three hours later."""
    simulator.orders.part_after = {
        part: 0.0 if part == first else 3 * HOUR for part in ("status", "follow-up", "payment", "bill")
    }
    simulator.payments.transaction_after = 0.0 if first == "transaction" else 3 * HOUR
    await call(client.post, f"{path}/pay", paymentMethod=CARD)
    simulator.clock.advance(2 * HOUR)
    forget_time(client)
    assert await seen() == {first}
    simulator.clock.advance(HOUR)
    forget_time(client)
    assert await seen() == EVERYTHING


async def test_a_transaction_that_is_not_listed_is_a_404(simulator, client, call, path, order):
    """A transaction that shows late cannot be read by its number either."""
    simulator.payments.transaction_after = 60.0
    await call(client.post, f"{path}/pay", paymentMethod=CARD)
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, f"/me/payment/transaction/{order.id * 10}")
    assert simulator.payments.withheld == 1


async def test_the_prepaid_account_leaves_no_transaction(simulator, client, call, path, order):
    """A payment from the prepaid account shows in the order alone."""
    simulator.payments.prepaid = 50
    await call(client.post, f"{path}/payWithRegisteredPaymentMean", paymentMean="ovhAccount")
    assert order.payments == ["ovhAccount"]
    assert await call(client.get, "/me/payment/transaction") == []


async def test_a_kind_of_method_leaves_no_transaction(simulator, client, call, path, order):
    """Methods of an untracked kind pay and leave no transaction."""
    simulator.payments.untracked = {"SEPA_DIRECT_DEBIT"}
    await call(client.post, f"{path}/pay", paymentMethod={"id": 8120046})
    assert order.payments == [8120046]
    assert await call(client.get, "/me/payment/transaction") == []


@pytest.mark.parametrize("what", ["list", "one"])
async def test_transactions_can_be_unreadable(simulator, client, call, path, what):
    """The list of transactions, or each one in it, is a 403."""
    await call(client.post, f"{path}/pay", paymentMethod=CARD)
    (number,) = await call(client.get, "/me/payment/transaction")
    simulator.payments.unreadable = {what}
    route = "/me/payment/transaction" if what == "list" else f"/me/payment/transaction/{number}"
    with pytest.raises(APIError) as caught:
        await call(client.get, route)
    assert caught.value.response.status_code == 403
    simulator.payments.unreadable = set()
    assert await call(client.get, route)


async def test_a_foreign_transaction_looks_like_one_of_ours(simulator, client, call, path):
    """A foreign transaction of the same amount and method is told apart by nothing but its number."""
    simulator.outsider.transaction("3.59", 8120045, ago=30)
    await call(client.post, f"{path}/pay", paymentMethod=CARD)
    numbers = await call(client.get, "/me/payment/transaction", status="SUCCESS", paymentMethodId=8120045)
    shown = [await call(client.get, f"/me/payment/transaction/{number}") for number in numbers]
    assert len(shown) == 2
    assert len({(each["amount"]["value"], each["status"], each["type"]) for each in shown}) == 1


async def test_twenty_orders_of_one_amount_in_a_day(simulator, client, call):
    """A day's orders of the same total, paid by the same card, show with their payments."""
    orders = simulator.outsider.orders_of("3.59", 20)
    for order in orders:
        simulator.outsider.pay(order, 8120045)
    assert await call(client.get, "/me/order") == [order.id for order in orders]
    shown = [await call(client.get, f"/me/order/{order.id}") for order in orders]
    assert {each["priceWithTax"]["value"] for each in shown} == {3.59}
    assert len({each["date"] for each in shown}) == 20
    assert len(await call(client.get, "/me/payment/transaction", status="SUCCESS")) == 20
    assert (await call(client.get, f"/me/order/{orders[0].id}/payment"))["paymentType"] == "creditCard"
