"""Several offers for one name, years, and names that can be taken for others: from the search to the card."""

import json
import re

import pytest

from handlers.messages import refused
from handlers.messages import words as catalogue
from handlers.messages.en.findings import finding
from handlers.messages.en.warnings import warning
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, EventKind, amount
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.offer import OfferKind
from ordering.model.preflight_findings import Finding, FindingCode
from sandbox.slack import OpenView
from tests.builders import euros
from tests.refusing import said
from tests.saying import SENT, added, result_of
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import on_card


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_ALLOW_PREMIUM": "true", "DESK_LIMIT_PER_ORDER": "2000"}


def without(words: str, view: OpenView | None) -> OpenView | None:
    return view if view is not None and words not in view.plain_text() else None


async def years_of(scenario: Scenario, cart, **chosen: str) -> None:
    await scenario.ada.click(cart, "Years")
    await scenario.slack.until(lambda: scenario.ada.modal)
    assert await scenario.ada.submit(**chosen) == {}


async def test_an_offer_is_chosen_in_a_form(scenario: Scenario):
    """Offers stand side by side and a user chooses in a form."""
    await scenario.ada.command("search launch-otter.com")
    found = await scenario.sees(scenario.ada, result_of("launch-otter.com"))
    words = found.plain_text()
    assert "*Standard*: €8.99 for 1 year, then €13.49 a year" in words
    assert "*Special* (landrush): €128.99 for 1 year, then €13.49 a year" in words
    await scenario.ada.click(found, "Add to cart")
    form = await scenario.form_says(catalogue.prices.WHICH_OFFER)
    early = catalogue.prices.unusual_terms(OfferKind.SPECIAL, "create-early", "landrush")
    radio = next(block["element"] for block in form.blocks if block["type"] == "input")
    assert [option["description"]["text"] for option in radio["options"]] == [
        catalogue.prices.STANDARD_PRICE, catalogue.grammar.capitalised(early),
    ]  # fmt: skip
    assert await scenario.ada.submit(offer=radio["options"][1]["value"]) == {}
    await scenario.form_says(added("launch-otter.com"))
    scenario.ada.close_modal()
    await scenario.request()
    assert "€154.79" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_a_name_with_several_offers_asks_which_one(scenario: Scenario):
    """A typed name with several offers asks back and adds nothing by itself."""
    await scenario.ada.command("add launch-otter.com name.ovh")
    await scenario.sees(scenario.ada, added("name.ovh"))
    asked = await scenario.sees(
        scenario.ada, refused("offer_choice_needed", {"name": "launch-otter.com", "offers": 2}).text
    )
    await scenario.ada.click(asked, "Add to cart")
    await scenario.sees(scenario.ada, added("launch-otter.com"))


async def test_a_premium_name_is_named_as_such_with_its_renewal(scenario: Scenario):
    await scenario.ada.command("search premium-otter.com")
    found = await scenario.sees(scenario.ada, "premium-otter.com")
    assert "€1,250.00 for 1 year, then €350.00 a year" in found.plain_text()
    await scenario.ada.click(found, "Add to cart")
    await scenario.sees(scenario.ada, added("premium-otter.com"))
    await scenario.request()
    premium = catalogue.prices.unusual_terms(OfferKind.PREMIUM, "create-premium", "")
    assert premium in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_transfer_and_aftermarket_offers_are_not_sold_as_new(scenario: Scenario):
    """A transfer and an aftermarket offer are shown and not sold as new."""
    await scenario.ada.command("search taken-otter.com aftermarket-otter.com")
    found = await scenario.sees(scenario.ada, catalogue.search.none_available(2, some_unknown=False))
    assert "taken-otter.com" in found.plain_text()
    assert "transfer" not in found.plain_text()  # nobody here can use its price
    assert "aftermarket-otter.com (€2,399.00)" in found.plain_text()
    assert "Add to cart" not in found.plain_text()


async def test_a_changed_offer_is_shown_again_and_not_replaced(scenario: Scenario):
    """An offer that changed since the search is shown again and not replaced."""
    await scenario.ada.command("search name.ovh")
    found = await scenario.sees(scenario.ada, "€2.99 for 1 year")
    scenario.ovh.names.rise("name.ovh", "1.00")
    await scenario.ada.click(found, "Add to cart")
    again = await scenario.sees(scenario.ada, refused("offer_changed", {"name": "name.ovh"}).text)
    assert "€3.99 for 1 year" in again.plain_text()
    await scenario.ada.command("cart")
    await scenario.sees(scenario.ada, catalogue.cart.none_open())
    await scenario.ada.click(again, "Add to cart")
    await scenario.sees(scenario.ada, added("name.ovh"))


async def test_years_are_chosen_in_a_form_and_bought(scenario: Scenario):
    await scenario.search_and_add("name.ovh", "name.ai")
    cart = await scenario.sees(scenario.ada, "€149.98 for 2 years")
    await years_of(scenario, cart, **{"name.ovh": "1 3", "name.ai": "2 4"})
    await scenario.sees(scenario.ada, "*name.ovh* 3 years, *name.ai* 4 years")
    await scenario.sees(scenario.ada, "3 years, offered at €2.99 for 1 year, then €3.59 a year")
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert re.search(r"name\.ovh · 3 yr +€10\.17 +€3\.59\n", card.plain_text())
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    assert [line["description"] for line in scenario.orders[0].lines if "months" in line["description"]] == [
        "name.ovh - .ovh registration - 36 months", "name.ai - .ai registration - 48 months",
    ]  # fmt: skip


async def test_years_can_no_longer_be_changed_once_they_are_asked_for(scenario: Scenario):
    await scenario.search_and_add("name.ovh")
    cart = await scenario.sees(scenario.ada, "*Cart #")
    await scenario.ada.click(cart, "Years")
    await scenario.slack.until(lambda: scenario.ada.modal)
    other = scenario.ada.modal
    await scenario.ben.click(cart, "Request approval")
    await scenario.slack.until(lambda: scenario.ben.modal)
    await scenario.ben.submit(purpose="For the launch")
    await scenario.card(catalogue.card.TO_APPROVE)
    assert scenario.ada.modal is other
    assert await scenario.ada.submit(**{"name.ovh": "1 3"}) == {}
    await scenario.sees(scenario.ada, said("cart_closed", cart=1, state="submitted"))


async def test_two_users_choose_years_without_lost_updates(scenario: Scenario):
    """Two people choose years at once and neither undoes the other."""
    await scenario.search_and_add("one.ovh", "two.ovh")
    cart = await scenario.sees(scenario.ada, "*Cart #")
    await scenario.ada.click(cart, "Years")
    await scenario.ben.click(cart, "Years")
    await scenario.slack.until(lambda: scenario.ada.modal and scenario.ben.modal)
    assert await scenario.ada.submit(**{"one.ovh": "1 3"}) == {}
    await scenario.sees(scenario.ada, "*one.ovh* 3 years.")
    assert await scenario.ben.submit(**{"one.ovh": "1 1", "two.ovh": "1 2"}) == {}
    await scenario.sees(scenario.ben, "Cart #1: *two.ovh* 2 years.")
    await scenario.sees(scenario.ada, "3 years, offered at")


async def test_the_form_removes_a_name_that_was_lost(scenario: Scenario):
    """A name that was lost in the meantime is removed from within the form."""
    await scenario.search_and_add("mine.ovh", "lost.ovh")
    scenario.ovh.names.taken.add("lost.ovh")
    await scenario.request()
    form = await scenario.form_says(finding(Finding(FindingCode.NAME_NOT_FREE, DomainName("lost.ovh")).data).text)
    await scenario.ada.click(form, "Remove")
    left = await scenario.slack.until(lambda: without("lost.ovh", scenario.ada.modal))
    assert "For the launch" in str(left.view)  # what was typed is not lost
    assert await scenario.ada.submit() == {}
    assert "lost.ovh" not in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_a_name_that_the_account_owns_is_refused(scenario: Scenario):
    scenario.ovh.names.owned.add("mine.ovh")
    await scenario.ada.command("add mine.ovh")
    await scenario.sees(scenario.ada, said("name_already_owned", name="mine.ovh"))


async def test_requester_and_approver_see_a_homograph(scenario: Scenario):
    """A homograph is reported to the requester and to the approver."""
    scenario.ovh.names.owned.add("modern.ovh")
    await scenario.ada.command("add rnodern.ovh")
    told = await scenario.sees(scenario.ada, added("rnodern.ovh"))
    like = warning(LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": "modern.ovh"}))
    assert like in told.plain_text()
    await scenario.sees(scenario.ben, like)
    await scenario.request()
    assert like in (await scenario.sees(scenario.ada, SENT)).plain_text()
    assert f"*rnodern.ovh*  {like}" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_both_spellings_are_shown_and_ascii_is_recorded(scenario: Scenario):
    """Both spellings stand wherever a name does and the record has the ASCII one."""
    both = "café-otter.fr (xn--caf-otter-d4a.fr)"
    await scenario.ada.command("search café-otter.fr")
    found = await scenario.sees(scenario.ada, both)
    await scenario.ada.click(found, "Add to cart")
    await scenario.sees(scenario.ada, added("café-otter.fr"))
    cart = await scenario.sees(scenario.ben, both)
    await scenario.ada.click(cart, "Years")
    await scenario.form_says(both)
    scenario.ada.close_modal()
    await scenario.ada.click(cart, "Request approval")
    await scenario.form_says(both)
    scenario.ada.close_modal()
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert both in card.plain_text()
    await scenario.cleo.click(card, "Reject")
    form = await scenario.slack.until(lambda: scenario.cleo.modal)
    assert both in form.plain_text()
    record = json.loads(await scenario.stage.bot.run_command("export"))
    assert [item["domain"] for item in record[0]["items"]] == ["xn--caf-otter-d4a.fr"]


async def test_a_dearer_quote_voids_the_approval_with_differences(scenario: Scenario):
    """A dearer quote voids the approval and the card tells each difference on a line."""
    card = await scenario.requested("name.ovh", "other.ovh")
    scenario.ovh.names.rise("other.ovh", "1.00")
    await scenario.cleo.click(card, "Approve")
    changes: list[Data] = [
        {"kind": "price", "name": "other.ovh", "approved": amount(euros("2.99")), "ovh": amount(euros("3.99"))},
        {"kind": "total", "approved": amount(euros("7.18")), "ovh": amount(euros("8.38"))},
    ]
    told = on_card(EventKind.TERMS_CHANGED, changes=changes)
    again = await scenario.card(told)
    assert told.splitlines()[1:] == catalogue.terms.differences(changes)
    mentioned = f"<@U0CLEO> or <@U0DAN>: {told}"
    await scenario.slack.until(lambda: mentioned in [message.text for message in scenario.slack.thread(again)])
    assert scenario.checkouts() == 0
    await scenario.cleo.click(again, "Approve")
    await scenario.payable()


async def test_a_cheaper_quote_goes_on_and_is_on_record(scenario: Scenario):
    card = await scenario.requested()
    scenario.ovh.names.rise("name.ovh", "-1.00")
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    totals = {"ovh": {"total": amount(euros("2.39"))}, "approved": amount(euros("3.59"))}
    noted = on_card(EventKind.CHECKOUT_STARTED, **totals)
    record = json.loads(await scenario.stage.bot.run_command("export"))
    assert noted in [event["note"] for event in record[0]["history"]]
    assert record[0]["total"]["amount"] == "2.39"
