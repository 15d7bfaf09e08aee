"""The dependencies of every use case, and the rules that several of them check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import as_asked
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.money import Money
from ordering.model.policy import Policy
from ordering.model.preflight_findings import Finding, FindingCode, Fix
from ordering.model.question import Question
from ordering.model.quote import Quote
from ordering.model.recovery import Stamp
from ordering.model.seal import Seal
from ordering.ports.registrar import Registrar
from ordering.ports.store import Reading, Store, Transaction
from ordering.process.recovery import RecoverMode, must_allow, must_be_current
from ordering.process.standing import refuse_beyond_limits


class UseCases:
    """Holds a store, a registrar, the team's rules and a clock; times are UTC."""

    def __init__(self, *, store: Store, registrar: Registrar, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._registrar = registrar
        self._clock = clock
        self.policy = policy
        self.recover_mode = RecoverMode(store, clock)

    @contextmanager
    def _decision(self, cart_id: int, stamp: Stamp | None, *, sends: bool = True) -> Iterator[Transaction]:
        """Begin the transaction of a decision, serialized with other decisions.

        `stamp` is on the button; None without one. Raises `OnHold` in recover mode, unless the decision can send
        nothing (`sends` is False). Begins recover mode if the stamp, or what this process saw committed, is not on
        record.
        """
        with self.recover_mode.noticing(number=cart_id), self._store.begin() as carts:
            carts.decide_alone()
            if stamp is not None:
                must_be_current(carts, stamp, cart_id)
            if sends:
                must_allow(carts)
            yield carts

    def _must_be_allowed(self, cart_id: int, stamp: Stamp | None) -> None:
        """Raise like `_decision`, before a call to OVH or before a form is shown."""
        with self._decision(cart_id, stamp):
            pass

    def cart(self, cart_id: int) -> Cart:
        with self._store.read() as carts:
            return carts.cart(cart_id)

    def _held(self, carts: Reading, domains: Sequence[DomainName], *, without: int) -> list[Finding]:
        """Return one finding for each of these names that another cart in progress holds."""
        holders = _holders(carts, domains, without=without)
        return [
            Finding(FindingCode.NAME_HELD, domain, Fix.REMOVE, {"cart": holder}) for domain, holder in holders.items()
        ]

    def _refuse_held(self, carts: Reading, domains: Sequence[DomainName], *, without: int) -> None:
        for domain, holder in _holders(carts, domains, without=without).items():
            raise NotPossible(code="name_held", name=domain.ascii, cart=holder)

    def _refuse_beyond_limits(self, carts: Reading, cart: Cart, total: Money, now: datetime) -> None:
        refuse_beyond_limits(self.policy, carts, cart, total, now)

    def _keep_questions(self, cart_id: int, asked: Mapping[DomainName, tuple[Question, ...]]) -> Cart:
        """Store OVH's questions; the users' answers stay unchanged."""
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            lines = as_asked(cart.lines, asked)
            if cart.state is not CartState.OPEN or lines == cart.lines:
                return cart
            return carts.save(replace(cart, lines=lines))


def _holders(carts: Reading, domains: Sequence[DomainName], *, without: int) -> dict[DomainName, int]:
    """Return the carts in progress that hold these names, except for one cart."""
    return {domain: holder for domain, holder in carts.holding(domains).items() if holder != without}


def seal_and_quote(cart: Cart) -> tuple[Seal, Quote]:
    """Return the seal and quote of a cart; raises `NotPossible` if approval was never requested."""
    if cart.seal is None or cart.quote is None:
        raise NotPossible(code="never_checked", cart=cart.id)
    return cart.seal, cart.quote
