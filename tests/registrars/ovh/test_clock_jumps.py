"""OVH's clock is days apart from ours, or jumps while the bot runs: carts and markers live all the same."""

import asyncio
from datetime import UTC, datetime

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartGone
from ordering.model.money import Money

LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")
DAY = 86_400.0
APART = [5 * DAY, 400 * DAY, -5 * DAY]


async def ask(function, *args):
    return await asyncio.to_thread(function, *args)


def left(ovh, cart: str) -> float:
    """Seconds that a cart still lives, by OVH's clock."""
    seconds: float = (ovh.carts.all[cart].expire - ovh.clock.now()).total_seconds()
    return seconds


@pytest.mark.parametrize("apart", APART)
async def test_a_cart_lives_two_days_by_ovhs_clock(ovh, gateway, apart):
    ovh.clock.advance(apart)
    prepared = await ask(gateway.prepare, [LINE])
    assert abs(left(ovh, prepared.registrar_cart) - 2 * DAY) < 60


@pytest.mark.parametrize("apart", APART)
async def test_a_clock_that_jumps_while_the_bot_runs_costs_one_cart(ovh, gateway, apart):
    """The first cart may be over from the start. Then the clock is read, and the next one is filled."""
    await ask(gateway.prepare, [LINE])
    before = len(ovh.carts.all)
    ovh.clock.advance(apart)
    prepared = await ask(gateway.prepare, [LINE])
    assert left(ovh, prepared.registrar_cart) > DAY
    assert len(ovh.carts.all) - before <= 2


async def test_a_cart_that_ovh_does_not_know_yet_is_no_refusal(ovh, gateway):
    """OVH may show a new cart late: the next step makes another one, and nobody is asked."""
    ovh.faults.add("POST", "/order/cart/*/assign", "refuse", status=404, message="This cart does not exist", times=2)
    with pytest.raises(CartGone):
        await ask(gateway.prepare, [LINE])
    assert (await ask(gateway.prepare, [LINE])).registrar_cart in ovh.carts.all


async def test_questions_are_learned_after_a_jump(ovh, gateway):
    """People may add names in the meantime: they are not told that OVH refused."""
    await ask(gateway.questions, [LINE])
    ovh.clock.advance(5 * DAY)
    assert LINE.domain in await ask(gateway.questions, [LINE])


@pytest.mark.parametrize("apart", APART)
async def test_a_marker_lives_for_weeks_by_ovhs_clock(ovh, gateway, apart):
    """It is made after OVH's clock was read: one that is over at once would mark nothing."""
    ovh.carts.lists_expired = False
    ovh.clock.advance(apart)
    started_at = datetime.now(UTC) + await ask(gateway.clock_ahead)
    marker = await ask(gateway.leave_marker, "orders 1234", started_at)
    assert abs(left(ovh, marker) - 30 * DAY) < 60
    assert await ask(gateway.markers, "orders 1234") == {marker}
