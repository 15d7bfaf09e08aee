"""A use case needs its own ports only, so a fake of a few lines is enough to run it."""

from collections.abc import Mapping, Sequence

import pytest

from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName, Word
from ordering.model.errors import NotAllowed
from ordering.model.money import Money
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.policy import Membership, Person
from ordering.workflow import Query
from ordering.workflow.contacts import ContactBook
from ordering.workflow.search import NameSearch
from tests.builders import POLICY
from tests.fakes import FakeRegistrar


class Owners:
    """The methods of the port, which count what was read or written."""

    def __init__(self) -> None:
        self.asked = 0

    def contacts(self) -> tuple[Contact, ...]:
        self.asked += 1
        return ()

    def contact(self, contact_id: str) -> Contact:
        raise AssertionError(f"contact {contact_id} was read")

    def account_holder(self) -> Contact:
        raise AssertionError("the account's own data was read")

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        self.asked += 1
        return Contact("7", form, values)

    def complete_contact(self, contact_id: str, values: Mapping[str, str]) -> Contact:
        self.asked += 1
        return Contact(contact_id, LegalForm.OTHER, values)

    def owner_needs(
        self,
        domains: Sequence[DomainName],
        form: LegalForm,
        values: Mapping[str, str],
        *,
        at_once: bool = False,
        changes: bool = False,
    ) -> OwnerNeeds:
        raise AssertionError(f"the rules of {domains} were read")


def test_a_member_lists_creates_and_completes_contacts():
    owners, ada = Owners(), Person("U0ADA")
    book = ContactBook(owners, POLICY)
    assert book.all(by=ada) == ()
    assert book.create(LegalForm.INDIVIDUAL, {"last_name": "Lovelace"}, by=ada).values == {"last_name": "Lovelace"}
    assert book.complete("7", {"vat": "FR1"}, by=ada).values == {"vat": "FR1"}
    assert owners.asked == 3


@pytest.mark.parametrize("membership", [each for each in Membership if each is not Membership.MEMBER])
def test_nobody_else_sees_or_creates_any(membership):
    """Contacts are personal data, so the right is checked before OVH is asked."""
    owners, other = Owners(), Person("U0OTTO", membership)
    book = ContactBook(owners, POLICY)
    with pytest.raises(NotAllowed):
        book.all(by=other)
    with pytest.raises(NotAllowed):
        book.create(LegalForm.INDIVIDUAL, {}, by=other)
    with pytest.raises(NotAllowed):
        book.complete("7", {}, by=other)
    assert owners.asked == 0


def test_a_search_needs_no_database():
    class Few(FakeRegistrar):
        def extensions(self) -> tuple[str, ...]:
            return ("ovh", "fr")

        def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
            return {}

    plan = NameSearch(Few(), POLICY).plan_of(Query(words=(Word("otter"),)))
    assert plan.names == (DomainName("otter.ovh"), DomainName("otter.fr"))
