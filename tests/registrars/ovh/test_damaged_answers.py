"""An answer that OVH never gave yet, anywhere in a read: the one error, or a result. Our own mistakes stay mistakes."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from ordering.model.errors import RegistrarError, RegistrarUnavailable
from ordering.model.offer import Verdict
from registrars.ovh.api import session, tokens
from registrars.ovh.api.connection import Reply
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.availability.price_list import prices_in
from tests.registrars.ovh.damage import ODD, damaged
from tests.registrars.ovh.described import answer
from tests.registrars.ovh.described_ovh import LINE, READS, described_gateway


@pytest.mark.parametrize("read", sorted(READS))
@settings(max_examples=30)
@given(data=st.data())
def test_a_damaged_answer_is_never_taken_for_a_mistake_of_ours(read, data):
    """Whichever answer of a read is damaged, and however: no KeyError or TypeError comes out."""
    damage_at = data.draw(st.integers(0, 8))
    seen = []

    def change(kind: str, true: Any) -> Any:
        seen.append(kind)
        return data.draw(damaged(true)) if len(seen) - 1 == damage_at else true

    with described_gateway(change) as gateway:
        try:
            READS[read](gateway)
        except RegistrarError:
            assert len(seen) > damage_at or read in REFUSED_AS_DESCRIBED


# With every field set to OVH's first example, these end in a refusal: the example has other terms or states.
REFUSED_AS_DESCRIBED = {"prepare", "questions"}


@pytest.mark.parametrize("read", sorted(set(READS) - REFUSED_AS_DESCRIBED))
def test_an_answer_as_described_is_read(read):
    """The damage above is the only reason for an error."""
    with described_gateway() as gateway:
        READS[read](gateway)


# A function of ours that maps an answer, and a read that uses it.
MISTAKES = [
    ("registrars.ovh.api.schemas.order", "order"),
    ("registrars.ovh.api.schemas.order", "order_of"),
    ("registrars.ovh.api.schemas.names_in", "foreign_order"),
    ("registrars.ovh.api.schemas.names_in", "account_orders"),
    ("registrars.ovh.api.schemas.names_of", "owned"),
    ("registrars.ovh.api.schemas.ordered", "check_out"),
    ("registrars.ovh.api.schemas.payment_method", "payment_methods"),
    ("registrars.ovh.carts.contacts._contact", "complete_contact"),
    ("registrars.ovh.carts.contacts._contact", "contacts"),
    ("registrars.ovh.carts.contacts._contact", "create_contact"),
    ("registrars.ovh.carts.needs.needs", "owner_needs"),
    ("registrars.ovh.carts.requirements.questions", "questions"),
    ("registrars.ovh.carts.quotes.quote", "prepare"),
    ("registrars.ovh.carts.rejections.of_rule", "objections"),
    ("registrars.ovh.key_rights.Grants.of_credential", "require_right_to_check_out"),
    ("registrars.ovh.markers._expiries", "marker_is_of"),
    ("registrars.ovh.payments._entries_since", "payment"),
    ("registrars.ovh.payments._fits", "unexplained_payments"),
]


@pytest.mark.parametrize("mistake", [KeyError("orderId"), TypeError("null"), AttributeError("get"), ValueError("odd")])
@pytest.mark.parametrize(("function", "read"), MISTAKES)
def test_a_mistake_of_ours_is_not_ovhs(function, read, mistake, monkeypatch):
    """A bug surfaces as itself, wherever it is: as 'OVH cannot be read' it would be retried indefinitely."""

    def fails(*_: object, **__: object) -> None:
        raise mistake

    with described_gateway(fitting) as gateway:
        monkeypatch.setattr(function, fails)
        with pytest.raises(type(mistake)) as caught:
            READS[read](gateway)
    assert caught.value is mistake


def fitting(kind: str, true: Any) -> Any:
    """Make OVH's example of an item fit what was ordered."""
    if kind == "order.cart.Item":
        true["settings"]["pricingMode"] = LINE.pricing_mode
    return true


def test_a_look_up_that_fails_by_a_mistake_says_so(monkeypatch):
    """The reader gets an unknown name, and the log the bug."""

    def fails(*_: object) -> None:
        raise KeyError("action")

    monkeypatch.setattr("registrars.ovh.api.schemas.offers", fails)
    with described_gateway() as gateway, capture_logs() as logged:
        [found] = gateway.look_up([LINE.domain])
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "look_up_failed")
    assert [entry["log_level"] for entry in logged if entry["event"] == "look_up_failed"] == ["error"]


@given(data=st.data())
def test_a_damaged_offer_leaves_its_name_unknown(data):
    """It is OVH's fault then, and the reader learns that."""
    kind = "order.cart.ProductInformation[]"
    told = data.draw(damaged(answer(kind)))
    with described_gateway(lambda asked, true: told if asked == kind else true) as gateway:
        [found] = gateway.look_up([LINE.domain])
    assert found.reason != "look_up_failed"


def as_json(value: Any) -> bytes:
    """Return the text of a damaged answer, as far as JSON can hold it."""

    def plain(each: Any) -> Any:
        if isinstance(each, Decimal):
            return float(each) if each.is_finite() else str(each)
        if isinstance(each, dict):
            return {key: plain(inside) for key, inside in each.items()}
        if isinstance(each, list):
            return [plain(inside) for inside in each]
        return 10**4000 if isinstance(each, int) and abs(each) > 10**4000 else each

    return json.dumps(plain(value)).encode()


ENDLESS = [b"1e99999999999999999999", b"9" * 5000, b"[" * 100_000, b'{"a":' * 100_000, b"NaN", b"\xff"]


@pytest.mark.parametrize("content", ENDLESS, ids=lambda content: content[:8].decode(errors="replace"))
def test_text_that_no_decoder_takes_is_garbled(content):
    """A number out of any range, or objects in each other without end, are no answer and no bug."""
    decoded = session.read(Reply(200, {}, content))
    assert (decoded.garbled, decoded.ok) == (True, False)
    with pytest.raises(Unreadable):
        prices_in(content)


@given(data=st.data())
def test_a_damaged_price_list_is_read_or_unreadable(data):
    """The price list is decoded piece by piece, so it has its own way in."""
    whole = answer("order.catalog.public.Catalog")
    content = data.draw(st.one_of(st.binary(max_size=20), damaged(whole).map(as_json)))
    try:
        prices = prices_in(content)
    except Unreadable:
        return
    assert all(isinstance(price.minor, int) for price in prices.values())


@given(data=st.data())
def test_a_damaged_token_is_no_answer(data):
    """The token service's answer is read as strictly, and never quoted."""
    whole = {"access_token": data.draw(st.one_of(st.just("fake-token"), ODD)), "expires_in": data.draw(ODD)}
    content = data.draw(st.one_of(st.binary(max_size=20), damaged(whole).map(as_json)))
    try:
        token = tokens._read(Reply(200, {}, content), 0.0)  # noqa: SLF001 - without a service
    except RegistrarUnavailable:
        return
    assert token.text.isascii()
    assert token.ends_at >= 0 or token.life < 0
