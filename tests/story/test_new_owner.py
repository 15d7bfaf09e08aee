"""One new owner for a cart whose registries want to know different things: one form asks exactly for that."""

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from sandbox.slack import OpenView
from sandbox.slack.messages import elements
from tests.saying import HOLE, after_hole
from tests.story.conftest import Story

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


async def new_owner(story: Story) -> OpenView:
    """Ada asks for approval, is told what is missing, and opens the form for a new owner."""
    await story.search_and_add(*NAMES)
    await story.request()
    not_sent = await story.form_says(catalogue.cart.FIX_THESE)
    await story.ada.click(not_sent, "Answer questions")
    answers = await form(story, "answers_form")
    await story.ada.click(answers, "New contact…")
    return await form(story, "contact_form")


async def form(story: Story, callback: str) -> OpenView:
    return await story.slack.until(
        lambda: story.ada.modal if story.ada.modal and story.ada.modal.view["callback_id"] == callback else None, 20
    )


async def test_six_names_get_one_new_owner_in_two_forms(story: Story):
    """The forms are that of the owner and that of the name that was opened; the same owner is chosen for all names."""
    shown = await new_owner(story)
    assert catalogue.contacts.owns_all(len(NAMES)) in str(shown.blocks)
    asked = {element["action_id"] for _, element in elements(shown.blocks)}
    assert {"legal_form_category", "vat", "company_number"} <= asked
    assert not asked & {"birth_day", "enterprise_id", "national_number", "trademark_id"}
    assert "Owner of a Canadian trademark" in str(shown.blocks)
    wrong = await story.ada.submit(**OTTER, **NUMBERS | {"company_number": "1"})
    assert wrong == {}
    assert catalogue.contacts.MORE_NEEDED in shown.plain_text()  # a trademark's owner has a number of it
    wrong = await story.ada.submit(**NUMBERS | {"country": "France"})
    assert wrong == {"country": refused("field_no_country", {}).text}
    assert await story.ada.submit(country="fr") == {}
    await story.form_says(after_hole(catalogue.contacts.created("21003400", HOLE)))
    story.ada.close_modal(all_of_them=False)
    assert await story.ada.submit() == {}
    assert await story.ada.submit(purpose="For the launch") == {}
    card = await story.card(catalogue.card.TO_APPROVE, seconds=30)
    assert card.plain_text().count("owner: contact 21003400") == 1  # the same for each name
    made = story.ovh.contacts.all[21_003_400]
    assert (made["legalFormCategory"], made["trademarkId"]) == ("TDM", "018123456")
    in_channels = [seen for kind, seen in story.slack.state.archive if kind in {"message", "edit"}]
    assert "303265045" not in str(in_channels)
