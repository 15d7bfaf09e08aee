"""An owner is made or completed with exactly what the registries of a cart want to know."""

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from sandbox.slack import OpenView
from sandbox.slack.messages import elements
from tests.saying import HOLE, after_hole
from tests.scenarios.conftest import Scenario

NAMES = ("otter.ca", "otter.it", "otter.es", "otter.pt", "otter.hu", "otter.com")
OTTER = {
    "organisation": "Otter", "first_name": "Zoe", "last_name": "Secret", "email": "zoe@example.com",
    "phone": "+33.612345678", "line1": "1 Hidden Street", "zip": "75001", "city": "Paris", "country": "fr",
    "language": "fr_FR",
}  # fmt: skip
NUMBERS = {
    "legal_form_category": "TDM", "trademark_id": "018123456", "vat": "FR40303265045", "company_number": "303265045",
}  # fmt: skip


@pytest.fixture
def mode() -> str:
    return "socket"


async def new_owner(scenario: Scenario) -> OpenView:
    """Ada asks for approval, learns what is missing, and opens the form for a new owner."""
    await scenario.search_and_add(*NAMES)
    await scenario.request()
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    await scenario.ada.click(not_sent, "Answer questions")
    answers = await form(scenario, "answers_form")
    await scenario.ada.click(answers, "New contact…")
    return await form(scenario, "contact_form")


async def form(scenario: Scenario, callback: str) -> OpenView:
    return await scenario.slack.until(
        lambda: (
            scenario.ada.modal if scenario.ada.modal and scenario.ada.modal.view["callback_id"] == callback else None
        ),
        20,
    )


async def test_six_names_get_one_new_owner_in_two_forms(scenario: Scenario):
    """The forms are that of the owner and that of the name that was opened; the same owner is chosen for all names."""
    shown = await new_owner(scenario)
    assert catalogue.contacts.owns_all(len(NAMES)) in str(shown.blocks)
    asked = {element["action_id"] for _, element in elements(shown.blocks)}
    assert {"legal_form_category", "vat", "company_number"} <= asked
    assert not asked & {"birth_day", "enterprise_id", "national_number", "trademark_id"}
    assert "Owner of a Canadian trademark" in str(shown.blocks)
    wrong = await scenario.ada.submit(**OTTER, **NUMBERS | {"company_number": "1"})
    assert wrong == {}
    assert catalogue.contacts.MORE_NEEDED in shown.plain_text()  # a trademark's owner has a number of it
    wrong = await scenario.ada.submit(**NUMBERS | {"country": "France"})
    assert wrong == {"country": refused("field_no_country", {}).text}
    assert await scenario.ada.submit(country="fr") == {}
    await scenario.form_says(after_hole(catalogue.contacts.created("21003400", HOLE)))
    scenario.ada.close_modal(all_of_them=False)
    assert await scenario.ada.submit() == {}
    assert await scenario.ada.submit(purpose="For the launch") == {}
    card = await scenario.card(catalogue.card.TO_APPROVE, seconds=30)
    assert card.plain_text().count("owner: contact 21003400") == 1  # the same for each name
    made = scenario.ovh.contacts.all[21_003_400]
    assert (made["legalFormCategory"], made["trademarkId"]) == ("TDM", "018123456")
    in_channels = [seen for kind, seen in scenario.slack.state.archive if kind in {"message", "edit"}]
    assert "303265045" not in str(in_channels)


async def complete_owner(scenario: Scenario, name: str, contact: str) -> OpenView:
    """Ada learns what is missing, chooses this contact, and opens the form to complete it."""
    await scenario.search_and_add(name)
    await scenario.request("For the launch")
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    await scenario.ada.click(not_sent, "Answer questions")
    answers = await form(scenario, "answers_form")
    await scenario.ada.select(answers, "answer.OWNER_CONTACT", contact)
    await scenario.ada.click(answers, "Complete owner…")
    return await form(scenario, "completion_form")


async def test_a_contact_is_completed_with_what_it_lacks(scenario: Scenario):
    """What it has is neither shown nor changed; what the answers make necessary is asked, too."""
    shown = await complete_owner(scenario, "otter.com.au", "21003344")
    before = dict(scenario.ovh.contacts.all[21_003_344])
    assert [element["action_id"] for _, element in elements(shown.blocks)] == ["registrant_document_type"]
    assert "Sandbox Ltd" in shown.plain_text()
    assert "ada@example.com" not in str(shown.blocks)
    assert await scenario.ada.submit(registrant_document_type="ABN") == {}
    more = await scenario.form_says(catalogue.contacts.not_completed(""))
    assert "ABN or ACN" in more.plain_text()
    assert await scenario.ada.submit(company_number="12") == {}
    await scenario.form_says("It looks like 83914571673.")
    assert await scenario.ada.submit(company_number="83914571673") == {}
    await scenario.form_says(catalogue.contacts.completed("21003344"))
    changed = {"registrantDocumentType": "ABN", "companyNationalIdentificationNumber": "83914571673"}
    assert scenario.ovh.contacts.all[21_003_344] == before | changed
    scenario.ada.close_modal(all_of_them=False)
    assert await scenario.ada.submit() == {}
    assert await scenario.ada.submit() == {}
    assert "owner: contact 21003344" in (await scenario.card(catalogue.card.TO_APPROVE, seconds=30)).plain_text()


async def test_a_missing_number_is_typed_as_in_its_own_country(scenario: Scenario):
    """What is no number is reported with the label, because the country is known only at OVH."""
    scenario.ovh.contacts.all[21_003_344]["phone"] = None
    shown = await complete_owner(scenario, "otter.hu", "21003344")
    assert {element["action_id"] for _, element in elements(shown.blocks)} == {"phone", "vat"}
    assert await scenario.ada.submit(phone="01 23", vat="HU12892312") == {}
    again = await scenario.form_says(refused("field_no_phone", {}).text)
    assert again is shown
    assert await scenario.ada.submit(phone="01 23 45 67 89") == {}
    await scenario.form_says(catalogue.contacts.completed("21003344"))
    assert scenario.ovh.contacts.all[21_003_344]["phone"] == "+33.123456789"


async def test_what_would_change_the_holder_is_not_done_from_here(scenario: Scenario):
    """A person's number is read-only at this registry, and an address is not changed for a name."""
    shown = await complete_owner(scenario, "otter.it", "21003345")
    assert catalogue.contacts.stuck(["Codice fiscale"]) in shown.plain_text()
    asked = {element["action_id"] for _, element in elements(shown.blocks)}
    assert asked == {"nationality"}
    assert await scenario.ada.submit(nationality="Germany") == {"nationality": refused("field_no_country", {}).text}


async def test_a_complete_contact_is_said_to_be_complete(scenario: Scenario):
    shown = await complete_owner(scenario, "otter.es", "21003346")
    assert catalogue.contacts.is_complete("21003346") in shown.plain_text()
    assert shown.view.get("submit") is None


async def test_a_refused_change_of_a_contact_keeps_what_was_typed(scenario: Scenario):
    """A contact that OVH does not let change keeps what was typed."""
    shown = await complete_owner(scenario, "otter.hu", "21003344")
    scenario.ovh.faults.add("PUT", "/domain/contact/*", "refuse", status=400, message="Invalid value for field vat")
    assert await scenario.ada.submit(vat="HU12892312") == {}
    again = await scenario.form_says("Invalid value for field vat")
    assert again is shown
    assert "HU12892312" in str(again.blocks)
    assert await scenario.ada.submit() == {}
    await scenario.form_says(catalogue.contacts.completed("21003344"))
