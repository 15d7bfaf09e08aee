"""What people type, choose and request is refused with a sentence, made from what each place hands over."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.messages import Hint, refusal, words
from handlers.messages.catalogue import needed
from ordering.model.contact import FIELDS, LegalForm, checked
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartGone, InvalidAnswer, NotPossible, OrderingError
from ordering.model.ids import CartId
from ordering.model.offer import Action, Availability, Offer, Verdict
from ordering.model.offer_selection import ChoiceNeeded, ConfirmationNeeded, OfferChanged, choose
from ordering.model.preflight_findings import Finding, FindingCode, LinesRefused, NotReady
from ordering.model.question import AnsweredMeanwhile, Kind, Question, WrongAnswers
from tests.builders import euros

ROOT = Path(__file__).parents[3]
FILES = (
    "ordering/model/question.py", "ordering/model/contact.py", "ordering/model/offer_selection.py",
    "ordering/workflow/questions.py", "ordering/workflow/preflight.py", "ordering/workflow/decisions.py",
    "registrars/ovh/carts/carts.py", "registrars/ovh/carts/contacts.py", "registrars/ovh/carts/rejections.py",
)  # fmt: skip
GENERAL = {"InvalidAnswer", "NotPossible", "RegistrarRefused", "RegistrarUnavailable"}
NO_PARAMS = {"code", "advice"}
NAME = DomainName("name.ovh")
OFFER = Offer(NAME, Action.CREATE, "create-premium", orderable=True, price=euros("1250"))
CLASSES: list[OrderingError] = [
    NotReady(CartId(3), [Finding(FindingCode.NAME_NOT_FREE, NAME)]),
    LinesRefused([Finding(FindingCode.NAME_NOT_FREE, NAME)], {}),
    WrongAnswers(
        {
            NAME: {
                "REASON": InvalidAnswer(code="answer_too_long", most=500),
                "DNS": InvalidAnswer(code="answer_no_account"),
            }
        }
    ),
    AnsweredMeanwhile({NAME: ("REASON",)}, {NAME: {"REASON": "Ours"}}),
    ChoiceNeeded(NAME, (OFFER, OFFER)),
    ConfirmationNeeded(NAME, (OFFER,)),
    OfferChanged(NAME, (OFFER,)),
    CartGone(),
]


def _raised() -> Iterator[tuple[str, str, set[str]]]:
    """Each place that makes a refusal with a code, with the names of its parameters."""
    for file in FILES:
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GENERAL):
                continue
            given = {each.arg: each.value for each in node.keywords if each.arg}
            match given["code"]:
                case ast.Constant(value=str(code)):
                    yield f"{file}:{node.lineno}", code, given.keys() - NO_PARAMS
                case _:
                    assert file == "ordering/model/offer_selection.py"  # tested below, verdict by verdict


def test_each_refusal_has_a_sentence_with_its_data() -> None:
    """A sentence that lacks a parameter would leave a person with a code."""
    places = list(_raised())
    assert len(places) > 25
    known = words.REFUSALS.sentences
    assert [(place, code) for place, code, _ in places if code not in known] == []
    assert [place for place, code, params in places if not needed(known[code]) <= params] == []


@pytest.mark.parametrize("error", CLASSES)
def test_each_class_has_a_sentence_and_hands_over_what_it_needs(error: OrderingError) -> None:
    """A class brings its own code and parameters."""
    assert needed(words.REFUSALS.sentences[error.code]) <= error.params.keys()
    assert "tell the operator this word" not in refusal(error).text


def unavailable(verdict: Verdict, offer: Offer | None = None) -> OrderingError:
    answer = Availability(NAME, verdict, offer, "ovh_refused", ovh_said="Invalid domain.")
    with pytest.raises(NotPossible) as refused:
        choose(answer, allow_premium=False)
    return refused.value


@pytest.mark.parametrize(
    ("verdict", "offer", "said"),
    [
        (Verdict.TAKEN, None, "name.ovh is taken: someone has already registered it."),
        (
            Verdict.AFTERMARKET,
            None,
            "name.ovh is for sale by its owner, not free. I can buy free names only.",
        ),
        (Verdict.NOT_OFFERED, None, "name.ovh is not available: it is reserved, or OVH does not offer it."),
        (Verdict.NOT_SOLD, None, "OVH does not sell .ovh here. Try another extension."),
        (
            Verdict.PREMIUM,
            OFFER,
            (
                "name.ovh is a premium name (€1,250.00 without tax), and this team does not buy those. "
                "Search for another name, or ask the operator to allow premium names."
            ),
        ),
        (
            Verdict.PREMIUM,
            replace(OFFER, pricing_mode="create-early", phase="eap"),
            (
                "OVH offers name.ovh on special terms only (mode create-early, phase eap, €1,250.00 without tax), and "
                "this team does not buy those. Search for another name, or ask the operator to allow premium names."
            ),
        ),
        (
            Verdict.UNKNOWN,
            None,
            "I do not know whether name.ovh is free: OVH said no: Invalid domain. Try again in a minute.",
        ),
    ],
)
def test_why_a_name_cannot_be_bought_is_told(verdict: Verdict, offer: Offer | None, said: str) -> None:
    """Each verdict has its own sentence."""
    assert refusal(unavailable(verdict, offer)).text == said


def test_a_search_helps_where_the_name_is_gone() -> None:
    """It finds others, which does not help where OVH did not answer."""
    hints = {verdict: refusal(unavailable(verdict)).hint for verdict in Verdict if verdict is not Verdict.AVAILABLE}
    helped = {verdict for verdict, hint in hints.items() if hint == Hint("search", "finds others")}
    assert helped == {Verdict.TAKEN, Verdict.NOT_OFFERED}


def wrong(kind: Kind, typed: str, **more: tuple[str, ...]) -> str:
    with pytest.raises(InvalidAnswer) as refused:
        Question("X", kind, **more).checked(typed)  # type: ignore[arg-type] # only `allowed` is given
    return refusal(refused.value).text


def test_an_answer_says_what_is_wrong_with_it() -> None:
    """The sentence stands at its field."""
    assert wrong(Kind.NAME_SERVERS, "ns1.example.net") == "Write 2 to 13 different name servers."
    assert "one" in wrong(Kind.NAME_SERVERS, "one")
    assert wrong(Kind.JSON, '{"a": }') == "This is not valid JSON: Expecting value (line 1, column 7)."
    assert wrong(Kind.JSON, "NaN") == "This is not valid JSON: NaN is no JSON value."
    assert wrong(Kind.CHOICE, "huge", allowed=("small", "large")) == "Only these are possible: small, large."
    many = tuple(map(str, range(20)))
    assert wrong(Kind.CHOICE, "huge", allowed=many) == "Only these are possible: 0, 1, 2, 3, 4, 5, 6, 7 and 12 more."


def test_several_wrong_answers_are_told_one_after_another() -> None:
    """A message for a form that is closed has them all."""
    both: Mapping[str, InvalidAnswer] = {
        "REASON": InvalidAnswer(code="answer_too_long", most=500),
        "DNS": InvalidAnswer(code="answer_not_visible"),
    }
    assert refusal(WrongAnswers({NAME: both})).text == " ".join(refusal(error).text for error in both.values())


def test_each_field_of_a_contact_says_what_is_wrong_with_it() -> None:
    """Nothing typed, and nonsense typed, is reported at each field that must be filled."""
    for typed in ({}, {field.name: "x" * 300 for field in FIELDS}, {field.name: "x" for field in FIELDS}):
        _, wrong_fields = checked(LegalForm.INDIVIDUAL, typed)
        assert wrong_fields
        assert all(error.code in words.REFUSALS.sentences for error in wrong_fields.values())
        assert all("operator" not in refusal(error).text for error in wrong_fields.values())
