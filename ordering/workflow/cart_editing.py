"""Edits to a channel's open cart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ordering.model.cart import MOST_LINES, NOT_BOUGHT, Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError, RegistrarError
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind, Json
from ordering.model.homographs import warnings_about
from ordering.model.ids import CartId
from ordering.model.offer import Availability, Offer
from ordering.model.offer_selection import choose
from ordering.model.policy import Person, Policy
from ordering.model.typing_slips import NameNearlyThere, near
from ordering.ports.names import Names
from ordering.ports.store import MessageRole, Store
from ordering.workflow.decisions import refuse_held

S, K = CartState, EventKind


class CartEditing:
    """Changes an open cart."""

    def __init__(self, store: Store, registrar: Names, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock

    def offers_of(self, domain: DomainName, *, by: Person) -> tuple[Offer, ...]:
        """Look a name up and return the offers to buy, the proposed one first.

        Raises `NotPossible` if there is none.
        """
        self._policy.may_fill(by)
        self._policy.naming.must_allow(domain)
        answer = self._look_up(domain)
        offers = answer.to_buy(allow_premium=self._policy.allow_premium)
        return offers or (choose(answer, allow_premium=self._policy.allow_premium),)

    def add(
        self,
        channel: str,
        domain: DomainName,
        *,
        by: Person,
        seen: str | None = None,
        private: bool = True,
        sure: bool = False,
    ) -> Cart:
        """Add a free name to the channel's open cart, as OVH offers it now.

        `seen` is the fingerprint of the offer that the user chose; `private` says whether a new cart is for the people
        of its channel alone. Raises `ChoiceNeeded` if there are several and none was chosen, or if the chosen one is no
        longer offered on the same terms. Raises `NameNearlyThere` if the name is one letter away from one of the cart
        or the account, unless the user is `sure`.
        """
        self._policy.may_fill(by)
        self._policy.naming.must_allow(domain)
        owned = self._owned_or_none()
        if domain in owned:
            raise NotPossible(code="name_already_owned", name=domain.ascii)
        offer = choose(self._look_up(domain), allow_premium=self._policy.allow_premium, seen=seen)
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.open_cart(channel) or carts.open(channel, by=by.id, at=now, private=private)
            refuse_held(carts, [domain], without=cart.id)
            if not sure:
                _refuse_slip(domain, cart, owned)
            warnings = warnings_about(domain, owned=owned, in_carts=carts.names_in_carts(seen_in=channel))
            carts.show_in(cart.id, MessageRole.CART, channel)
            changed = cart.with_line(replace(Line.of(offer, added_by=by.id), warnings=warnings))
            return carts.save(changed, _changed(changed, now, K.NAMES_ADDED, [domain], by=by))

    def add_all(
        self, channel: str, seen: Mapping[DomainName, str | None], *, by: Person, private: bool = True
    ) -> tuple[Cart, list[DomainName], list[OrderingError]]:
        """Add many free names to the channel's open cart at once, in this order.

        `seen` maps each to the fingerprint of the one offer that the user saw, as in `add`; a name with several offers
        is left for the user to choose. Returns the cart, the names that were added, and why each other name was not;
        raises `NotPossible` if none was added.
        """
        self._policy.may_fill(by)
        owned = self._owned_or_none()
        offers, refused = self._offers_for(seen, owned)
        now = self._clock()
        taken: list[DomainName] = []
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.open_cart(channel) or carts.open(channel, by=by.id, at=now, private=private)
            in_carts = carts.names_in_carts(seen_in=channel)
            for offer in offers:
                line = Line.of(offer, added_by=by.id)
                warnings = warnings_about(line.domain, owned=owned, in_carts=in_carts)
                try:
                    refuse_held(carts, [line.domain], without=cart.id)
                    _refuse_slip(line.domain, cart, owned)
                    cart = cart.with_line(replace(line, warnings=warnings))
                    taken.append(line.domain)
                except NotPossible as refusal:
                    refused.append(refusal)
            if not taken:
                raise NotPossible(code="no_name_added", reasons=[each.data for each in refused])
            carts.show_in(cart.id, MessageRole.CART, channel)
            return carts.save(cart, _changed(cart, now, K.NAMES_ADDED, taken, by=by)), taken, refused

    def set_years(
        self, cart_id: CartId, years: Mapping[DomainName, int], *, by: Person, seen: Mapping[DomainName, int]
    ) -> Cart:
        """Change the registration years of names in an open cart, within OVH's offers; `seen` is what was shown.

        Raises `NotPossible`, and changes nothing, if another user chose in the meantime.
        """
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self._policy.may_change(cart, by)
            _refuse_overtaken(cart, years, seen)
            changed = cart.with_years(years, by=by.id)
            chosen = {line.domain: line.years for line in changed.lines if line not in cart.lines}
            if not chosen:
                return cart
            return carts.save(changed, _changed(changed, now, K.YEARS_CHOSEN, list(chosen), by=by, years=chosen))

    def remove(self, cart_id: CartId, domain: DomainName, *, by: Person) -> Cart:
        """Remove a name from an open cart."""
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self._policy.may_change(cart, by)
            changed = cart.without(domain)
            return carts.save(changed, _changed(changed, now, K.NAME_REMOVED, [domain], by=by))

    def copy_lines(self, cart_id: CartId, *, by: Person) -> Cart:
        """Copy the names of a cart that was not bought into its channel's open cart."""
        self._policy.may_fill(by)
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            old = carts.cart(cart_id)
            if old.state not in NOT_BOUGHT:
                raise NotPossible(code="names_still_held", cart=cart_id, state=old.state.value)
            cart = carts.open_cart(old.channel) or carts.open(old.channel, by=by.id, at=now, private=old.private)
            new = [line for line in old.lines if cart.line(line.domain) is None]
            if not new:
                raise NotPossible(code="names_already_in_cart", cart=cart.id, source=cart_id)
            if len(new) > MOST_LINES - len(cart.lines):
                # All names or none, so that users need not sort out a partial copy.
                raise NotPossible(
                    code="no_room_in_cart",
                    cart=cart.id,
                    names=len(cart.lines),
                    most=MOST_LINES,
                    source=old.id,
                    wanted=len(new),
                )
            refuse_held(carts, [line.domain for line in new], without=cart.id)
            for line in new:
                cart = cart.with_line(line.copied(by=by.id))
            carts.show_in(cart.id, MessageRole.CART, old.channel)
            names = [line.domain for line in new]
            return carts.save(cart, _changed(cart, now, K.NAMES_COPIED, names, by=by, source=old.id))

    def _offers_for(
        self, seen: Mapping[DomainName, str | None], owned: frozenset[DomainName]
    ) -> tuple[list[Offer], list[OrderingError]]:
        """Return OVH's current offers for these names, in their order, and why some cannot be added."""
        offers: list[Offer] = []
        refused: list[OrderingError] = []
        answers = {answer.domain: answer for answer in self._registrar.look_up(list(seen), urgent=True)}
        for domain, mark in seen.items():
            try:
                self._policy.naming.must_allow(domain)
                if domain in owned:
                    raise NotPossible(code="name_already_owned", name=domain.ascii)
                offers.append(choose(answers[domain], allow_premium=self._policy.allow_premium, seen=mark))
            except OrderingError as refusal:
                refused.append(refusal)
        return offers, refused

    def _look_up(self, domain: DomainName) -> Availability:
        return next(iter(self._registrar.look_up([domain], urgent=True)))

    def _owned_or_none(self) -> frozenset[DomainName]:
        """Return owned names for warnings only; empty if OVH does not return them.

        The pre-flight decides whether a name is allowed, and must know them.
        """
        try:
            return self._registrar.owned()
        except RegistrarError:
            return frozenset()


def _refuse_slip(domain: DomainName, cart: Cart, owned: frozenset[DomainName]) -> None:
    """Raise `NameNearlyThere` if the name is one letter away from another in the cart or the account."""
    if cart.line(domain) is not None:
        return  # it is refused as a second one
    in_cart = [line.domain for line in cart.lines]
    if (other := near(domain, [*in_cart, *sorted(owned)])) is not None:
        raise NameNearlyThere(domain, other.ascii, where="cart" if other in in_cart else "account")


def _changed(
    cart: Cart,
    at: datetime,
    kind: EventKind,
    names: Sequence[DomainName],
    *,
    by: Person,
    years: Mapping[DomainName, int] | None = None,
    source: CartId | None = None,
) -> Event:
    """Return the event of a change to an open cart: only for the audit log, not for a thread."""
    data: dict[str, Json] = {"names": [name.ascii for name in names]}
    if years is not None:
        data["years"] = {name.ascii: number for name, number in years.items()}
    if source is not None:
        data["copied_from"] = source
    return happened(cart, at, kind, data=data, by=by.id)


def _refuse_overtaken(cart: Cart, years: Mapping[DomainName, int], seen: Mapping[DomainName, int]) -> None:
    """Reject lost updates of years."""
    for line in cart.lines:
        if line.domain in years and line.years not in {years[line.domain], seen.get(line.domain)}:
            raise NotPossible(code="years_changed_by_other", name=line.domain.ascii, years=line.years)
