"""OVH's price list over the wire: read once, and never waited for by who needs it only for a hint."""

import asyncio

from ordering.model.money import Money

PATH = "/order/catalog/public/domain"


async def test_only_the_first_caller_reads_the_prices(ovh, gateway):
    """The first who asks waits for the prices and the second does not ask again."""
    for _ in range(2):
        prices = await asyncio.to_thread(gateway.prices)
        assert prices["ovh"] == Money(299, "EUR")
    assert ovh.count("GET", PATH) == 1


async def test_a_hint_uses_known_prices_and_reads_in_background(ovh, gateway):
    """Who needs them only for a hint takes what is there and has them read in the meantime."""
    ovh.faults.add("GET", PATH, "slow", seconds=0.5)
    assert gateway.prices(at_once=True) == {}
    assert (await asyncio.to_thread(gateway.prices))["ovh"] == Money(299, "EUR")  # once it is read
    assert gateway.prices(at_once=True)
    assert ovh.count("GET", PATH) == 1
