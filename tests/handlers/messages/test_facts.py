"""Every fact has a sentence or is silent on purpose, and a sentence is made of the data that the rules write.

`tests/ordering/conftest.py` checks the same for all that the tests of the rules write down.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from handlers.messages import blocked, happened, remark
from handlers.messages.catalogue import Catalogue
from handlers.messages.en import EVENTS, REMARKS
from ordering.model.cart import BlockedReason, Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import Data, EventKind, Fact
from ordering.model.ids import CartId
from tests.builders import NOW
from tests.handlers.messages.examples import BOTH, EARLIER, NOTHING_TO_SAY, ONLY_EVENTS, ONLY_REMARKS, PRICE

K = EventKind

SILENT_EVENTS = {
    K.CART_OPENED: "the thread begins with the request",
    K.APPROVAL_REQUESTED: "the thread says who asked, the history shows the purpose",
    K.APPROVED: "the thread says who approved",
    K.REJECTED: "the cart has the reason",
    K.ORDER_CREATED: "the thread says that the order waits for payment",
    K.OWNER_CHECK_ENDED: "the thread says that the order can be paid now",
    K.PAYMENT_REQUESTED: "the thread says who pays",
    K.PAYMENT_STARTED: "that somebody pays was told at the click",
    K.DELIVERED: "the thread names what was registered",
    K.POLICY_CHANGED: "the history's own words say all",
    K.PERSON_ERASED: "no thread reports it, the history's own words say all",
    K.UNKNOWN: "a newer version wrote it",
}
SILENT_REMARKS = {
    K.CART_OPENED: "an open cart shows its names",
    K.NAMES_ADDED: "an open cart shows its names",
    K.NAME_REMOVED: "an open cart shows its names",
    K.YEARS_CHOSEN: "an open cart shows its names",
    K.QUESTIONS_ANSWERED: "an open cart shows its names",
    K.NAMES_COPIED: "an open cart shows its names",
    K.APPROVED: "the card's status says it",
    K.REJECTED: "the card shows the reason",
    K.ORDER_CREATED: "the card shows the order",
    K.OWNER_CHECK_ENDED: "the card offers Pay",
    K.ORDER_CHANGED: "the card shows the order as it is now",
    K.INVOICE_RECEIVED: "it is no state of the cart",
    K.PAYMENT_REMINDER: "the card shows until when the order can be paid",
    K.PAYMENT_REQUESTED: "the card's status says it",
    K.PAYMENT_STARTED: "the card's status says it",
    K.DELIVERED: "the card's status says it",
    K.RETRY_REQUESTED: "the card's status says it",
    K.ORDERED_ANYWAY: "the card's status says it",
    K.DECLARED_PAID: "the card shows who said it",
    K.DECLARED_NOT_PAID: "the card shows who said it",
    K.POLICY_CHANGED: "the card shows the request as it was sent",
    K.PERSON_ERASED: "the card of an ended cart stays as it was",
    K.UNKNOWN: "a newer version wrote it",
}


@pytest.mark.parametrize(("catalogue", "silent"), [(EVENTS, SILENT_EVENTS), (REMARKS, SILENT_REMARKS)])
def test_every_kind_has_a_sentence_or_is_silent(catalogue: Catalogue, silent: dict[EventKind, str]) -> None:
    """A new kind needs a sentence, or a reason for having none."""
    assert set(map(EventKind, catalogue.sentences)) == set(EventKind) - set(silent)


def an_event(kind: EventKind, data: Data) -> Event:
    return Event(CartId(12), CartState.NEEDS_ATTENTION, NOW, kind=kind, data=data)


def a_cart(kind: EventKind, data: Data) -> Cart:
    return Cart(CartId(12), "C1", "U0ADA", CartState.NEEDS_ATTENTION, NOW, fact=Fact(kind, data))


@pytest.mark.parametrize(("kind", "data", "facts"), BOTH + ONLY_EVENTS)
def test_an_event_says_what_its_data_say(kind: EventKind, data: Data, facts: tuple[str, ...]) -> None:
    """No number, amount or name of the data is lost, and nothing is made up."""
    said = happened(an_event(kind, data))
    assert [fact for fact in facts if fact not in said] == []
    assert "None" not in said


@pytest.mark.parametrize(("kind", "data", "facts"), BOTH + ONLY_REMARKS)
def test_a_card_says_what_its_fact_says(kind: EventKind, data: Data, facts: tuple[str, ...]) -> None:
    """The same on the card."""
    said = remark(a_cart(kind, data))
    assert [fact for fact in facts if fact not in said] == []
    assert "None" not in said


def test_every_sentence_was_made_above() -> None:
    """A sentence that no example covers may lack its data."""
    assert {kind for kind, _, _ in BOTH + ONLY_EVENTS} == set(EVENTS.sentences)
    assert {kind for kind, _, _ in BOTH + ONLY_REMARKS} == set(REMARKS.sentences)


@pytest.mark.parametrize(("kind", "data"), NOTHING_TO_SAY)
def test_the_usual_is_not_told(kind: EventKind, data: Data) -> None:
    """A sentence can be empty without being an error."""
    with capture_logs() as logs:
        assert (happened(an_event(kind, data)), remark(a_cart(kind, data))) == ("", "")
    assert logs == []


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"order": None, "names": None, "ovh": None, "evidence": None, "reason": None, "before": None, "changes": None},
        {"error": "no_such_code", "ovh": {}, "order": "x", "evidence": {"seen": "of_next_year"}, "before": "x"},
        {"order": 7, "ovh": {"total": "x", "states": [1]}, "evidence": {"seen": "order_differs", "different": [3]}},
        {"order": 7, "method_name": "VISA", "seconds": "x", "attempt": [], "void": {}, "before": {}, "remarks": 7},
    ],
)
def test_no_data_stop_a_card_from_being_shown(kind: EventKind, data: Data) -> None:
    """Whatever the record holds: a sentence, or none."""
    for said in (happened(an_event(kind, data)), remark(a_cart(kind, data))):
        assert isinstance(said, str)


@pytest.mark.parametrize(
    "data", [{}, {"order": 7}, {"order": 7, "before": PRICE, "ovh": {}}, {"order": 7, "before": "x", "ovh": 3}]
)
def test_a_sentence_that_cannot_be_made_is_an_error_in_the_log(data: Data) -> None:
    """The operator learns of it; the log has the kind, and nothing of what the data say."""
    with capture_logs() as logs:
        assert happened(an_event(K.ORDER_CHANGED, data)) == ""
    assert [(entry["event"], entry["log_level"], entry["code"]) for entry in logs] == [
        ("sentence_not_made", "error", "order_changed")
    ]


# Of earlier versions


@pytest.mark.parametrize(("kind", "data", "facts"), EARLIER)
def test_data_without_newer_keys_have_a_sentence(kind: EventKind, data: Data, facts: tuple[str, ...]) -> None:
    """A fact that an earlier version wrote down is said as far as it goes."""
    with capture_logs() as logs:
        said = happened(an_event(kind, data))
        remark(a_cart(kind, data))
    assert [fact for fact in facts if fact not in said] == []
    assert ("None" not in said, logs) == (True, [])


def test_a_stored_sentence_goes_before_the_catalogues() -> None:
    """An event or a cart with a note is of an earlier version, whether it has a kind or not."""
    event, cart = an_event(K.ORDER_MISSING, {"order": 7}), a_cart(K.ORDER_MISSING, {"order": 7})
    assert happened(replace(event, note="As it was.")) == remark(replace(cart, note="As it was.")) == "As it was."
    assert happened(replace(event, note="As it was.", kind=None, data=None)) == "As it was."
    assert happened(replace(event, kind=None, data=None)) == remark(replace(cart, fact=None)) == ""


def test_a_trouble_says_its_error() -> None:
    """By its code; one that an earlier version stored as a sentence is shown as it is; an unknown code is named."""
    assert "#12" in blocked(BlockedReason(NOW, "cart_changed", {"cart": 12}))
    assert blocked(BlockedReason(NOW, "earlier_text", {"text": "OVH is away."})) == "OVH is away."
    assert "of_next_year" in blocked(BlockedReason(NOW, "of_next_year"))


def test_lasting_is_said_in_whole_units() -> None:
    """An hour and a half is no 90 minutes."""
    assert "1.5 hours" in happened(an_event(K.APPROVAL_LAPSED, {"seconds": int(timedelta(minutes=90).total_seconds())}))
