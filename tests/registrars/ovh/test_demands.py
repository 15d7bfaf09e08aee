"""What a registry once refused to do without is asked for every later name of its extension."""

from dataclasses import replace

import pytest

from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.preflight_findings import LinesRefused
from ordering.model.question import Question
from registrars.ovh import OvhConfig
from registrars.ovh.api.errors import CartRejected
from registrars.ovh.carts.carts import OvhCarts
from registrars.ovh.carts.demands import Demands
from registrars.ovh.carts.owner_rules import mentioned
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.ovh.rules import rule_of
from tests.registrars.ovh.test_carts import DESCRIPTIONS, LINE, PaperOvh

CA, OTHER_CA, IT = (DomainName(name) for name in ("one.ca", "two.ca", "one.it"))
MOTTO = {"label": "MOTTO", "type": "string", "required": False}


@pytest.fixture
def demands() -> Demands:
    return Demands()


def test_a_question_is_required_after_a_refusal(demands):
    demands.note_questions(CA, [Question("MOTTO", insisted=True), Question("DNS")])
    asked = demands.with_questions(OTHER_CA, [Question("DNS"), Question("MOTTO")])
    assert [(question.label, question.must_be_answered) for question in asked] == [("MOTTO", True), ("DNS", False)]
    assert not any(question.must_be_answered for question in demands.with_questions(IT, [Question("MOTTO")]))


def test_a_question_that_is_not_listed_is_not_added(demands):
    """It may be about the other name alone, as a code for a protected one is."""
    demands.note_questions(CA, [Question("MOTTO", insisted=True), Question("PROTECTED_CODE", insisted=True)])
    assert demands.with_questions(OTHER_CA, []) == ()
    (code,) = demands.with_questions(OTHER_CA, [Question("PROTECTED_CODE")])
    assert not code.must_be_answered


def test_a_missing_field_of_an_owner_is_needed_from_then_on(demands):
    demands.note_faults(CA, {"owner.birth_day": 'Field "birth_day" is required', "owner.address.zip": "is odd"})
    demands.note_faults(CA, {"adminAccount.city": "is required", "owner.motto": "is required"})
    needs = demands.with_fields(OTHER_CA, OwnerNeeds(), {}, ruled=())
    assert [(each.name, each.words.label, each.lacking) for each in needs.fields] == [
        ("birth_day", "Date of birth", (OTHER_CA,))
    ]
    assert demands.with_fields(OTHER_CA, OwnerNeeds(), {"birth_day": "1990-04-30"}, ruled=()) == OwnerNeeds()
    assert demands.with_fields(IT, OwnerNeeds(), {}, ruled=()) == OwnerNeeds()


def test_a_rule_says_itself_which_owners_need_a_field(demands):
    """A company was refused without it; a person need not have it."""
    demands.note_faults(IT, {"owner.vat": "is required"})
    assert demands.with_fields(IT, OwnerNeeds(), {}, ruled=("vat",)) == OwnerNeeds()
    rule = rule_of(EXTENSIONS["it"], "otter")
    assert {"vat", "national_number", "nationality"} <= mentioned(rule)


def test_a_later_cart_asks_what_an_earlier_one_was_refused_for():
    """The first cart learns it by OVH's dry run, the second before anybody is refused."""
    ovh = PaperOvh()
    ovh.required = [MOTTO]
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")  # type: ignore[arg-type] # as the client
    (optional,) = carts.questions([LINE])[LINE.domain]
    assert not optional.must_be_answered
    ovh.refuses["checkout"] = CartRejected(lines=["Custom field MOTTO is mandatory for product x"])
    with pytest.raises(LinesRefused):
        carts.prepare([LINE])
    later = replace(LINE, domain=DomainName("another.ovh"))
    (needed,) = carts.questions([later])[later.domain]
    assert needed.must_be_answered


def test_a_later_owner_is_asked_for_the_field():
    ovh = PaperOvh()
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")  # type: ignore[arg-type] # as the client
    ovh.refuses["check?domain=name.ovh&action=create"] = CartRejected(
        details={"owner.vat": 'Field "vat" is required'}, kind="Client::BadRequest::DOMDOCRuleNotRespected"
    )
    carts.objections([LINE])
    needs = carts.needs.of_owner([DomainName("another.ovh")], LegalForm.CORPORATION, {}, at_once=True)
    assert needs.wrong.keys() == {"vat"}
