"""What a registry asks is answered in a form, before anybody is asked to approve; owners are chosen in private."""

import asyncio

import pytest

from handlers.messages import refusal, refused
from handlers.messages import words as catalogue
from handlers.messages.en.findings import finding
from handlers.messages.en.question_labels import BY_LABEL
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer
from ordering.model.facts import Data
from ordering.model.preflight_findings import Finding, FindingCode
from ordering.model.question import Kind, Question
from sandbox.slack import Actor, OpenView
from sandbox.slack.messages import elements
from tests.refusing import said
from tests.saying import A_REGISTRY_ASKS, HOLE, after_hole, asks_for, before_hole, removed
from tests.scenarios.conftest import Scenario

_OVERTAKEN = after_hole(catalogue.questions.both_answered([HOLE]))

REASON = "answer.REASON"
CONDITIONS = "answer.ACCEPT_CONDITIONS"
OWNER = "answer.OWNER_CONTACT"
ZOE = {
    "first_name": "Zoe", "last_name": "Secret", "email": "zoe@example.com", "phone": "+33.612345678",
    "line1": "1 Hidden Street", "zip": "75001", "city": "Paris", "country": "fr", "language": "fr_FR",
}  # fmt: skip


def _summary(label: str, **value: str) -> str:
    """Return how the card words an answer."""
    return str(BY_LABEL[label].summary).format(**value)


EXPECTING = "Expecting property name enclosed in double quotes"


def no_name_server(typed: str) -> InvalidAnswer:
    with pytest.raises(InvalidAnswer) as wrong:
        Question("DNS", Kind.NAME_SERVERS).checked(typed)
    return wrong.value


@pytest.fixture
def mode() -> str:
    return "socket"


async def form(scenario: Scenario, callback: str, who: Actor | None = None) -> OpenView:
    """Wait until this form is on top of a user's screen."""
    who = who or scenario.ada
    return await scenario.slack.until(
        lambda: who.modal if who.modal and who.modal.view["callback_id"] == callback else None, 10
    )


async def questions(scenario: Scenario, button: str, *, when: str, more: bool = False) -> OpenView:
    """Ada opens the form, once the cart says this; with `more`, what can stay as it is, too."""
    await scenario.ada.click(await scenario.sees(scenario.ada, when), button)
    shown = await form(scenario, "answers_form")
    if more:
        await scenario.ada.click(shown, "More options")
        await scenario.slack.until(lambda: "Fewer options" in str(shown.blocks) or None)
    return shown


def sent(scenario: Scenario, name: str) -> dict[str, str]:
    """What OVH got for a name of the one order."""
    (order,) = scenario.orders
    (item,) = [item for item in scenario.ovh.carts.all[order.cart].items.values() if item.domain == name]
    assert len(item.configurations) == len({label for label, _ in item.configurations.values()})
    return dict(item.configurations.values())


async def test_the_cart_shows_open_questions_the_card_the_answers(scenario: Scenario):
    """The cart says what is open and the card says what was answered."""
    await scenario.search_and_add("reason-otter.dev")
    shown = await questions(scenario, "Answer questions", when=asks_for("ACCEPT_CONDITIONS", "REASON"))
    assert BY_LABEL["ACCEPT_CONDITIONS"].hint in shown.plain_text()
    assert "accepted: <https://registry.example/conditions?lang=en>." in str(shown.blocks)
    assert await scenario.ada.submit(**{CONDITIONS: "true", REASON: "Our <!channel> office"}) == {}
    assert scenario.ada.modal is None
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert _summary("ACCEPT_CONDITIONS", by="<@U0ADA>") in card.plain_text()
    assert _summary("REASON", value="Our &lt;!channel&gt; office") in card.plain_text()
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    assert sent(scenario, "reason-otter.dev")["REASON"] == "Our <!channel> office"


async def test_wrong_answers_are_shown_at_their_fields(scenario: Scenario):
    """Wrong answers are reported at their fields and nothing typed is lost."""
    await scenario.search_and_add("otter.gov.uk")
    shown = await questions(scenario, "Answer questions", when=asks_for("DOMAIN_CONFIG"), more=True)
    errors = await scenario.ada.submit(
        **{"answer.DOMAIN_CONFIG": "{", "answer.DNS": "one", "answer.ADMIN_ACCOUNT": "x"}
    )
    assert {block_id.partition("#")[0]: told for block_id, told in errors.items()} == {
        "answer.DOMAIN_CONFIG": (refused("answer_no_json", {"parser": EXPECTING, "line": 1, "column": 2}).text),
        "answer.DNS": refusal(no_name_server("one")).text,
        "answer.ADMIN_ACCOUNT": refused("answer_no_account", {}).text,
    }
    assert scenario.ada.modal is shown
    (typed,) = [state["answer.DNS"]["value"] for state in shown.chosen.values() if "answer.DNS" in state]
    assert typed == "one"


async def test_a_no_to_the_registrys_conditions_is_no_way_to_buy(scenario: Scenario):
    await scenario.search_and_add("otter.dev")
    await questions(scenario, "Answer questions", when=A_REGISTRY_ASKS)
    must_be_yes = refused("answer_must_be_yes", {}).text
    assert list((await scenario.ada.submit(**{CONDITIONS: "false"})).values()) == [must_be_yes]


async def test_answers_can_be_changed_until_approval_is_requested(scenario: Scenario):
    await scenario.search_and_add("otter.paris")
    await questions(scenario, "Answer questions", when=asks_for("REASON"))
    await scenario.ada.submit(**{REASON: "A first thought"})
    again = await questions(scenario, "Owner and answers", when="Owner and answers")
    assert "A first thought" in str(again.blocks)
    await scenario.ada.submit(**{REASON: "A second thought"})
    await scenario.request()
    assert "A second thought" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_two_users_answer_without_lost_updates(scenario: Scenario):
    """Two people answer at once and neither undoes the other unseen."""
    await scenario.search_and_add("otter.dev")
    await questions(scenario, "Answer questions", when=A_REGISTRY_ASKS)
    await scenario.ben.click(await scenario.sees(scenario.ben, A_REGISTRY_ASKS), "Answer questions")
    await form(scenario, "answers_form", scenario.ben)
    assert await scenario.ada.submit(**{CONDITIONS: "true", OWNER: "21003346"}) == {}
    assert await scenario.ben.submit(**{CONDITIONS: "true"}) == {}
    await scenario.request()
    assert "owner: contact 21003346" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_two_different_answers_are_both_shown(scenario: Scenario):
    """Two people answer the same differently and the second sees both."""
    await scenario.search_and_add("otter.paris", "reason-one.paris")
    cart = await scenario.sees(scenario.ada, "Request approval")
    await scenario.slack.until(lambda: cart.plain_text().count(asks_for("REASON")) == 2 or None, 10)
    for who in (scenario.ada, scenario.ben):
        await who.click(await scenario.sees(who, "Request approval"), "Answer questions")
        await form(scenario, "answers_form", who)
    await scenario.ada.submit(**{REASON: "A first thought"})
    await scenario.ben.submit(**{REASON: "A second thought"})
    both = await scenario.slack.until(lambda: overtaken(scenario.ben), 10)
    assert "“A first thought” by <@U0ADA>" in both.plain_text()
    assert "A second thought" in str(both.blocks)
    assert await scenario.ben.submit() == {}
    assert scenario.ben.modal is None
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert _summary("REASON", value="A second thought") in card.plain_text()
    assert "A first thought" not in card.plain_text()


async def test_a_contact_that_is_made_meanwhile_undoes_nobodys_choice(scenario: Scenario):
    await scenario.search_and_add("otter.ovh")
    shown = await questions(scenario, "Owner and answers", when="Owner and answers")
    await scenario.ben.click(await scenario.sees(scenario.ben, "Owner and answers"), "Owner and answers")
    await form(scenario, "answers_form", scenario.ben)
    await scenario.ada.click(shown, "New owner")
    await scenario.ada.select(await form(scenario, "contact_form"), "legal_form", "individual")
    await scenario.slack.until(
        lambda: "Organisation" not in scenario.ada.modal.plain_text() if scenario.ada.modal else None
    )
    await scenario.ben.submit(**{OWNER: "21003346"})
    assert await scenario.ada.submit(**ZOE) == {}
    await scenario.form_says(catalogue.contacts.created("21003400", DomainName("otter.ovh")))
    scenario.ada.close_modal(all_of_them=False)
    await scenario.ada.submit()
    both = await scenario.slack.until(lambda: overtaken(scenario.ada), 10)
    assert "“21003346” by <@U0BEN>" in both.plain_text()
    assert await scenario.ada.submit() == {}
    await scenario.request()
    assert "owner: contact 21003400" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_answers_that_come_too_late_go_back_to_who_typed_them(scenario: Scenario):
    await scenario.search_and_add("otter.ovh")
    await questions(scenario, "Owner and answers", when="Owner and answers")
    cart = await scenario.sees(scenario.ben, "Request approval")
    await scenario.ben.click(cart, "Request approval")
    await form(scenario, "request_form", scenario.ben)
    await scenario.ben.submit(purpose="For the launch")
    await scenario.card(catalogue.card.TO_APPROVE)
    assert await scenario.ada.submit(**{"answer.DNS": "ns1.example.net, ns2.example.net"}) == {}
    late = await scenario.form_says(said("cart_closed", cart=1, state="submitted"))
    assert "ns1.example.net, ns2.example.net" in late.plain_text()


async def ben_removes_the_name_in_adas_form(scenario: Scenario) -> None:
    await scenario.search_and_add("otter.paris")
    await questions(scenario, "Answer questions", when=asks_for("REASON"))
    await scenario.ben.command("remove otter.paris")
    await scenario.slack.until(lambda: "otter.paris" not in cart_text(scenario) or None, 10)


async def test_answers_for_a_removed_name_go_back_to_their_author(scenario: Scenario):
    """Answers for a name that was removed go back to who typed them."""
    await ben_removes_the_name_in_adas_form(scenario)
    assert await scenario.ada.submit(**{REASON: "A long thought"}) == {}
    late = await scenario.form_says(refused("name_not_in_cart", {"name": "otter.paris", "cart": 1}).text)
    assert "A long thought" in late.plain_text()


async def test_answers_for_a_name_added_again_are_not_lost(scenario: Scenario):
    """Answers for a name that was removed and added again are not lost."""
    await ben_removes_the_name_in_adas_form(scenario)
    scenario.ovh.faults.add("GET", "/order/cart/*/item/*/requiredConfiguration", "hang", seconds=5)
    await scenario.ben.command("add otter.paris")
    await scenario.slack.until(lambda: "otter.paris" in cart_text(scenario) or None, 10)
    assert await scenario.ada.submit(**{REASON: "A long thought"}) == {}
    late = await scenario.form_says(refused("questions_changed", {"name": "otter.paris"}).text)
    assert "A long thought" in late.plain_text()


def cart_text(scenario: Scenario) -> str:
    shown = (m.plain_text() for m in scenario.ada.messages("domains"))
    return next((text for text in shown if "Cart #1" in text and "Added" not in text), "")


def overtaken(who: Actor) -> OpenView | None:
    return who.modal if who.modal and _OVERTAKEN in who.modal.plain_text() else None


async def test_many_names_are_answered_in_one_form(scenario: Scenario):
    """Names of one extension share an input, and what is answered is marked."""
    await scenario.search_and_add("reason-one.fr", "reason-two.fr", "otter.paris", "otter.ovh")
    cart = await scenario.sees(scenario.ada, "Request approval")
    await scenario.slack.until(lambda: cart.plain_text().count(asks_for("REASON")) == 3 or None, 10)
    await scenario.ada.click(cart, "Answer questions")
    shown = await form(scenario, "answers_form")
    assert catalogue.questions.head(3) in shown.plain_text()
    assert catalogue.questions.about(["reason-one.fr", "reason-two.fr"]) in shown.plain_text()
    assert catalogue.questions.quiet(["otter.ovh"]) in shown.plain_text()
    assert "answer.DNS" not in str(shown.blocks)
    await scenario.ada.submit(**{REASON: "Ours", f"{REASON}@2": "Our office"})
    assert scenario.ada.modal is None
    await scenario.ada.click(await scenario.sees(scenario.ada, "Owner and answers"), "Owner and answers")
    again = await form(scenario, "answers_form")
    answered = catalogue.questions.answered(["reason-one.fr", "reason-two.fr", "otter.paris"])
    assert answered in again.plain_text()
    scenario.ada.close_modal()
    await scenario.request()
    card = await scenario.card(catalogue.card.TO_APPROVE)
    assert card.plain_text().count(_summary("REASON", value="Ours")) == 2
    assert _summary("REASON", value="Our office") in card.plain_text()


async def test_a_taken_name_hides_no_question_of_others(scenario: Scenario):
    """A name that was taken in the meantime is named, and the others are answered."""
    names = ("reason-one.fr", "reason-two.fr", "reason-gone.fr")
    scenario.ovh.faults.add("GET", "/order/cart/*/requiredConfiguration", "refuse", times=99)
    await scenario.search_and_add(*names)
    cart = await scenario.sees(scenario.ada, "*Cart #1*  3 names")
    await asyncio.sleep(1)  # nothing was learned when they were added
    scenario.ovh.faults.clear()
    scenario.ovh.names.taken.add("reason-gone.fr")
    await scenario.ada.click(cart, "Owner and answers")
    shown = await form(scenario, "answers_form")
    assert catalogue.questions.about(["reason-one.fr", "reason-two.fr"]) in shown.plain_text()
    assert catalogue.questions.not_read(["reason-gone.fr"]) in shown.plain_text()


async def test_ovh_checks_when_the_last_question_is_answered(scenario: Scenario):
    """The request form below shows what is ready, and what OVH objects to, before anybody asks again."""
    await scenario.search_and_add("otter.store", "otter.es")
    await scenario.request("For the launch")
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    await scenario.ada.click(not_sent, "Answer questions")
    shown = await form(scenario, "answers_form")
    assert await scenario.ada.submit(**{answer: "A shop" for answer in inputs(shown) if "REASON" in answer}) == {}
    checked = await scenario.form_says(catalogue.cart.ready(["otter.store"]))
    assert checked is not_sent
    assert "otter.es" in checked.plain_text()
    assert catalogue.cart.FIX_THESE in checked.plain_text()
    assert "For the launch" in str(checked.blocks)


async def test_what_is_not_saved_stays_when_options_close(scenario: Scenario):
    await scenario.search_and_add("reason-one.fr")
    shown = await questions(scenario, "Answer questions", when=asks_for("REASON"), more=True)
    await scenario.ada.select(shown, "answer.DNS", "ns1.example.net, ns2.example.net")
    await scenario.ada.click(shown, "Fewer options")
    await scenario.slack.until(lambda: "Fewer options" not in str(shown.blocks) or None)
    assert "answer.ADMIN_ACCOUNT" not in str(shown.blocks)
    assert await scenario.ada.submit(**{REASON: "Ours"}) == {}
    await scenario.request()
    assert "name servers ns1.example.net" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


def inputs(shown: OpenView) -> list[str]:
    return [element["action_id"] for _, element in elements(shown.blocks)]


async def test_the_request_form_keeps_the_purpose_over_the_answers(scenario: Scenario):
    """The form of the request leads to the answers and keeps the purpose."""
    await scenario.search_and_add("otter.store")
    await scenario.request("For the launch")
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    unanswered = Finding(FindingCode.QUESTION_OPEN, DomainName("otter.store"), params={"label": "REASON"})
    assert finding(unanswered.data).text in not_sent.plain_text()
    await scenario.ada.click(not_sent, "Answer questions")
    await form(scenario, "answers_form")
    assert await scenario.ada.submit(**{REASON: "A shop"}) == {}
    assert scenario.ada.modal is not_sent
    assert await scenario.ada.submit() == {}
    assert "For the launch" in (await scenario.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_a_registrys_rule_is_checked_before_the_request(scenario: Scenario):
    """A registry's rule is asked before the approvers are even where the dry run is content."""
    scenario.ovh.carts.judges_owners = False
    await scenario.search_and_add("otter.es", "otter.com")
    await scenario.request()
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    number = "company_national_identification_number"
    in_words = {"label": "NIF or CIF of the organisation"}
    required = [{"field": f"owner.{number}", "said": f'Field "{number}" is required', **in_words}]
    told = Finding(FindingCode.OWNER_BREAKS_RULE, DomainName("otter.es"), params={"ovh": {"faults": required}})
    assert finding(told.data).text in not_sent.plain_text()
    assert "otter.com:" not in not_sent.plain_text()
    await scenario.ada.click(not_sent, "Answer questions")
    await form(scenario, "answers_form")
    assert await scenario.ada.submit(**{OWNER: "21003346"}) == {}
    assert await scenario.ada.submit(purpose="For the launch") == {}
    await scenario.card(catalogue.card.TO_APPROVE)


async def test_a_fault_of_the_account_has_no_button(scenario: Scenario):
    """What only the OVH account can fix has no button and is believed once it is fixed."""
    scenario.ovh.carts.judges_owners = False
    await scenario.search_and_add("otter.berlin")
    await scenario.request()
    not_sent = await scenario.form_says(catalogue.cart.FIX_THESE)
    faults: list[Data] = [{"field": "adminAccount.city", "said": HOLE}]
    about: Data = {"finding": FindingCode.BOTS_ACCOUNT_BREAKS_RULE, "name": "otter.berlin", "ovh": {"faults": faults}}
    told = [block for block in not_sent.blocks if after_hole(finding(about).text) in str(block)]
    assert before_hole(finding(about).text) in not_sent.plain_text()
    assert told
    assert not any("accessory" in block for block in told)
    own = scenario.ovh.contacts.accounts[scenario.ovh.contacts.own]
    own["address"] |= {"city": "Berlin", "country": "DE"}
    assert await scenario.ada.submit(purpose="For the launch") == {}
    await scenario.card(catalogue.card.TO_APPROVE)


async def test_an_owner_is_created_without_a_trace_in_channels(scenario: Scenario):
    """An owner is made and chosen and no channel sees who it is."""
    await scenario.search_and_add("otter.ovh")
    shown = await questions(scenario, "Owner and answers", when="Owner and answers")
    await scenario.ada.select(shown, "answer.DNS", "ns1.example.net, ns2.example.net")
    await scenario.ada.click(shown, "New owner")
    fields = await form(scenario, "contact_form")
    assert "Organisation" in fields.plain_text()
    await scenario.ada.select(fields, "legal_form", "individual")
    await scenario.slack.until(lambda: "Organisation" not in fields.plain_text() or None)
    assert "Date of birth" not in fields.plain_text()  # this registry does not need it
    assert await scenario.ada.submit(**ZOE | {"email": "zoe", "zip": "", "phone": "06 12"}) == {
        "email": refused("field_no_email", {}).text,
        "zip": refused("field_zip_missing", {}).text,
        "phone": refused("field_no_phone", {}).text,
    }
    assert await scenario.ada.submit(**ZOE | {"phone": "06 12 34 56 78"}) == {}
    await scenario.form_says(catalogue.contacts.created("21003400", DomainName("otter.ovh")))
    assert scenario.ovh.contacts.all[21_003_400]["phone"] == "+33.612345678"
    scenario.ada.close_modal(all_of_them=False)
    assert scenario.ada.modal is shown
    assert await scenario.ada.submit() == {}

    await scenario.request()
    await scenario.cleo.click(await scenario.card("owner: contact 21003400"), "Approve")
    await scenario.payable()
    assert sent(scenario, "otter.ovh")["OWNER_CONTACT"] == "/me/contact/21003400"
    assert sent(scenario, "otter.ovh")["DNS"] == "ns1.example.net,ns2.example.net"
    in_channels = [seen for kind, seen in scenario.slack.state.archive if kind in {"message", "edit"}]
    database = await asyncio.to_thread((scenario.stage.folder / "desk.db").read_bytes)
    for secret in ("Zoe", "Secret", "zoe@example.com", "Hidden Street"):
        assert secret not in str(in_channels)
        assert secret.encode() not in database


async def test_contacts_are_whole_for_approvers_and_payers_only(scenario: Scenario):
    """Others choose a contact by its name."""
    await scenario.search_and_add("otter.ovh")
    mine = await questions(scenario, "Owner and answers", when="Owner and answers")
    assert "show_contacts" not in str(mine.blocks)
    assert "Bea Linden" in str(mine.blocks)
    assert "bea@example.com" not in str(mine.blocks)
    await scenario.cleo.click(await scenario.sees(scenario.cleo, "Owner and answers"), "Owner and answers")
    await scenario.cleo.click(await form(scenario, "answers_form", scenario.cleo), "Show contacts")
    listed = await scenario.form_says(catalogue.contacts.ONLY_YOU, who=scenario.cleo)
    assert "bea@example.com" in listed.plain_text()


async def test_a_rejected_contact_loses_no_input(scenario: Scenario):
    """A contact that OVH does not take is reported and nothing typed is lost."""
    await scenario.search_and_add("otter.ovh")
    await scenario.ada.click(await questions(scenario, "Owner and answers", when="Owner and answers"), "New owner")
    await form(scenario, "contact_form")
    scenario.ovh.faults.add("POST", "/domain/contact", "refuse", status=400, message="Invalid value for field phone")
    assert await scenario.ada.submit(**ZOE, organisation="Zoe Ltd") == {}
    again = await scenario.form_says(before_hole(catalogue.contacts.not_created(HOLE)))
    assert "Invalid value for field phone" in again.plain_text()
    assert "1 Hidden Street" in str(again.blocks)


async def test_a_contact_for_a_removed_name_is_reported(scenario: Scenario):
    """A contact for a name that was removed in the meantime is said to be made."""
    await scenario.search_and_add("otter.ovh")
    await scenario.ada.click(await questions(scenario, "Owner and answers", when="Owner and answers"), "New owner")
    await form(scenario, "contact_form")
    await scenario.ben.command("remove otter.ovh")
    await scenario.sees(scenario.ben, removed("otter.ovh"))
    assert await scenario.ada.submit(**ZOE, organisation="Zoe Ltd") == {}
    gone = refused("name_not_in_cart", {"name": "otter.ovh", "cart": 1}).text
    await scenario.form_says(catalogue.contacts.created_only("21003400", gone))


async def test_other_questions_work_without_the_list_of_contacts(scenario: Scenario):
    """Everything else can be answered while OVH does not list the contacts."""
    await scenario.search_and_add("reason-name.fr")
    scenario.ovh.faults.add("GET", "/domain/contact", "refuse", message="You are not allowed")
    await questions(scenario, "Answer questions", when=asks_for("REASON"))
    assert await scenario.ada.submit(**{REASON: "Ours"}) == {}


async def test_a_guest_is_told_that_answering_is_for_members(scenario: Scenario):
    await scenario.search_and_add("reason-name.fr")
    cart = await scenario.sees(scenario.ada, asks_for("REASON"))
    await scenario.gwen.click(cart, "Answer questions")
    await scenario.form_says(said("person_guest", to="decide"), who=scenario.gwen)


async def test_an_answer_that_comes_too_late_is_told_in_the_form(scenario: Scenario):
    await scenario.search_and_add("otter.tech")
    await questions(scenario, "Answer questions", when=asks_for("REASON"))
    await scenario.ben.command("remove otter.tech")
    await scenario.sees(scenario.ben, removed("otter.tech"))
    assert await scenario.ada.submit(**{REASON: "Ours"}) == {}
    await scenario.form_says(refused("name_not_in_cart", {"name": "otter.tech", "cart": 1}).text)


async def test_a_story_of_a_cart_tells_who_answered_what(scenario: Scenario):
    await scenario.search_and_add("otter.dev")
    await questions(scenario, "Answer questions", when=A_REGISTRY_ASKS)
    await scenario.ada.submit(**{CONDITIONS: "true"})
    await scenario.ben.command("show 1")
    await scenario.sees(scenario.ben, _summary("ACCEPT_CONDITIONS", by="<@U0ADA>"))
