"""The form for an owner asks what registries need, in words, within Slack's limits, whatever OVH lists."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.messages import words as catalogue
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import AnswersSheet, NewContact
from handlers.views.contacts import contact_form
from handlers.views.owner_inputs import as_meant
from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer
from ordering.model.ids import CartId
from ordering.model.owner_form import form_fields, judged
from ordering.model.owner_needs import FieldWords, NeededField, OwnerNeeds
from ordering.model.question import Reach
from sandbox.slack.block_kit import faults_of_view
from sandbox.slack.elements import error_of, options_of, state_of
from sandbox.slack.messages import elements, initial_values
from tests.handlers.rendering import EVIL

CA, IT = DomainName("otter.ca"), DomainName("otter.it")
BACK = NewContact(AnswersSheet(CartId(1), ("otter.ca",)), "V1", CA)
CATEGORY = NeededField(
    "legal_form_category",
    FieldWords(
        "How is the owner connected to Canada?", "A wrong answer can cost the name.", page="https://cira.example",
        options={"CCO": "Corporation of Canada"},
    ),
    (CA,),
    allowed=("CCO", "GOV"),
    wrong=InvalidAnswer(code="field_empty"),
)  # fmt: skip
VAT = NeededField("vat", FieldWords("VAT number", example="FR40303265045"), (CA, IT))


def form_of(needs: OwnerNeeds, typed: dict[str, str] | None = None, **how: Any) -> dict[str, Any]:
    back, form = how.pop("back", BACK), how.pop("form", LegalForm.CORPORATION)
    view = contact_form(back, form, typed or {}, needs=needs, **how)
    rendered: dict[str, Any] = json.loads(json.dumps(view.to_dict()))
    assert faults_of_view(rendered) == []
    assert len(json.dumps(rendered)) < 250_000
    return rendered


def labels_of(view: dict[str, Any]) -> dict[str, str]:
    return {block["block_id"]: block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}


def test_a_code_is_asked_in_words_with_its_name():
    """A code is asked in words with what it costs and for which name."""
    view = form_of(OwnerNeeds((CATEGORY,)))
    (block,) = [block for block in view["blocks"] if block.get("block_id") == "legal_form_category"]
    assert block["label"]["text"] == "How is the owner connected to Canada?"
    assert block["hint"]["text"] == f"A wrong answer can cost the name. {catalogue.contacts.for_names(['otter.ca'])}"
    assert [option["text"]["text"] for option in block["element"]["options"]] == ["Corporation of Canada", "GOV"]
    assert not block.get("optional")
    assert "https://cira.example" in json.dumps(view)


def test_an_example_stands_in_the_field_and_every_name_below_it():
    view = form_of(OwnerNeeds((VAT,)))
    (block,) = [block for block in view["blocks"] if block.get("block_id") == "vat"]
    assert block["element"]["placeholder"]["text"] == "FR40303265045"
    assert block["hint"]["text"] == catalogue.contacts.hint(
        catalogue.contacts.for_names(["otter.ca", "otter.it"]), "", "FR40303265045"
    )


def test_only_what_is_needed_is_asked_where_that_is_known():
    usual = {"legal_form", "organisation", "first_name", "last_name", "email", "phone", "line1", "zip", "city"}
    usual |= {"province", "country", "language"}
    assert labels_of(form_of(OwnerNeeds((CATEGORY,)))).keys() == usual | {"legal_form_category"}
    unknown = labels_of(form_of(OwnerNeeds((CATEGORY,), (IT,)))).keys()
    assert unknown == usual | {"legal_form_category", "vat", "company_number"}
    assert "otter.it" in json.dumps(form_of(OwnerNeeds((), (IT,))))


def test_a_contact_for_several_names_says_so_and_may_be_for_one():
    several = NewContact(BACK.at, BACK.view, CA, others=5)
    for reach in Reach.EVERY, Reach.ONE:
        view = form_of(OwnerNeeds((VAT,)), back=several, reach=reach)
        (element,) = [e for _, e in elements(view["blocks"]) if e["action_id"] == Act.OWNER_OF]
        assert [option["text"]["text"] for option in element["options"]] == [
            catalogue.contacts.owns_all(6), catalogue.contacts.owns_only("otter.ca")
        ]  # fmt: skip
        assert element["initial_option"]["value"] == reach.value
    assert "owner_of" not in labels_of(form_of(OwnerNeeds((VAT,))))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "field_empty"),
        ({"legal_form_category": "XXX"}, "field_not_in_list"),
        ({"legal_form_category": "GOV"}, None),
    ],
)
def test_a_wrong_value_is_told_at_its_field(typed, code):
    needs = OwnerNeeds((CATEGORY if not typed else NeededField(**{**_facts(CATEGORY), "wrong": None}),))
    _, wrong = judged(LegalForm.CORPORATION, typed, needs)
    assert (wrong["legal_form_category"].code if "legal_form_category" in wrong else None) == code


def _facts(field: NeededField) -> dict[str, Any]:
    return {name: getattr(field, name) for name in field.__slots__}


texts = st.one_of(st.text(max_size=400), st.just(EVIL), st.sampled_from(["", " ", "\u200b", "#x", "x" * 5000]))
needed = st.builds(
    NeededField,
    name=st.sampled_from(
        ["vat", "enterprise_id", "legal_form_category", "province", "insee", "website", "organisation"]
    ),
    words=st.builds(
        FieldWords, label=texts, help=texts, example=texts, page=st.just(""), options=st.dictionaries(texts, texts)
    ),
    domains=st.lists(st.sampled_from([CA, IT]), min_size=1, max_size=40).map(tuple),
    allowed=st.lists(texts.filter(lambda text: text.strip()), max_size=130, unique=True).map(tuple),
    longest=st.integers(1, 999_999),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(needed, max_size=9, unique_by=lambda each: each.name), st.sampled_from(LegalForm), st.booleans())
def test_whatever_is_needed_is_drawn_and_what_is_chosen_arrives(fields, form, known):
    """Any options and limits: the form is taken by Slack, and an option that is chosen arrives as OVH wrote it."""
    needs = OwnerNeeds(tuple(fields), () if known else (CA,))
    view = form_of(needs, form=form)
    state = initial_values(view["blocks"])
    meant = {}
    for block in view["blocks"]:
        asked = next((each for each in fields if each.name == block.get("block_id")), None)
        if asked is None or block["type"] != "input":
            continue
        options = options_of(block["element"])
        typed = options[-1]["value"] if options else "x"
        entry = state_of(block["element"], typed)
        assert error_of(block, entry) is None
        state[block["block_id"]][asked.name] = entry
        meant[asked.name] = asked.allowed[-1] if options else "x"
    body = {"user": {"id": "U0ADA"}, "view": {"id": "V1", "state": {"values": state}}}
    did = Interaction.of_form(body)
    read = as_meant(needs, {name: text or "" for name, text in (did.values or {}).items()})
    assert {name: read[name] for name in meant} == meant
    assert {field.name for field in form_fields(form, needs)} >= {each.name for each in fields}
