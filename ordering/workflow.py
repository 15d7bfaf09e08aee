"""What people can do with a cart, told as use cases.

Each one reads, asks the rules, and writes the new state with its event in one transaction. A call to OVH
never falls inside a transaction. What people decide here, `ordering.fulfilment` carries out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ordering.cart import WAITING, Cart, CartState
from ordering.cart_line import Line
from ordering.domain_name import DomainName, Word
from ordering.errors import NotAllowed, NotPossible, RegistrarRefused
from ordering.events import Event, happened
from ordering.money import Money
from ordering.offer import Availability, Quote, Verdict
from ordering.overview import Overview
from ordering.policy import Person, Policy
from ordering.ports import MessageRole, Reading, Registrar, Store
from ordering.sales_order import Finding, Payment
from ordering.seal import Seal, seal

S = CartState
MOST_LOOK_UPS = 500


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody searches: full names, bare words, and the extensions to try those under (none: the team's)."""

    names: tuple[DomainName, ...] = ()
    words: tuple[Word, ...] = ()
    extensions: tuple[str, ...] = ()
    every_extension: bool = False


class Workflow:
    """The use cases. Safe to call from several threads; times are UTC."""

    def __init__(self, *, store: Store, registrar: Registrar, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._registrar = registrar
        self._clock = clock
        self.policy = policy

    # Searching

    def names_of(self, query: Query) -> tuple[DomainName, ...]:
        """Spell a query out, each name once, in the order asked; raises `NotPossible` above the most look-ups."""
        names = list(query.names)
        if query.words:
            extensions = self._extensions(query)
            names += [word.under(extension) for word in query.words for extension in extensions]
        asked = tuple(dict.fromkeys(names))
        if len(asked) > MOST_LOOK_UPS:
            raise NotPossible(
                f"That would be {len(asked)} look-ups; one search may ask {MOST_LOOK_UPS}. "
                "Search fewer names, or fewer extensions with `--tlds com,fr`."
            )
        return asked

    def search(self, names: Sequence[DomainName]) -> Iterator[Availability]:
        """Ask OVH for each name; answers come as they arrive."""
        return self._registrar.look_up(names)

    # Filling the channel's cart

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

    # Asking for approval, and answering

    def may_request(self, cart: Cart, person: Person) -> None:
        """Raise where this cart cannot be sent to the approvers: before a form is shown, and again after it."""
        self.policy.may_change(cart, person)
        if not cart.lines:
            raise NotPossible(f"Cart #{cart.id} is empty. `/domain search name.ovh` finds names to add.")
        if _is_private(cart.channel) and self.policy.approval_channel is None and not self.policy.self_approval:
            raise NotPossible(
                "Nobody else can see this conversation, so nobody could approve. "
                "Add the names in a channel, or ask the operator to set an approval channel."
            )

    def request_approval(self, cart_id: int, *, requester: Person, purpose: str) -> Cart:
        """Check the cart with OVH, seal what it showed, close the cart and ask the approvers.

        Where the pre-flight fails, the cart stays open and the error says what to mend.
        """
        cart = self.cart(cart_id)
        self.may_request(cart, requester)
        if not purpose.strip():
            raise NotPossible("Say in a few words what the names are for: the approver will want to know.")
        quote = self._pre_flight(cart)
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            # The version that was quoted is saved: a name added meanwhile makes this fail, not slip through.
            self._refuse_held(carts, [line.domain for line in cart.lines], without=cart.id)
            self._refuse_beyond_limits(carts, cart, quote.total, now)
            submitted = cart.to(
                S.SUBMITTED,
                at=now,
                requester=requester.id,
                purpose=purpose.strip(),
                quote=quote,
                seal=self.seal_of(cart, quote),
            )
            channel = self.policy.approval_channel or cart.channel
            carts.show_in(cart.id, MessageRole.APPROVAL, channel)
            return carts.save(submitted, happened(submitted, now, by=requester.id, note=submitted.purpose))

    def approve(self, cart_id: int, *, approver: Person, shown: str) -> Cart:
        """Say yes to exactly what the card showed; `shown` is the short seal on the button that was clicked."""
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            sealed, quote = _sealed(cart)
            if shown != sealed.short:
                raise NotPossible(f"Cart #{cart_id} changed since that card was drawn. Look at it again, then decide.")
            if approver.id in cart.approved_by:
                raise NotPossible(f"You approved cart #{cart_id} already. It waits for one more approver.")
            self._refuse_beyond_limits(carts, cart, quote.total, now)
            approvals = (*cart.approved_by, approver.id)
            needed = self.policy.approvals_needed(sealed.total)
            if len(approvals) < needed:
                half = replace(cart, approved_by=approvals)
                note = f"approved, {len(approvals)} of {needed}"
                return carts.save(half, happened(half, now, by=approver.id, note=note))
            approved = cart.to(S.APPROVED, at=now, approved_by=approvals)
            return carts.save(approved, happened(approved, now, by=approver.id), due_at=now)

    def may_reject(self, cart_id: int, *, approver: Person) -> Cart:
        """Raise where this person may not reject this cart: before they write a reason."""
        cart = self.cart(cart_id)
        self._must_wait_for_approval(cart, approver)
        return cart

    def reject(self, cart_id: int, *, approver: Person, reason: str) -> Cart:
        """Say no, with a reason; the names can be copied to the open cart."""
        if not reason.strip():
            raise NotPossible("Say in a few words why: the requester will want to know.")
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self._must_wait_for_approval(cart, approver)
            rejected = cart.to(S.REJECTED, at=now, rejected_by=approver.id, reason=reason.strip())
            return carts.save(rejected, happened(rejected, now, by=approver.id, note=rejected.reason))

    def withdraw(self, cart_id: int, *, by: Person) -> Cart:
        """Take one's own request back while nobody has decided."""
        self.policy.must_be_member(by)
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            if cart.state is not S.SUBMITTED:
                raise NotPossible(f"Cart #{cart_id} is {cart.state.in_words}, so it can no longer be withdrawn.")
            if by.id != cart.requester:
                raise NotAllowed(f"Only the person who asked for cart #{cart_id} can withdraw it.")
            cancelled = cart.to(S.CANCELLED, at=now, note="The requester withdrew it.")
            return carts.save(cancelled, happened(cancelled, now, by=by.id, note="withdrawn"))

    # Paying

    def pay(self, cart_id: int, *, payer: Person, method: int | None) -> Cart:
        """Decide to pay a cart's order with one of its methods; without one, with the default."""
        now = self._clock()
        with self._store.begin() as carts:
            carts.decide_alone()
            cart = carts.cart(cart_id)
            self.policy.may_pay(payer)
            if cart.state is not S.CHECKED_OUT or cart.order is None:
                raise NotPossible(_why_not_payable(cart))
            chosen = cart.order.default_method if method is None else None
            method = chosen.id if chosen else method
            if method not in {known.id for known in cart.order.methods}:
                raise NotPossible(f"That payment method cannot pay order {cart.order.id}. Choose another on the card.")
            self._refuse_beyond_limits(carts, cart, cart.order.total, now)
            paying = cart.to(S.PAYING, at=now, payment=Payment(method=method, by=payer.id, asked_at=now))
            return carts.save(paying, happened(paying, now, by=payer.id), due_at=now)

    def order_link(self, cart_id: int, *, payer: Person) -> str:
        """The order's page at OVH, for a payer's eyes only."""
        self.policy.may_pay(payer)
        cart = self.cart(cart_id)
        if cart.order is None:
            raise NotPossible(f"Cart #{cart_id} has no sales order yet.")
        return self._registrar.order_link(cart.order.id)

    # When something needs a person

    def try_again(self, cart_id: int, *, by: Person) -> Cart:
        """Have a cart that OVH refused, and of which nothing was ordered, checked out afresh under the same seal."""
        return self._resolve(cart_id, by=by, to=S.APPROVED, note="to be tried again")

    def give_up(self, cart_id: int, *, by: Person) -> Cart:
        """Close a cart of which nothing was ordered, or whose order OVH cancelled."""
        return self._resolve(cart_id, by=by, to=S.CANCELLED, note="closed")

    def may_settle(self, cart_id: int, *, by: Person) -> Cart:
        """Raise where this person may not say what became of this cart's order."""
        self.policy.may_resolve(by)
        cart = self.cart(cart_id)
        if not cart.is_undecided:
            raise NotPossible(_why_not_movable(cart))
        return cart

    def adopt(self, cart_id: int, order_id: int, *, by: Person) -> Cart:
        """Say which order at OVH is this cart's; one with other names or above the approved total is refused."""
        cart = self.may_settle(cart_id, by=by)
        with self._store.read() as carts:
            known = carts.known_orders()
        order = None if order_id in known else self._registrar.order_of(order_id, cart.lines, _sealed(cart)[0].total)
        if order is None:
            raise NotPossible(
                f"Order {order_id} is not this cart's: it has other names, costs more than was approved, "
                "or belongs to another cart. Look at OVH for the one with exactly these names."
            )
        now = self._clock()
        found = cart.to(S.CHECKED_OUT, at=now, order=replace(order, expires_at=None))
        with self._store.begin() as carts:
            return carts.save(found, happened(found, now, by=by.id, note=f"it is order {order_id}"), due_at=now)

    def nothing_ordered(self, cart_id: int, *, by: Person) -> Cart:
        """Say that OVH made no order of a cart, and have it checked out afresh under the same approval.

        Refused where an order that fits is there after all, or where the first checkout could still come through.
        """
        cart = self.may_settle(cart_id, by=by)
        if cart.attempt is None:
            raise AssertionError(f"cart #{cart_id} is undecided without an attempt")
        with self._store.read() as carts:
            known = carts.known_orders()
        sighting = self._registrar.find_order(cart.attempt, cart.lines, _sealed(cart)[0].total, known=known)
        if sighting.order is not None:
            raise NotPossible(
                f"Order {sighting.order.id} at OVH has these names. If it is this cart's, choose “It is this order”."
            )
        if sighting.finding is Finding.ABSENT and not self._registrar.discard(cart.attempt.registrar_cart):
            raise NotPossible("OVH still holds the first try, so it is not tried again yet. Try again in a minute.")
        now = self._clock()
        again = cart.to(S.APPROVED, at=now)
        with self._store.begin() as carts:
            note = "nothing was ordered, to be tried again"
            return carts.save(again, happened(again, now, by=by.id, note=note), due_at=now)

    def _resolve(self, cart_id: int, *, by: Person, to: CartState, note: str) -> Cart:
        now = self._clock()
        self.policy.may_resolve(by)
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            if not cart.has_nothing_to_come or (to is S.APPROVED and cart.order is not None):
                raise NotPossible(_why_not_movable(cart))
            moved = cart.to(to, at=now, note=_closing(cart) if to is S.CANCELLED else None)
            return carts.save(
                moved, happened(moved, now, by=by.id, note=note), due_at=now if to is S.APPROVED else None
            )

    # Looking

    def cart(self, cart_id: int) -> Cart:
        with self._store.read() as carts:
            return carts.cart(cart_id)

    def open_cart(self, channel: str) -> Cart | None:
        with self._store.read() as carts:
            return carts.open_cart(channel)

    def story(self, cart_id: int) -> tuple[Cart, list[Event]]:
        """A cart with all that happened to it, oldest first."""
        with self._store.read() as carts:
            return carts.cart(cart_id), carts.events(cart_id)

    def pending(self, *, limit: int = 20) -> list[Cart]:
        """Carts that wait for somebody or something, newest first."""
        with self._store.read() as carts:
            return carts.carts(states=WAITING, limit=limit)

    def history(self, *, before: int | None = None, limit: int = 20) -> list[Cart]:
        """Carts that were asked for, newest first."""
        with self._store.read() as carts:
            return carts.carts(states=frozenset(S) - {S.OPEN}, before=before, limit=limit)

    def overview(self, person: Person) -> Overview:
        """What waits for this person, what is theirs, and what was ordered lately."""
        with self._store.read() as carts:
            waiting = carts.carts(states=WAITING, limit=30)
            mine = carts.carts(states=WAITING | {S.OPEN, S.PAID}, person=person.id, limit=10)
            recent = carts.carts(states={S.PAID, S.DELIVERED}, limit=5)
        return Overview(
            to_approve=tuple(c for c in waiting if c.state is S.SUBMITTED and self._could_approve(c, person)),
            to_pay=tuple(c for c in waiting if c.state is S.CHECKED_OUT and self.policy.pays(person)),
            needs_attention=tuple(
                c
                for c in waiting
                if c.state is S.NEEDS_ATTENTION and (self.policy.decides(person) or self.policy.pays(person))
            ),
            mine=tuple(mine),
            recent=tuple(recent),
        )

    # The rules' own errands

    def seal_of(self, cart: Cart, quote: Quote) -> Seal:
        return seal(cart.lines, quote, waive_retraction=self.policy.waive_retraction)

    def _extensions(self, query: Query) -> tuple[str, ...]:
        if query.extensions:
            return query.extensions
        return self._registrar.every_extension() if query.every_extension else self._registrar.extensions()

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

    def _pre_flight(self, cart: Cart) -> Quote:
        if not self.policy.allow_premium and (premium := [str(n.domain) for n in cart.lines if n.is_premium]):
            raise NotPossible(f"Premium names are not bought here: {', '.join(premium)}. Remove them, then ask again.")
        try:
            prepared = self._registrar.prepare(cart.lines, reference=f"Domain Desk #{cart.id} pre-flight")
        except RegistrarRefused as refusal:
            raise NotPossible(f"Cart #{cart.id} cannot be bought as it is. {refusal} The cart stays open.") from refusal
        self._registrar.discard(prepared.registrar_cart)
        return prepared.quote

    def _must_wait_for_approval(self, cart: Cart, approver: Person) -> None:
        self.policy.must_decide(approver)
        if cart.state is not S.SUBMITTED:
            raise NotPossible(_already_decided(cart))
        self.policy.may_approve(cart, approver)

    def _could_approve(self, cart: Cart, person: Person) -> bool:
        try:
            self.policy.may_approve(cart, person)
        except NotAllowed:
            return False
        return person.id not in cart.approved_by

    def _refuse_held(self, carts: Reading, domains: Sequence[DomainName], *, without: int) -> None:
        for domain, holder in carts.holding(domains).items():
            if holder != without:
                raise NotPossible(f"{domain} is already in cart #{holder}, which is under way. `/domain show {holder}`")

    def _refuse_beyond_limits(self, carts: Reading, cart: Cart, total: Money, now: datetime) -> None:
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        committed = carts.committed(month, total.currency, without=cart.id)
        self.policy.within_limits(total, committed=committed)


def _is_private(channel: str) -> bool:
    return channel.startswith("D")


def _sealed(cart: Cart) -> tuple[Seal, Quote]:
    if cart.seal is None or cart.quote is None:
        raise NotPossible(f"Cart #{cart.id} was never checked with OVH. Ask for approval again.")
    return cart.seal, cart.quote


def _why_not_addable(answer: Availability) -> str:
    name = answer.domain
    return {
        Verdict.TAKEN: f"{name} is taken. `/domain search` finds others.",
        Verdict.AFTERMARKET: f"{name} is for sale by its owner, not free. The desk buys free names only.",
        Verdict.NOT_SOLD: f"OVH does not sell .{name.extension} here. Try another extension.",
    }.get(answer.verdict, f"I could not ask OVH about {name} just now: {answer.reason}. Try again in a minute.")


def _why_not_movable(cart: Cart) -> str:
    return f"Cart #{cart.id} is not one that this button can move. Look at its newest card."


def _closing(cart: Cart) -> str:
    return f"Closed: OVH cancelled order {cart.order.id}." if cart.order else "Closed without ordering."


def _already_decided(cart: Cart) -> str:
    if cart.state is S.REJECTED:
        return f"Cart #{cart.id} was rejected already: nothing to decide any more."
    if cart.state is S.CANCELLED:
        return f"Cart #{cart.id} was cancelled: nothing to decide any more."
    return f"Cart #{cart.id} is {cart.state.in_words} already: nothing to decide any more."


def _why_not_payable(cart: Cart) -> str:
    return {
        S.PAYING: f"The payment of cart #{cart.id} is under way already. The card shows when it is through.",
        S.PAID: f"Cart #{cart.id} is paid already.",
        S.DELIVERED: f"Cart #{cart.id} is paid and delivered already.",
    }.get(cart.state, f"Cart #{cart.id} is {cart.state.in_words}: there is nothing to pay.")
