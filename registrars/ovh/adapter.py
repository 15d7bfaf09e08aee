"""The OVH adapter for the `Registrar` port."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ordering.model.cart_line import Line
from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.errors import OutcomeUnknown, RegistrarError, RegistrarRefused, RegistrarUnavailable
from ordering.model.foreign_order import ForeignOrder
from ordering.model.money import Money
from ordering.model.offer import Availability, Effort
from ordering.model.preflight_findings import Finding
from ordering.model.question import Question
from ordering.model.quote import Quote
from ordering.model.recovery import AccountOrders, Marker
from ordering.model.sales_order import (
    Attempt,
    Delivery,
    MethodId,
    OrderReconciliation,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentReconciliation,
    SalesOrder,
    SentPayment,
)
from ordering.ports.carts import Prepared
from ordering.ports.money_call import MoneyCall
from ordering.ports.sales_orders import Known
from registrars.ovh.account import OrdersOfAccount
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, ReadyCall, segment
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.errors import Unreadable, readable
from registrars.ovh.availability.lookup import Search
from registrars.ovh.availability.price_list import Catalogue
from registrars.ovh.carts.carts import OvhCarts
from registrars.ovh.foreign_orders import ForeignOrderReader
from registrars.ovh.key_rights import KeyRights
from registrars.ovh.markers import PRODUCT, UNNAMED, Descriptions, Markers
from registrars.ovh.orders import Orders
from registrars.ovh.payments import Payments
from registrars.ovh.throttling.scheduler import Priority, RateLimiter

_EXTENSIONS_FRESH = 3600.0  # seconds
_OWNED_FRESH = 60.0  # seconds
_HEALTHY_FOR = 60.0  # seconds; frequent health checks thus cost none of OVH's quota
_ILL_FOR = 10.0  # seconds; a recovery thus shows soon
_MOST_TRIED = 10  # extensions for a bare word, if the team configured none


@dataclass(frozen=True)
class _Checkout:
    """The call that orders, returning the order in its answer."""

    call: ReadyCall

    def send(self, *, signed_at: datetime, not_after: datetime) -> SalesOrder:
        answer = self.call.send(signed_at=signed_at, not_after=not_after)
        try:
            with readable():
                return reading.ordered(answer)
        except RegistrarUnavailable as error:
            raise OutcomeUnknown(code="answer_without_order") from error


class OvhGateway:
    """OVH as the domain sees it. Blocking and thread-safe.

    `rate_limiter` limits the call rate if other processes share the limit. `bot_id` is this bot's id, which the
    descriptions of its carts contain. Raises `ValueError` with a line for the operator if the credentials are unusable.
    """

    def __init__(self, config: OvhConfig, rate_limiter: RateLimiter | None = None, *, bot_id: str = UNNAMED) -> None:
        self._config = config
        self._client = Client(config, rate_limiter)
        descriptions = Descriptions(bot_id)
        self._carts = OvhCarts(self._client, config, descriptions, home=self._home)
        self._markers = Markers(self._client, descriptions, home=self._home)
        self._orders = Orders(self._client)
        self._foreign = ForeignOrderReader(self._client)
        self._account = OrdersOfAccount(self._client)
        self._payments = Payments(self._client)
        self._key_rights = KeyRights(self._client)
        self._catalogue = Catalogue(self._client, home=self._home)
        self._search = Search(self._client, home=self._home, threads=config.concurrency)
        self._subsidiary = config.subsidiary
        self._lists: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._owned: tuple[float, frozenset[DomainName]] = (float("-inf"), frozenset())
        self._health_guard = threading.Lock()
        self._failed: tuple[float, RegistrarError] | None = None

    # Health

    def probe(self) -> None:
        """Check the credentials: reads OVH's clock and the account's subsidiary."""
        self._ask_who_we_are(tries=None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Secrets that must not appear in logs."""
        return self._client.secrets

    def health(self) -> RegistrarError | None:
        """Return None if OVH accepted our key within the last minute or does now, else the error.

        A right that the key lacked for a money call recently is a reason, too, while OVH answers.
        """
        return self._outage() or self._key_rights.problem()

    def _outage(self) -> RegistrarError | None:
        with self._health_guard:
            now = time.monotonic()
            if now - self._client.answered_at < _HEALTHY_FOR:
                return None
            if self._failed is not None and now - self._failed[0] < _ILL_FOR:
                return self._failed[1]
            try:
                self._ask_who_we_are(tries=1)
            except RegistrarError as error:
                self._failed = (time.monotonic(), error)
                return error
            return None

    def close(self) -> None:
        self._search.close()
        self._client.close()

    # Search

    def extensions(self) -> tuple[str, ...]:
        return self._config.extensions or self._listed("/domain/extensions/highlighted")[:_MOST_TRIED]

    def every_extension(self) -> tuple[str, ...]:
        return self._listed("/domain/extensions")

    def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
        return self._catalogue.prices(at_once=at_once)

    def look_up(
        self, names: Sequence[DomainName], *, recent: bool = False, urgent: bool = False
    ) -> Iterator[Availability]:
        return self._search.look_up(names, recent=recent, urgent=urgent)

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        calls = self._search.calls_for(names)
        return Effort(calls, seconds=self._client.scheduler.seconds_for(calls), affordable=self._config.burst)

    # Questions of registries

    def questions(self, lines: Sequence[Line]) -> Mapping[DomainName, tuple[Question, ...]]:
        with readable():
            return self._carts.questions(lines)

    def contacts(self) -> tuple[Contact, ...]:
        with readable():
            return self._carts.contacts.all()

    def contact(self, contact_id: str) -> Contact:
        with readable():
            return self._carts.contacts.one(contact_id)

    def account_holder(self) -> Contact:
        with readable():
            return self._carts.contacts.holder()

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        with readable():
            return self._carts.contacts.create(form, values)

    # Orders

    def owned(self) -> frozenset[DomainName]:
        read_at, known = self._owned
        if time.monotonic() - read_at >= _OWNED_FRESH:
            with readable():
                answer = reading.listed(self._client.ask("/domain", priority=Priority.PEOPLE))
                known = reading.names_of(str(name) for name in answer)
            self._owned = (time.monotonic(), known)
        return known

    def can_be_paid(self) -> bool:
        with readable():
            query = {"status": "VALID"}
            return bool(reading.listed(self._client.ask("/me/payment/method", query=query, priority=Priority.PEOPLE)))

    def require_right_to_check_out(self) -> None:
        self._key_rights.require_checkout()

    def require_right_to_pay(self, order_id: int, method: MethodId) -> None:
        self._key_rights.require_payment(order_id, method)

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        self._search.forget([line.domain for line in lines])  # they are about to be ordered
        with readable():
            self._orders.must_be_listable()  # before building an OVH cart that could not be checked out
            return self._carts.prepare(lines)

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        return self._carts.objections(lines)

    def presences(self) -> frozenset[str]:
        with readable():
            return self._markers.described(PRODUCT)

    def show_presence(self, expires_at: datetime) -> str:
        with readable():
            return self._markers.make(PRODUCT, expires_at)

    def presence_is_of(self, cart: str, expires_at: datetime) -> bool:
        return self._markers.is_made_with(cart, expires_at)

    def leave_marker(self, subject: str, started_at: datetime) -> str:
        with readable():
            return self._markers.leave(subject, started_at)

    def marker_is_of(self, marker: str, started_at: datetime) -> bool:
        return self._markers.is_of(marker, started_at)

    def markers(self, subject: str) -> frozenset[str]:
        with readable():
            return self._markers.of(subject)

    def discard(self, registrar_cart: str) -> bool:
        return self._carts.discard(registrar_cart)

    @contextmanager
    def ready_to_check_out(self, registrar_cart: str, *, waive_retraction: bool) -> Iterator[MoneyCall[SalesOrder]]:
        self._carts.hand_on(registrar_cart)
        # Unpaid: its amount can be compared before anything is paid, and a wrong order expires on its own.
        body = {"autoPayWithPreferredPaymentMethod": False, "waiveRetractationPeriod": waive_retraction}
        with self._client.money_call(f"/order/cart/{segment(registrar_cart)}/checkout", body) as call:
            yield _Checkout(call)

    def stop_money_calls(self, *, within: float) -> bool:
        """Abort money calls, and wait up to this many seconds until their steps have committed that they ended.

        Called at shutdown. Read calls are still possible until `close`.
        """
        return self._client.stop_money_calls(within=within)

    def clock_ahead(self) -> timedelta:
        with readable():
            return self._client.clock_ahead()

    def time(self) -> datetime:
        with readable():
            return self._client.time()

    def known_clock_ahead(self) -> timedelta | None:
        return self._client.known_clock_ahead()

    def find_order(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, *, known: Known) -> OrderReconciliation:
        with readable():
            return self._orders.find(attempt, lines, quote, known)

    def order_of(self, order_id: int, lines: Sequence[Line], quote: Quote) -> OrderReconciliation:
        with readable():
            return self._orders.fitting(order_id, lines, quote)

    def account_orders(self, since: datetime, *, known: Known) -> AccountOrders:
        with readable():
            return self._account.since(since, known=known)

    def markers_left(self, *, urgent: bool) -> tuple[Sequence[Marker], int]:
        with readable():
            return self._markers.left(Priority.MONEY if urgent else Priority.POLLING)

    def order(self, order_id: int, *, urgent: bool = False) -> SalesOrder:
        with readable():
            return self._orders.read(order_id, _priority(urgent=urgent))

    def order_status(self, order_id: int, *, urgent: bool = False) -> OrderStatus:
        with readable():
            return self._orders.status(order_id, _priority(urgent=urgent))

    def orders_since(self, since: datetime, *, urgent: bool) -> list[int]:
        with readable():
            return self._orders.since(since, _priority(urgent=urgent))

    def foreign_order(self, number: int, *, at: datetime, urgent: bool) -> ForeignOrder:
        try:
            with readable():
                return self._foreign.read(number, at=at, priority=_priority(urgent=urgent))
        except Unreadable as error:  # OVH did answer, so a retry would not help
            raise RegistrarRefused(code="foreign_order_unreadable", order=number) from error

    def order_link(self, order_id: int) -> str:
        with readable():
            return self._orders.link(order_id)

    # Payments

    def payment_methods(self, order_id: int) -> tuple[PaymentMethod, ...]:
        with readable():
            return self._payments.methods(order_id)

    @contextmanager
    def ready_to_pay(self, order_id: int, method: MethodId) -> Iterator[MoneyCall[None]]:
        with self._payments.ready_to_pay(order_id, method) as call:
            yield call

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentReconciliation:
        with readable():
            return self._payments.look(order, payment)

    def lists_method(self, order_id: int, method: MethodId) -> bool:
        with readable():
            return self._payments.lists_method(order_id, method)

    def earlier_payment(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        with readable():
            return self._payments.look_for_any(order, method, made_at, others)

    def unexplained_payments(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        with readable():
            return self._payments.unexplained(order, method, made_at, others)

    def invoice_of(self, order_id: int) -> str | None:
        with readable():
            return self._payments.invoice_of(order_id)

    def invoice_link(self, number: str) -> str:
        with readable():
            return self._payments.invoice_link(number)

    def delivery(self, domain: DomainName) -> Delivery:
        with readable():
            return self._orders.delivery(domain)

    # Helpers

    def _home(self) -> str:
        """Return the account's subsidiary, which determines catalogue, currency and tax."""
        return self._subsidiary or self._ask_who_we_are(tries=None)

    def _ask_who_we_are(self, *, tries: int | None) -> str:
        with readable():
            me = self._client.ask("/me", priority=Priority.PEOPLE, tries=tries)
            subsidiary = str(me["ovhSubsidiary"])
            self._subsidiary = self._subsidiary or subsidiary
        return self._subsidiary

    def _listed(self, path: str) -> tuple[str, ...]:
        read_at, known = self._lists.get(path, (float("-inf"), ()))
        if time.monotonic() - read_at >= _EXTENSIONS_FRESH:
            with readable():
                answer = self._client.ask(path, query={"ovhSubsidiary": self._home()}, priority=Priority.PEOPLE)
                known = tuple(str(extension) for extension in reading.listed(answer))
            self._lists[path] = (time.monotonic(), known)
        return known


def _priority(*, urgent: bool) -> Priority:
    return Priority.MONEY if urgent else Priority.POLLING
