"""The owners of a cart's names, for approvers and payers."""

from __future__ import annotations

from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.owner import Owner
from ordering.model.policy import Person, Policy
from ordering.model.question import OWNER_CONTACT
from ordering.ports.owners import Owners
from ordering.ports.store import Store
from ordering.workflow.decisions import read_cart


class NameOwners:
    """Reads the owners of a cart's names. Personal data: only for approvers and payers."""

    def __init__(self, store: Store, registrar: Owners, policy: Policy) -> None:
        self._store = store
        self._registrar = registrar
        self._policy = policy

    def may_see(self, cart_id: CartId, *, by: Person) -> Cart:
        """Return the cart; raises `NotAllowed` if this person neither approves nor pays. Reads only the database."""
        self._policy.may_see_owners(by)
        return read_cart(self._store, cart_id)

    def of_cart(self, cart_id: CartId, *, by: Person) -> list[Owner]:
        """Read each owner from OVH, in the order of the cart's names. Costs one call per owner.

        Raises `NotAllowed`, and `RegistrarRefused` if a contact no longer exists.
        """
        cart = self.may_see(cart_id, by=by)
        chosen: dict[str | None, list[DomainName]] = {}
        for line in cart.lines:
            chosen.setdefault(_chosen_for(cart, line.domain), []).append(line.domain)
        return [
            Owner(
                self._registrar.account_holder() if number is None else self._registrar.contact(number),
                tuple(domains),
                is_account=number is None,
            )
            for number, domains in chosen.items()
        ]


def _chosen_for(cart: Cart, domain: DomainName) -> str | None:
    """Return the id of the contact that was configured at OVH; None for the account's own data."""
    configuration = cart.quote.configuration if cart.quote else ()
    values = (c.value for c in configuration if c.domain == domain and c.label == OWNER_CONTACT)
    value = next(values, None)
    return value.rpartition("/")[2] if value else None
