"""What OVH says is sorted into: refused, ask again, unknown."""

import pytest
import requests

from bot.ovh import errors
from bot.ovh.errors import Answer, NotThere, Silent
from ordering.errors import OutcomeUnknown, RegistrarRefused, RegistrarUnavailable


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
    assert isinstance(errors.of_question(answer), RegistrarRefused)
    assert isinstance(errors.of_deed(answer), RegistrarRefused)


@pytest.mark.parametrize("answer", BUSY)
def test_a_busy_ovh_may_be_asked_again_but_a_deed_is_then_unknown(answer):
    assert type(errors.of_question(answer)) is RegistrarUnavailable
    assert type(errors.of_deed(answer)) is OutcomeUnknown


@pytest.mark.parametrize(
    "answer",
    [Answer(302, None), Answer(400, None), Answer(403, "no"), Answer(400, {"errorCode": "QUERY_TIME_OUT"})],
)
def test_a_no_that_is_not_in_ovhs_own_form_proves_nothing_of_a_deed(answer):
    assert type(errors.of_deed(answer)) is OutcomeUnknown


@pytest.mark.parametrize("answer", [Answer(429, None, garbled=True), Answer(400, {"errorCode": "INVALID_SIGNATURE"})])
def test_a_deed_that_was_turned_away_at_the_door_was_not_done(answer):
    assert type(errors.of_deed(answer)) is RegistrarUnavailable


@pytest.mark.parametrize("status", [404, 460])
def test_what_is_gone_is_told_apart(status):
    assert type(errors.of_question(Answer(status, said("This cart does not exist")))) is NotThere


def test_a_read_time_out_leaves_a_deed_unknown_and_a_question_open():
    error = requests.ReadTimeout("too late")
    assert type(errors.silence(error, deed=True)) is OutcomeUnknown
    assert type(errors.silence(error, deed=False)) is Silent


def test_what_never_connected_never_happened():
    assert type(errors.silence(requests.ConnectTimeout("nobody there"), deed=True)) is Silent


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(403, {"errorCode": "INVALID_CREDENTIAL", "message": "This credential is not valid"}), "must renew it"),
        (Answer(403, {"errorCode": "NOT_GRANTED_CALL", "message": "not granted"}), "look at the key's rights"),
        (Answer(400, {"errorCode": "INVALID_ARGUMENT", "message": "Missing"}), "OVH said no: Missing."),
        (Answer(400, said("2 errors", details={"owner.city": "must be Berlin"})), "2 errors; owner.city: must be Berl"),
        (Answer(400, said("one\ntwo.")), "OVH said no: one; two."),
        (Answer(400, None), "OVH said no: status 400."),
    ],
)
def test_a_refusal_is_a_sentence_that_says_what_to_do(answer, sentence):
    assert sentence in str(errors.refusal(answer))


@pytest.mark.parametrize("error", [KeyError("orderId"), TypeError("null"), ZeroDivisionError()])
def test_an_answer_of_an_unknown_shape_counts_as_none(error):
    with pytest.raises(RegistrarUnavailable, match="cannot read"), errors.readable():
        raise error
