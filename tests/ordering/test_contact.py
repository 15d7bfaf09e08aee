"""What is typed of a contact is understood, or said at its field to be not."""

import pytest

from ordering.model.contact import LegalForm, checked

ZOE = {
    "first_name": "Zoe", "last_name": "Otter", "email": "zoe@example.com", "phone": "+33.612345678",
    "line1": "1 Example Street", "zip": "75001", "city": "Paris", "country": "fr", "language": "fr_FR",
}  # fmt: skip


def test_a_country_is_written_in_either_case():
    values, wrong = checked(LegalForm.INDIVIDUAL, ZOE | {"nationality": "gb"})
    assert (values["country"], values["nationality"], wrong) == ("FR", "GB", {})


@pytest.mark.parametrize("typed", ["XX", "UK", "France", "F", "F R"])
@pytest.mark.parametrize("field", ["country", "birth_country", "nationality"])
def test_a_country_that_there_is_not_is_told_at_its_field(field, typed):
    _, wrong = checked(LegalForm.INDIVIDUAL, ZOE | {field: typed})
    assert wrong[field].data == {"error": "field_no_country"}
