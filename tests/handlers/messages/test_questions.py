"""Each question of a registry, each field of a contact and each warning has its words."""

import pytest

from handlers.messages.en import contact_fields as contacts
from handlers.messages.en import question_labels as questions
from handlers.messages.en.question_labels import BY_LABEL, HINTS_BY_KIND
from ordering.model.contact import FIELDS, LegalForm
from ordering.model.question import EXPLAINED, FOR_ALL_TO_READ, Kind, Question


def test_each_explained_label_has_its_words_and_no_other() -> None:
    """OVH is asked to explain exactly the labels that have no words here."""
    assert BY_LABEL.keys() == EXPLAINED
    assert all(words.title and words.hint and words.noun for words in BY_LABEL.values())


def test_only_what_a_channel_may_read_has_a_summary() -> None:
    """The rule says which answers a channel may read; the catalogue only words them."""
    assert {label for label, words in BY_LABEL.items() if words.summary} == FOR_ALL_TO_READ


def test_each_kind_has_a_hint_for_labels_that_nobody_explains() -> None:
    """It may be empty, where the input itself says what it takes."""
    assert HINTS_BY_KIND.keys() == set(Kind)


def test_an_unknown_label_is_written_as_words() -> None:
    """OVH adds labels without notice."""
    strange = Question("COMPANY_MOTTO", explanation="The motto of the company.")
    assert (questions.title("COMPANY_MOTTO"), questions.noun("COMPANY_MOTTO")) == ("Company motto", "company motto")
    assert questions.title("Motto") == questions.noun("Motto") == "Motto"
    assert questions.hint(strange) == "The motto of the company."
    unexplained = questions.hint(Question("COMPANY_ACCOUNT", Kind.ACCOUNT))
    assert unexplained == f"{questions.NOT_EXPLAINED} {HINTS_BY_KIND[Kind.ACCOUNT]}"


@pytest.mark.parametrize("label", sorted(FOR_ALL_TO_READ))
def test_a_summary_names_its_answer_or_its_author(label: str) -> None:
    """A statement with legal effect names who made it, any other summary the answer."""
    said = questions.summary(label, value="{the} answer", by="<@U0ADA>")
    assert ("{the} answer" in said) is not ("<@U0ADA>" in said)


def test_yes_and_no_are_words() -> None:
    """OVH's own true and false are for OVH."""
    age = {value: questions.summary("OWNER_LEGAL_AGE", value=value, by="") for value in ("true", "false")}
    assert age == {"true": "owner of legal age: yes", "false": "owner of legal age: no"}


def test_each_field_of_a_contact_has_a_label() -> None:
    """No field is unlabelled, and no label or hint is for a field that is gone."""
    names = {field.name for field in FIELDS}
    assert names == contacts.LABELS.keys()
    assert contacts.HINTS.keys() <= names
    assert [field.name for field in FIELDS if not contacts.label(field)] == []


def test_each_legal_form_has_its_words() -> None:
    """Forms and lists name who owns."""
    assert contacts.LEGAL_FORMS.keys() == set(LegalForm)
