"""The requester, the approver and the payer of one run: honest, unless the schedule has them be hasty or wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.events import happened
from ordering.model.facts import EventKind
from ordering.model.money import Money
from ordering.model.policy import Person, Policy
from ordering.model.seal import seal
from prove.explorer.deviations import APPROVES, DECIDES, PAYS, Options
from prove.explorer.laws import NOT_APPROVED, LawBroken
from prove.explorer.ledger import PREPAID
from prove.explorer.routes import OFFERED, RENEWAL

if TYPE_CHECKING:
    from prove.explorer.processes import Process
    from prove.explorer.world import World

S = CartState
ADA, CLEO, DAN = Person("U0ADA"), Person("U0CLEO"), Person("U0DAN")
POLICY = Policy(approvers=frozenset({CLEO.id, DAN.id}), payers=frozenset({DAN.id}))
_SOON, _LOOKS_FIRST, _MUCH_LATER, _TWICE_AFTER = 5.0, 900.0, 91_000.0, 30.0  # seconds
_AGAIN_AFTER = (60.0, 600.0, 3600.0, 91_000.0)  # seconds, after each refusal
_OLD = "0" * 12  # what a button of a card of before carries
Click = Callable[["Process"], None]


@dataclass(slots=True)
class Plan:
    """What a person is about to do, in which manner, when, and how often they were refused."""

    at: float
    manner: str
    refusals: int = 0


class People:
    """Decide as the newest card asks them to. `accepted` are decisions that the bot took: by whom, to which state."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plans: dict[tuple[str, str], Plan] = {}
        self._repeats: list[tuple[float, Click]] = []
        self._tries = 0
        self._others = 0
        self.accepted: list[tuple[str, CartState]] = []

    def request(self, process: Process) -> None:
        """Put a request before the approver, as the pre-flight leaves it."""
        lines = tuple(
            Line(
                DomainName.parse(name),
                1,
                "create-default",
                Money(OFFERED, "EUR"),
                added_by=ADA.id,
                renewal=Money(RENEWAL, "EUR"),
            )
            for name in self._world.names
        )
        prepared = process.registrar.prepare(lines, reference="Domain Desk #1 pre-flight")
        process.registrar.discard(prepared.registrar_cart)
        sealed = seal(lines, prepared.quote, waive_retraction=POLICY.waive_retraction)
        with process.world.store.begin() as carts:
            cart = carts.open("C1", by=ADA.id, at=process.now())
            asked = replace(cart, lines=lines, requester=ADA.id, purpose="x", quote=prepared.quote, seal=sealed)
            asked = asked.to(S.SUBMITTED, at=process.now())
            carts.save(asked, happened(asked, process.now(), EventKind.APPROVAL_REQUESTED, by=ADA.id))

    def fill_another_cart(self, process: Process) -> None:
        """Have colleagues work in another channel: their commits stand behind those of this request."""
        self._others += 1
        with process.world.store.begin() as carts:
            cart = carts.open(f"C{self._others + 1}", by=DAN.id, at=process.now())
        with process.world.store.begin() as carts:
            carts.save(
                cart.with_line(Line(DomainName.parse("other.ovh"), 1, "create-default", Money(1, "EUR"), DAN.id))
            )

    def see_new_cards(self) -> None:
        """The cards are drawn again from a store that went back: what was clicked is to be clicked again."""
        self._plans.clear()

    def next(self) -> tuple[float, Click] | None:
        """Return who clicks next, and when."""
        coming = list(self._repeats)
        cart = self._world.laws.cart
        wish = self._wish(cart)
        if wish is not None:
            kind, options, delay = wish
            key = (kind, cart.mark)
            if key not in self._plans:
                manner = self._world.place(f"person {kind}", options) or "honest"
                self._plans[key] = Plan(self._world.now + _delay(manner, delay), manner)
            plan = self._plans[key]
            if plan.refusals <= len(_AGAIN_AFTER):
                coming.append((max(plan.at, self._world.now), partial(self._click, kind, plan)))
        return min(coming, key=lambda one: one[0], default=None)

    def _wish(self, cart: Cart) -> tuple[str, Options, float] | None:
        """What the card asks of whom, in which manners they may do it, and after how long."""
        if cart.state is S.SUBMITTED:
            return "approves", APPROVES, _SOON
        if cart.state is S.CHECKED_OUT and cart.order is not None and cart.order.methods:
            return "pays", PAYS, _SOON
        if cart.is_undecided:
            return "says what was ordered", DECIDES, _LOOKS_FIRST
        if cart.payment_is_undecided:
            return "says what was paid", DECIDES, _LOOKS_FIRST
        if cart.has_nothing_to_come:
            return "closes", ("after-91000",), _SOON
        return None

    def _click(self, kind: str, plan: Plan, process: Process) -> None:
        self._world.acts(f"person {kind}")
        cart = self._world.laws.cart
        act = {
            "approves": self._approve,
            "pays": self._pay,
            "says what was ordered": self._say_ordered,
            "says what was paid": self._say_paid,
            "closes": self._close,
        }[kind]
        try:
            act(process, cart, plan)
        except OrderingError:
            plan.at = self._world.now + _AGAIN_AFTER[min(plan.refusals, len(_AGAIN_AFTER) - 1)]
            plan.refusals += 1
        else:
            plan.refusals = len(_AGAIN_AFTER) + 1  # done: the next card has another mark

    def _approve(self, process: Process, cart: Cart, plan: Plan) -> None:
        if cart.seal is None:
            raise AssertionError("a request without a seal")
        shown = cart.seal.short
        if plan.manner == "self":
            _must_fail(lambda: process.workflow.approve(cart.id, approver=ADA, shown=shown), "the own request")
        if plan.manner == "old-card":
            _must_fail(lambda: process.workflow.approve(cart.id, approver=CLEO, shown=_OLD), "what no card shows")
        approve = partial(self._decided, CLEO.id, lambda by: by.workflow.approve(cart.id, approver=CLEO, shown=shown))
        approve(process)
        self._repeat(plan, approve)

    def _pay(self, process: Process, cart: Cart, plan: Plan) -> None:
        if cart.order is None:
            raise AssertionError("a payable cart without an order")
        number, shown = cart.order.id, cart.mark
        if plan.manner == "page" or cart.order.refuses_all:
            self._world.ledger.pay_on_page(number, self._world.now)
            self._world.reach("person pays on the page")
            return
        if plan.manner == "old-card":
            _must_fail(lambda: process.workflow.pay(cart.id, payer=DAN, method=None, shown=_OLD), "an old card")
        method = PREPAID if plan.manner == "prepaid" else None
        pay = partial(self._decided, DAN.id, lambda by: by.workflow.pay(cart.id, payer=DAN, method=method, shown=shown))
        pay(process)
        self._repeat(plan, pay)

    def _say_ordered(self, process: Process, cart: Cart, plan: Plan) -> None:
        now = self._world.now
        ours = [o for o in self._world.ledger.ours if plan.manner != "hasty" or o.is_whole(now)]
        if ours and plan.manner != "wrong":
            number = ours[-1].id
            self._decided(CLEO.id, lambda by: by.workflow.adopt(cart.id, number, by=CLEO, shown=cart.mark), process)
        else:
            say = process.workflow.nothing_ordered
            self._decided(CLEO.id, lambda _: say(cart.id, by=CLEO, shown=cart.mark), process)

    def _say_paid(self, process: Process, cart: Cart, plan: Plan) -> None:
        if cart.order is None:
            raise AssertionError("a payment without an order")
        order, now = self._world.ledger.orders[cart.order.id], self._world.now
        paid = order.paid_at(now) is not None if plan.manner == "hasty" else bool(order.taken())
        says_paid = paid is not (plan.manner == "wrong")
        say = process.workflow.it_was_paid if says_paid else process.workflow.not_paid
        self._decided(DAN.id, lambda _: say(cart.id, by=DAN, shown=cart.mark), process)

    def _close(self, process: Process, cart: Cart, _plan: Plan) -> None:
        self._tries += cart.order is None
        again = cart.order is None and self._tries <= 2
        resolve = process.workflow.try_again if again else process.workflow.give_up
        self._decided(CLEO.id, lambda _: resolve(cart.id, by=CLEO, shown=cart.mark), process)

    def _decided(self, by: str, click: Callable[[Process], Cart], process: Process) -> None:
        """Click, and note the decision as accepted once the bot said so."""
        cart = click(process)
        self.accepted.append((by, cart.state))

    def _repeat(self, plan: Plan, click: Callable[[Process], None]) -> None:
        if plan.manner == "twice":
            self._repeats.append((self._world.now + _TWICE_AFTER, partial(self._again, click)))

    def _again(self, click: Callable[[Process], None], process: Process) -> None:
        """Slack delivers a click once more: the bot refuses it, or nothing changes."""
        self._repeats.pop(0)
        self._world.acts("click delivered again")
        try:
            click(process)
        except OrderingError:
            return


def _must_fail(click: Callable[[], Cart], what: str) -> None:
    """Click what the bot has to refuse."""
    try:
        click()
    except OrderingError:
        return
    raise LawBroken(NOT_APPROVED, f"a click on {what} was taken")


def _delay(manner: str, usual: float) -> float:
    if manner.startswith("after-"):
        return _MUCH_LATER
    return 60.0 if manner in {"wrong", "hasty"} else usual
