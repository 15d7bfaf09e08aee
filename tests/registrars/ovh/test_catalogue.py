"""OVH's price list over the wire: read once, and never waited for by who needs it only for a hint."""

import asyncio

from ordering.model.money import Money

PATH = "/order/catalog/public/domain"


async def test_the_first_who_asks_waits_for_the_prices_and_the_second_does_not_ask_again(ovh, gateway):
    for _ in range(2):
        prices = await asyncio.to_thread(gateway.prices)
        assert prices["ovh"] == Money(299, "EUR")
    assert ovh.count("GET", PATH) == 1


async def test_who_needs_them_only_for_a_hint_takes_what_is_there_and_has_them_read_meanwhile(ovh, gateway):
    ovh.faults.add("GET", PATH, "slow", seconds=0.5)
    assert gateway.prices(at_once=True) == {}
    assert (await asyncio.to_thread(gateway.prices))["ovh"] == Money(299, "EUR")  # once it is read
    assert gateway.prices(at_once=True)
    assert ovh.count("GET", PATH) == 1
