"""An answer is what the registrar can take, or the person learns what is wrong with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordering.model.errors import InvalidAnswer
from ordering.model.question import Answer, Kind, Question, in_order, newly_asked
from tests.builders import a_line


@pytest.mark.parametrize(
    ("kind", "typed", "answer"),
    [
        (Kind.TEXT, "  Ours since 1990 \n", "Ours since 1990"),
        (Kind.YES_NO, "True", "true"),
        (Kind.CONTACT, "/me/contact/21003344", "21003344"),
        (Kind.CONTACT, "21003344", "21003344"),
        (Kind.ACCOUNT, " AB12345-OVH", "ab12345-ovh"),
        (Kind.NAME_SERVERS, "NS1.example.net, ns2.example.net.\nns1.example.net", "ns1.example.net,ns2.example.net"),
        (Kind.JSON, ' {"exact": 1.10, "big": 12345678901234567890} ', '{"exact": 1.10, "big": 12345678901234567890}'),
    ],
)
def test_an_answer_is_put_into_the_form_that_is_taken(kind, typed, answer):
    assert Question("X", kind).checked(typed) == answer


@pytest.mark.parametrize(
    ("kind", "typed", "why"),
    [
        (Kind.TEXT, "x" * 3001, {"error": "answer_too_long", "most": 3000}),
        (Kind.YES_NO, "perhaps", {"error": "answer_not_yes_or_no"}),
        (Kind.CONTACT, "Ada", {"error": "answer_no_contact"}),
        (Kind.ACCOUNT, "ada@example.com", {"error": "answer_no_account"}),
        (Kind.NAME_SERVERS, "ns1.example.net", {"error": "answer_name_server_count", "fewest": 2, "most": 13}),
        (Kind.JSON, '{"a": }', {"error": "answer_no_json", "parser": "Expecting value", "line": 1, "column": 7}),
        (Kind.JSON, "NaN", {"error": "answer_json_constant", "constant": "NaN"}),
    ],
)
def test_what_answers_nothing_is_refused_with_the_reason(kind, typed, why):
    with pytest.raises(InvalidAnswer) as refused:
        Question("X", kind).checked(typed)
    assert refused.value.data == why


def test_a_name_server_that_is_no_domain_name_is_told_apart():
    """The refusal names the part that is wrong, and why it is no domain name."""
    with pytest.raises(InvalidAnswer) as refused:
        Question("X", Kind.NAME_SERVERS).checked("ns1.example.net, -bad-.net")
    assert (refused.value.code, refused.value.params["typed"]) == ("answer_no_name_server", "-bad-.net")
    match refused.value.params["problem"]:
        case {"error": problem}:
            assert problem == "name_with_outer_hyphen"


def test_json_that_is_nested_without_end_is_refused():
    """Which fault the parser names first depends on its recursion limit."""
    with pytest.raises(InvalidAnswer) as refused:
        Question("X", Kind.JSON).checked("[" * 3000)
    assert refused.value.code in {"answer_nested_too_deeply", "answer_no_json"}


@pytest.mark.parametrize("label", ["ACCEPT_CONDITIONS", "CLAIMS_NOTICE"])
def test_no_is_no_answer_to_a_legal_statement(label):
    with pytest.raises(InvalidAnswer) as refused:
        Question(label, Kind.YES_NO).checked("false")
    assert refused.value.code == "answer_must_be_yes"


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060\u200d \u00ad", "\u3164", "\u2800\ufe0f"])
def test_invisible_text_answers_nothing(unseen):
    """What nobody can see answers nothing also where it was kept before."""
    with pytest.raises(InvalidAnswer) as refused:
        Question("REASON").checked(unseen)
    assert refused.value.code == "answer_not_visible"
    assert not Question("REASON").accepts(unseen)


@pytest.mark.parametrize("seen", ["a\u200bb", "🦦", "日本", "…"])
def test_what_can_be_seen_stays_as_it_was_typed(seen):
    assert Question("REASON").checked(seen) == seen


def test_only_what_is_allowed_is_an_answer():
    question = Question("SIZE", Kind.CHOICE, allowed=("small", " large "))
    assert [question.accepts(answer) for answer in ("small", " large ", "large", "huge")] == [True, True, False, False]


def test_what_must_be_answered_stands_first_and_every_label_once():
    listed = [Question("A"), Question("B", required=True), Question("A", required=True), Question("C")]
    assert [question.label for question in in_order(listed)] == ["B", "A", "C"]


def test_what_the_registrar_insisted_on_once_stays_asked():
    known = (Question("COLOUR", insisted=True), Question("DNS", insisted=True))
    now = newly_asked(known, [Question("DNS", Kind.NAME_SERVERS)])
    assert {(q.label, q.kind, q.must_be_answered) for q in now} == {
        ("DNS", Kind.NAME_SERVERS, True),
        ("COLOUR", Kind.TEXT, True),
    }


def test_an_answer_that_no_longer_fits_leaves_its_question_open():
    line = a_line().asked([Question("SIZE", Kind.CHOICE, required=True, allowed=("small",))])
    answered = line.answered({"SIZE": "small"}, by="U0ADA")
    assert answered.open_questions == ()
    assert answered.asked([Question("SIZE", Kind.CHOICE, required=True, allowed=("large",))]).open_questions


def test_an_answer_stays_the_one_of_who_gave_it_until_it_changes():
    line = a_line().answered({"REASON": "Ours"}, by="U0ADA").answered({"REASON": "Ours"}, by="U0BEN")
    assert line.answers == (Answer("REASON", "Ours", "U0ADA"),)
    assert line.answered({"REASON": "Mine"}, by="U0BEN").answers == (Answer("REASON", "Mine", "U0BEN"),)
    assert line.answered({"REASON": None}, by="U0BEN").answers == ()


@given(st.sampled_from(Kind), st.text(max_size=60) | st.from_type(dict).map(json.dumps))
def test_an_accepted_answer_is_accepted_again_as_it_is(kind, typed):
    question = Question("X", kind)
    try:
        answer = question.checked(typed)
    except InvalidAnswer:
        return
    assert question.checked(answer) == answer
