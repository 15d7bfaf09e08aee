"""A user who tries another legal form finds again what they typed in the first one."""

from handlers.contacts import kept_below, typed_below, with_other_fields
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import AnswersSheet, NewContact
from handlers.views.contacts import UNKNOWN_NEEDS
from handlers.views.question_inputs import Filled
from handlers.views.questions import Reader, Sheet, answers_form
from ordering.model.cart import Cart, CartState
from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.question import Kind, Question
from tests.builders import NOW, a_line

AT = AnswersSheet(CartId(1), ("name.ovh",))
NAME = DomainName("name.ovh")
FIRM = {"organisation": "Otter Ltd", "vat": "FR123", "first_name": "Zoe"}


def typed_in(view) -> dict[str, str]:
    """What stands in the fields of a form."""
    fields = [block["element"] for block in view.to_dict()["blocks"] if block["type"] == "input"]
    return {element["action_id"]: element["initial_value"] for element in fields if element.get("initial_value")}


def chosen(back: NewContact, form: LegalForm, shown: dict[str, str]) -> tuple[NewContact, dict[str, str]]:
    """The form after this legal form was chosen, and what stands in it."""
    values = {**shown, Act.LEGAL_FORM: form}
    did = Interaction("U0ADA", "", values=values, metadata=str(back))
    view = with_other_fields(did, back, UNKNOWN_NEEDS)
    return NewContact.read(view.private_metadata or ""), typed_in(view)


def test_a_companys_fields_come_back_with_it():
    back = NewContact(AT, "V1", NAME, {"name.ovh REASON": "Ours"})
    back, shown = chosen(back, LegalForm.INDIVIDUAL, FIRM)
    assert shown == {"first_name": "Zoe"}
    back, shown = chosen(back, LegalForm.CORPORATION, shown | {"first_name": "Zora", "birth_city": "Paris"})
    assert shown == FIRM | {"first_name": "Zora"}
    assert (back.typed, back.kept) == ({"name.ovh REASON": "Ours"}, {"birth_city": "Paris"})


def test_what_was_taken_out_of_a_field_does_not_come_back():
    back, shown = chosen(NewContact(AT, "V1", NAME), LegalForm.INDIVIDUAL, FIRM)
    back, shown = chosen(back, LegalForm.CORPORATION, shown)
    back, shown = chosen(back, LegalForm.INDIVIDUAL, shown | {"organisation": ""})
    assert "organisation" not in back.kept


def test_leaves_out_what_does_not_fit_answers_first():
    """What Slack has no room for is left out the answers below first."""
    kept, few, long = {"organisation": "o" * 255}, {"REASON": "r"}, {"x": "y" * 3000}

    def read(typed: dict[str, str], kept: dict[str, str]) -> NewContact:
        return NewContact.read(str(NewContact(AT, "V1", NAME, typed, kept)))

    assert read({"REASON": "r" * 2800}, kept) == NewContact(AT, "V1", NAME, {}, kept)
    assert read(few, long) == NewContact(AT, "V1", NAME, few)
    assert read({"a": "b" * 3000}, long) == NewContact(AT, "V1", NAME)


def test_what_was_typed_in_the_form_below_comes_back_by_name():
    """What nobody touched is not kept: it is read again."""
    asked = [Question("REASON", required=True), Question("DNS", Kind.NAME_SERVERS)]
    line = a_line().asked(asked).answered({"DNS": "ns1.example.net,ns2.example.net"}, by="U0ADA")
    cart = Cart(id=CartId(1), channel="C1", created_by="U0ADA", state=CartState.OPEN, since=NOW, lines=(line,))
    form = answers_form(Sheet(cart, AnswersSheet(CartId(1), more=True), Reader("U0ADA")))
    at = AnswersSheet.read(form.private_metadata or "")
    values = {"answer.REASON": "Ours", "answer.DNS": "ns1.example.net,ns2.example.net"}
    kept = kept_below(Filled(at, cart.lines, values))
    assert kept == {"name.ovh REASON": "Ours"}
    assert typed_below(NewContact(at, "V1", NAME, kept)) == {NAME: {"REASON": "Ours"}}
