"""A user who tries another legal form finds again what they typed in the first one."""

from handlers.contacts import with_other_fields
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import AnswersPage, NewContact
from handlers.views.contacts import UNKNOWN_NEEDS
from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId

AT = AnswersPage(CartId(1), DomainName("name.ovh"), seen=frozenset({"5f2c"}))
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
    back = NewContact(AT, "V1", {"REASON": "Ours"})
    back, shown = chosen(back, LegalForm.INDIVIDUAL, FIRM)
    assert shown == {"first_name": "Zoe"}
    back, shown = chosen(back, LegalForm.CORPORATION, shown | {"first_name": "Zora", "birth_city": "Paris"})
    assert shown == FIRM | {"first_name": "Zora"}
    assert (back.typed, back.kept) == ({"REASON": "Ours"}, {"birth_city": "Paris"})


def test_what_was_taken_out_of_a_field_does_not_come_back():
    back, shown = chosen(NewContact(AT, "V1"), LegalForm.INDIVIDUAL, FIRM)
    back, shown = chosen(back, LegalForm.CORPORATION, shown)
    back, shown = chosen(back, LegalForm.INDIVIDUAL, shown | {"organisation": ""})
    assert "organisation" not in back.kept


def test_leaves_out_what_does_not_fit_answers_first():
    """What Slack has no room for is left out the answers below first."""
    kept = {"organisation": "o" * 255}
    assert NewContact.read(str(NewContact(AT, "V1", {"REASON": "r" * 2900}, kept))) == NewContact(AT, "V1", {}, kept)
    few = {"REASON": "r"}
    assert NewContact.read(str(NewContact(AT, "V1", few, {"x": "y" * 3000}))) == NewContact(AT, "V1", few)
    assert NewContact.read(str(NewContact(AT, "V1", {"a": "b" * 3000}, {"x": "y" * 3000}))) == NewContact(AT, "V1")
