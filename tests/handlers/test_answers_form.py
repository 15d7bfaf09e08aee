"""Whatever OVH lists can be drawn within Slack's limits and answered, and each answer arrives once, as it must."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.messages import words as catalogue
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import AnswersPage
from handlers.views.question_inputs import field_id, typed_answers
from handlers.views.questions import answers_form, answers_list, still_open
from ordering.model.cart import Cart, CartState
from ordering.model.contact import Contact, LegalForm
from ordering.model.ids import CartId
from ordering.model.question import EXPLAINED, LEGAL, Kind, Question, mark
from registrars.ovh import OvhConfig
from registrars.ovh.api.wire.carts import REQUIREMENTS
from registrars.ovh.carts import requirements
from registrars.ovh.carts.carts import OvhCarts
from sandbox.slack.block_kit import faults_of_view
from sandbox.slack.elements import error_of, options_of, state_of
from sandbox.slack.messages import elements, initial_values
from tests.builders import NOW, a_line
from tests.registrars.ovh.test_carts import DESCRIPTIONS, PaperOvh, answers

LARGEST_VIEW = 250_000  # bytes, Slack's limit
TYPED = {
    Kind.TEXT: " Any words, even <!channel>, & more\nof them ",
    Kind.CHOICE: "never typed where there are few",
    Kind.ACCOUNT: "AB12345-ovh",
    Kind.NAME_SERVERS: "ns1.example.net ns2.example.net",
    Kind.JSON: '{"reason": "ours", "exact": 1.10}',
}
ARRIVES = {
    Kind.TEXT: "Any words, even <!channel>, & more\nof them",
    Kind.ACCOUNT: "ab12345-ovh",
    Kind.NAME_SERVERS: "ns1.example.net,ns2.example.net",
    Kind.JSON: '{"reason": "ours", "exact": 1.10}',
}
CONTACTS = tuple(
    Contact(str(21_003_300 + n), LegalForm.CORPORATION, {"organisation": "Sandbox & Söhne " * 8, "city": "Paris"})
    for n in range(130)
)
labels = st.sampled_from(sorted(EXPLAINED)) | st.text(max_size=30) | st.text(min_size=190, max_size=400)
types = st.sampled_from(
    ["bool", "/me/contact", "/domain/contact", "Nichandle", "String", "string", "string[]", "json", "number", "text"]
) | st.text(max_size=10)
one_value = st.text(max_size=12) | st.text(min_size=140, max_size=200) | st.booleans() | st.integers() | st.none()
values = (
    st.none() | st.lists(one_value, max_size=8) | st.integers(90, 700).map(lambda n: [f"value {i}" for i in range(n)])
)
entries = st.fixed_dictionaries(
    {"label": labels, "type": types},
    optional={
        "required": st.none() | st.booleans(),
        "fields": st.none() | st.lists(st.text(max_size=8), max_size=3),
        "allowedValues": values,
    },
)


@pytest.mark.slow
@settings(max_examples=120)
@given(listed=st.lists(entries, max_size=12), legal_age=st.booleans())
def test_whatever_is_asked_is_drawn_answered_and_arrives_once(listed: list[dict[str, Any]], legal_age: bool):  # noqa: FBT001 - given
    standing = {"OWNER_LEGAL_AGE": "true" if legal_age else "false"}
    line = a_line().asked(requirements.questions(REQUIREMENTS.read(listed), standing=standing))
    expected: dict[str, str] = {}
    for question, typed in fill_in_all_pages(a_cart(line)):
        line = line.answered({question.label: question.checked(typed)}, by="U0ADA")
        expected[question.label] = as_ovh_takes_it(question, typed)
    assert line.open_questions == ()
    assert set(expected) == {entry["label"] for entry in listed}

    ovh = PaperOvh()
    ovh.required, ovh.item = listed, {"itemId": 7, "configurations": [41]}
    carts = OvhCarts(ovh, OvhConfig(owner_legal_age=legal_age), DESCRIPTIONS, home=lambda: "FR")  # type: ignore[arg-type] # as the client
    carts.prepare([replace(line, questions=None)])
    arrived = answers(ovh)
    assert len(arrived) == len(dict(arrived))
    assert dict(arrived) == expected


@given(listed=st.lists(entries, max_size=150))
@settings(max_examples=25)
def test_an_endless_list_of_questions_is_paged(listed: list[dict[str, Any]]):
    """A registry that asks endlessly is asked back page by page."""
    line = a_line().asked(requirements.questions(REQUIREMENTS.read(listed), standing={}))
    shown = [question.label for page in pages_of(a_cart(line)) for question in page[1]]
    assert shown == [question.label for question in line.questions or ()]
    assert len(still_open(line)) <= 300


def test_a_legal_statement_is_never_made_beforehand():
    for label in LEGAL:
        line = a_line().asked([Question(label, Kind.YES_NO, required=True, standing="true")])
        ((view, _),) = pages_of(a_cart(line))
        assert "initial_option" not in view["blocks"][1]["element"]


@pytest.mark.slow
@settings(max_examples=60)
@given(listed=st.lists(entries, max_size=12), answered=st.booleans())
def test_a_form_that_nobody_touched_says_nothing_new(listed: list[dict[str, Any]], answered: bool):  # noqa: FBT001 - given
    line = a_line().asked(requirements.questions(REQUIREMENTS.read(listed), standing={"OWNER_LEGAL_AGE": "true"}))
    if answered:
        filled = fill_in_all_pages(a_cart(line))
        line = line.answered({question.label: question.checked(typed) for question, typed in filled}, by="U0ADA")
    for view, questions in pages_of(a_cart(line)):
        body = {"user": {"id": "U0ADA"}, "view": {"id": "V1", "state": {"values": initial_values(view["blocks"])}}}
        typed = typed_answers(questions, Interaction.of_form(body).values or {})
        seen = AnswersPage.read(view["private_metadata"]).seen
        assert [label for label, text in typed.items() if mark(label, text) not in seen] == []


def test_a_name_without_questions_gets_no_submit():
    """A name that is asked nothing gets a form without a submit."""
    view = answers_form_of(a_cart(a_line().asked([])), 0)
    assert "submit" not in view
    assert catalogue.questions.NO_QUESTIONS in str(view)


def test_a_list_of_forty_names_fits_a_form():
    lines = tuple(a_line(f"{'x' * 55}{n}.fr").asked([Question("REASON", required=True)] * 9) for n in range(40))
    assert faults_of_view(answers_list(a_cart(*lines)).to_dict()) == []


def a_cart(*lines) -> Cart:
    return Cart(id=CartId(12), channel="C1", created_by="U0ADA", state=CartState.OPEN, since=NOW, lines=lines)


def answers_form_of(cart: Cart, page: int) -> dict[str, Any]:
    at = AnswersPage(cart.id, cart.lines[0].domain, page)
    return answers_form(cart, cart.lines[0], CONTACTS, at).to_dict()


def pages_of(cart: Cart) -> list[tuple[dict[str, Any], list[Question]]]:
    """Every page as Slack gets it, checked against its limits, with the questions on it."""
    found: list[tuple[dict[str, Any], list[Question]]] = []
    more = True
    while more and cart.lines[0].questions:
        view = json.loads(json.dumps(answers_form_of(cart, len(found))))
        assert faults_of_view(view) == []
        assert len(json.dumps(view)) < LARGEST_VIEW
        ids = {element["action_id"] for _, element in elements(view["blocks"])}
        found.append((view, [q for q in cart.lines[0].questions if field_id(q) in ids]))
        more = AnswersPage.read(view["private_metadata"]).more
    return found


def fill_in_all_pages(cart: Cart):
    """Answer each question as a person would, and read it back as the bot does."""
    for view, questions in pages_of(cart):
        state = initial_values(view["blocks"])
        by_id = {field_id(question): question for question in questions}
        for block in view["blocks"]:
            if block["type"] == "input" and (question := by_id.get(block["element"]["action_id"])):
                entry = state_of(block["element"], choice(block["element"], question))
                assert error_of(block, {block["element"]["action_id"]: entry}) is None
                state[block["block_id"]][block["element"]["action_id"]] = entry
        body = {"user": {"id": "U0ADA"}, "view": {"id": "V1", "state": {"values": state}}}
        typed = typed_answers(questions, Interaction.of_form(body).values or {})
        yield from ((question, typed[question.label]) for question in questions)


def choice(element: dict[str, Any], question: Question) -> str:
    options = options_of(element)
    if question.kind is Kind.YES_NO and question.is_legal:
        return "true"
    if options:
        # No to a legal statement is no answer: a user who does not agree removes the name.
        possible = [o["value"] for o in options if not (question.is_legal and o["value"] == "false")]
        return str(possible[-1])
    return question.allowed[-1] if question.allowed else TYPED[question.kind]


def as_ovh_takes_it(question: Question, typed: str) -> str:
    if question.is_of_contacts:
        return f"/me/contact/{typed}"
    if question.allowed or question.kind is Kind.YES_NO:
        assert typed in (question.allowed or ("true", "false"))
        return typed
    return ARRIVES[question.kind]
