"""The requester, the approver and the payer of one run: honest, unless the schedule makes them hasty or wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.events import happened
from ordering.model.facts import EventKind
from ordering.model.ids import OrderId
from ordering.model.money import Money
from ordering.model.policy import Person
from ordering.model.recovery import Stamp
from ordering.model.seal import seal
from ordering.process.recovery import must_allow, must_be_current
from ordering.workflow import Workflow
from prove.explorer.deviations import ANYWAY, APPROVES, DECIDES, EDITS, ORDERED, PAYS, Options
from prove.explorer.law_names import NOT_APPROVED, NOT_OURS, UNHELD, LawBroken
from prove.explorer.ledger import PREPAID, Method, moment
from prove.explorer.processes import Unanswered
from prove.explorer.routes import OFFERED, RENEWAL
from prove.explorer.team import ADA, ANSWER, CLEO, DAN, POLICY

if TYPE_CHECKING:
    from prove.explorer.processes import Process
    from prove.explorer.world import World

S = CartState
_SOON, _LOOKS_FIRST, _MUCH_LATER, _TWICE_AFTER = 5.0, 900.0, 91_000.0, 30.0  # seconds
_PATIENT, _HOUR = 5, 3600.0  # after so many payments they wait an hour before each
_AGAIN_AFTER = (60.0, 600.0, 3600.0, 91_000.0)  # seconds, after each refusal
_DATED_BEFORE = timedelta(seconds=10)  # between OVH's date of an order and of the try that made it
_OLD = "0" * 12  # the fingerprint on a button of an outdated card
Click = Callable[["Process"], None]


@dataclass(slots=True)
class Plan:
    """What a user is about to do with a card, in which manner, when, and how often they were refused."""

    at: float
    manner: str
    card: Cart
    stamp: Stamp
    refusals: int = 0

    @property
    def is_done(self) -> bool:
        return self.refusals > len(_AGAIN_AFTER)


class People:
    """Simulated users who act on the newest card.

    `accepted` are the decisions that the bot accepted: by which user, to which state.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._plans: dict[tuple[str, str], Plan] = {}
        self._old_cards: list[tuple[str, Plan]] = []  # from before a loss: they stay until the request changes
        self._left: Cart | None = None  # the request after the loss
        self._lost_card: tuple[str, Plan] | None = None  # the newest card of the lost state
        self._has_page = False  # whether a payer opened the order's page from its card
        self._repeats: list[tuple[float, Click]] = []
        self._tries = 0
        self._pays = 0
        self._others = 0
        self._earlier_rounds: set[str] = set()  # what Approve carried on the cards of rounds that ended in a return
        self.accepted: list[tuple[str, CartState]] = []

    def request(self, process: Process) -> None:
        """Submit a request to the approver, in the state after the pre-flight."""
        lines = tuple(
            Line(
                DomainName.parse(name),
                1,
                "create-default",
                Money(OFFERED, "EUR"),
                added_by=ADA.id,
                answers=(ANSWER,),
                renewal=Money(RENEWAL, "EUR"),
            )
            for name in self._world.names
        )
        prepared = process.registrar.prepare(lines)
        process.registrar.discard(prepared.registrar_cart)
        sealed = seal(
            lines, prepared.quote, waive_retraction=POLICY.waive_retraction, salt="5a17"
        )  # runs are repeatable
        with process.world.store.begin() as carts:
            cart = carts.open("C1", by=ADA.id, at=process.now())
            now, quote = process.now(), prepared.quote
            asked = cart.submit(at=now, lines=lines, requester=ADA.id, purpose="x", quote=quote, seal=sealed)
            carts.save(asked, happened(asked, process.now(), EventKind.APPROVAL_REQUESTED, by=ADA.id))

    def fill_another_cart(self, process: Process) -> None:
        """Simulate colleagues in another channel: their commits follow those of this request."""
        self._others += 1
        with process.world.store.begin() as carts:
            cart = carts.open(f"C{self._others + 1}", by=DAN.id, at=process.now())
        with process.world.store.begin() as carts:
            carts.save(
                cart.with_line(Line(DomainName.parse("other.ovh"), 1, "create-default", Money(1, "EUR"), DAN.id))
            )

    def keep_old_cards(self) -> None:
        """Handle a rollback of the store.

        Cards show lost state until the request changes, or recover mode re-renders them.
        """
        todo = [(kind, plan) for (kind, _), plan in self._plans.items() if not plan.is_done]
        self._old_cards = [(kind, plan) for kind, plan in todo if plan.card.mark != self._world.laws.cart.mark]
        self._left = self._world.laws.cart
        cards = [(kind, plan) for (kind, _), plan in self._plans.items() if plan.card.mark != self._left.mark]
        self._lost_card = cards[-1] if cards else self._lost_card
        self._has_page = False  # they open it again
        self._plans.clear()

    def stop(self, process: Process) -> None:
        """Have a payer stop the order or payment at this very moment."""
        acting, before = self._world.acting, self._world.laws.cart
        event, lost = len(self._world.store.kept.events) + 1, self._world.lost_commits
        self._world.acts("person stops")
        with suppress(OrderingError, Unanswered):
            self._decided(DAN.id, lambda by: by.workflow.approvals.stop(before.id, by=DAN), process)
            if self._world.lost_commits == lost:
                self._world.laws.stopped(before, event)
        self._world.acts(acting)

    def open_page(self, process: Process) -> None:
        """Have a payer open the order's page from its card, and leave it open."""
        cart = self._world.laws.cart
        if cart.order is not None and not self._has_page:
            with suppress(OrderingError):
                process.workflow.payments.order_link(cart.id, payer=DAN, mark=cart.mark)
                self._has_page = True

    def try_page(self, process: Process, *methods: Method, mail: bool = False) -> None:
        """Have a payer try these methods on OVH's page, which the bank refuses: opened from the card, or by mail."""
        if not mail:
            self.open_page(process)
        order = self._world.laws.cart.order
        if order is not None and (self._has_page or mail):
            is_unseen = mail and not self._has_page
            for method in methods:
                self._world.ledger.pay_on_page(order.id, self._world.now, method=method, refused=True, mail=is_unseen)

    def click_lost_card(self, process: Process) -> None:
        """Click the newest card of a lost state, which may still be in a channel: it decides nothing."""
        if self._lost_card is not None and self._world.store.kept.standing.recovery is None:
            before = self._world.laws.cart
            with suppress(OrderingError, Unanswered):
                self._act(*self._lost_card, process)
            if self._world.laws.cart is not before:
                raise LawBroken(UNHELD, "a click on a card from before a loss was taken")

    def next(self) -> tuple[float, Click] | None:
        """Return the next click, and when it comes."""
        coming = list(self._repeats)
        cart = self._world.laws.cart
        standing = self._world.store.kept.standing
        if cart is not self._left or standing.recovery is not None:
            self._old_cards.clear()
        for kind, plan in self._old_cards:
            coming.append((max(plan.at, self._world.now), partial(self._click_old, kind, plan)))
        intention = None if self._old_cards or standing.recovery is not None else self._intention(cart)
        if intention is not None:
            kind, options, delay = intention
            key = (kind, f"{cart.mark} {self._world.store.kept.epoch}")  # another epoch has other cards
            if key not in self._plans:
                manner = self._world.place(f"person {kind}", options) or "honest"
                at, stamp = self._world.now + _delay(manner, delay), self._world.store.kept.stamp
                self._plans[key] = Plan(at, manner, cart, stamp)
            plan = self._plans[key]
            if not plan.is_done:
                coming.append((max(plan.at, self._world.now), partial(self._click, kind, plan)))
        return min(coming, key=lambda one: one[0], default=None)

    def _intention(self, cart: Cart) -> tuple[str, Options, float] | None:
        """Return what the card asks a user to do, the manners in which they may do it, and the delay."""
        if cart.state is S.SUBMITTED:
            return "approves", APPROVES, _SOON
        if cart.state is S.RETURNED:
            return "edits", EDITS, _SOON
        if cart.state is S.CHECKED_OUT and cart.order is not None and cart.order.methods:
            return "pays", PAYS, _SOON if self._pays < _PATIENT else _HOUR
        return self._question(cart) if cart.state is S.NEEDS_ATTENTION else None

    def _question(self, cart: Cart) -> tuple[str, Options, float] | None:
        """Return what a card that needs attention asks."""
        if cart.is_undecided:
            return "says what was ordered", ORDERED, _LOOKS_FIRST
        if cart.payment_is_undecided:
            return "says what was paid", DECIDES, _LOOKS_FIRST
        if cart.can_be_ordered_anyway:
            return "orders anyway", ANYWAY, _LOOKS_FIRST
        if cart.has_nothing_to_come:
            return "closes", ("after-91000",), _SOON
        return None

    def _click_old(self, kind: str, plan: Plan, process: Process) -> None:
        """Click a card from before the loss: it shows more than the store holds, so it is refused."""
        self._old_cards.clear()
        self._click(kind, plan, process)

    def _click(self, kind: str, plan: Plan, process: Process) -> None:
        self._world.acts(f"person {kind}")
        try:
            self._act(kind, plan, process)
        except (OrderingError, Unanswered) as error:
            self._world.laws.refused(error)
            plan.at = self._world.now + _AGAIN_AFTER[min(plan.refusals, len(_AGAIN_AFTER) - 1)]
            plan.refusals += 1
        else:
            plan.refusals = len(_AGAIN_AFTER) + 1  # done: the next card has another fingerprint

    def _act(self, kind: str, plan: Plan, process: Process) -> None:
        act = {
            "approves": self._approve,
            "edits": self._edit,
            "pays": self._pay,
            "says what was ordered": self._say_ordered,
            "says what was paid": self._say_paid,
            "orders anyway": self._order_anyway,
            "closes": self._close,
        }[kind]
        act(process, plan.card, plan)

    def _approve(self, process: Process, cart: Cart, plan: Plan) -> None:
        if cart.seal is None:
            raise AssertionError("a request without a seal")

        def approve(by: Process, *, approver: Person = CLEO, mark: str = "") -> Cart:
            return _approved(by.workflow, approver, mark or cart.request_mark)

        def _approved(workflow: Workflow, approver: Person, mark: str) -> Cart:
            return workflow.approvals.approve(cart.id, approver=approver, mark=mark, stamp=plan.stamp)

        if plan.manner == "of-trial":
            self._make_trial(process)
            cart = self._world.laws.cart
        if plan.manner == "self":
            _must_fail(lambda: approve(process, approver=ADA), "the own request")
        if plan.manner == "old-card":
            _must_fail(lambda: approve(process, mark=_OLD), "what no card shows")
        if plan.manner == "in-trial":
            in_trial = _in_trial(process)
            _must_fail(lambda: _approved(in_trial, CLEO, cart.request_mark), "a request of before the trial")
        for earlier in self._earlier_rounds - {cart.request_mark}:  # a restored database may ask in that round again
            _must_fail(lambda earlier=earlier: approve(process, approver=DAN, mark=earlier), "an earlier round")  # type: ignore[misc] # mypy infers no lambda with a default
        if plan.manner.startswith("returns"):
            self._return(process, cart, plan)
            return
        self._decided(CLEO.id, approve, process)
        self._repeat(plan, CLEO.id, approve)

    def _make_trial(self, process: Process) -> None:
        """Let the request be one that was made in the trial, which is over."""
        with process.store.begin() as carts:
            cart = carts.cart(self._world.laws.cart.id)
            if cart.state is S.SUBMITTED and cart.quote is not None:
                waived = POLICY.waive_retraction
                carts.save(replace(cart, seal=seal(cart.lines, cart.quote, waive_retraction=waived, trial=True)))

    def _return(self, process: Process, cart: Cart, plan: Plan) -> None:
        """Ask for changes. What the card of this round shows approves nothing any more."""

        def returns(by: Process) -> Cart:
            return by.workflow.approvals.ask_for_changes(
                cart.id, approver=CLEO, reason="x", mark=cart.request_mark, stamp=plan.stamp
            )

        self._decided(CLEO.id, returns, process)
        self._earlier_rounds.add(cart.request_mark)
        if plan.manner == "returns-twice":
            self._repeats.append((self._world.now + _TWICE_AFTER, partial(self._again, CLEO.id, returns)))

    def _edit(self, process: Process, cart: Cart, plan: Plan) -> None:
        """Have the requester edit a returned request and send it again, after others tried to and could not."""
        name, workflow = cart.lines[-1].domain, process.workflow
        _must_fail(lambda: workflow.cart_editing.remove(cart.id, name, by=DAN), "another's returned request")
        for mark in self._earlier_rounds:
            _must_fail(
                lambda mark=mark: workflow.approvals.approve(cart.id, approver=DAN, mark=mark, stamp=plan.stamp),  # type: ignore[misc] # as above
                "a returned request",
            )

        def again(by: Process) -> Cart:
            return self._request_again(by, cart, plan)

        def withdraw(by: Process) -> Cart:
            return by.workflow.approval_requests.withdraw(cart.id, by=ADA, stamp=plan.stamp)

        self._decided(ADA.id, withdraw if plan.manner == "withdraws" else again, process)
        self._repeat(plan, ADA.id, again)

    def _request_again(self, process: Process, cart: Cart, plan: Plan) -> Cart:
        """Submit a returned request in the state after the pre-flight, without its last name unless it has only one."""
        lines = cart.lines if plan.manner == "same" else cart.lines[:-1] or cart.lines
        prepared = process.registrar.prepare(lines)
        process.registrar.discard(prepared.registrar_cart)
        sealed = seal(lines, prepared.quote, waive_retraction=POLICY.waive_retraction)
        with process.workflow.recover_mode.noticing(number=cart.id), process.world.store.begin() as carts:
            must_be_current(carts, plan.stamp, cart.id)
            must_allow(carts)
            now, kept = process.now(), carts.cart(cart.id)
            POLICY.may_change(kept, ADA)
            kept.require_mark(cart.mark)
            asked = kept.submit(at=now, lines=lines, requester=ADA.id, purpose="y", quote=prepared.quote, seal=sealed)
            return carts.save(asked, happened(asked, now, EventKind.APPROVAL_REQUESTED, by=ADA.id))

    def _pay(self, process: Process, cart: Cart, plan: Plan) -> None:
        if cart.order is None:
            raise AssertionError("a payable cart without an order")
        self._pays += 1
        if plan.manner == "page" or cart.order.refuses_all:
            self._world.ledger.pay_on_page(cart.order.id, self._world.now)
            self._world.reach("person pays on the page")
            return
        method = PREPAID if plan.manner == "prepaid" else None

        if plan.manner == "opens":
            self.open_page(process)

        def pay(by: Process, *, mark: str = cart.mark) -> Cart:
            return by.workflow.payments.pay(cart.id, payer=DAN, method=method, mark=mark, stamp=plan.stamp)

        if plan.manner == "old-card":
            _must_fail(lambda: pay(process, mark=_OLD), "an old card")
        if plan.manner == "in-trial":
            decisions = _in_trial(process).payments
            paid_in_trial = partial(decisions.pay, cart.id, payer=DAN, method=method, mark=cart.mark, stamp=plan.stamp)
            _must_fail(paid_in_trial, "an order of before the trial")
        self._decided(DAN.id, pay, process)
        self._repeat(plan, DAN.id, pay)

    def _say_ordered(self, process: Process, cart: Cart, plan: Plan) -> None:
        if plan.manner == "another":
            self._name_another(process, cart, plan)
        now = self._world.now
        ours = [o for o in self._world.ledger.ours if plan.manner != "hasty" or o.is_whole(now)]
        workflow = process.workflow
        say = workflow.recovery.nothing_ordered
        if ours and plan.manner != "wrong":
            say = partial(workflow.recovery.adopt, order_id=OrderId(ours[-1].id))
        self._decided(CLEO.id, lambda _: say(cart.id, by=CLEO, mark=cart.mark, stamp=plan.stamp), process)

    def _name_another(self, process: Process, cart: Cart, plan: Plan) -> None:
        """Name an order of other names, and each one that is known as another user's, which the bot must refuse."""
        self._world.ledger.new_foreign(("other.ovh",), self._world.now)
        tried_at = cart.attempt.started_at - _DATED_BEFORE if cart.attempt else None
        for order in self._world.ledger.foreign:
            is_old = tried_at is not None and moment(order.made_at) < tried_at
            if "other.ovh" not in order.names and order.id not in cart.foreign_allowed and not is_old:
                continue  # nothing tells a colleague's order of the same moment from the request's
            with suppress(OrderingError):
                process.workflow.recovery.adopt(
                    cart.id, by=CLEO, mark=cart.mark, stamp=plan.stamp, order_id=OrderId(order.id)
                )
                raise LawBroken(NOT_OURS, f"a person named order {order.id}, which is not the request's")

    def _say_paid(self, process: Process, cart: Cart, plan: Plan) -> None:
        if cart.order is None:
            raise AssertionError("a payment without an order")
        order, now = self._world.ledger.orders[cart.order.id], self._world.now
        paid = order.paid_at(now) is not None if plan.manner == "hasty" else bool(order.taken())
        says_paid = paid is not (plan.manner == "wrong")
        say = process.workflow.recovery.it_was_paid if says_paid else process.workflow.recovery.not_paid
        self._decided(DAN.id, lambda _: say(cart.id, by=DAN, mark=cart.mark, stamp=plan.stamp), process)

    def _order_anyway(self, process: Process, cart: Cart, plan: Plan) -> None:
        """Order in addition to the orders shown, or close the request if one of them is a forgotten order of ours."""

        def order(by: Process, *, who: Person = CLEO, mark: str = cart.mark) -> Cart:
            return by.workflow.recovery.order_anyway(cart.id, by=who, mark=mark, stamp=plan.stamp)

        if plan.manner == "self":
            _must_fail(lambda: order(process, who=ADA), "the own request")
        if plan.manner == "old-card":
            _must_fail(lambda: order(process, mark=_OLD), "an old card")
        now = self._world.now
        own = [o for o in self._world.ledger.ours if o.is_alive(now) and (plan.manner != "hasty" or o.is_whole(now))]
        if own or plan.manner == "close":
            self._decided(
                CLEO.id,
                lambda by: by.workflow.recovery.give_up(cart.id, by=CLEO, mark=cart.mark, stamp=plan.stamp),
                process,
            )
        else:
            self._decided(CLEO.id, order, process)

    def _close(self, process: Process, cart: Cart, plan: Plan) -> None:
        self._tries += cart.order is None
        again = cart.order is None and self._tries <= 2
        resolve = process.workflow.recovery.try_again if again else process.workflow.recovery.give_up
        self._decided(CLEO.id, lambda _: resolve(cart.id, by=CLEO, mark=cart.mark, stamp=plan.stamp), process)

    def _decided(self, by: str, click: Callable[[Process], Cart], process: Process) -> None:
        """Click, and record the decision as accepted if the bot accepted one: a repeated click changes nothing."""
        before = self._world.laws.cart
        cart = click(process)
        if self._world.laws.cart is not before:
            self.accepted.append((by, cart.state))

    def _repeat(self, plan: Plan, by: str, click: Callable[[Process], Cart]) -> None:
        if plan.manner == "twice":
            self._repeats.append((self._world.now + _TWICE_AFTER, partial(self._again, by, click)))

    def _again(self, by: str, click: Callable[[Process], Cart], process: Process) -> None:
        """Deliver a click once more: the bot refuses it, or nothing changes."""
        self._repeats.pop(0)
        self._world.acts("click delivered again")
        with suppress(OrderingError, Unanswered):
            self._decided(by, click, process)


def _must_fail(click: Callable[[], Cart], what: str) -> None:
    """Click a button that the bot must refuse."""
    try:
        click()
    except (OrderingError, Unanswered):
        return
    raise LawBroken(NOT_APPROVED, f"a click on {what} was taken")


def _in_trial(process: Process) -> Workflow:
    """Return the use cases of this process as they are while the bot is in the trial."""
    policy = replace(POLICY, trial=True)
    return Workflow(store=process.store, registrar=process.registrar, policy=policy, clock=process.now)


def _delay(manner: str, usual: float) -> float:
    if manner.startswith("after-"):
        return _MUCH_LATER
    return 60.0 if manner in {"wrong", "hasty", "another"} else usual
