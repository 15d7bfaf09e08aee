"""A team fills its channel's cart."""

from __future__ import annotations

from dataclasses import replace

from ordering.cart import Cart, CartState
from ordering.cart_line import Line
from ordering.domain_name import DomainName
from ordering.errors import NotPossible
from ordering.offer import Availability, Verdict
from ordering.policy import Person
from ordering.ports import MessageRole
from ordering.workflow.use_cases import UseCases

S = CartState


class Filling(UseCases):
    """Changing an open cart."""

    def add(self, channel: str, domain: DomainName, *, by: Person) -> Cart:
        """Put a free name into the channel's open cart, at the price that OVH asks now."""
        self.policy.must_be_member(by)
        line = self._line_for(domain, by)
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.open_cart(channel) or carts.open(channel, by=by.id, at=now)
            self._refuse_held(carts, [domain], without=cart.id)
            carts.show_in(cart.id, MessageRole.CART, channel)
            return carts.save(cart.with_line(line))

    def remove(self, cart_id: int, domain: DomainName, *, by: Person) -> Cart:
        """Take a name out of an open cart."""
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self.policy.may_change(cart, by)
            return carts.save(cart.without(domain))

    def copy_lines(self, cart_id: int, *, by: Person) -> Cart:
        """Put the names of a cart that was not bought into its channel's open cart."""
        self.policy.must_be_member(by)
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            old = carts.cart(cart_id)
            if old.state not in {S.REJECTED, S.CANCELLED}:
                raise NotPossible(f"Cart #{cart_id} is {old.state.in_words}: its names are still spoken for.")
            cart = carts.open_cart(old.channel) or carts.open(old.channel, by=by.id, at=now)
            new = [line for line in old.lines if cart.line(line.domain) is None]
            if not new:
                raise NotPossible(f"All names of cart #{cart_id} are in cart #{cart.id} already.")
            self._refuse_held(carts, [line.domain for line in new], without=cart.id)
            for line in new:
                cart = cart.with_line(replace(line, added_by=by.id))
            carts.show_in(cart.id, MessageRole.CART, old.channel)
            return carts.save(cart)

    def _line_for(self, domain: DomainName, by: Person) -> Line:
        answer = next(iter(self._registrar.look_up([domain])))
        if answer.offer is None or not answer.can_be_added:
            raise NotPossible(_why_not_addable(answer))
        if answer.verdict is Verdict.PREMIUM and not self.policy.allow_premium:
            raise NotPossible(
                f"{domain} is a premium name ({answer.offer.price} without tax), and this team does not buy those. "
                "Search for another name, or ask the operator to allow premium names."
            )
        return Line.of(answer.offer, added_by=by.id)


def _why_not_addable(answer: Availability) -> str:
    name = answer.domain
    return {
        Verdict.TAKEN: f"{name} is taken. `/domain search` finds others.",
        Verdict.AFTERMARKET: f"{name} is for sale by its owner, not free. The desk buys free names only.",
        Verdict.NOT_SOLD: f"OVH does not sell .{name.extension} here. Try another extension.",
    }.get(answer.verdict, f"I could not ask OVH about {name} just now: {answer.reason}. Try again in a minute.")
