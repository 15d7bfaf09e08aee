"""Whatever OVH lists can be drawn within Slack's limits and answered, and each answer arrives once, as it must."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.messages import words as catalogue
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import AnswersSheet
from handlers.views.question_inputs import Filled, field_id
from handlers.views.questions import Reader, Sheet, answers_form, still_open
from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
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

EXTENSIONS = ("fr", "fr", "paris")  # of the names in a cart
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

# What must be answered fills the form, and the one question that can stay as it is has no room in it.
FULL = [
    *({"label": "ACCEPT_CONDITIONS", "type": "bool"} for _ in range(4)),
    {"label": "ADMIN_ACCOUNT", "type": "bool", "allowedValues": [f"value {n}" for n in range(146)]},
    {"label": "", "type": "/domain/contact", "required": True},
    {"label": "PROTECTED_CODE", "type": "bool", "allowedValues": [f"value {n}" for n in range(268)]},
]


@pytest.mark.slow
@settings(max_examples=100)
@example(listed=FULL, age="true", names=3)
@given(listed=st.lists(entries, max_size=12), age=st.sampled_from(["true", "false"]), names=st.integers(1, 3))
def test_whatever_is_asked_is_drawn_answered_and_arrives_once(listed: list[dict[str, Any]], age: str, names: int):
    """Each name gets each answer once, however the names share the inputs."""
    standing = {"OWNER_LEGAL_AGE": age}
    asked = requirements.questions(REQUIREMENTS.read(listed), standing=standing)
    cart = a_cart(*(a_line(f"name{number}.{EXTENSIONS[number]}").asked(asked) for number in range(names)))
    cart, expected = fill_in(cart)
    ovh = PaperOvh()
    ovh.required, ovh.item = listed, {"itemId": 7, "configurations": [41]}
    carts = OvhCarts(ovh, OvhConfig(owner_legal_age=age == "true"), DESCRIPTIONS, home=lambda: "FR")  # type: ignore[arg-type] # as the client
    for line in cart.lines:
        assert line.open_questions == ()
        assert set(expected[line.domain]) == {entry["label"] for entry in listed}
        ovh.built.clear()
        carts.prepare([replace(line, questions=None)])
        arrived = answers(ovh)
        assert len(arrived) == len(dict(arrived))
        assert dict(arrived) == expected[line.domain]


@given(listed=st.lists(entries, max_size=150))
@settings(max_examples=25)
def test_an_endless_list_of_questions_is_asked_in_turns(listed: list[dict[str, Any]]):
    """A registry that asks endlessly is answered form by form."""
    line = a_line().asked(requirements.questions(REQUIREMENTS.read(listed), standing={}))
    cart, expected = fill_in(a_cart(line))
    assert cart.lines[0].open_questions == ()
    assert set(expected[line.domain]) == {question.label for question in line.questions or ()}
    assert len(still_open(line)) <= 300


def test_a_legal_statement_is_never_made_beforehand():
    for label in LEGAL:
        line = a_line().asked([Question(label, Kind.YES_NO, required=True, standing="true")])
        view, _ = form_of(a_cart(line), AnswersSheet(CartId(12), more=True))
        (element,) = [element for _, element in elements(view["blocks"]) if element["action_id"] == f"answer.{label}"]
        assert "initial_option" not in element


@pytest.mark.slow
@settings(max_examples=60)
@given(listed=st.lists(entries, max_size=12), answered=st.booleans())
def test_a_form_that_nobody_touched_says_nothing_new(listed: list[dict[str, Any]], answered: bool):  # noqa: FBT001 - given
    line = a_line().asked(requirements.questions(REQUIREMENTS.read(listed), standing={"OWNER_LEGAL_AGE": "true"}))
    cart = a_cart(line)
    if answered:
        cart, _ = fill_in(cart)
    view, sheet = form_of(cart, AnswersSheet(CartId(12), more=True))
    filled = Filled(sheet, cart.lines, state_values(view, {}))
    for domain, typed in filled.typed.items():
        assert [label for label, text in typed.items() if mark(label, text) not in filled.seen[domain]] == []


def test_a_cart_without_questions_gets_no_submit():
    """Names that ask nothing get a form without a submit."""
    view, _ = form_of(a_cart(a_line().asked([])), AnswersSheet(CartId(12)))
    assert "submit" not in view
    assert catalogue.questions.NOTHING_TO_ANSWER in str(view)


def test_needed_questions_stand_first_and_alone():
    """What can stay as it is, is asked on request only, once for all names."""
    asked = [Question("REASON", required=True), Question("DNS", Kind.NAME_SERVERS)]
    cart = a_cart(a_line("one.fr").asked(asked), a_line("two.fr").asked(asked), a_line("three.paris").asked(asked))
    view, _ = form_of(cart, AnswersSheet(CartId(12)))
    assert [element["action_id"] for _, element in elements(view["blocks"])][:2] == ["answer.REASON", "answer.REASON@2"]
    assert "answer.DNS" not in str(view)
    assert "*one.fr and two.fr*" in str(view)
    view, sheet = form_of(cart, AnswersSheet(CartId(12), more=True))
    assert str(view).count("'action_id': 'answer.DNS'") == 1
    filled = Filled(sheet, cart.lines, {"answer.DNS": "ns1.example.net", "answer.REASON@2": "Ours"})
    assert {str(name): typed for name, typed in filled.typed.items()} == {
        "one.fr": {"DNS": "ns1.example.net"},
        "two.fr": {"DNS": "ns1.example.net"},
        "three.paris": {"DNS": "ns1.example.net", "REASON": "Ours"},
    }


def test_a_statement_is_for_one_registry_a_code_for_one_name():
    conditions, code = (
        Question("ACCEPT_CONDITIONS", Kind.YES_NO, required=True),
        Question("CLAIMS_NOTICE", required=True),
    )
    names = ("one.app", "two.app", "one.dev")
    cart = a_cart(*(a_line(name).asked([conditions]) for name in names))
    view, _ = form_of(cart, AnswersSheet(CartId(12)))
    assert str(view["blocks"]).count("'action_id': 'answer.ACCEPT_CONDITIONS") == 2
    view, _ = form_of(a_cart(*(a_line(name).asked([code]) for name in names)), AnswersSheet(CartId(12)))
    assert str(view["blocks"]).count("'action_id': 'answer.CLAIMS_NOTICE") == 3


def test_no_heading_stands_over_options_without_room():
    """The form that has room for none of the options shows no heading for them; the next form has it."""
    asked = requirements.questions(REQUIREMENTS.read(FULL), standing={})
    cart = a_cart(*(a_line(f"name{number}.{extension}").asked(asked) for number, extension in enumerate(EXTENSIONS)))
    view, at = form_of(cart, AnswersSheet(CartId(12), more=True))
    assert at.goes_on
    assert "answer.ADMIN_ACCOUNT" not in str(view)
    assert catalogue.questions.MORE not in str(view)


def test_forty_names_with_questions_fit_a_form():
    lines = tuple(
        a_line(f"{'x' * 55}{n}.{'fr' if n % 2 else 'paris'}").asked([Question(f"R{n}", required=True)] * 9)
        for n in range(40)
    )
    view, sheet = form_of(a_cart(*lines), AnswersSheet(CartId(12)))
    assert sheet.goes_on
    assert len(view["private_metadata"]) <= 3_000


def a_cart(*lines) -> Cart:
    return Cart(id=CartId(12), channel="C1", created_by="U0ADA", state=CartState.OPEN, since=NOW, lines=lines)


def form_of(cart: Cart, at: AnswersSheet) -> tuple[dict[str, Any], AnswersSheet]:
    """The form as Slack gets it, checked against its limits."""
    view = answers_form(Sheet(cart, at, Reader("U0ADA"), contacts=CONTACTS)).to_dict()
    rendered: dict[str, Any] = json.loads(json.dumps(view))
    assert faults_of_view(rendered) == []
    assert len(json.dumps(rendered)) < LARGEST_VIEW
    return rendered, AnswersSheet.read(rendered["private_metadata"])


def state_values(view: dict[str, Any], entered: dict[str, dict[str, Any]]) -> dict[str, str | None]:
    """What the bot reads from a form in which this was entered, by action id."""
    state = initial_values(view["blocks"])
    for block_id, element in elements(view["blocks"]):
        if element["action_id"] in entered:
            state[block_id][element["action_id"]] = entered[element["action_id"]]
    body = {"user": {"id": "U0ADA"}, "view": {"id": "V1", "state": {"values": state}}}
    return dict(Interaction.of_form(body).values or {})


def fill_in(cart: Cart) -> tuple[Cart, dict[DomainName, dict[str, str]]]:
    """Answer each question as a person would, form by form, and keep it as the bot does."""
    expected: dict[DomainName, dict[str, str]] = {line.domain: {} for line in cart.lines}
    at = AnswersSheet(CartId(12), more=True)
    for _ in range(30):
        view, at = form_of(cart, at)
        questions = {field_id(question): question for line in cart.lines for question in line.questions or ()}
        entered = {}
        for block in view["blocks"]:
            base = block.get("element", {}).get("action_id", "").partition("@")[0]
            if block["type"] == "input" and (question := questions.get(base)):
                element = block["element"]
                entry = entered[element["action_id"]] = state_of(element, choice(element, question))
                assert error_of(block, {element["action_id"]: entry}) is None
        filled = Filled(at, cart.lines, state_values(view, entered))
        cart = replace(
            cart, lines=tuple(kept(line, filled.typed.get(line.domain, {}), expected) for line in cart.lines)
        )
        if not at.goes_on:
            return cart, expected
    raise AssertionError("the form never ends")


def kept(line: Line, typed: dict[str, str], expected: dict[DomainName, dict[str, str]]) -> Line:
    by_label = {question.label: question for question in line.questions or ()}
    for label, text in typed.items():
        expected[line.domain][label] = as_ovh_takes_it(by_label[label], text)
    return line.answered({label: by_label[label].checked(text) for label, text in typed.items()}, by="U0ADA")


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
