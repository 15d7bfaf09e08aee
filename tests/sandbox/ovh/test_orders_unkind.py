"""Orders of the simulated OVH that show late, in parts, as others', or never again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from ovh.exceptions import BadParametersError, ResourceNotFoundError

from tests.sandbox.ovh.buying import checked_out, forget_time

HOUR = 3600.0


async def lines_of(client, call, number: int) -> list[dict[str, Any]]:
    ids = await call(client.get, f"/me/order/{number}/details")
    return [await call(client.get, f"/me/order/{number}/details/{each}") for each in ids]


@pytest.fixture
def later(simulator, client):
    def advance(seconds: float) -> None:
        simulator.clock.advance(seconds)
        forget_time(client)

    return advance


async def test_an_order_shows_up_to_ten_minutes_late(simulator, client, call, later):
    """An order that does not show yet is not listed, not readable and not payable."""
    simulator.orders.shows_after = 600.0
    number = await checked_out(client, call, "name.ovh")
    later(599)
    assert await call(client.get, "/me/order") == []
    for path in ("", "/status", "/details", "/followUp"):
        with pytest.raises(ResourceNotFoundError):
            await call(client.get, f"/me/order/{number}{path}")
    with pytest.raises(ResourceNotFoundError):
        await call(client.post, f"/me/order/{number}/pay", paymentMethod={"id": 8120045})
    unlisted = simulator.orders.unlisted
    assert unlisted >= 6
    later(2)
    assert await call(client.get, "/me/order") == [number]
    assert await call(client.get, f"/me/order/{number}/status") == "notPaid"
    assert (simulator.orders.unlisted, simulator.orders.withheld) == (unlisted, 0)


async def test_an_order_shows_late_and_then_in_parts(simulator, client, call, later):
    """Orders that show late combine with details that show later still."""
    simulator.orders.shows_after, simulator.orders.details_after = 60.0, 120.0
    number = await checked_out(client, call, "name.ovh")
    later(61)
    assert await call(client.get, "/me/order") == [number]
    assert await call(client.get, f"/me/order/{number}/details") == []
    later(60)
    assert len(await lines_of(client, call, number)) == 4


async def test_ovh_forgets_an_order(simulator, client, call):
    """A forgotten order is a 404 in each of its routes and is not listed."""
    number = await checked_out(client, call, "name.ovh")
    simulator.orders.forgotten.add(number)
    assert await call(client.get, "/me/order") == []
    for path in ("", "/status", "/details", "/followUp", "/payment", "/paymentMethods"):
        with pytest.raises(ResourceNotFoundError):
            await call(client.get, f"/me/order/{number}{path}")


async def test_a_foreign_order_has_no_lines_for_an_hour(simulator, client, call, later):
    """The lines of one order show late while those of another show at once."""
    foreign = simulator.outsider.order("theirs.ovh")
    foreign.late, foreign.late_for = "details", HOUR
    ours = await checked_out(client, call, "name.ovh")
    later(HOUR - 5)
    assert await call(client.get, "/me/order") == [foreign.id, ours]
    assert (await lines_of(client, call, foreign.id), len(await lines_of(client, call, ours))) == ([], 4)
    later(6)
    assert {line["domain"] for line in await lines_of(client, call, foreign.id)} == {"theirs.ovh"}


async def test_lines_of_a_foreign_order_show_one_by_one(simulator, client, call, later):
    """The lines add up to the total without tax only when all of them show."""
    foreign = simulator.outsider.order("theirs.ovh", "theirs.com", total="30.00")
    foreign.late, foreign.late_for = "lines in turn", 80.0
    counts, sums = [], []
    for _ in range(5):
        lines = await lines_of(client, call, foreign.id)
        counts.append(len(lines))
        sums.append(round(sum(line["totalPrice"]["value"] for line in lines), 2))
        later(20.5)
    assert counts == sorted(counts)
    assert (counts[0], counts[-1], sums[-1]) == (0, 8, 25.0)
    assert 0 < counts[2] < 8


async def test_a_foreign_order_is_listed_late(simulator, client, call, later):
    """One foreign order shows late, and the account's other orders at once."""
    foreign = simulator.outsider.order("theirs.ovh")
    foreign.shows_after = 300.0
    ours = await checked_out(client, call, "name.ovh")
    assert await call(client.get, "/me/order") == [ours]
    later(301)
    assert await call(client.get, "/me/order") == [foreign.id, ours]


@pytest.mark.parametrize(
    ("terms", "plan"),
    [
        ({"years": 2}, {"duration": "P2Y"}),
        ({"mode": "create-premium"}, {"pricingMode": "create-premium"}),
        ({"plan": "ovh-aftermarket"}, {"code": "ovh-aftermarket"}),
        ({"mode": "transfer-default"}, {"pricingMode": "transfer-default"}),
    ],
)
async def test_a_foreign_order_has_other_terms(simulator, client, call, terms, plan):
    """The extension of a line tells the terms by which an outsider ordered."""
    foreign = simulator.outsider.order("name.ovh", total="3.59", **terms)
    ours = await checked_out(client, call, "name.ovh")
    shown = [
        (await call(client.get, f"/me/order/{number}/details/{number}000/extension"))["order"]["plan"]
        for number in (foreign.id, ours)
    ]
    standard = {
        "code": "ovh",
        "duration": "P1Y",
        "pricingMode": "create-default",
        "quantity": 1,
        "product": {"name": "domain"},
    }
    assert shown == [standard | plan, standard]


async def test_a_foreign_order_has_another_owner(simulator, client, call):
    """Names, total and plan are equal, and only the owner differs."""
    foreign = simulator.outsider.order("name.ovh", owner="/me/contact/1")
    extension = await call(client.get, f"/me/order/{foreign.id}/details/{foreign.id}000/extension")
    assert {"label": "OWNER_CONTACT", "value": "/me/contact/1"} in extension["order"]["configurations"]
    assert (await call(client.get, f"/me/order/{foreign.id}"))["priceWithTax"]["value"] == 3.59


async def test_a_foreign_order_names_no_domain(simulator, client, call):
    """An order of hosting has lines that name no domain, and pays and delivers like any other."""
    foreign = simulator.outsider.order()
    assert [line["domain"] for line in await lines_of(client, call, foreign.id)] == ["*"]
    simulator.outsider.pay(foreign, ago=60)
    assert await call(client.get, f"/me/order/{foreign.id}/status") == "delivered"
    assert await call(client.get, "/domain") == []


async def test_a_foreign_order_was_made_before(simulator, client, call):
    """An outsider's order of an hour ago has that date, and the list filters by it from both ends."""
    old, new = simulator.outsider.order("a.ovh", ago=HOUR), simulator.outsider.order("b.ovh")
    dates = [datetime.fromisoformat((await call(client.get, f"/me/order/{o.id}"))["date"]) for o in (old, new)]
    assert timedelta(seconds=HOUR - 5) < dates[1] - dates[0] < timedelta(seconds=HOUR + 5)
    middle = (dates[0] + timedelta(minutes=30)).isoformat()
    assert await call(client.get, "/me/order", **{"date.from": middle}) == [new.id]
    assert await call(client.get, "/me/order", **{"date.to": middle}) == [old.id]


@pytest.mark.parametrize("tells", ["shown", "other", "null", "no owner"])
async def test_an_extension_tells_more_or_less(simulator, client, call, tells):
    """A line's extension tells the order's terms, others, none, or all but the owner."""
    number = simulator.outsider.order("name.ovh").id
    simulator.orders.extensions, simulator.orders.other = tells, {"duration": "P3Y"}
    shown = (await call(client.get, f"/me/order/{number}/details/{number}000/extension"))["order"]
    durations = {"shown": "P1Y", "other": "P3Y", "null": None, "no owner": "P1Y"}
    assert shown["plan"]["duration"] == durations[tells]
    assert bool(shown["configurations"]) == (tells in {"shown", "other"})


async def test_an_extension_is_missing(simulator, client, call):
    """A line without an extension is a 404 there, and can be read otherwise."""
    number = await checked_out(client, call, "name.ovh")
    simulator.orders.extensions = "missing"
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, f"/me/order/{number}/details/{number}000/extension")
    assert len(await lines_of(client, call, number)) == 4


async def test_a_paid_foreign_order_is_delivered(simulator, client, call):
    """A name that an outsider ordered and paid is the account's, and can no longer be ordered."""
    foreign = simulator.outsider.order("name.ovh")
    simulator.outsider.pay(foreign, 8120045, ago=60)
    assert await call(client.get, "/domain") == ["name.ovh"]
    with pytest.raises(BadParametersError, match="not available"):
        await checked_out(client, call, "name.ovh")
    assert foreign.foreign
