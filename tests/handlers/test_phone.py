"""A phone number is understood as people write it, and never guessed."""

import pytest

from handlers.contacts import typed_contact
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.phone import as_registrar_takes
from ordering.model.contact import LegalForm


@pytest.mark.parametrize(
    ("typed", "country", "taken"),
    [
        ("06 12 34 56 78", "FR", "+33.612345678"),
        ("06.12.34.56.78", " fr ", "+33.612345678"),
        ("+33 6 12 34 56 78", "", "+33.612345678"),
        ("+33.612345678", "DE", "+33.612345678"),
        ("+33 (0)6 12 34 56 78", "DE", "+33.612345678"),
        ("0033 6 12 34 56 78", "FR", "+33.612345678"),
        ("020 7946 0958", "GB", "+44.2079460958"),
        ("(514) 555-0123", "CA", "+1.5145550123"),
        ("06 698 12345", "IT", "+39.0669812345"),
    ],
)
def test_a_number_gets_its_country_code(typed: str, country: str, taken: str):
    """Italian numbers keep their zero, others drop the one that is only dialled at home."""
    assert as_registrar_takes(typed, country) == taken


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("06 12 34 56 78", ""), ("06 12 34 56 78", "XX"), ("06 12 34", "FR"), ("call me", "FR"), ("", "FR"),
        ("06 12 34 56 78 ext. 5", "FR"), ("+999.12345", "FR"), ("+33.1234", "FR"),
    ],
)  # fmt: skip
def test_what_is_no_number_stays_as_it_was_typed(typed: str, country: str):
    assert as_registrar_takes(typed, country) == typed


@pytest.mark.parametrize("field", ["phone", "cell_phone", "fax"])
def test_the_form_reads_a_number_in_the_country_of_the_address(field: str):
    values = {Act.LEGAL_FORM: "individual", field: "06 12 34 56 78", "country": "fr", "city": "Paris"}
    form, typed = typed_contact(Interaction("U0ADA", "", values=values))
    assert form is LegalForm.INDIVIDUAL
    assert typed == {field: "+33.612345678", "country": "fr", "city": "Paris"}
