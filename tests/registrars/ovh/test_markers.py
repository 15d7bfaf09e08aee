"""Markers over the wire: made, listed by an exact description, and read where OVH's list cannot be trusted."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ordering.model.errors import RegistrarRefused
from ordering.model.recovery import Marker, MarkersLeft
from registrars.ovh import OvhGateway
from registrars.ovh.markers import Descriptions

OURS = Descriptions("unnamed")
DAY, MONTH = 86_400.0, timedelta(days=29)


def now():
    return datetime.now(UTC)


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


async def test_a_marker_is_an_empty_cart(ovh, gateway):
    """It is assigned, so that it is listed, and lives for weeks."""
    marker = await ask(gateway.leave_marker, "orders 1234", now())
    cart = ovh.carts.all[marker]
    assert (cart.description, cart.assigned, cart.items) == ("Domain Desk unnamed orders 1234", True, {})
    assert (cart.expire - ovh.clock.now()).total_seconds() > 29 * DAY
    assert await ask(gateway.markers, "orders 1234") == {marker}


async def test_a_money_call_takes_three_calls(ovh, gateway):
    """To make, to assign, to list; none to read a marker that this process made."""
    await ask(gateway.leave_marker, "pays 1", now())
    before = len(ovh.calls)
    await ask(gateway.leave_marker, "orders 1234", now())
    await ask(gateway.markers, "orders 1234")
    assert len(ovh.calls) - before == 3


@pytest.mark.parametrize("matches", ["exact", "prefix", "ignored"])
async def test_another_process_sees_exactly_these(ovh, ovh_config, gateway, matches):
    """Whatever OVH's filter does, only markers of this bot and this subject count."""
    ovh.carts.matches = matches
    marker = await ask(gateway.leave_marker, "orders 1234", now())
    await ask(gateway.leave_marker, "orders 12345", now())
    for description in ("", "Domain Desk", "Domain Desk other orders 1234", "Domain Desk unnamed orders 1234 x"):
        ovh.outsider.cart(description)
    other = OvhGateway(ovh_config)
    try:
        assert await ask(other.markers, "orders 1234") == {marker}
    finally:
        other.close()


async def test_an_expired_marker_is_none(ovh, ovh_config, gateway):
    """It may be listed, and cannot be read any more."""
    ovh.carts.longest_life, ovh.carts.cuts = 0.0, True
    await ask(gateway.leave_marker, "orders 1234", now())
    other = OvhGateway(ovh_config)
    try:
        assert await ask(other.markers, "orders 1234") == frozenset()
    finally:
        other.close()


@pytest.mark.parametrize(("longest", "days"), [(10 * DAY, 2), (1.5 * DAY, 1)])
async def test_a_shorter_life_where_ovh_refuses_a_long_one(ovh, gateway, longest, days):
    """At last OVH's own default is taken."""
    ovh.carts.longest_life = longest
    marker = await ask(gateway.leave_marker, "orders 1234", now())
    left = (ovh.carts.all[marker].expire - ovh.clock.now()).total_seconds()
    assert abs(left - days * DAY) < 60


async def test_another_desks_marker_is_not_ours(ovh_config, ovh, gateway):
    """Two desks on one account do not see each other's attempts."""
    other = OvhGateway(ovh_config, bot_id="other")
    try:
        await ask(other.leave_marker, "orders 1234", now())
        assert await ask(gateway.markers, "orders 1234") == frozenset()
    finally:
        other.close()


def test_descriptions_are_short():
    """OVH may limit or cut what is longer."""
    desk = Descriptions("0" * 12)
    longest = [desk.marker(f"orders {'0' * 16}"), desk.marker("pays 9999999999"), desk.checkout(["x"]), desk.scratch]
    assert max(map(len, longest)) < 60
    assert all(map(desk.is_ours, longest))


async def test_desks_show_themselves_by_one_description(ovh_config, ovh, gateway):
    """Both desks are seen by each, and no marker or cart of either."""
    other = OvhGateway(ovh_config, bot_id="other")
    try:
        shown = {await ask(desk.show_presence, await ask(gateway.time) + MONTH) for desk in (gateway, other)}
        await ask(other.leave_marker, "orders 1234", now())
        ovh.outsider.cart("Domain Desk search")
        for matches in ("exact", "prefix", "ignored"):
            ovh.carts.matches = matches
            assert await ask(gateway.presences) == shown
            assert await ask(other.presences) == shown
    finally:
        other.close()


@pytest.mark.parametrize(("longest", "known"), [(None, True), (10 * DAY, True), (1.01 * DAY, False)])
async def test_a_presence_is_known_by_its_expiry(ovh, ovh_config, gateway, longest, known):
    """From another process, too, and with a shorter life; with OVH's own default life it is not known."""
    ovh.carts.longest_life = longest if longest is not None else ovh.carts.longest_life
    expires_at = await ask(gateway.time) + timedelta(days=29, hours=7)
    cart = await ask(gateway.show_presence, expires_at)
    other = OvhGateway(ovh_config)
    try:
        assert await ask(other.presence_is_of, cart, expires_at) is known
        for seconds in (-86_400, -1, 1, 86_400):
            assert not await ask(other.presence_is_of, cart, expires_at + timedelta(seconds=seconds))
        assert not await ask(other.presence_is_of, "gone", expires_at)
    finally:
        other.close()


@pytest.mark.parametrize("status", [403, 404])
async def test_a_presence_that_ovh_does_not_show_is_not_ours(ovh, gateway, status):
    """It stops the search for other desks no more than one of another expiry."""
    expires_at = await ask(gateway.time) + MONTH
    cart = await ask(gateway.show_presence, expires_at)
    ovh.faults.add("GET", f"/order/cart/{cart}", "refuse", status=status, message="This call has not been granted")
    assert not await ask(gateway.presence_is_of, cart, expires_at)
    assert await ask(gateway.presence_is_of, cart, expires_at)


@pytest.mark.parametrize("answer", [{}, {"expire": None}, {"expire": "soon"}, {"expire": "2026-12-28T00:00:00"}, None])
async def test_a_presence_without_a_known_expiry_is_not_ours(gateway, monkeypatch, answer):
    """A form of another year, or a time without its offset."""
    monkeypatch.setattr(gateway._client, "ask", lambda *_, **__: answer)  # noqa: SLF001 - OVH of another year
    assert not await ask(gateway.presence_is_of, "cart", datetime(2026, 12, 28, tzinfo=UTC))
    assert not await ask(gateway.marker_is_of, "cart", datetime(2026, 11, 28, tzinfo=UTC))


@pytest.mark.parametrize(
    ("longest", "cuts", "known"), [(None, False, True), (10 * DAY, False, True), (10 * DAY, True, False)]
)
async def test_a_marker_is_known_by_the_second_of_its_attempt(ovh, ovh_config, gateway, longest, cuts, known):
    """By its expiry, from another process, too; not where OVH gave it another life."""
    ovh.carts.longest_life, ovh.carts.cuts = longest, cuts
    started_at = now()
    marker = await ask(gateway.leave_marker, "pays 1", started_at)
    other = OvhGateway(ovh_config)
    try:
        for desk in (gateway, other):
            assert await ask(desk.marker_is_of, marker, started_at) is known
            for seconds in (-1, 1, 10):
                assert not await ask(desk.marker_is_of, marker, started_at + timedelta(seconds=seconds))
            assert not await ask(desk.marker_is_of, "gone", started_at)
    finally:
        other.close()


async def test_a_marker_that_ovh_may_not_show_is_no_other_ones(ovh, gateway):
    """The key may read it later; so nothing is concluded now."""
    started_at = now()
    marker = await ask(gateway.leave_marker, "pays 1", started_at)
    ovh.faults.add("GET", f"/order/cart/{marker}", "refuse", status=403, message="This call has not been granted")
    with pytest.raises(RegistrarRefused):
        await ask(gateway.marker_is_of, marker, started_at)
    assert await ask(gateway.marker_is_of, marker, started_at)


def forbid(ovh, cart, times=10_000):
    ovh.faults.add("GET", f"/order/cart/{cart}", "refuse", times=times, status=403, message="This call was not granted")


async def test_a_cart_that_may_not_be_read_hides_no_marker(ovh, gateway):
    """Another program's key made it. It is told apart, and what can be read is read."""
    marker = await ask(gateway.leave_marker, "pays 7", now())
    cart = ovh.outsider.cart("Shop").id
    forbid(ovh, cart)
    assert await ask(gateway.markers_left, urgent=True) == MarkersLeft((Marker("pays 7", marker),), 0, (cart,))
    ovh.faults.clear()
    assert (await ask(gateway.markers_left, urgent=True)).unread == ()


@pytest.mark.parametrize(("matches", "counts"), [("exact", True), ("prefix", True), ("ignored", False)])
async def test_a_cart_that_may_not_be_read_counts_where_ovh_filters(ovh, gateway, matches, counts):
    """Then it has the description that was asked for, and belongs to no attempt; else it is another program's."""
    ovh.carts.matches = matches
    marker, started_at = await ask(gateway.leave_marker, "orders 1234", now()), now()
    cart = ovh.outsider.cart(OURS.marker("orders 1234")).id
    forbid(ovh, cart)
    assert await ask(gateway.markers, "orders 1234") == ({marker, cart} if counts else {marker})
    assert not await ask(gateway.marker_is_of, cart, started_at)


async def test_a_refusal_of_the_moment_hides_no_marker(ovh, ovh_config, gateway):
    """Where OVH ignores the filter, a cart that may not be read counts for nothing: so it is read twice."""
    ovh.carts.matches = "ignored"
    marker = await ask(gateway.leave_marker, "orders 1234", now())
    forbid(ovh, marker, times=1)
    other = OvhGateway(ovh_config)
    try:
        assert await ask(other.markers, "orders 1234") == {marker}
    finally:
        other.close()


async def test_recover_mode_reads_what_this_desk_left(ovh_config, ovh):
    """Its markers with what they are about; of other desks only how many they left."""
    bots = [OvhGateway(ovh_config, bot_id=desk) for desk in ("ours", "other", "unnamed")]
    try:
        ours, other, unknown = bots
        marker = await ask(ours.leave_marker, "pays 7", now())
        theirs = await ask(other.leave_marker, "orders 1234", now())
        await ask(ours.show_presence, await ask(ours.time) + MONTH)
        ovh.outsider.cart("Domain Desk ours carts 1234")
        assert await ask(ours.markers_left, urgent=True) == MarkersLeft((Marker("pays 7", marker),), 1)
        found = await ask(unknown.markers_left, urgent=True)
        assert ({each.id for each in found.ours}, found.others) == ({marker, theirs}, 0)
    finally:
        for desk in bots:
            desk.close()
