"""A success without words: done where a route returns nothing, unreadable for a read, unknown for money."""

import asyncio
import inspect
import types

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OutcomeUnknown, RegistrarUnavailable
from ordering.model.money import Money
from registrars.ovh.api.client import Client
from registrars.ovh.api.void_routes import returns_nothing
from registrars.ovh.throttling.scheduler import Priority
from sandbox.ovh.faults import Kind
from sandbox.ovh.routing import ROUTES
from tests.registrars.ovh.money import check_out, pay

NOTHING: list[Kind] = ["null", "empty", "blanks", "empty_text", "no_content", "empty_chunked", "empty_html"]
WITHOUT_NULL: list[Kind] = [kind for kind in NOTHING if kind != "null"]
LINE = Line(DomainName.parse("reason-name.fr"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")
FREE = Line(DomainName.parse("name.ovh"), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")


async def ask(function, *args, **kwargs):
    return await asyncio.to_thread(function, *args, **kwargs)


@pytest.fixture(autouse=True)
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registrars.ovh.api.client._TRIES", 1)


@pytest.fixture
def client(ovh_config):
    opened = Client(ovh_config)
    yield opened
    opened.close()


async def prepared(gateway):
    return await ask(gateway.prepare, [FREE])


async def ordered(gateway):
    cart = (await prepared(gateway)).registrar_cart
    return await ask(check_out, gateway, cart)


def test_our_void_routes_are_those_of_the_simulated_ovh():
    """Each route of the simulation that returns nothing, and no other, is in the table."""
    for known in ROUTES:
        path = known.path.replace("{", "").replace("}", "")
        is_void = inspect.signature(known.handler, eval_str=True).return_annotation in {None, types.NoneType}
        assert returns_nothing(known.method, path) == is_void, f"{known.method} {known.path}"


@pytest.mark.parametrize("kind", NOTHING)
async def test_an_assign_without_words_is_done(ovh, gateway, kind: Kind):
    """A cart that was assigned with an empty answer is filled and checked as usual."""
    ovh.faults.add("POST", "/order/cart/*/assign", kind, times=9)
    assert str((await prepared(gateway)).quote.total) == "€3.59"
    assert ovh.count("POST", "/order/cart/*/assign") == 1


@pytest.mark.parametrize("kind", NOTHING)
async def test_a_search_begins_after_an_empty_assign(ovh, gateway, kind: Kind):
    """The search's own cart is not made again because its assign said nothing."""
    ovh.faults.add("POST", "/order/cart/*/assign", kind, times=9)
    found = await ask(lambda: list(gateway.look_up([FREE.domain])))
    assert [answer.verdict.name for answer in found] == ["AVAILABLE"]
    assert ovh.count("POST", "/order/cart") == 1


@pytest.mark.parametrize("kind", NOTHING)
async def test_a_cart_deleted_without_words_is_deleted(ovh, gateway, kind: Kind):
    """An empty answer to DELETE is believed: no person has to look after the cart."""
    cart = (await prepared(gateway)).registrar_cart
    ovh.faults.add("DELETE", "/order/cart/*", kind)
    assert await ask(gateway.discard, cart) is True
    assert cart not in ovh.carts.all


@pytest.mark.parametrize("kind", NOTHING)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/order/cart/{cart}/item/{item}"),
        ("POST", "/me/order/{order}/waiveRetraction"),
    ],
)
async def test_other_void_routes_are_done(ovh, gateway, client, kind: Kind, method: str, path: str):
    """Every route that returns nothing takes every kind of nothing."""
    order = await ordered(gateway)
    cart = (await prepared(gateway)).registrar_cart
    item = next(iter(ovh.carts.all[cart].items))
    number = getattr(item, "id", item)
    target = path.format(cart=cart, item=number, order=order.id)
    ovh.faults.add(method, target, kind)
    assert await ask(client.build, method, target, None, priority=Priority.PEOPLE) in {None, ""}


@pytest.mark.parametrize("kind", NOTHING)
@pytest.mark.parametrize("path", ["/order/cart", "/order/cart/*/domain", "/order/cart/*/item/*/configuration"])
async def test_a_call_that_must_return_something_is_unreadable(ovh, gateway, kind: Kind, path: str):
    """A new cart, an item or an answer that OVH does not show again is not taken for made."""
    ovh.faults.add("POST", path, kind, times=9)
    with pytest.raises(RegistrarUnavailable):
        await ask(gateway.prepare, [LINE.answered({}, by="U0ADA")])


@pytest.mark.parametrize("kind", NOTHING)
@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/domain", "owned"),
        ("/domain/extensions", "every_extension"),
        ("/domain/extensions/highlighted", "extensions"),
        ("/domain/contact", "contacts"),
        ("/me", "probe"),
        ("/me/payment/method", "can_be_paid"),
        ("/auth/time", "clock_ahead"),
    ],
)
async def test_a_read_without_words_is_unreadable(ovh, gateway, kind: Kind, path: str, read: str):
    """What must return something and does not, is no answer: never an empty list, never a zero."""
    await ask(gateway.probe)
    ovh.faults.add("GET", path, kind, times=9)
    with pytest.raises(RegistrarUnavailable):
        await ask(getattr(gateway, read))


@pytest.mark.parametrize("kind", NOTHING)
async def test_an_order_without_words_is_unreadable(ovh, gateway, kind: Kind):
    """An order that OVH shows nothing of is neither there nor gone."""
    order = await ordered(gateway)
    ovh.faults.add("GET", "/me/order/*", kind, times=9)
    with pytest.raises(RegistrarUnavailable):
        await ask(gateway.order, order.id)


@pytest.mark.parametrize("kind", NOTHING)
async def test_a_checkout_without_words_is_unknown(ovh, gateway, kind: Kind):
    """The order was made, its answer says nothing: neither ordered nor refused."""
    cart = (await prepared(gateway)).registrar_cart
    ovh.faults.add("POST", "/order/cart/*/checkout", kind)
    with pytest.raises(OutcomeUnknown):
        await ask(check_out, gateway, cart)
    assert len(ovh.orders.all) == 1
    assert ovh.count("POST", "/order/cart/*/checkout") == 1


@pytest.mark.parametrize("kind", WITHOUT_NULL)
@pytest.mark.parametrize("method", [8120045, "ovhAccount"])
async def test_a_payment_without_words_is_unknown(ovh, gateway, kind: Kind, method: int | str):
    """Only `null` is OVH's answer to a payment; an answer without a body proves nothing, and is sent once."""
    order = await ordered(gateway)
    ovh.faults.add("POST", "/me/order/*/pay*", kind)
    with pytest.raises(OutcomeUnknown):
        await ask(pay, gateway, order.id, method)
    assert ovh.count("POST", "/me/order/*/pay*") == 1


async def test_a_payment_that_answers_null_is_accepted(ovh, gateway):
    """OVH answers `null` to a payment that it took; whether it is paid is read from the order."""
    order = await ordered(gateway)
    await ask(pay, gateway, order.id, 8120045)
    assert ovh.orders.all[order.id].payments == [8120045]
