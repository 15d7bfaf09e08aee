"""What the registries of a cart's names need of their owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

    def of_owners(
        self, owners: Mapping[DomainName, str], typed: Mapping[str, Mapping[str, str]], *, by: Person
    ) -> dict[str, OwnerGaps]:
        """Return what each chosen owner lacks for its names, by contact id; the account's own data have an empty one.

        `typed` is what a user would fill in, by contact. Raises `RegistrarRefused` if a contact does not exist.
        """
        self._policy.must_be_member(by)
        names: dict[str, list[DomainName]] = {}
        for domain, contact_id in owners.items():
            names.setdefault(contact_id, []).append(domain)
        return {owner: self._gaps(owner, domains, typed.get(owner, {})) for owner, domains in names.items()}

    def _gaps(self, owner: str, domains: Sequence[DomainName], typed: Mapping[str, str]) -> OwnerGaps:
        contact = self._registrar.contact(owner) if owner else self._registrar.account_holder()
        values = {**typed, **contact.values}
        needs = self._registrar.owner_needs(domains, contact.legal_form, values, changes=bool(owner))
        return OwnerGaps.of(contact, needs, is_account=not owner)


def _has_owner(line: Line) -> bool:
    """Whether a contact was chosen to own a name, by a user or for the team."""
    standing = (question.standing for question in line.questions or () if question.label == OWNER_CONTACT)
    return line.answer(OWNER_CONTACT) is not None or any(standing)
