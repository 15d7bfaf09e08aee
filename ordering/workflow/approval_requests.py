"""Requests for approval, and their withdrawal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.errors import CartChanged, NotAllowed, NotPossible
from ordering.model.events import Event, happened
from ordering.model.facts import Data, EventKind, Fact, amount
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy
from ordering.model.preflight_findings import Finding, LinesRefused, NotReady
from ordering.model.recovery import Stamp
from ordering.model.seal import seal
from ordering.model.text import is_visible
from ordering.model.typing_slips import NameNearlyThere, near_in_text
from ordering.ports.store import MessageRole, Store, Transaction
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

    def may_edit(self, cart_id: CartId, *, by: Person) -> Cart:
        """Return a returned request; raises if it is none, or if this person may not edit it."""
        cart = read_cart(self._store, cart_id)
        self._policy.may_change(cart, by)
        if cart.state is not S.RETURNED:
            raise NotPossible(code="not_returned", cart=cart_id)
        return cart

    def request(
        self,
        cart_id: CartId,
        *,
        requester: Person,
        purpose: str,
        approvers: Collection[Person] | None = None,
        sure: str = "",
        mark: str = "",
    ) -> Cart:
        """Check the cart with OVH, seal the result, close the cart and request approval.

        `approvers` are all of them as Slack describes them now; None if Slack did not return them. If the pre-flight
        fails, the cart stays as it is and the error says what to do. Raises `NameNearlyThere` if a name is one letter
        away from a word of the purpose, unless `sure` is that purpose: the person was asked and sent the same again. A
        returned request keeps its requester; `mark` is its fingerprint on the form, so that an older form does not
        submit it.
        """
        cart = read_cart(self._store, cart_id)
        if cart.state is S.SUBMITTED and (cart.requester, cart.purpose) == (requester.id, purpose.strip()):
            return cart  # the same person sent the same form again
        self.may_request(cart, requester)
        _must_show_this_return(cart, mark)
        self._decisions.must_be_allowed(cart_id, None)
        self.must_leave_an_approver(cart, asker_of(cart, requester), approvers)
        if not is_visible(purpose):
            raise NotPossible(code="purpose_missing")
        if sure != purpose_mark(purpose):
            _refuse_slip(cart, purpose)
        with self._store.begin() as carts:
            carts.begin_step(cart_id)  # a database that accepts no writes ends this before OVH builds a cart
        quoted, checked = cart, self._pre_flight(cart)
        now = self._clock()
        with self._decisions.begin(cart_id, None) as carts:
            # What was quoted is saved: if a name or an answer changed in the meantime, this fails.
            cart = carts.cart(cart_id)
            self._policy.may_change(cart, requester)
            _must_show_this_return(cart, mark)
            if not cart.holds_the_same_as(quoted):
                raise CartChanged(cart_id)
            if findings := held(carts, [line.domain for line in cart.lines], without=cart.id):
                raise NotReady(cart_id, findings)
            return submit(carts, cart, checked, self._policy, requester=requester, purpose=purpose, now=now)

    def must_leave_an_approver(self, cart: Cart, asker: str, approvers: Collection[Person] | None) -> None:
        """Raise `NotPossible` if nobody of these could approve the cart; None: Slack did not return them."""
        if approvers is not None and self._policy.needs_another_approver(cart, approvers, requester=asker):
            shaped = any(person.id in cart.people_who_shaped - {asker} for person in approvers)
            raise NotPossible(code="nobody_may_approve", cart=cart.id, shaped=shaped)

    def check(self, cart_id: CartId, *, by: Person) -> tuple[Finding, ...]:
        """Check an editable cart with OVH as `request` does, and return what must be fixed; empty if nothing must.

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
        """Withdraw one's own undecided or returned request, also in recover mode. Repeating it changes nothing."""
        self._policy.must_be_member(by)
        now = self._clock()
        with self._decisions.begin(cart_id, stamp, sends=False) as carts:
            cart = carts.cart(cart_id)
            if cart.state is S.CANCELLED and cart.requester == by.id and cart.fact == _WITHDRAWN:
                return cart
            if cart.state not in {S.SUBMITTED, S.RETURNED}:
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


def submit(
    carts: Transaction,
    cart: Cart,
    checked: Checked,
    policy: Policy,
    *,
    requester: Person,
    purpose: str,
    now: datetime,
    after: Event | None = None,
) -> Cart:
    """Seal what was checked, and save the cart with the request for approval, behind the event `after`.

    Raises `NotPossible` if the total exceeds a limit of the team.
    """
    quote = checked.quote
    refuse_beyond_limits(policy, carts, cart, quote.total, now)
    lines = checked.with_warnings(carts.names_in_carts(seen_in=cart.channel))
    submitted = cart.submit(
        at=now,
        lines=lines,
        requester=asker_of(cart, requester),
        purpose=purpose.strip(),
        quote=quote,
        seal=seal(checked.lines, quote, waive_retraction=policy.waive_retraction, trial=policy.trial),
    )
    channel = policy.approval_channel or cart.channel
    carts.show_in(cart.id, MessageRole.APPROVAL, channel)
    if channel != cart.channel:
        carts.show_in(cart.id, MessageRole.STATUS, cart.channel)
    data: Data = {"names": len(lines), "total": amount(quote.total), "remarks": list(checked.remarks)}
    data = {**data, **_after_changes(cart)}
    recorded: Data = {**data, "policy": policy.digest}
    event = happened(submitted, now, EventKind.APPROVAL_REQUESTED, data=recorded, by=requester.id)
    return carts.save(submitted.saying(EventKind.APPROVAL_REQUESTED, data), *filter(None, [after]), event)


def purpose_mark(purpose: str) -> str:
    """Return the fingerprint of a purpose that a person was asked about; it is only compared."""
    return hashlib.sha256(purpose.strip().encode()).hexdigest()[:12]


def _refuse_slip(cart: Cart, purpose: str) -> None:
    """Raise `NameNearlyThere` if a name is one letter away from a word of the purpose."""
    if (slip := near_in_text([line.domain for line in cart.lines], purpose)) is not None:
        domain, word = slip
        raise NameNearlyThere(domain, word, where="purpose")


def _must_show_this_return(cart: Cart, mark: str) -> None:
    """Raise `CardOutdated` if the form of a returned request is from before this return."""
    if cart.state is S.RETURNED:
        cart.require_mark(mark)


def asker_of(cart: Cart, person: Person) -> str:
    """Return who requests: a contributor who submits a returned request does so for its requester."""
    return cart.requester if cart.state is S.RETURNED and cart.requester else person.id


def _after_changes(cart: Cart) -> Data:
    """Return who asked for changes and why, for the approvers of the next round."""
    fact = cart.fact
    returned = fact is not None and fact.kind is EventKind.CHANGES_REQUESTED
    return {"asked": {"by": fact.data["by"], "reason": fact.data["reason"]}} if fact and returned else {}


def _is_private(channel: str) -> bool:
    return channel.startswith("D")
