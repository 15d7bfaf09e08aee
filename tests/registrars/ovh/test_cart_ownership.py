"""A cart at OVH is touched only after its own description was read, and is this bot's."""

import asyncio

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartGone, RegistrarRefused
from ordering.model.money import Money
from registrars.ovh import OvhGateway
from registrars.ovh.markers import Descriptions
from tests.registrars.ovh.money import check_out

LINE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")
OURS = Descriptions("unnamed")  # as the gateway of these tests


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


@pytest.mark.parametrize(
    "description",
    [
        "",
        "Domain Desk",
        "Domain Desk other carts 1234",
        "Domain Desk unnamed2 carts 1234",
        "my Domain Desk unnamed carts 1234",
    ],
)
async def test_another_ones_cart_is_left_alone(ovh, gateway, description):
    """A description of another bot, of nobody, or that only looks like ours: the cart is not deleted."""
    cart = ovh.outsider.cart(description, "name.ovh")
    assert await ask(gateway.discard, cart.id) is False
    assert cart.id in ovh.carts.all


async def test_our_cart_is_deleted_by_another_process(ovh, ovh_config, gateway):
    """A process that did not make the cart reads whose it is, and deletes it."""
    prepared = await ask(gateway.prepare, [LINE])
    other = OvhGateway(ovh_config)
    try:
        assert await ask(other.discard, prepared.registrar_cart)
    finally:
        other.close()
    assert prepared.registrar_cart not in ovh.carts.all


async def test_a_cart_that_was_handed_on_is_read_first(ovh, gateway):
    """After the checkout even the process that made the cart reads its description before it deletes it."""
    prepared = await ask(gateway.prepare, [LINE])
    await ask(check_out, gateway, prepared.registrar_cart)
    ovh.carts.all[prepared.registrar_cart].description = "renamed by a person"
    assert await ask(gateway.discard, prepared.registrar_cart) is False
    assert prepared.registrar_cart in ovh.carts.all


async def test_a_cart_that_cannot_be_read_is_not_deleted(ovh, gateway):
    """Whose cart it is must be known, not guessed."""
    cart = ovh.outsider.cart(OURS.checkout(["name.ovh"]))
    ovh.faults.add("GET", f"/order/cart/{cart.id}", "refuse", status=403, message="no", times=9)
    assert await ask(gateway.discard, cart.id) is False
    assert ovh.count("DELETE", "/order/cart/*") == 0


async def test_a_draft_that_somebody_deleted_is_no_refusal(ovh, gateway):
    """A step that finds its own cart gone ends quietly; a refusal would be for a person."""
    ovh.faults.add("GET", "/order/cart/*/item/*/requiredConfiguration", "refuse", status=404, message="gone", times=1)
    with pytest.raises(RegistrarRefused):  # the cart is still there: it is the item's own answer
        await ask(gateway.prepare, [LINE])
    ovh.faults.add("GET", "/order/cart/*/item/*/requiredConfiguration", "refuse", status=404, message="gone", times=1)
    ovh.faults.add("GET", "/order/cart/*", "refuse", status=404, message="gone", times=2)
    with pytest.raises(CartGone):
        await ask(gateway.prepare, [LINE])


async def test_carts_describe_desk_and_names(ovh, gateway):
    """The description is the same for each attempt at the same names, and short enough for a limit of OVH's."""
    two = [LINE, Line(DomainName.parse("a.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")]
    first, second = [await ask(gateway.prepare, lines) for lines in (two, two[::-1])]
    described = {ovh.carts.all[prepared.registrar_cart].description for prepared in (first, second)}
    assert described == {OURS.checkout(["name.ovh", "a.ovh"])}
    assert OURS.checkout(["name.ovh"]) != OURS.checkout(["a.ovh"])
    assert len(Descriptions("0" * 12).checkout(["name.ovh"])) < 60
