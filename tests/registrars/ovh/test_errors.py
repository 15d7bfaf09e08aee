"""What OVH says is sorted into: refused, ask again, unknown."""

import pytest

from ordering.model.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from registrars.ovh.api import errors
from registrars.ovh.api.errors import Answer, NotThere
from registrars.ovh.api.wire.orders import Order
from tests.refusing import refuses


def said(message: str, **more: object) -> dict[str, object]:
    return {"class": "Client::BadRequest", "message": message, **more}


CLEAR_NO = [
    Answer(400, said("Custom field REASON is mandatory for product domain")),
    Answer(401, said("You must login first")),
    Answer(403, said("You are not allowed")),
    Answer(409, said("Already there")),
]
BUSY = [
    Answer(400, said("Check timeout. Please retry later")),
    Answer(408, None, garbled=True),
    Answer(500, said("Internal server error")),
    Answer(502, None, garbled=True),
    Answer(503, None),
    Answer(200, None, garbled=True),
]


@pytest.mark.parametrize("answer", CLEAR_NO)
def test_a_clear_no_is_a_no_to_questions_and_deeds(answer):
    assert isinstance(errors.of_read(answer), RegistrarRefused)
    assert isinstance(errors.of_money_call(answer), RegistrarRefused)


@pytest.mark.parametrize("answer", BUSY)
def test_busy_is_retried_for_reads_and_unknown_for_money(answer):
    """A busy OVH may be asked again but a money call is then unknown."""
    assert type(errors.of_read(answer)) is RegistrarUnavailable
    assert type(errors.of_money_call(answer)) is OutcomeUnknown


@pytest.mark.parametrize(
    "answer",
    [Answer(302, None), Answer(400, None), Answer(403, "no"), Answer(400, {"errorCode": "QUERY_TIME_OUT"})],
)
def test_a_foreign_refusal_proves_nothing_of_a_money_call(answer):
    """A no that is not in OVH's own form proves nothing of a money call."""
    assert type(errors.of_money_call(answer)) is OutcomeUnknown


@pytest.mark.parametrize("answer", [Answer(429, None, garbled=True), Answer(400, {"errorCode": "INVALID_SIGNATURE"})])
def test_a_deed_that_was_turned_away_at_the_door_was_not_done(answer):
    assert type(errors.of_money_call(answer)) is RegistrarUnavailable


@pytest.mark.parametrize("status", [404, 460])
def test_what_is_gone_is_told_apart(status):
    assert type(errors.of_read(Answer(status, said("This cart does not exist")))) is NotThere


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (Answer(403, {"errorCode": "INVALID_CREDENTIAL", "message": "Not valid"}), "ovh_key_refused", "Not valid"),
        (Answer(403, {"errorCode": "NOT_GRANTED_CALL", "message": "not granted"}), "ovh_right_missing", "not granted"),
        (Answer(400, {"errorCode": "INVALID_ARGUMENT", "message": "Missing"}), "ovh_refused", "Missing"),
        (Answer(400, said("2 errors", details={"owner.city": "bad"})), "ovh_refused", "2 errors; owner.city: bad"),
        (Answer(400, said("one\ntwo.")), "ovh_refused", "one; two."),
        (Answer(400, None), "ovh_refused", ""),
    ],
)
def test_a_refusal_is_a_code_that_says_what_to_do(answer, code, words):
    error = errors.refusal(answer)
    assert (error.code, error.ovh_said) == (code, words)
    assert error.params == {"ovh": {"status": answer.status, "code": answer.code, "said": words}}


FORBIDDEN = "Client::Forbidden"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(403, {"errorCode": "NOT_GRANTED_CALL", "httpCode": "403 Forbidden", "message": "Whatever"}),
        Answer(403, {"message": "This call has not been granted"}),
        Answer(403, {"class": FORBIDDEN, "message": "This call has not been granted"}),
        Answer(403, {"class": FORBIDDEN, "message": "User not granted for this request"}),
        Answer(403, {"class": FORBIDDEN, "message": "No.", "details": {"unauthorizedActionsByIAM": "me:apiovh:get"}}),
        Answer(404, {"errorCode": "NOT_GRANTED_CALL", "message": "This call has not been granted"}),
        Answer(401, {"class": "Client::Unauthorized", "message": "This call has not been granted"}),
    ],
)
def test_rights_are_named_where_ovh_names_them(answer):
    """The operator is sent to the key's rights where OVH says that the call is not granted."""
    error = errors.refusal(answer)
    assert error.code == "ovh_right_missing"
    assert type(error) is RegistrarRefused


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, {"class": "Client::Unauthorized", "message": "You must login first"}),
        Answer(403, {"errorCode": "INVALID_CREDENTIAL", "message": "This credential is not valid"}),
        Answer(403, {"errorCode": "NOT_CREDENTIAL", "message": "Whatever"}),
        Answer(403, {"errorCode": "INVALID_KEY", "message": "This application key is invalid"}),
        Answer(403, {"class": FORBIDDEN, "message": "This credential does not exist"}),
        Answer(403, {"message": "Invalid consumer key"}),
        Answer(460, {"class": "Client::Expired", "message": "This credential is expired"}),
    ],
)
def test_the_key_is_named_where_ovh_names_it(answer):
    """The operator is sent to the key itself where OVH does not accept it, and nothing counts as gone."""
    error = errors.refusal(answer)
    assert error.code == "ovh_key_refused"
    assert type(error) is RegistrarRefused


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "You are not allowed"),
        (403, "This order can't be paid with this payment method"),
        (403, "Your account is not validated"),
        (403, "This domain is locked"),
        (403, "Access denied for this subsidiary"),
        (409, "A payment is already in progress for this order"),
        (409, "This item is being changed"),
        (400, "You cannot pay this order"),
    ],
)
def test_other_refusals_are_in_ovhs_words(status, words):
    """A refusal of this order or this account says what OVH said, and nothing on keys or rights."""
    answer = Answer(status, {"class": FORBIDDEN, "message": words})
    error = errors.refusal(answer)
    assert (error.code, error.ovh_said) == ("ovh_forbidden" if status == 403 else "ovh_refused", words)
    assert isinstance(errors.of_money_call(answer), RegistrarRefused)


@pytest.mark.parametrize(("status", "words"), [(404, "This cart does not exist"), (460, "This cart has expired")])
def test_what_is_gone_says_nothing_on_the_key(status, words):
    """404, and 460 of anything but the key, mean that the thing is gone."""
    error = errors.refusal(Answer(status, {"class": "Client::NotFound", "message": words}))
    assert type(error) is NotThere
    assert (error.code, error.ovh_said) == ("ovh_not_found", words)


@pytest.mark.parametrize("status", [401, 403, 404, 407])
def test_a_page_of_a_proxy_says_nothing_on_rights(status):
    """HTML with an error status is not OVH's word: ask again, and a money call stays unknown."""
    answer = Answer(status, None, garbled=True)
    assert type(errors.of_read(answer)) is RegistrarUnavailable
    assert type(errors.of_money_call(answer)) is OutcomeUnknown


@pytest.mark.parametrize("answer", [None, "notPaid", [], {}, {"orderId": None}])
def test_an_answer_of_an_unknown_shape_counts_as_none(answer):
    with refuses("ovh_unreadable", RegistrarUnavailable):
        Order.read(answer)
