"""A registrar in memory, for the pure rules: it keeps a ledger and fails as configured."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

from ordering.model.cart_line import Line
from ordering.model.contact import Contact, LegalForm, newest_first
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotSent, OutcomeUnknown, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data
from ordering.model.ids import OrderId
from ordering.model.money import Money
from ordering.model.offer import Action, Availability, Effort, Offer
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.policy import Person
from ordering.model.preflight_findings import Finding, FindingCode, Fix, LinesRefused
from ordering.model.question import Question
from ordering.model.quote import Configuration, Quote
from ordering.model.sales_order import (
    Attempt,
    Delivery,
    DeliveryProgress,
    MethodId,
    OrderReconciliation,
    OrderStatus,
    Outcome,
    Payment,
    PaymentMethod,
    PaymentProgress,
    PaymentReconciliation,
    SalesOrder,
    SentPayment,
)
from ordering.ports.carts import Prepared
from ordering.ports.money_call import MoneyCall
from ordering.ports.sales_orders import Known
from tests.builders import NOW, a_quote
from tests.fake_account import FakeAccount

Result = TypeVar("Result")
CART_GONE: Data = {"seen": "no_new_order", "cart": "gone", "orders": 0}
METHODS = (PaymentMethod(1, "VISA", default=True), PaymentMethod(2, "SEPA"))


def belonging(*orders: OrderId) -> Known:
    """The orders that belong to a cart, as the registrar asks for them."""
    return lambda among: frozenset(orders) & frozenset(among)


class FakeClock:
    """Moves only on request."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class FakeRights:
    """Everybody is a member of no user group, apart from those whom a test describes otherwise."""

    def __init__(self) -> None:
        self.known: dict[str, Person] = {}

    def person(self, user: str) -> Person:
        return self.known.get(user, Person(user))


class FakeMoneyCall(Generic[Result]):
    """A call that is ready; `deliver` is what OVH does when it arrives."""

    def __init__(self, registrar: "FakeRegistrar", deliver: Callable[..., Result]) -> None:
        self._registrar = registrar
        self._deliver = deliver

    def send(self, *, signed_at: datetime, not_after: datetime) -> Result:
        self._registrar.signed_at.append(signed_at)
        self._registrar.holds_permit = False  # from here on the call has ended
        if self._registrar.next_fault == "not_sent":
            self._registrar.next_fault = None
            raise NotSent
        return self._deliver(not_after=not_after)


class FakeRegistrar(FakeAccount):
    """`next_fault` is for the next call that buys or pays.

    not_ready, not_sent, lost_before, lost_after, refused, unavailable.
    """

    def __init__(self) -> None:
        super().__init__()
        self.quote: Quote = a_quote()
        self.carts: dict[str, OrderId | None] = {}
        self.payments: list[tuple[OrderId, MethodId]] = []
        self.methods: tuple[PaymentMethod, ...] = METHODS
        self.reconciliation: PaymentReconciliation | None = (
            None  # what is seen of a payment, where the order does not show it
        )
        self.earlier: PaymentReconciliation | None = None  # what is seen before one is sent
        self.invoice: str | None = None
        self.next_fault: str | None = None
        self.prepare_refuses: str | None = None
        self.asks: dict[str, tuple[Question, ...]] = {}  # by extension
        self.gone: set[str] = set()  # names that were taken after they were added
        self.known_contacts: list[Contact] = []
        self.order_total: Money | None = None
        self.undecided = False
        self.owner_hidden = False  # whether OVH shows who will own an order's names
        self.differs: Data | None = None  # what an order has otherwise than the cart
        self.made_at: datetime | None = None  # when the order that a person names was made; None: after the try
        self.discarded: set[str] = set()
        self.clock = FakeClock()
        self.ahead = timedelta()  # OVH's clock
        self.signed_at: list[datetime] = []  # of the calls that buy or pay
        self.listed = True  # whether the order's list of methods still has the one that was refused
        self.taken: PaymentReconciliation | None = None  # what no other order explains, at the end of a floor
        self.candidates: tuple[OrderId, ...] = ()  # new orders that may be the cart's
        self.closed = False  # whether OVH closed the cart
        self.affordable = 60
        self.undeletable = False  # carts that OVH does not give up
        self.delivered = False
        self.failed: str | None = None
        self.odd: str | None = None  # the state that OVH shows of all names
        self.names: set[DomainName] = set()  # that the account owns
        self.offers: dict[str, tuple[Offer, ...]] = {}  # other ones than usual, by name
        self.has_method = True
        self.presence_expires: dict[str, datetime] = {}  # by OVH's clock
        self.rights_missing: set[str] = set()  # of the API key
        self.sold: tuple[str, ...] = ("ovh", "com", "fr")
        self.price_list: dict[str, Money] = {"ovh": Money(299, "EUR"), "com": Money(899, "EUR")}
        self.owners_need: dict[str, OwnerNeeds] = {}  # what a rule needs of an owner, by extension
        self.objects_to: dict[str, str] = {}  # what a rule says of an owner's country, by extension

    def show_presence(self, expires_at: datetime) -> str:
        self.presence.add(made := f"presence {next(self._numbers)}")
        self.presence_expires[made] = expires_at
        return made

    def presence_is_of(self, cart: str, expires_at: datetime) -> bool:
        return self.presence_expires.get(cart) == expires_at

    def require_right_to_check_out(self) -> None:
        self._require_right("POST /order/cart/*/checkout")

    def require_right_to_pay(self, order_id: OrderId, method: MethodId) -> None:
        self._require_right("POST /me/order/*/pay")

    def _require_right(self, right: str) -> None:
        self._take_permit()
        if right in self.rights_missing:
            raise RegistrarRefused(code="ovh_right_missing", rights=[right])

    @contextmanager
    def ready_to_check_out(self, registrar_cart: str, *, waive_retraction: bool) -> Iterator[MoneyCall[SalesOrder]]:
        with self._permit():
            yield FakeMoneyCall(self, partial(self.check_out, registrar_cart, waive_retraction=waive_retraction))

    @contextmanager
    def ready_to_pay(self, order_id: OrderId, method: MethodId) -> Iterator[MoneyCall[None]]:
        with self._permit():
            yield FakeMoneyCall(self, partial(self.pay, order_id, method))

    @contextmanager
    def _permit(self) -> Iterator[None]:
        if self.next_fault == "not_ready":
            self.next_fault = None
            raise RegistrarUnavailable
        self.holds_permit = True
        try:
            yield
        finally:
            self.holds_permit = False

    def clock_ahead(self) -> timedelta:
        self._take_permit()
        return self.ahead

    def time(self) -> datetime:
        self._take_permit()
        return self.clock.now + self.ahead

    def lists_method(self, order_id: OrderId, method: MethodId) -> bool:
        return self.listed

    def known_clock_ahead(self) -> timedelta | None:
        return self.ahead

    def extensions(self) -> tuple[str, ...]:
        return ("ovh", "com")

    def every_extension(self) -> tuple[str, ...]:
        return self.sold

    def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
        return self.price_list

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        return Effort(len(names), seconds=float(len(names)), affordable=self.affordable)

    def look_up(
        self, names: Sequence[DomainName], *, recent: bool = False, urgent: bool = False
    ) -> Iterator[Availability]:
        for name in names:
            if name.ascii in self.offers:
                yield Availability.of(name, self.offers[name.ascii])
                continue
            mode = "create-premium" if name.ascii.startswith("premium") else "create-default"
            taken = name.ascii.startswith("taken")
            action = Action.TRANSFER if taken else Action.CREATE
            offer = Offer(name, action, "transfer-default" if taken else mode, orderable=True, price=Money(299, "EUR"))
            yield Availability.of(name, (offer,))

    def questions(self, lines: Sequence[Line]) -> Mapping[DomainName, tuple[Question, ...]]:
        asked = {line.domain: self.asks.get(line.domain.extension, ()) for line in lines}
        if gone := [domain for domain in asked if domain.ascii in self.gone]:
            findings = [Finding(FindingCode.NAME_NOT_FREE, domain) for domain in gone]
            raise LinesRefused(findings, {domain: of for domain, of in asked.items() if domain not in gone})
        return asked

    def contacts(self) -> tuple[Contact, ...]:
        return newest_first(self.known_contacts)

    def contact(self, contact_id: str) -> Contact:
        return next(known for known in self.known_contacts if known.id == contact_id)

    def account_holder(self) -> Contact:
        return Contact("xx1-ovh", LegalForm.CORPORATION, {"organisation": "Example GmbH"})

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        made = Contact(str(next(self._numbers)), form, dict(values))
        self.known_contacts.append(made)
        return made

    def complete_contact(self, contact_id: str, values: Mapping[str, str]) -> Contact:
        known = self.contact(contact_id)
        self.known_contacts.remove(known)
        self.known_contacts.append(Contact(known.id, known.legal_form, {**values, **known.values}))
        return self.known_contacts[-1]

    def owner_needs(
        self,
        domains: Sequence[DomainName],
        form: LegalForm,
        values: Mapping[str, str],
        *,
        at_once: bool = False,
        changes: bool = False,
    ) -> OwnerNeeds:
        return OwnerNeeds.of_all(
            self.owners_need[domain.extension] for domain in domains if domain.extension in self.owners_need
        )

    def owned(self) -> frozenset[DomainName]:
        return frozenset(self.names)

    def can_be_paid(self) -> bool:
        return self.has_method

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        if self.prepare_refuses:
            raise RegistrarRefused(ovh={"said": self.prepare_refuses})
        asked = self.questions(lines)
        findings = [
            Finding(FindingCode.QUESTION_OPEN, line.domain, Fix.ANSWER, {"label": question.label})
            for line in lines
            for question in line.asked(asked[line.domain]).open_questions
        ]
        if findings:
            raise LinesRefused(findings, asked)
        cart = f"cart {next(self._numbers)}"
        self.carts[cart] = None
        given = tuple(
            Configuration(line.domain, answer.label, answer.value)
            for line in lines
            for answer in line.answers
            if any(question.label == answer.label for question in asked[line.domain])
        )
        return Prepared(cart, replace(self.quote, configuration=(*self.quote.configuration, *given)), asked)

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        told = {line.domain: self.objects_to.get(line.domain.extension) for line in lines}
        return tuple(
            Finding(
                FindingCode.OWNER_BREAKS_RULE,
                name,
                Fix.ANSWER,
                {"ovh": {"faults": [{"field": "owner.country", "said": why}]}},
            )
            for name, why in told.items()
            if why
        )

    def discard(self, registrar_cart: str) -> bool:
        self._take_permit()
        if not self.undeletable:
            self.discarded.add(registrar_cart)
        return not self.undeletable

    def check_out(self, registrar_cart: str, *, waive_retraction: bool, not_after: datetime) -> SalesOrder:
        fault, self.next_fault = self.next_fault, None
        self._fail_before(fault)
        total = self.order_total or self.quote.total
        order = SalesOrder(OrderId(next(self._numbers)), total, self.quote.tax, expires_at=NOW + timedelta(days=14))
        self.orders[order.id] = order
        self.carts[registrar_cart] = order.id
        if fault == "lost_after":
            raise OutcomeUnknown
        return order

    def find_order(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, *, known: Known) -> OrderReconciliation:
        self._take_permit()
        if self.undecided:
            return OrderReconciliation(Outcome.UNDECIDED, CART_GONE, candidates=self.candidates, closed=self.closed)
        made = self.carts.get(attempt.registrar_cart)
        if made is None and attempt.registrar_cart in self.discarded:
            return OrderReconciliation(Outcome.UNDECIDED, CART_GONE)
        if made is None:
            return OrderReconciliation(Outcome.ABSENT, {"seen": "cart_open"})
        seen: Data = {"seen": "cart_names_order", "order": made}
        return OrderReconciliation(Outcome.FOUND, seen, replace(self.orders[made], owner_hidden=self.owner_hidden))

    def order_of(
        self, order_id: OrderId, lines: Sequence[Line], quote: Quote, *, attempt: Attempt | None
    ) -> OrderReconciliation:
        if attempt is not None and self.made_at is not None and self.made_at < attempt.started_at:
            moments: Data = {"made_at": self.made_at.isoformat(), "tried_at": attempt.started_at.isoformat()}
            return OrderReconciliation(Outcome.UNDECIDED, {"seen": "order_made_before", "order": order_id, **moments})
        if self.differs:
            seen: Data = {"seen": "order_differs", "order": order_id, "different": [self.differs]}
            return OrderReconciliation(Outcome.UNDECIDED, seen, candidates=(order_id,))
        order = self.orders.get(order_id)
        if order is None:
            return OrderReconciliation(Outcome.ABSENT, {"seen": "order_has_other_names", "order": order_id})
        found = replace(order, owner_hidden=self.owner_hidden)
        return OrderReconciliation(Outcome.FOUND, {"seen": "order_found", "order": order_id}, found)

    def order(self, order_id: OrderId, *, urgent: bool = False) -> SalesOrder:
        self._take_permit()
        return self.orders[order_id]

    def order_status(self, order_id: OrderId, *, urgent: bool = False) -> OrderStatus:
        found = self.foreign.get(order_id) or self.orders[order_id]
        return found.status

    def payment_methods(self, order_id: OrderId) -> tuple[PaymentMethod, ...]:
        return self.methods

    def pay(self, order_id: OrderId, method: MethodId, *, not_after: datetime) -> None:
        fault, self.next_fault = self.next_fault, None
        self._fail_before(fault)
        self.payments.append((order_id, method))
        order = self.orders[order_id]
        self.orders[order_id] = SalesOrder(order.id, order.total, order.tax, OrderStatus.CHECKING, order.expires_at)
        if fault == "lost_after":
            raise OutcomeUnknown

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentReconciliation:
        self._take_permit()
        status = self.orders[order.id].status
        if status.is_paid or any(paid == order.id for paid, _ in self.payments):
            return PaymentReconciliation(PaymentProgress.RECEIVED, {"seen": "order_paid", "order": order.id})
        seen = self.reconciliation or PaymentReconciliation(PaymentProgress.NOT_SEEN, {"seen": "no_payment"})
        return replace(seen, order_is_over=status.is_over)

    def earlier_payment(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        if any(paid == order.id for paid, _ in self.payments):
            return PaymentReconciliation(PaymentProgress.RECEIVED, {"seen": "order_paid", "order": order.id})
        return self.earlier or PaymentReconciliation(PaymentProgress.NOT_SEEN, {"seen": "no_payment"})

    def unexplained_payments(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        return self.taken or PaymentReconciliation(PaymentProgress.NOT_SEEN, {"seen": "no_payment"})

    def invoice_of(self, order_id: OrderId) -> str | None:
        return self.invoice

    def invoice_link(self, number: str) -> str:
        return f"https://order.example/invoice/{number}"

    def order_link(self, order_id: OrderId) -> str:
        return f"https://order.example/{order_id}"

    def delivery(self, domain: DomainName) -> Delivery:
        if self.failed:
            return Delivery(DeliveryProgress.FAILED, self.failed)
        if self.odd:
            return Delivery(DeliveryProgress.UNDER_WAY, self.odd)
        return Delivery(DeliveryProgress.DELIVERED if self.delivered else DeliveryProgress.UNDER_WAY)

    def deliver(self) -> None:
        """All paid orders arrive."""
        self.delivered = True
        for order in list(self.orders.values()):
            if order.status is OrderStatus.CHECKING:
                self.orders[order.id] = SalesOrder(
                    order.id, order.total, order.tax, OrderStatus.DELIVERED, order.expires_at
                )

    def cancel(self, order_id: OrderId) -> None:
        order = self.orders[order_id]
        self.orders[order_id] = SalesOrder(order.id, order.total, order.tax, OrderStatus.CANCELLED, order.expires_at)

    @staticmethod
    def _fail_before(fault: str | None) -> None:
        if fault == "lost_before":
            raise OutcomeUnknown
        if fault == "refused":
            raise RegistrarRefused
        if fault == "unavailable":
            raise RegistrarUnavailable
