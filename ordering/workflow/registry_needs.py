"""What the registries of a cart's names need of their owner."""

from __future__ import annotations

from collections.abc import Mapping

from ordering.model.cart_line import Line
from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.owner_needs import OwnerGaps, OwnerNeeds
from ordering.model.policy import Person, Policy
from ordering.model.question import OWNER_CONTACT, Reach
from ordering.ports.owners import Owners
from ordering.ports.store import Store
from ordering.workflow.decisions import read_cart


class RegistryNeeds:
    """Says what a new owner needs, and what a contact lacks."""

    def __init__(self, store: Store, registrar: Owners, policy: Policy) -> None:
        self._store = store
        self._registrar = registrar
        self._policy = policy

    def names_to_own(self, cart_id: CartId, domain: DomainName, *, by: Person) -> tuple[DomainName, ...]:
        """Return this name and the others of the cart for which no contact was chosen yet."""
        self._policy.must_be_member(by)
        others = [
            line.domain
            for line in read_cart(self._store, cart_id).lines
            if line.domain != domain and line.may_have_another_owner and not _has_owner(line)
        ]
        return (domain, *others)

    def of_new_owner(
        self,
        cart_id: CartId,
        domain: DomainName,
        form: LegalForm,
        values: Mapping[str, str],
        *,
        by: Person,
        reach: Reach = Reach.ONE,
        at_once: bool = False,
    ) -> OwnerNeeds:
        """Return what registries need of a new owner of a name, or of every name of the cart that has none yet.

        With `at_once` OVH is not asked: names whose rule is not known are undecided.
        """
        names = self.names_to_own(cart_id, domain, by=by)
        return self._registrar.owner_needs(names if reach is Reach.EVERY else names[:1], form, values, at_once=at_once)

    def gaps(
        self, cart_id: CartId, domain: DomainName, contact_id: str, typed: Mapping[str, str], *, by: Person
    ) -> OwnerGaps:
        """Return what a contact lacks to own a name, and the other names of the cart for which it was chosen.

        `typed` is what a user would fill in. Raises `RegistrarRefused` if the contact does not exist.
        """
        self._policy.must_be_member(by)
        cart, contact = read_cart(self._store, cart_id), self._registrar.contact(contact_id)
        chosen = {line.domain: line.answer(OWNER_CONTACT) for line in cart.lines if line.domain != domain}
        names = [domain, *(each for each, answer in chosen.items() if answer and answer.value == contact_id)]
        values = {**typed, **contact.values}
        return OwnerGaps.of(contact, self._registrar.owner_needs(names, contact.legal_form, values, changes=True))


def _has_owner(line: Line) -> bool:
    """Whether a contact was chosen to own a name, by a user or for the team."""
    standing = (question.standing for question in line.questions or () if question.label == OWNER_CONTACT)
    return line.answer(OWNER_CONTACT) is not None or any(standing)
