"""Which names a new owner is for, what a contact lacks, and who may look or change."""

import pytest

from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer, NotAllowed
from ordering.model.owner_form import as_far_as_valid, form_fields, judged
from ordering.model.owner_needs import FieldWords, NeededField, OwnerNeeds
from ordering.model.policy import Membership, Person
from ordering.model.question import OWNER_CONTACT, Kind, Question, Reach
from tests.refusing import refuses

OWNER = Question(OWNER_CONTACT, Kind.CONTACT)
ONE, TWO, THREE = (DomainName(f"{label}.fr") for label in ("one", "two", "three"))
EMPTY = InvalidAnswer(code="field_empty")


def need(name: str, *, wrong: InvalidAnswer | None = EMPTY, read_only: bool = False) -> NeededField:
    return NeededField(name, FieldWords(name), (ONE,), read_only=read_only, wrong=wrong)


@pytest.fixture
def asking(rules):
    rules.registrar.asks = {"fr": (OWNER,)}
    rules.registrar.known_contacts = [Contact("7", LegalForm.CORPORATION, {"organisation": "Otter"})]
    for name in (ONE, TWO, THREE):
        rules.cart_id = rules.workflow.cart_editing.add("C1", name, by=rules.ada).id
    rules.workflow.questions.learn(rules.cart_id)
    return rules


def names_asked(asking) -> list[list[DomainName]]:
    """The names of each question to the registrar about needs, from now on."""
    asked: list[list[DomainName]] = []

    def owner_needs(names, *_, **__):
        asked.append(list(names))
        return OwnerNeeds()

    asking.registrar.owner_needs = owner_needs
    return asked


def test_a_new_owner_is_for_names_without_one(asking):
    asking.workflow.questions.answer(asking.cart_id, {TWO: {OWNER_CONTACT: "7"}}, by=asking.ada)
    assert asking.workflow.registry_needs.names_to_own(asking.cart_id, ONE, by=asking.ada) == (ONE, THREE)
    assert asking.workflow.registry_needs.names_to_own(asking.cart_id, TWO, by=asking.ada) == (TWO, ONE, THREE)


def test_a_name_with_the_teams_own_owner_has_one(asking):
    asking.registrar.asks = {"com": (Question(OWNER_CONTACT, Kind.CONTACT, standing="7"),)}
    cart = asking.workflow.cart_editing.add("C1", DomainName("four.com"), by=asking.ada)
    asking.workflow.questions.learn(cart.id)
    assert DomainName("four.com") not in asking.workflow.registry_needs.names_to_own(cart.id, ONE, by=asking.ada)


def test_needs_are_asked_for_the_names_of_the_reach(asking):
    asked = names_asked(asking)
    for reach in Reach.ONE, Reach.EVERY:
        asking.workflow.registry_needs.of_new_owner(
            asking.cart_id, ONE, LegalForm.OTHER, {}, by=asking.ada, reach=reach
        )
    assert asked == [[ONE], [ONE, TWO, THREE]]


def test_what_is_empty_can_be_filled_in_and_nothing_else(asking):
    """A value that registries do not take, or whose change would change the holder, is not changed."""
    wanted = (need("vat"), need("organisation"), need("national_number", read_only=True), need("city", wrong=None))
    asking.registrar.owners_need["fr"] = OwnerNeeds(wanted)
    gaps = asking.workflow.registry_needs.of_owners({ONE: "7"}, {}, by=asking.ada)["7"]
    assert [each.name for each in gaps.missing.fields] == ["vat", "city"]
    assert [each.name for each in gaps.stuck] == ["organisation", "national_number"]
    changed = asking.workflow.contacts.complete("7", {"vat": "FR1", "organisation": "Another"}, by=asking.ada)
    assert changed.values == {"vat": "FR1", "organisation": "Otter"}


def test_an_owner_is_judged_for_every_name_it_was_chosen_for(asking):
    asked = names_asked(asking)
    found = asking.workflow.registry_needs.of_owners({ONE: "7", TWO: "", THREE: "7"}, {}, by=asking.ada)
    assert asked == [[ONE, THREE], [TWO]]
    assert (found["7"].contact.id, found["7"].is_account) == ("7", False)
    assert (found[""].contact.id, found[""].is_account) == ("xx1-ovh", True)


def test_the_accounts_own_data_are_not_completed_from_here(asking):
    asking.registrar.owners_need["fr"] = OwnerNeeds((need("vat"), need("city", wrong=None)))
    gaps = asking.workflow.registry_needs.of_owners({ONE: ""}, {}, by=asking.ada)[""]
    assert gaps.missing.fields == ()
    assert [each.name for each in gaps.stuck] == ["vat"]
    assert gaps.concerns([ONE])
    assert not gaps.concerns([TWO])


def test_only_approvers_and_payers_see_all_of_a_contact(asking):
    """Only members ask and change and only approvers and payers see all."""
    guest = Person("U0GWEN", Membership.GUEST)
    flow = asking.workflow
    for action in (
        lambda: flow.registry_needs.names_to_own(asking.cart_id, ONE, by=guest),
        lambda: flow.registry_needs.of_owners({ONE: "7"}, {}, by=guest),
        lambda: flow.contacts.complete("7", {}, by=guest),
        lambda: flow.contacts.in_full(by=guest),
    ):
        with refuses("person_guest", NotAllowed):
            action()
    with refuses("cannot_see_owners", NotAllowed):
        flow.contacts.in_full(by=asking.ada)
    assert flow.contacts.in_full(by=asking.cleo) == flow.contacts.all(by=asking.ada)


@pytest.mark.parametrize(
    ("needs", "asked", "not_asked"),
    [
        (OwnerNeeds(), {"vat", "company_number"}, {"insee"}),
        (OwnerNeeds((need("insee"),)), {"insee"}, {"vat", "company_number"}),
        (OwnerNeeds((need("insee"),), (TWO,)), {"insee", "vat"}, set()),
        (OwnerNeeds((need("vat"),)), {"vat"}, {"company_number"}),
    ],
)
def test_a_form_asks_what_is_needed_or_what_may_be(needs, asked, not_asked):
    names = {field.name for field in form_fields(LegalForm.CORPORATION, needs)}
    assert names >= asked
    assert not names & not_asked


def test_a_rule_judges_what_is_typed_so_far():
    assert as_far_as_valid(LegalForm.OTHER, {"country": "fr", "email": "?", "vat": "  ", "insee": " 1  2 "}) == {
        "country": "FR", "email": "?", "insee": "1 2",
    }  # fmt: skip
    _, wrong = judged(LegalForm.OTHER, {"insee": "1", "accreditation_year": "x"}, OwnerNeeds((need("insee"),)))
    assert wrong["insee"].code == "field_empty"  # the registry's word stands where the form finds nothing
