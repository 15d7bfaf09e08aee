"""An owner is made or completed with exactly what the registries of a cart want to know."""

from typing import Any

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from sandbox.slack import OpenView
from sandbox.slack.messages import elements
from tests.saying import HOLE, after_hole, before_hole
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


class Clicks:
    """Counts what Ada presses, chooses in a list that acts at once, and sends."""

    def __init__(self, scenario: Scenario) -> None:
        self.number = 0
        ada = scenario.ada
        for name in ("click", "press", "select", "submit"):
            setattr(ada, name, self._counting(getattr(ada, name)))

    def _counting(self, act: Any) -> Any:
        async def counted(*args: Any, **how: Any) -> Any:
            # A click that finds its button, and a choice, end in another of these.
            depth, self.depth = getattr(self, "depth", 0), getattr(self, "depth", 0) + 1
            self.number += depth == 0
            try:
                return await act(*args, **how)
            finally:
                self.depth = depth

        return counted


async def new_owner(scenario: Scenario) -> OpenView:
    """Ada asks for approval, learns what is missing, and opens the form for a new owner."""
    await scenario.search_and_add(*NAMES)
    await scenario.request()
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    await scenario.ada.click(not_sent, "Answer questions")
    answers = await form(scenario, "answers_form")
    assert catalogue.questions.head(len(NAMES) - 1) in answers.plain_text()
    await scenario.ada.click(answers, "New owner")
    return await form(scenario, "contact_form")


async def form(scenario: Scenario, callback: str) -> OpenView:
    return await scenario.slack.until(
        lambda: (
            scenario.ada.modal if scenario.ada.modal and scenario.ada.modal.view["callback_id"] == callback else None
        ),
        20,
    )


async def test_six_names_get_one_new_owner_in_twelve_clicks(scenario: Scenario):
    """The two forms are the owner's and the one of the questions; the owner is chosen for all names."""
    await scenario.search_and_add(*NAMES)
    clicks = Clicks(scenario)
    shown = await new_owner(scenario)
    assert catalogue.contacts.owns_all(len(NAMES)) in str(shown.blocks)
    asked = {element["action_id"] for _, element in elements(shown.blocks)}
    assert {"legal_form_category", "vat", "company_number"} <= asked
    assert not asked & {"birth_day", "enterprise_id", "national_number", "trademark_id"}
    assert "Owner of a Canadian trademark" in str(shown.blocks)
    wrong = await scenario.ada.submit(**OTTER, **NUMBERS | {"company_number": "1"})
    assert wrong == {}
    assert catalogue.contacts.MORE_NEEDED in shown.plain_text()  # a trademark's owner has a number of it
    wrong = await scenario.ada.submit(**NUMBERS | {"country": "Frankenland"})
    assert wrong == {"country": refused("field_no_country", {}).text}
    assert await scenario.ada.submit(country="Frankreich") == {}
    await scenario.form_says(after_hole(catalogue.contacts.created("21003400", HOLE)))
    scenario.ada.close_modal(all_of_them=False)
    clicks.number += 1
    assert await scenario.ada.submit() == {}
    assert await scenario.ada.submit(purpose="For the launch") == {}
    card = await scenario.card(catalogue.card.TO_APPROVE, seconds=30)
    assert clicks.number <= 12
    assert card.plain_text().count("owner: contact 21003400") == 1  # the same for each name
    made = scenario.ovh.contacts.all[21_003_400]
    assert (made["legalFormCategory"], made["trademarkId"]) == ("TDM", "018123456")
    in_channels = [seen for kind, seen in scenario.slack.state.archive if kind in {"message", "edit"}]
    assert "303265045" not in str(in_channels)


async def test_a_number_with_wrong_check_digits_is_a_warning(scenario: Scenario):
    """OVH knows better: what is sent again is created."""
    await scenario.search_and_add("otter.it")
    await scenario.ada.click(await scenario.sees(scenario.ada, "Owner and answers"), "Owner and answers")
    await scenario.ada.click(await form(scenario, "answers_form"), "New owner")
    await form(scenario, "contact_form")
    assert await scenario.ada.submit(**OTTER, vat="FR40303265046") == {}
    warned = await scenario.form_says(catalogue.contacts.DOUBTFUL)
    assert warned.view["submit"]["text"] == catalogue.contacts.CREATE_ANYWAY
    assert await scenario.ada.submit() == {}
    await scenario.form_says(after_hole(catalogue.contacts.created("21003400", HOLE)))
    assert scenario.ovh.contacts.all[21_003_400]["vat"] == "FR40303265046"


async def owner_chosen(scenario: Scenario, name: str, contact: str) -> OpenView:
    """Ada learns what is missing and chooses this contact: the form asks for what it lacks."""
    await scenario.search_and_add(name)
    await scenario.request("For the launch")
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    await scenario.ada.click(not_sent, "Answer questions")
    answers = await form(scenario, "answers_form")
    assert before_hole(catalogue.contacts.account_lacks([HOLE])) in answers.plain_text()
    shown = answers.hash
    await scenario.ada.select(answers, "answer.OWNER_CONTACT", contact)
    return await scenario.slack.until(lambda: answers if answers.hash != shown else None, 20)


def fields(shown: OpenView) -> set[str]:
    """The fields of contacts that a form asks."""
    ids = (element["action_id"] for _, element in elements(shown.blocks))
    return {each.removeprefix("field.") for each in ids if each.startswith("field.")}


async def test_a_contact_is_completed_with_what_it_lacks(scenario: Scenario):
    """What it has is neither shown nor changed; what the answers make necessary is asked, too."""
    shown = await owner_chosen(scenario, "otter.com.au", "21003344")
    before = dict(scenario.ovh.contacts.all[21_003_344])
    assert fields(shown) == {"registrant_document_type@21003344"}
    assert "ada@example.com" not in str(shown.blocks)
    assert await scenario.ada.submit(**{"field.registrant_document_type@21003344": "ABN"}) == {}
    more = await scenario.form_says("ABN or ACN")
    number = "field.company_number@21003344"
    assert await scenario.ada.submit(**{number: "12"}) == {}
    await scenario.form_says("It looks like 83914571673.")
    assert await scenario.ada.submit(**{number: "83914571673"}) == {}
    await scenario.form_says(catalogue.questions.answered(["otter.com.au"]))
    changed = {"registrantDocumentType": "ABN", "companyNationalIdentificationNumber": "83914571673"}
    assert scenario.ovh.contacts.all[21_003_344] == before | changed
    assert scenario.ada.modal is more
    scenario.ada.close_modal(all_of_them=False)
    assert await scenario.ada.submit() == {}
    assert "owner: contact 21003344" in (await scenario.card(catalogue.card.TO_APPROVE, seconds=30)).plain_text()


async def test_a_missing_number_is_typed_as_in_its_own_country(scenario: Scenario):
    """What is no number is reported at its field, because the country is known only at OVH."""
    scenario.ovh.contacts.all[21_003_344]["phone"] = None
    shown = await owner_chosen(scenario, "otter.hu", "21003344")
    phone, vat = "field.phone@21003344", "field.vat@21003344"
    assert fields(shown) == {"phone@21003344", "vat@21003344"}
    assert await scenario.ada.submit(**{phone: "01 23", vat: "HU12892312"}) == {}
    again = await scenario.form_says(refused("field_no_phone", {}).text)
    assert again is shown
    assert await scenario.ada.submit(**{phone: "01 23 45 67 89"}) == {}
    await scenario.form_says(catalogue.questions.answered(["otter.hu"]))
    assert scenario.ovh.contacts.all[21_003_344]["phone"] == "+33.123456789"


async def test_what_would_change_the_holder_is_not_done_from_here(scenario: Scenario):
    """A person's number is read-only at this registry, and an address is not changed for a name."""
    shown = await owner_chosen(scenario, "otter.it", "21003345")
    stuck = catalogue.contacts.stuck(["Codice fiscale"])
    assert stuck in shown.plain_text()
    assert fields(shown) == {"nationality@21003345"}
    wrong = await scenario.ada.submit(**{"field.nationality@21003345": "Frankenland"})
    assert list(wrong.values()) == [refused("field_no_country", {}).text]


async def test_a_contact_that_lacks_nothing_is_asked_nothing(scenario: Scenario):
    shown = await owner_chosen(scenario, "otter.es", "21003346")
    assert fields(shown) == set()
    assert await scenario.ada.submit() == {}
    assert await scenario.ada.submit() == {}
    assert "owner: contact 21003346" in (await scenario.card(catalogue.card.TO_APPROVE, seconds=30)).plain_text()


async def test_a_refused_change_of_a_contact_keeps_what_was_typed(scenario: Scenario):
    """A contact that OVH does not let change keeps what was typed."""
    shown = await owner_chosen(scenario, "otter.hu", "21003344")
    scenario.ovh.faults.add("PUT", "/domain/contact/*", "refuse", status=400, message="Invalid value for field vat")
    assert await scenario.ada.submit(**{"field.vat@21003344": "HU12892312"}) == {}
    again = await scenario.form_says("Invalid value for field vat")
    assert again is shown
    assert "HU12892312" in str(again.blocks)
    assert await scenario.ada.submit() == {}
    await scenario.form_says(catalogue.questions.answered(["otter.hu"]))
