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
from tests.story.conftest import Story

_OVERTAKEN = after_hole(catalogue.questions.both_answered([HOLE]))
_OWN = f"*{catalogue.questions.EACH_NAME}*  {catalogue.questions.OWN_DATA}"

REASON = "answer.REASON"
CONDITIONS = "answer.ACCEPT_CONDITIONS"
OWNER = "answer.OWNER_CONTACT"
ZOE = {
    "first_name": "Zoe", "last_name": "Secret", "email": "zoe@example.com", "phone": "+33.612345678",
    "line1": "1 Hidden Street", "zip": "75001", "city": "Paris", "country": "fr", "language": "fr_FR",
}  # fmt: skip


EXPECTING = "Expecting property name enclosed in double quotes"


def no_name_server(typed: str) -> InvalidAnswer:
    with pytest.raises(InvalidAnswer) as wrong:
        Question("DNS", Kind.NAME_SERVERS).checked(typed)
    return wrong.value


@pytest.fixture
def mode() -> str:
    return "socket"


async def form(story: Story, callback: str, who: Actor | None = None) -> OpenView:
    """Wait until this form is on top of somebody's screen."""
    who = who or story.ada
    return await story.slack.until(
        lambda: who.modal if who.modal and who.modal.view["callback_id"] == callback else None, 10
    )


async def questions(story: Story, button: str, *, when: str) -> OpenView:
    """Ada opens the form of the cart's only name, once the cart says this."""
    await story.ada.click(await story.sees(story.ada, when), button)
    return await form(story, "answers_form")


def sent(story: Story, name: str) -> dict[str, str]:
    """What OVH got for a name of the one order."""
    (order,) = story.orders
    (item,) = [item for item in story.ovh.carts.all[order.cart].items.values() if item.domain == name]
    assert len(item.configurations) == len({label for label, _ in item.configurations.values()})
    return dict(item.configurations.values())


async def test_the_cart_says_what_is_open_and_the_card_says_what_was_answered(story: Story):
    await story.search_and_add("reason-otter.dev")
    shown = await questions(story, "Answer questions", when=asks_for("ACCEPT_CONDITIONS", "REASON"))
    assert BY_LABEL["ACCEPT_CONDITIONS"].hint in shown.plain_text()
    assert await story.ada.submit(**{CONDITIONS: "true", REASON: "Our <!channel> office"}) == {}
    assert story.ada.modal is None
    await story.request()
    card = await story.card(catalogue.card.TO_APPROVE)
    assert "the registry's conditions accepted by <@U0ADA>" in card.plain_text()
    assert "reason: “Our &lt;!channel&gt; office”" in card.plain_text()
    await story.cleo.click(card, "Approve")
    await story.payable()
    assert sent(story, "reason-otter.dev")["REASON"] == "Our <!channel> office"


async def test_wrong_answers_are_told_at_their_fields_and_nothing_typed_is_lost(story: Story):
    await story.search_and_add("otter.gov.uk")
    shown = await questions(story, "Answer questions", when=asks_for("DOMAIN_CONFIG"))
    assert await story.ada.submit(
        **{"answer.DOMAIN_CONFIG": "{", "answer.DNS": "one", "answer.ADMIN_ACCOUNT": "x"}
    ) == {
        "answer.DOMAIN_CONFIG": (refused("answer_no_json", {"parser": EXPECTING, "line": 1, "column": 2}).text),
        "answer.DNS": refusal(no_name_server("one")).text,
        "answer.ADMIN_ACCOUNT": refused("answer_no_account", {}).text,
    }
    assert story.ada.modal is shown
    assert shown.chosen["answer.DNS"]["answer.DNS"]["value"] == "one"


async def test_a_no_to_the_registrys_conditions_is_no_way_to_buy(story: Story):
    await story.search_and_add("otter.dev")
    await questions(story, "Answer questions", when=A_REGISTRY_ASKS)
    must_be_yes = refused("answer_must_be_yes", {}).text
    assert (await story.ada.submit(**{CONDITIONS: "false"}))[CONDITIONS] == must_be_yes


async def test_answers_can_be_changed_until_approval_is_requested(story: Story):
    await story.search_and_add("otter.paris")
    await questions(story, "Answer questions", when=asks_for("REASON"))
    await story.ada.submit(**{REASON: "A first thought"})
    again = await questions(story, "Owner and answers", when="Owner and answers")
    assert "A first thought" in str(again.blocks)
    await story.ada.submit(**{REASON: "A second thought"})
    await story.request()
    assert "A second thought" in (await story.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_two_people_answer_at_once_and_neither_undoes_the_other_unseen(story: Story):
    await story.search_and_add("otter.dev")
    await questions(story, "Answer questions", when=A_REGISTRY_ASKS)
    await story.ben.click(await story.sees(story.ben, A_REGISTRY_ASKS), "Answer questions")
    await form(story, "answers_form", story.ben)
    assert await story.ada.submit(**{CONDITIONS: "true", OWNER: "21003346"}) == {}
    assert await story.ben.submit(**{CONDITIONS: "true"}) == {}
    await story.request()
    assert "owner: contact 21003346" in (await story.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_two_people_answer_the_same_differently_and_the_second_sees_both(story: Story):
    await story.search_and_add("otter.paris", "reason-one.paris")
    cart = await story.sees(story.ada, "Request approval")
    await story.slack.until(lambda: cart.plain_text().count(asks_for("REASON")) == 2 or None, 10)
    for who in (story.ada, story.ben):
        await who.click(await story.sees(who, "Request approval"), "Answer questions")
        await who.click(await form(story, "answers_list", who), "Answer questions")
        await form(story, "answers_form", who)
    await story.ada.submit(**{REASON: "A first thought"})
    await story.ben.submit(**{REASON: "A second thought", "reach": "extension"})
    both = await story.slack.until(lambda: overtaken(story.ben), 10)
    assert "“A first thought” by <@U0ADA>" in both.plain_text()
    assert await story.ben.submit() == {}
    assert catalogue.questions.NOTHING_TO_ANSWER in (await form(story, "answers_list", story.ben)).plain_text()
    story.ada.close_modal()
    await story.request()
    assert (
        f"*{catalogue.questions.EACH_NAME}*  {catalogue.questions.OWN_DATA}"
        in (card := await story.card(catalogue.card.TO_APPROVE)).plain_text()
    )
    assert "reason: “A second thought”" in card.plain_text()
    assert "A first thought" not in card.plain_text()


async def test_a_contact_that_is_made_meanwhile_undoes_nobodys_choice(story: Story):
    await story.search_and_add("otter.ovh")
    shown = await questions(story, "Owner and answers", when="Owner and answers")
    await story.ben.click(await story.sees(story.ben, "Owner and answers"), "Owner and answers")
    await form(story, "answers_form", story.ben)
    await story.ada.click(shown, "New contact…")
    await story.ada.select(await form(story, "contact_form"), "legal_form", "individual")
    await story.slack.until(lambda: "Organisation" not in story.ada.modal.plain_text() if story.ada.modal else None)
    await story.ben.submit(**{OWNER: "21003346"})
    assert await story.ada.submit(**ZOE) == {}
    await story.form_says(catalogue.contacts.created("21003400", DomainName("otter.ovh")))
    story.ada.close_modal(all_of_them=False)
    await story.ada.submit()
    both = await story.slack.until(lambda: overtaken(story.ada), 10)
    assert "“21003346” by <@U0BEN>" in both.plain_text()
    assert await story.ada.submit() == {}
    await story.request()
    assert "owner: contact 21003400" in (await story.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_answers_that_come_too_late_go_back_to_who_typed_them(story: Story):
    await story.search_and_add("otter.ovh")
    await questions(story, "Owner and answers", when="Owner and answers")
    cart = await story.sees(story.ben, "Request approval")
    await story.ben.click(cart, "Request approval")
    await form(story, "request_form", story.ben)
    await story.ben.submit(purpose="For the launch")
    await story.card(catalogue.card.TO_APPROVE)
    assert await story.ada.submit(**{"answer.DNS": "ns1.example.net, ns2.example.net"}) == {}
    late = await story.form_says(said("cart_closed", cart=1, state="submitted"))
    assert "ns1.example.net, ns2.example.net" in late.plain_text()


async def ben_removes_the_name_in_adas_form(story: Story) -> None:
    await story.search_and_add("otter.paris")
    await questions(story, "Answer questions", when=asks_for("REASON"))
    await story.ben.command("remove otter.paris")
    await story.slack.until(lambda: "otter.paris" not in cart_text(story) or None, 10)


async def test_answers_for_a_name_that_was_removed_go_back_to_who_typed_them(story: Story):
    await ben_removes_the_name_in_adas_form(story)
    assert await story.ada.submit(**{REASON: "A long thought"}) == {}
    late = await story.form_says(refused("name_not_in_cart", {"name": "otter.paris", "cart": 1}).text)
    assert "A long thought" in late.plain_text()


async def test_answers_for_a_name_that_was_removed_and_added_again_are_not_lost(story: Story):
    await ben_removes_the_name_in_adas_form(story)
    story.ovh.faults.add("GET", "/order/cart/*/item/*/requiredConfiguration", "hang", seconds=5)
    await story.ben.command("add otter.paris")
    await story.slack.until(lambda: "otter.paris" in cart_text(story) or None, 10)
    assert await story.ada.submit(**{REASON: "A long thought"}) == {}
    late = await story.form_says(refused("questions_changed", {"name": "otter.paris"}).text)
    assert "A long thought" in late.plain_text()


def cart_text(story: Story) -> str:
    shown = (m.plain_text() for m in story.ada.messages("domains"))
    return next((text for text in shown if "Cart #1" in text and "Added" not in text), "")


def overtaken(who: Actor) -> OpenView | None:
    return who.modal if who.modal and _OVERTAKEN in who.modal.plain_text() else None


async def test_many_names_are_answered_from_a_list_and_alike_ones_at_once(story: Story):
    await story.search_and_add("reason-one.fr", "reason-two.fr", "otter.paris")
    cart = await story.sees(story.ada, "Request approval")
    await story.slack.until(lambda: cart.plain_text().count(asks_for("REASON")) == 3 or None, 10)
    await story.ada.click(cart, "Answer questions")
    listed = await form(story, "answers_list")
    assert catalogue.questions.names_left(3, 3) in listed.plain_text()
    await story.ada.click(listed, "Answer questions")
    assert catalogue.questions.with_extension(1, "fr") in str((await form(story, "answers_form")).blocks)
    await story.ada.submit(**{REASON: "Ours", "reach": "every"})
    assert catalogue.questions.NOTHING_TO_ANSWER in (await form(story, "answers_list")).plain_text()
    story.ada.close_modal()
    await story.request()
    card = await story.card(catalogue.card.TO_APPROVE)
    assert f"{_OWN}, owner of legal age: yes, reason: “Ours”" in card.plain_text()
    assert card.plain_text().count("reason: “Ours”") == 1


async def test_a_name_that_was_taken_meanwhile_says_so_in_its_own_form_and_the_others_are_answered(story: Story):
    names = ("reason-one.fr", "reason-two.fr", "reason-gone.fr")
    story.ovh.faults.add("GET", "/order/cart/*/requiredConfiguration", "refuse", times=99)
    await story.search_and_add(*names)
    cart = await story.sees(story.ada, "*Cart #1*  3 names")
    await asyncio.sleep(1)  # nothing was learned when they were added
    story.ovh.faults.clear()
    story.ovh.names.taken.add("reason-gone.fr")
    await story.ada.click(cart, "Owner and answers")
    listed = await form(story, "answers_list")
    assert listed.plain_text().count(asks_for("REASON")) == len(names) - 1
    assert catalogue.questions.NOT_READ_YET in listed.plain_text()
    [(block, button)] = [
        (block, button) for block, button in elements(listed.blocks) if "reason-gone.fr" in button.get("value", "")
    ]
    await story.ada.press(listed, block, button)
    no: Data = {"error": "ovh_refused", "ovh": {"said": "The domain reason-gone.fr is not available for this offer"}}
    await story.form_says(finding({"finding": "refused", "name": "reason-gone.fr", "refusal": no}).text)


async def test_the_form_of_the_request_leads_to_the_answers_and_keeps_the_purpose(story: Story):
    await story.search_and_add("otter.store")
    await story.request("For the launch")
    not_sent = await story.form_says(catalogue.cart.FIX_THESE)
    unanswered = Finding(FindingCode.QUESTION_OPEN, DomainName("otter.store"), params={"label": "REASON"})
    assert finding(unanswered.data).text in not_sent.plain_text()
    await story.ada.click(not_sent, "Answer questions")
    await form(story, "answers_form")
    assert await story.ada.submit(**{REASON: "A shop"}) == {}
    assert story.ada.modal is not_sent
    assert await story.ada.submit() == {}
    assert "For the launch" in (await story.card(catalogue.card.TO_APPROVE)).plain_text()


async def test_a_registrys_rule_is_asked_before_the_approvers_are_even_where_the_dry_run_is_content(story: Story):
    story.ovh.carts.judges_owners = False
    await story.search_and_add("otter.es", "otter.com")
    await story.request()
    not_sent = await story.form_says(catalogue.cart.FIX_THESE)
    number = "company_national_identification_number"
    required = [{"field": f"owner.{number}", "said": f'Field "{number}" is required'}]
    told = Finding(FindingCode.OWNER_BREAKS_RULE, DomainName("otter.es"), params={"ovh": {"faults": required}})
    assert finding(told.data).text in not_sent.plain_text()
    assert "otter.com:" not in not_sent.plain_text()
    await story.ada.click(not_sent, "Answer questions")
    await form(story, "answers_form")
    assert await story.ada.submit(**{OWNER: "21003346"}) == {}
    assert await story.ada.submit(purpose="For the launch") == {}
    await story.card(catalogue.card.TO_APPROVE)


async def test_what_only_the_ovh_account_can_fix_has_no_button_and_is_believed_once_it_is_fixed(story: Story):
    story.ovh.carts.judges_owners = False
    await story.search_and_add("otter.berlin")
    await story.request()
    not_sent = await story.form_says(catalogue.cart.FIX_THESE)
    told = [block for block in not_sent.blocks if "the OVH account that I order with" in str(block)]
    assert "otter.berlin: the administrative account's city" in not_sent.plain_text()
    assert told
    assert not any("accessory" in block for block in told)
    own = story.ovh.contacts.accounts[story.ovh.contacts.own]
    own["address"] |= {"city": "Berlin", "country": "DE"}
    assert await story.ada.submit(purpose="For the launch") == {}
    await story.card(catalogue.card.TO_APPROVE)


async def test_an_owner_is_made_and_chosen_and_no_channel_sees_who_it_is(story: Story):
    await story.search_and_add("otter.ovh")
    shown = await questions(story, "Owner and answers", when="Owner and answers")
    await story.ada.select(shown, "answer.DNS", "ns1.example.net, ns2.example.net")
    await story.ada.click(shown, "New contact…")
    fields = await form(story, "contact_form")
    assert "Organisation" in fields.plain_text()
    await story.ada.select(fields, "legal_form", "individual")
    await story.slack.until(lambda: "Organisation" not in fields.plain_text() or None)
    assert "Date of birth" not in fields.plain_text()  # this registry does not need it
    assert await story.ada.submit(**ZOE | {"email": "zoe", "zip": "", "phone": "06 12"}) == {
        "email": refused("field_no_email", {}).text,
        "zip": refused("field_zip_missing", {}).text,
        "phone": refused("field_no_phone", {}).text,
    }
    assert await story.ada.submit(**ZOE | {"phone": "06 12 34 56 78"}) == {}
    await story.form_says(catalogue.contacts.created("21003400", DomainName("otter.ovh")))
    assert story.ovh.contacts.all[21_003_400]["phone"] == "+33.612345678"
    story.ada.close_modal(all_of_them=False)
    assert story.ada.modal is shown
    assert await story.ada.submit() == {}

    await story.request()
    await story.cleo.click(await story.card("owner: contact 21003400"), "Approve")
    await story.payable()
    assert sent(story, "otter.ovh")["OWNER_CONTACT"] == "/me/contact/21003400"
    assert sent(story, "otter.ovh")["DNS"] == "ns1.example.net,ns2.example.net"
    in_channels = [seen for kind, seen in story.slack.state.archive if kind in {"message", "edit"}]
    database = await asyncio.to_thread((story.stage.folder / "desk.db").read_bytes)
    for secret in ("Zoe", "Secret", "zoe@example.com", "Hidden Street"):
        assert secret not in str(in_channels)
        assert secret.encode() not in database


async def test_contacts_are_shown_in_full_to_approvers_and_payers_alone(story: Story):
    """Others choose a contact by its name."""
    await story.search_and_add("otter.ovh")
    mine = await questions(story, "Owner and answers", when="Owner and answers")
    assert "show_contacts" not in str(mine.blocks)
    assert "Bea Linden" in str(mine.blocks)
    assert "bea@example.com" not in str(mine.blocks)
    await story.cleo.click(await story.sees(story.cleo, "Owner and answers"), "Owner and answers")
    await story.cleo.click(await form(story, "answers_form", story.cleo), "Show contacts")
    listed = await story.form_says(catalogue.contacts.ONLY_YOU, who=story.cleo)
    assert "bea@example.com" in listed.plain_text()


async def test_a_contact_that_ovh_does_not_take_is_told_and_nothing_typed_is_lost(story: Story):
    await story.search_and_add("otter.ovh")
    await story.ada.click(await questions(story, "Owner and answers", when="Owner and answers"), "New contact…")
    await form(story, "contact_form")
    story.ovh.faults.add("POST", "/domain/contact", "refuse", status=400, message="Invalid value for field phone")
    assert await story.ada.submit(**ZOE, organisation="Zoe Ltd") == {}
    again = await story.form_says(before_hole(catalogue.contacts.not_created(HOLE)))
    assert "Invalid value for field phone" in again.plain_text()
    assert "1 Hidden Street" in str(again.blocks)


async def test_a_contact_for_a_name_that_was_removed_meanwhile_is_said_to_be_made(story: Story):
    await story.search_and_add("otter.ovh")
    await story.ada.click(await questions(story, "Owner and answers", when="Owner and answers"), "New contact…")
    await form(story, "contact_form")
    await story.ben.command("remove otter.ovh")
    await story.sees(story.ben, removed("otter.ovh"))
    assert await story.ada.submit(**ZOE, organisation="Zoe Ltd") == {}
    gone = refused("name_not_in_cart", {"name": "otter.ovh", "cart": 1}).text
    await story.form_says(catalogue.contacts.created_only("21003400", gone))


async def test_everything_else_can_be_answered_while_ovh_does_not_list_the_contacts(story: Story):
    await story.search_and_add("reason-name.fr")
    story.ovh.faults.add("GET", "/domain/contact", "refuse", message="You are not allowed")
    await questions(story, "Answer questions", when=asks_for("REASON"))
    assert await story.ada.submit(**{REASON: "Ours"}) == {}


async def test_a_guest_is_told_that_answering_is_for_members(story: Story):
    await story.search_and_add("reason-name.fr")
    cart = await story.sees(story.ada, asks_for("REASON"))
    await story.gwen.click(cart, "Answer questions")
    await story.form_says(said("person_guest", to="decide"), who=story.gwen)


async def test_an_answer_that_comes_too_late_is_told_in_the_form(story: Story):
    await story.search_and_add("otter.tech")
    await questions(story, "Answer questions", when=asks_for("REASON"))
    await story.ben.command("remove otter.tech")
    await story.sees(story.ben, removed("otter.tech"))
    assert await story.ada.submit(**{REASON: "Ours"}) == {}
    await story.form_says(refused("name_not_in_cart", {"name": "otter.tech", "cart": 1}).text)


async def test_a_story_of_a_cart_tells_who_answered_what(story: Story):
    await story.search_and_add("otter.dev")
    await questions(story, "Answer questions", when=A_REGISTRY_ASKS)
    await story.ada.submit(**{CONDITIONS: "true"})
    await story.ben.command("show 1")
    await story.sees(story.ben, "the registry's conditions accepted by <@U0ADA>")
