"""Buying in one go: names are checked, put into a cart of their own and requested, next to the channel's cart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ordering.model.cart import MOST_LINES, Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.events import happened
from ordering.model.facts import EventKind
from ordering.model.offer import Offer
from ordering.model.offer_selection import choose
from ordering.model.policy import Person, Policy
from ordering.model.preflight_findings import LinesRefused, NotReady
from ordering.model.quote import Quote
from ordering.model.text import is_visible
from ordering.ports.store import MessageRole, Store
from ordering.workflow.approval_requests import ApprovalRequests, submit
from ordering.workflow.decisions import NOT_STORED, Decisions, held
from ordering.workflow.preflight import Checked, Inspection, PreflightPort

S = CartState


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be requested: lines and quote, and the fingerprint of each name's offer for the button."""

    lines: tuple[Line, ...]
    quote: Quote
    marks: Mapping[DomainName, str]


class Buying:
    """Adds names and requests approval for them, by the rules of both."""

    def __init__(
        self,
        decisions: Decisions,
        store: Store,
        registrar: PreflightPort,
        policy: Policy,
        clock: Callable[[], datetime],
        approval_requests: ApprovalRequests,
    ) -> None:
        self._decisions = decisions
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock
        self._approval_requests = approval_requests

    def preview(self, channel: str, domains: Sequence[DomainName], *, by: Person, purpose: str) -> Preview:
        """Check names with OVH as a request would, and return what would be requested. Nothing is stored.

        Raises `NotPossible` if a name cannot be bought, `ChoiceNeeded` if it has several offers, `NotReady` with what
        must be fixed first.
        """
        offers = self._offers(dict.fromkeys(domains), by=by, purpose=purpose)
        checked = self._check(self._cart(channel, offers, by=by))
        with self._store.read() as carts:
            if findings := held(carts, domains, without=NOT_STORED):
                raise NotReady(NOT_STORED, findings)
            lines = checked.with_warnings(carts.names_in_carts(seen_in=channel))
        return Preview(lines, checked.quote, {offer.domain: offer.mark for offer in offers})

    def request(
        self,
        channel: str,
        seen: Mapping[DomainName, str],
        *,
        requester: Person,
        purpose: str,
        private: bool = True,
        approvers: Collection[Person] | None = None,
    ) -> Cart:
        """Request approval for these names, each at the offer with the fingerprint that the user saw.

        `approvers` are all of them as Slack describes them now; None if Slack did not return them. Requesting the same
        again returns the request as it is. Raises like `preview`, and like a request for a cart.
        """
        if (before := self._requested_before(channel, seen, requester, purpose)) is not None:
            return before
        unstored = self._cart(channel, self._offers(seen, by=requester, purpose=purpose), by=requester)
        self._approval_requests.must_leave_an_approver(unstored, requester.id, approvers)
        self._decisions.must_be_allowed(NOT_STORED, None)
        checked = self._check(unstored)
        now = self._clock()
        with self._decisions.begin(NOT_STORED, None) as carts:
            if findings := held(carts, list(seen), without=NOT_STORED):
                raise NotReady(NOT_STORED, findings)
            cart = carts.open(channel, by=requester.id, at=now, private=private, shared=False)
            for line in checked.lines:
                cart = cart.with_line(line)
            carts.show_in(cart.id, MessageRole.CART, channel)
            names = [line.domain.ascii for line in cart.lines]
            added = happened(cart, now, EventKind.NAMES_ADDED, data={"names": names}, by=requester.id)
            return submit(
                carts, cart, checked, self._policy, requester=requester, purpose=purpose, now=now, after=added
            )

    def _requested_before(
        self, channel: str, seen: Mapping[DomainName, str], requester: Person, purpose: str
    ) -> Cart | None:
        """Return the undecided request that this very click made before, if there is one."""
        with self._store.read() as carts:
            holders = set(carts.holding(list(seen)).values())
            if len(holders) != 1:
                return None
            cart = carts.cart(holders.pop())
        made = (cart.state, cart.requester, cart.purpose, cart.channel, {line.domain for line in cart.lines})
        return cart if made == (S.SUBMITTED, requester.id, purpose.strip(), channel, set(seen)) else None

    def _offers(self, seen: Mapping[DomainName, str | None], *, by: Person, purpose: str) -> list[Offer]:
        """Return OVH's current offers for these names, in their order; raises if one of them may not be bought."""
        self._policy.may_fill(by)
        if not is_visible(purpose):
            raise NotPossible(code="purpose_missing")
        if len(seen) > MOST_LINES:
            raise NotPossible(code="too_many_names", most=MOST_LINES)
        for domain in seen:
            self._policy.naming.must_allow(domain)
        owned = self._registrar.owned()
        for domain in seen:
            if domain in owned:
                raise NotPossible(code="name_already_owned", name=domain.ascii)
        answers = {answer.domain: answer for answer in self._registrar.look_up(list(seen), urgent=True)}
        premium = self._policy.allow_premium
        return [choose(answers[domain], allow_premium=premium, seen=mark) for domain, mark in seen.items()]

    def _cart(self, channel: str, offers: Sequence[Offer], *, by: Person) -> Cart:
        """Return a cart of these offers, which is not stored."""
        lines = tuple(Line.of(offer, added_by=by.id) for offer in offers)
        cart = Cart(NOT_STORED, channel, by.id, S.OPEN, self._clock(), lines)
        self._approval_requests.may_request(cart, by)
        return cart

    def _check(self, cart: Cart) -> Checked:
        try:
            return Inspection(self._registrar, self._policy).check(cart)
        except LinesRefused as refusal:
            raise NotReady(cart.id, refusal.findings) from refusal
