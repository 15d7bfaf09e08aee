"""Requests for approval, and their withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.errors import CartChanged, NotAllowed, NotPossible
from ordering.model.events import happened
from ordering.model.facts import Data, EventKind, Fact, amount
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy
from ordering.model.preflight_findings import Finding, LinesRefused, NotReady
from ordering.model.recovery import Stamp
from ordering.model.seal import seal
from ordering.model.text import is_visible
from ordering.ports.store import MessageRole, Store
from ordering.process.standing import refuse_beyond_limits
from ordering.workflow.decisions import Decisions, held, read_cart
from ordering.workflow.preflight import Checked, Inspection, PreflightPort
from ordering.workflow.questions import keep_questions

S = CartState
_WITHDRAWN = Fact(EventKind.REQUEST_WITHDRAWN)


class ApprovalRequests:
    """Checks a cart with OVH, seals the result, and requests approval."""

    def __init__(
        self,
        decisions: Decisions,
        store: Store,
        registrar: PreflightPort,
        policy: Policy,
        clock: Callable[[], datetime],
    ) -> None:
        self._decisions = decisions
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock

    def may_request(self, cart: Cart, person: Person) -> None:
        """Raise if this cart cannot be sent to the approvers. Called before a form is shown, and again after it."""
        self._policy.may_change(cart, person)
        if not cart.lines:
            raise NotPossible(code="cart_empty", cart=cart.id)
        if _is_private(cart.channel) and self._policy.approval_channel is None and not self._policy.self_approval:
            raise NotPossible(code="nobody_could_approve", cart=cart.id)

    def request(
        self, cart_id: CartId, *, requester: Person, purpose: str, approvers: Collection[Person] | None = None
    ) -> Cart:
        """Check the cart with OVH, seal the result, close the cart and request approval.

        `approvers` are all of them as Slack describes them now; None if Slack did not return them. If the pre-flight
        fails, the cart stays open and the error says what to do.
        """
        cart = read_cart(self._store, cart_id)
        if cart.state is S.SUBMITTED and (cart.requester, cart.purpose) == (requester.id, purpose.strip()):
            return cart  # the same person sent the same form again
        self.may_request(cart, requester)
        self._decisions.must_be_allowed(cart_id, None)
        if approvers is not None and self._policy.needs_another_approver(cart, approvers, requester=requester):
            shaped = any(person.id in cart.people_who_shaped - {requester.id} for person in approvers)
            raise NotPossible(code="nobody_may_approve", cart=cart.id, shaped=shaped)
        if not is_visible(purpose):
            raise NotPossible(code="purpose_missing")
        with self._store.begin() as carts:
            carts.begin_step(cart_id)  # a database that accepts no writes ends this before OVH builds a cart
        quoted, checked = cart, self._pre_flight(cart)
        quote = checked.quote
        now = self._clock()
        with self._decisions.begin(cart_id, None) as carts:
            # What was quoted is saved: if a name or an answer changed in the meantime, this fails.
            cart = carts.cart(cart_id)
            self._policy.may_change(cart, requester)
            if not cart.holds_the_same_as(quoted):
                raise CartChanged(cart_id)
            if findings := held(carts, [line.domain for line in cart.lines], without=cart.id):
                raise NotReady(cart_id, findings)
            refuse_beyond_limits(self._policy, carts, cart, quote.total, now)
            lines = checked.with_warnings(carts.names_in_carts())
            submitted = cart.submit(
                at=now,
                lines=lines,
                requester=requester.id,
                purpose=purpose.strip(),
                quote=quote,
                seal=seal(checked.lines, quote, waive_retraction=self._policy.waive_retraction),
            )
            channel = self._policy.approval_channel or cart.channel
            carts.show_in(cart.id, MessageRole.APPROVAL, channel)
            if channel != cart.channel:
                carts.show_in(cart.id, MessageRole.STATUS, cart.channel)
            data: Data = {"names": len(lines), "total": amount(quote.total), "remarks": list(checked.remarks)}
            event = happened(submitted, now, EventKind.APPROVAL_REQUESTED, data=data, by=requester.id)
            return carts.save(submitted.saying(EventKind.APPROVAL_REQUESTED, data), event)

    def check(self, cart_id: CartId, *, by: Person) -> tuple[Finding, ...]:
        """Check an open cart with OVH as `request` does, and return what must be fixed; empty if nothing must.

        Questions that OVH insists on are stored. Raises `RegistrarError` if OVH does not answer.
        """
        cart = read_cart(self._store, cart_id)
        self.may_request(cart, by)
        try:
            self._pre_flight(cart)
        except NotReady as refusal:
            return refusal.findings
        return ()

    def withdraw(self, cart_id: CartId, *, by: Person, stamp: Stamp | None = None) -> Cart:
        """Withdraw one's own undecided request, also in recover mode. Repeating it changes nothing."""
        self._policy.must_be_member(by)
        now = self._clock()
        with self._decisions.begin(cart_id, stamp, sends=False) as carts:
            cart = carts.cart(cart_id)
            if cart.state is S.CANCELLED and cart.requester == by.id and cart.fact == _WITHDRAWN:
                return cart
            if cart.state is not S.SUBMITTED:
                raise NotPossible(code="not_withdrawable", cart=cart_id, state=cart.state.value)
            if by.id != cart.requester:
                raise NotAllowed(code="not_the_requester", cart=cart_id)
            cancelled = cart.cancel(at=now, fact=_WITHDRAWN)
            event = happened(cancelled, now, EventKind.REQUEST_WITHDRAWN, by=by.id)
            return carts.save(cancelled, event)

    def _pre_flight(self, cart: Cart) -> Checked:
        try:
            return Inspection(self._registrar, self._policy).check(cart)
        except LinesRefused as refusal:
            keep_questions(self._store, cart.id, refusal.asked)
            raise NotReady(cart.id, refusal.findings) from refusal


def _is_private(channel: str) -> bool:
    return channel.startswith("D")
