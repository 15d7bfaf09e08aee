"""The models of OVH's answers: held to OVH's own description, and strict with whatever it does not describe."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability
from registrars.ovh.api import schemas
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.api.wire import account, base, carts, checkouts, contacts, domains, offers, orders, payments, prices
from registrars.ovh.api.wire.base import IDS, OBJECT, TEXTS, WORD, Shape, Wire
from registrars.ovh.carts.quotes import quote
from registrars.ovh.carts.requirements import by_label, questions
from registrars.ovh.order_terms import compare
from tests.builders import a_line, a_quote
from tests.refusing import refuses
from tests.registrars.ovh.damage import damaged, damaged_once, untyped
from tests.registrars.ovh.described import SCHEMA, Optional, answer

Read = Callable[[Any], Any]
NAME = DomainName("name.ovh")
MODULES = (account, base, carts, checkouts, contacts, domains, offers, orders, payments, prices)
# Each answer that we read, by its route. A route can have several models: each caller needs something else of it.
ANSWERS: list[tuple[str, Read]] = [
    ("GET /auth/currentCredential", account.Credential.read),
    ("GET /auth/details", account.AuthDetails.read),
    ("GET /auth/time", base.seconds),
    ("GET /domain", TEXTS.read),
    ("GET /domain/configurationRule", domains.Rule.read),
    ("GET /domain/contact", contacts.CONTACTS.read),
    ("GET /domain/contact/{contactId}", contacts.Contact.read),
    ("GET /domain/contact/{contactId}", OBJECT.read),
    ("GET /domain/extensions", TEXTS.read),
    ("GET /domain/extensions/highlighted", TEXTS.read),
    ("GET /domain/{serviceName}", domains.Domain.read),
    ("GET /me", account.Account.read),
    ("GET /me", account.AccountState.read),
    ("GET /me/ovhAccount/{ovhAccountId}", account.PrepaidAccount.read),
    ("GET /me", OBJECT.read),
    ("GET /me/bill", TEXTS.read),
    ("GET /me/bill/{billId}", orders.Link.read),
    ("GET /me/order", IDS.read),
    ("GET /me/order/{orderId}", orders.Order.read),
    ("GET /me/order/{orderId}", orders.Link.read),
    ("GET /me/order/{orderId}", orders.OrderTotal.read),
    ("GET /me/order/{orderId}/availableRegisteredPaymentMean", payments.MEANS.read),
    ("GET /me/order/{orderId}/details", IDS.read),
    ("GET /me/order/{orderId}/details/{orderDetailId}", orders.OrderDetail.read),
    ("GET /me/order/{orderId}/details/{orderDetailId}/extension", orders.Extension.read),
    ("GET /me/order/{orderId}/followUp", orders.validating),
    ("GET /me/order/{orderId}/payment", payments.OrderPayment.read),
    ("GET /me/order/{orderId}/paymentMethods", payments.UsableMethods.read),
    ("GET /me/order/{orderId}/status", WORD.read),
    ("GET /me/payment/method", IDS.read),
    ("GET /me/payment/method/{paymentMethodId}", payments.Method.read),
    ("GET /me/payment/transaction", IDS.read),
    ("GET /me/payment/transaction/{transactionId}", payments.Transaction.read),
    ("GET /me/task/domain", IDS.read),
    ("GET /me/task/domain/{id}", domains.Task.read),
    ("GET /order/cart", carts.CARTS.read),
    ("GET /order/cart/{cartId}", carts.CartDescription.read),
    ("GET /order/cart/{cartId}", carts.CartExpiry.read),
    ("GET /order/cart/{cartId}", carts.CartState.read),
    ("GET /order/cart/{cartId}/checkout", checkouts.CartOrder.read),
    ("GET /order/cart/{cartId}/checkout", checkouts.DryRun.read),
    ("GET /order/cart/{cartId}/domain", offers.OFFERS.read),
    ("GET /order/cart/{cartId}/item/{itemId}/configuration", IDS.read),
    ("GET /order/cart/{cartId}/item/{itemId}/requiredConfiguration", carts.REQUIREMENTS.read),
    ("GET /order/cart/{cartId}/summary", checkouts.CartOrder.read),
    ("POST /domain/contact", contacts.Contact.read),
    ("POST /order/cart", carts.NewCart.read),
    ("POST /order/cart/{cartId}/checkout", checkouts.Ordered.read),
    ("POST /order/cart/{cartId}/domain", carts.Item.read),
    ("PUT /domain/contact/{contactId}", contacts.Contact.read),
]


def named(read: Any) -> str:
    owner = getattr(read, "__self__", read)
    return getattr(owner, "__name__", repr(owner))


# Parts of the price list, which is read plan by plan.
PARTS: list[tuple[str, Read]] = [
    ("order.catalog.public.Plan", offers.Plan.read),
    ("order.catalog.public.Locale", offers.Locale.read),
]
DESCRIBED = [(SCHEMA.routes[tuple(route.split())], read) for route, read in ANSWERS] + PARTS  # type: ignore[index] # a route is two words
NAMES = [f"{kind} as {named(read)}" for kind, read in DESCRIBED]
# A caller can do nothing without these, although OVH's description allows null.
NEEDED: dict[Any, frozenset[str]] = {
    checkouts.Ordered.read: frozenset({"orderId"}),
    carts.CartExpiry.read: frozenset({"expire"}),
}
# What is done with an answer: it has to cope with whatever its model lets through.
USES: dict[Any, Read] = {
    offers.OFFERS.read: lambda found: Availability.of(
        NAME, schemas.offers(NAME, found), taken=schemas.any_transfer(found)
    ),
    checkouts.DryRun.read: lambda found: quote(found, (), ((7, NAME),)),
    checkouts.Ordered.read: schemas.ordered,
    orders.Order.read: lambda found: schemas.order(found, "notPaid"),
    orders.OrderDetail.read: lambda found: schemas.names_in([found]),
    orders.Extension.read: lambda found: compare([a_line()], a_quote(), lambda _: [found]),
    orders.validating: lambda found: schemas.said_in(found.history),
    payments.Method.read: schemas.payment_method,
    carts.REQUIREMENTS.read: lambda found: questions(found, standing={}),
    domains.Rule.read: by_label,
}


def needed(read: Read) -> frozenset[str]:
    return NEEDED.get(read, frozenset())


@pytest.mark.parametrize("optional", Optional)
@pytest.mark.parametrize(("kind", "read"), DESCRIBED, ids=NAMES)
def test_what_ovh_describes_is_read(kind, read, optional):
    """A field that OVH may set to null or leave out is optional in the model."""
    read(answer(kind, optional, needed(read)))


def models() -> Iterator[type[Wire]]:
    for module in MODULES:
        yield from (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Wire))


def seen_in(value: Any) -> Iterator[type]:
    """Yield the models of a value and of all its parts."""
    if isinstance(value, BaseModel):
        yield type(value)
        for name in type(value).model_fields:
            yield from seen_in(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from seen_in(each)


def test_each_model_is_held_to_the_description():
    """No model is left out of the two lists above."""
    seen = {model for kind, read in DESCRIBED for model in seen_in(read(answer(kind)))}
    # Bases, a part of what `validating` reads, and the account in the form of a contact.
    others = {Wire, contacts.Owner, contacts.Holder, *(each for each in models() if each.__name__.startswith("_"))}
    assert set(models()) - others == seen


# Fields of real answers that no description lists.
UNLISTED = {
    ("ItemSettings", "duration"),
    ("Requirement", "allowedValues"),
}


@pytest.mark.parametrize(("kind", "read"), DESCRIBED, ids=NAMES)
def test_each_field_that_we_read_is_described(kind, read):
    """A field with a name that OVH does not know would always be empty."""

    def unknown(value: Any, told: Any) -> Iterator[tuple[str, str]]:
        if told is None:
            return
        if isinstance(value, list):
            for each, original in zip(value, told, strict=True):
                yield from unknown(each, original)
        elif isinstance(value, Wire):
            for name, field in type(value).model_fields.items():
                alias = field.alias or name
                if alias in told:
                    yield from unknown(getattr(value, name), told[alias])
                else:
                    yield type(value).__name__, alias

    told = answer(kind)
    found, told = (read(told), told[0]) if read is orders.validating else (read(told), told)
    assert set(unknown(found, told)) <= UNLISTED


def check(read: Read, told: Any) -> None:
    """Read and use an answer: what comes out is typed, or it is the one error."""
    try:
        found = read(told)
        USES.get(read, bool)(found)
    except Unreadable:
        return
    listed = found if isinstance(found, list) else [found]
    typed = [each.model_dump() for each in listed if isinstance(each, BaseModel)]
    assert [odd for each in typed for odd in untyped(each)] == []


@pytest.mark.parametrize(("kind", "read"), DESCRIBED, ids=NAMES)
def test_each_part_is_typed_or_unreadable(kind, read):
    """Each part in turn is missing, null, of another type or out of range."""
    for told in damaged_once(answer(kind)):
        check(read, told)


@pytest.mark.parametrize(("kind", "read"), DESCRIBED, ids=NAMES)
@settings(max_examples=30)
@given(data=st.data())
def test_a_damaged_answer_is_typed_or_unreadable(kind, read, data):
    """Several damages at once, and unknown keys."""
    check(read, data.draw(damaged(answer(kind, data.draw(st.sampled_from(Optional)), needed(read)))))


@pytest.mark.parametrize(
    "shape", [IDS, TEXTS, carts.CARTS, offers.OFFERS, carts.REQUIREMENTS, payments.MEANS, contacts.CONTACTS]
)
def test_null_is_no_empty_list(shape: Shape[Any]):
    """An answer without a list says nothing of what there is."""
    with refuses("ovh_unreadable", Unreadable):
        shape.read(None)


PRICE = {"currencyCode": "EUR", "value": 5}


@pytest.mark.parametrize(
    "odd", [{"value": "5.99"}, {"value": 5.99}, {"value": True}, {"value": None}, {"currencyCode": ""}]
)
def test_an_amount_is_a_number_with_a_currency(odd):
    """Text and floats are no amounts: OVH's numbers are decoded exactly."""
    assert prices.Price.read(PRICE).money.minor == 500
    with refuses("ovh_unreadable", Unreadable):
        prices.Price.read(PRICE | odd)


def test_what_an_answer_holds_is_not_logged(caplog, capsys):
    """Some answers are personal data: the log names the place and the fault, never the value."""
    with refuses("ovh_unreadable", Unreadable) as refused:
        contacts.Contact.read({"id": 7, "email": ["ada@example.com"]})
    assert "ada@example.com" not in caplog.text + "".join(capsys.readouterr()) + repr(refused.__dict__)
