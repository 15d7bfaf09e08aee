"""A name's years at the simulated OVH: its dates, how it is renewed, what happens when nobody acts, and its tasks."""

from datetime import datetime, timedelta

import pytest
from ovh.exceptions import APIError, BadParametersError, ResourceNotFoundError

from sandbox.ovh.services import GRACE_DAYS, RESTORE_DAYS, add_months, iso_months, months_of
from sandbox.ovh.tasks import Argument
from tests.sandbox.ovh.buying import checked_out, forget_time

CARD = {"id": 8120045}
DAY = 86_400


@pytest.fixture
def service(simulator):
    """Give the account a name that is renewed by hand and expires in a hundred days."""
    simulator.names.owned.add("ours.com")
    return simulator.services.add("ours.com", expires=in_days(simulator, 100), mode="manual")


def in_days(simulator, days):
    return simulator.clock.now().replace(microsecond=0) + timedelta(days=days)


@pytest.fixture
def wait(simulator, client):
    def wait(days: float) -> None:
        simulator.clock.advance(days * DAY)
        forget_time(client)

    return wait


async def expiry(client, call):
    return datetime.fromisoformat((await call(client.get, "/domain/ours.com"))["expirationDate"])


# Three formats of one record


async def test_all_formats_show_one_record(client, call, service):
    """A mode that is written in one format shows in the two others."""
    await call(client.put, f"/services/{service.id}", renew={"mode": "automatic", "period": "P2Y"})
    infos = await call(client.get, "/domain/ours.com/serviceInfos")
    assert infos["renew"]["automatic"] is True
    assert infos["renew"]["period"] == 24
    assert (await call(client.get, "/domain/ours.com"))["renewalState"] == "automatic_renew"
    assert (await call(client.get, f"/service/{service.id}"))["renew"]["mode"] == "automaticV2016"


async def test_only_a_route_tells_a_name_from_its_zone(client, call, service):
    """Without a route the zone of a name is listed with it."""
    assert await call(client.get, "/services?resourceName=ours.com") == [service.id, service.zone_id]
    assert await call(client.get, "/services?resourceName=ours.com&routes=/domain") == [service.id]


async def test_how_a_name_is_renewed_may_be_null(client, call, service):
    service.shows_renew = False
    assert (await call(client.get, "/domain/ours.com/serviceInfos"))["renew"] is None
    assert (await call(client.get, f"/services/{service.id}"))["billing"]["renew"] is None


async def test_names_come_page_by_page_where_offered(simulator, client, call, service):
    """Whole objects with their total, sorted; or plain names where the account does not offer it."""
    simulator.names.owned.add("other.com")
    headers = {
        "X-Pagination-Mode": "CachedObjectList-Pages", "X-Pagination-Size": "1", "X-Pagination-Sort": "expirationDate",
    }  # fmt: skip
    answer = await call(client.raw_call, "GET", "/domain", None, True, headers)  # noqa: FBT003 - the package's own signature
    assert [each["domain"] for each in answer.json()] == ["ours.com"]
    assert answer.headers["X-Pagination-Elements"] == "2"
    simulator.lists_objects = False
    answer = await call(client.raw_call, "GET", "/domain", None, True, headers)  # noqa: FBT003 - as above
    assert answer.json() == ["other.com", "ours.com"]


async def test_only_the_billing_contact_changes_the_mode(client, call, service):
    service.is_billing = False
    with pytest.raises(APIError, match="not allowed"):
        await call(client.put, f"/services/{service.id}", renew={"mode": "automatic"})


async def test_automatic_needs_a_payment_method(simulator, client, call, service):
    for method in simulator.payments.methods:
        method.status = "EXPIRED"
    with pytest.raises(BadParametersError, match="payment method"):
        await call(client.put, "/domain/ours.com/serviceInfos", renew={"manualPayment": False})


# Years


async def test_an_automatic_name_is_paid_year_after_year(simulator, client, call, service, wait):
    """Three years at once: three orders, each paid once, and the date moves by three years."""
    service.mode, before = "automatic", service.expires
    wait(3 * 365)
    assert await expiry(client, call) == add_months(before, 36)
    assert [len(order.payments) for order in simulator.orders.all.values()] == [1, 1, 1]
    bills = await call(client.get, "/me/bill?category=autorenew")
    assert len(bills) == 3


async def test_without_a_method_the_renewal_waits_unpaid(simulator, client, call, service, wait):
    """OVH makes the order and takes no money; paying it renews the name."""
    service.mode, before = "automatic", service.expires
    for method in simulator.payments.methods:
        method.refuses = True
    wait(99)
    assert (await call(client.get, "/domain/ours.com/serviceInfos"))["status"] == "unPaid"
    (order,) = simulator.orders.all.values()
    simulator.payments.methods[0].refuses = False
    await call(client.post, f"/me/order/{order.id}/pay", paymentMethod=CARD)
    wait(0.1)
    assert await expiry(client, call) == add_months(before, 12)


async def test_a_manual_name_expires_and_is_gone(simulator, client, call, service, wait):
    """Suspended, then restorable for a fee, then a name that anybody may register."""
    normal = await price(client, call, service)
    wait(100)
    assert (await call(client.get, "/domain/ours.com"))["state"] == "expired"
    assert await price(client, call, service) == normal
    wait(GRACE_DAYS)
    assert (await call(client.get, "/domain/ours.com"))["state"] == "restorable"
    assert await price(client, call, service) > normal
    wait(RESTORE_DAYS)
    with pytest.raises(ResourceNotFoundError, match="does not exist"):
        await call(client.get, "/domain/ours.com")
    assert await call(client.get, "/domain") == []
    assert not simulator.names.is_taken("ours.com")


async def test_an_expired_name_may_answer_460(simulator, client, call, service, wait):
    simulator.services.answers_460 = True
    wait(101)
    with pytest.raises(APIError) as caught:
        await call(client.get, "/domain/ours.com")
    assert caught.value.response.status_code == 460
    assert await call(client.get, "/domain") == ["ours.com"]


async def test_a_cancelled_name_is_a_task_and_ends_on_its_day(client, call, service, wait):
    """The deletion waits as a task without an error, can be taken back, and takes the name at its expiry."""
    await call(client.put, f"/services/{service.id}", terminationPolicy="terminateAtExpirationDate")
    (number,) = await call(client.get, "/me/task/domain?function=DomainRegistryDelete")
    task = await call(client.get, f"/me/task/domain/{number}")
    assert task["status"] == "todo"
    assert task["comment"].startswith('"Domain is scheduled for deletion on ')
    wait(100)
    assert await call(client.get, "/domain") == []


async def test_ovh_changes_a_mode_by_itself(simulator, client, call, service):
    simulator.services.flip("ours.com")
    assert (await call(client.get, "/domain/ours.com"))["renewalState"] == "automatic_renew"


# Renewal orders


async def price(client, call, service):
    offered = await call(client.get, f"/service/{service.id}/renew")
    return offered[0]["strategies"][-1]["price"]["value"]


async def test_a_renewal_counts_from_the_old_end(client, call, service, wait):
    """The strategy's price is net; the order's tax is on top; the date moves once the order is paid."""
    before, net = service.expires, await price(client, call, service)
    order = await call(client.post, f"/service/{service.id}/renew", duration="P1Y", services=[service.id])
    assert order["priceWithoutTax"]["value"] == net
    assert order["priceWithTax"]["value"] == pytest.approx(net * 1.2, abs=0.01)
    wait(0.1)
    assert await expiry(client, call) == before
    await call(client.post, f"/me/order/{order['orderId']}/pay", paymentMethod=CARD)
    wait(0.1)
    assert await expiry(client, call) == add_months(before, 12)
    (detail,) = await call(client.get, f"/me/order/{order['orderId']}/details")
    extension = await call(client.get, f"/me/order/{order['orderId']}/details/{detail}/extension")
    assert extension["order"]["action"] == "renew"


async def test_a_dry_run_makes_no_order(simulator, client, call, service):
    shown = await call(client.post, f"/service/{service.id}/renew", duration="P1Y", services=[service.id], dryRun=True)
    assert shown["orderId"] == 0
    assert simulator.orders.all == {}


async def test_two_calls_make_two_orders(simulator, client, call, service):
    for _ in range(2):
        await call(client.post, f"/service/{service.id}/renew", duration="P1Y", services=[service.id])
    assert len(simulator.orders.all) == 2


async def test_an_unpaid_renewal_dies_within_a_day(client, call, service, wait):
    order = await call(client.post, f"/service/{service.id}/renew", duration="P1Y", services=[service.id])
    wait(1.1)
    assert await call(client.get, f"/me/order/{order['orderId']}/status") == "cancelled"


async def test_hosting_of_the_name_is_offered_with_it(client, call, service):
    """The first strategy is the dearer one: only one of them holds the name alone."""
    service.hosting = True
    (first, *_) = await call(client.get, f"/service/{service.id}/renew")
    assert [each["services"] for each in first["strategies"]] == [[service.hosting_id, service.id], [service.id]]


async def test_what_cannot_be_renewed_is_refused(client, call, service):
    service.renewable = False
    assert await call(client.get, f"/service/{service.id}/renew") == []
    with pytest.raises(BadParametersError, match="cannot be renewed"):
        await call(client.post, f"/service/{service.id}/renew", duration="P1Y", services=[service.id])


async def test_nobody_renews_beyond_the_registrys_years(client, call, service):
    service.expires = add_months(service.expires, 12 * 9)
    assert await call(client.get, f"/service/{service.id}/renew") == []


# Tasks that wait for a person


async def test_a_corrected_task_ends_after_its_relaunch(simulator, client, call, wait):
    """Relaunched without a correction it goes back to error; corrected, the name is registered."""
    simulator.registry.arguments.ask("name.ovh", Argument("authInfo", lambda value: value == "right", shortest=5))
    number = await checked_out(client, call, "name.ovh")
    await call(client.post, f"/me/order/{number}/pay", paymentMethod=CARD)
    wait(0.1)
    (task,) = await call(client.get, "/me/task/domain?status=error")
    path = f"/me/task/domain/{task}"
    await call(client.post, f"{path}/relaunch")
    assert (await call(client.get, path))["canRelaunch"] is True
    with pytest.raises(BadParametersError, match="wrong size"):
        await call(client.put, f"{path}/argument/authInfo", value="abc")
    await call(client.put, f"{path}/argument/authInfo", value="right")
    assert (await call(client.get, path))["status"] == "error"
    await call(client.post, f"{path}/relaunch")
    assert (await call(client.get, path))["status"] == "done"
    with pytest.raises(BadParametersError, match="cannot be relaunched"):
        await call(client.post, f"{path}/relaunch")


@pytest.mark.parametrize(("period", "months"), [("P1Y", 12), ("P6M", 6), ("P10Y", 120)])
def test_a_period_reads_as_it_is_written(period, months):
    assert months_of(period) == months
    assert iso_months(months) == period


@pytest.mark.parametrize(("day", "later"), [("2028-02-29", "2029-02-28"), ("2026-01-31", "2027-01-31")])
def test_a_year_ends_on_the_same_day(day, later):
    """The 29th of February becomes the 28th."""
    assert add_months(datetime.fromisoformat(day), 12) == datetime.fromisoformat(later)
