"""The transactions in which users decide, and what several use cases check in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.ids import CartId
from ordering.model.policy import Policy
from ordering.model.preflight_findings import Finding, FindingCode, Fix
from ordering.model.recovery import Stamp
from ordering.ports.store import Reading, Store, Transaction
from ordering.process.recovery import RecoverMode, must_allow, must_be_current
from ordering.process.trial import refuse_in_trial

NOT_STORED = CartId(0)  # of a cart that the decision itself stores


class Decisions:
    """Begins the transaction of each decision, serialized with the others."""

    def __init__(self, store: Store, recover_mode: RecoverMode, policy: Policy) -> None:
        self._store = store
        self._recover_mode = recover_mode
        self._policy = policy

    @contextmanager
    def begin(self, cart_id: CartId, stamp: Stamp | None, *, sends: bool = True) -> Iterator[Transaction]:
        """Begin the transaction of a decision about a cart.

        `stamp` is on the button; None without one. Unless the decision can send nothing (`sends` is False), raises
        `OnHold` in recover mode, and `NotPossible` in the trial for a request of before. Begins recover mode if the
        stamp, or what this process saw committed, is not on record.
        """
        with self._recover_mode.noticing(number=cart_id), self._store.begin() as carts:
            carts.decide_alone()
            if stamp is not None:
                must_be_current(carts, stamp, cart_id)
            if sends:
                must_allow(carts)
                if self._policy.trial and cart_id != NOT_STORED:
                    refuse_in_trial(self._policy, carts.cart(cart_id))
            yield carts

    def must_be_allowed(self, cart_id: CartId, stamp: Stamp | None) -> None:
        """Raise like `begin`, before a call to OVH or before a form is shown."""
        with self.begin(cart_id, stamp):
            pass


def read_cart(store: Store, cart_id: CartId) -> Cart:
    """Return a cart as it is now; raises `NoSuchCart`."""
    with store.read() as carts:
        return carts.cart(cart_id)


def held(carts: Reading, domains: Sequence[DomainName], *, without: CartId) -> list[Finding]:
    """Return one finding for each of these names that another cart in progress holds."""
    holders = _holders(carts, domains, without=without)
    return [Finding(FindingCode.NAME_HELD, domain, Fix.REMOVE, {"cart": holder}) for domain, holder in holders.items()]


def refuse_held(carts: Reading, domains: Sequence[DomainName], *, without: CartId) -> None:
    """Raise `NotPossible` if another cart in progress holds one of these names."""
    for domain, holder in _holders(carts, domains, without=without).items():
        raise NotPossible(code="name_held", name=domain.ascii, cart=holder)


def _holders(carts: Reading, domains: Sequence[DomainName], *, without: CartId) -> dict[DomainName, CartId]:
    """Return the carts in progress that hold these names, except for one cart."""
    return {domain: holder for domain, holder in carts.holding(domains).items() if holder != without}
