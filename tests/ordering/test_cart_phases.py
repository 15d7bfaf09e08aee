"""A phase promises what is on record, so that no function has to check it again."""

from dataclasses import fields, replace

import pytest

from ordering.model.cart import CartState
from ordering.model.cart_phases import Ordered, Paying, Requested, Returned, Tried
from tests.ordering.test_cart import ATTEMPT, CART, FULL, ORDER, PAYMENT, QUOTE

PROMISES = [
    (Returned, {"requester", "purpose"}),
    (Requested, {"requester", "purpose", "quote", "seal"}),
    (Tried, {"requester", "purpose", "quote", "seal", "attempt"}),
    (Ordered, {"requester", "purpose", "quote", "seal", "order"}),
    (Paying, {"requester", "purpose", "quote", "seal", "order", "payment"}),
]


@pytest.mark.parametrize(("phase", "promised"), PROMISES)
def test_a_cart_without_what_is_promised_has_no_phase(phase, promised):
    """Each missing fact is refused, and named; any other may be missing."""
    optional = {each.name for each in fields(CART) if getattr(CART, each.name) is None}
    assert phase.of(replace(CART, **{name: getattr(FULL, name) for name in promised}))
    for name in optional & promised:
        with pytest.raises(AssertionError, match=f"#1 is open without {name}$"):
            phase.of(_without(name))


def _without(name):
    every = {each.name: getattr(FULL, each.name) for each in fields(FULL)}
    return type(CART)(**every | {name: None})


@pytest.mark.parametrize("phase", [Requested, Tried, Ordered, Paying])
def test_a_phase_is_no_difference(phase):
    """The same data are the same cart, whichever phase the reader asked for."""
    cart = phase.of(FULL)
    assert type(cart) is phase
    assert cart == FULL
    assert hash(cart) == hash(FULL)
    assert cart != replace(cart, version=1)
    assert cart != "a cart"


def test_what_is_taken_away_is_no_longer_promised():
    """A cart that lost its attempt or its payment is in the phase before."""
    assert type(FULL.without_attempt()) is Requested
    assert FULL.without_attempt().attempt is None
    assert type(FULL.without_payment()) is Ordered
    assert FULL.without_payment().payment is None


def test_a_move_adds_what_its_phase_promises():
    """The result says by its type what the move recorded."""
    approved = replace(Requested.of(FULL), state=CartState.APPROVED, attempt=None, order=None, payment=None)
    begun = approved.begin_checkout(ATTEMPT, at=CART.since, quote=QUOTE)
    assert (type(begun), begun.attempt) == (Tried, ATTEMPT)
    ordered = begun.checked_out(ORDER, at=CART.since)
    assert (type(ordered), ordered.order) == (Ordered, ORDER)
    paying = ordered.pay(PAYMENT, at=CART.since)
    assert (type(paying), paying.payment) == (Paying, PAYMENT)


def test_a_returned_request_promises_nothing_of_its_terms():
    """Its type has no quote and no seal to approve by, and they are gone."""
    returned = replace(Requested.of(FULL), state=CartState.SUBMITTED).send_back(at=CART.since)
    assert (type(returned), returned.quote, returned.seal, returned.approved_by) == (Returned, None, None, ())
