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
from ordering.model.ids import OrderId
from ordering.model.money import Money
from ordering.model.offer import Availability, Effort
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.preflight_findings import Finding
from ordering.model.question import Question
from ordering.model.quote import Quote
from ordering.model.recovery import AccountOrders, MarkersLeft
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
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.api.wire.account import Account
from registrars.ovh.api.wire.base import IDS, TEXTS
from registrars.ovh.api.wire.checkouts import Ordered
from registrars.ovh.availability.lookup import Search
from registrars.ovh.availability.price_list import Catalogue
from registrars.ovh.cache import Cache
from registrars.ovh.carts.carts import OvhCarts
from registrars.ovh.carts.demands import DemandMemory, Demands
from registrars.ovh.foreign_orders import ForeignOrderReader
from registrars.ovh.key_rights import KeyRights
from registrars.ovh.markers import PRODUCT, UNNAMED, Descriptions, Markers
from registrars.ovh.orders import Orders
from registrars.ovh.payments import Payments
from registrars.ovh.throttling.scheduler import Priority, RateLimiter

_ME, _DOMAINS = "/me", "/domain"
_LISTS = 8  # lists of extensions; OVH has two
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
            return reading.ordered(Ordered.read(answer))
        except RegistrarUnavailable as error:
            raise OutcomeUnknown(code="answer_without_order") from error


class OvhGateway:
    """OVH as the domain sees it. Blocking and thread-safe.

    `rate_limiter` limits the call rate if other processes share the limit. `bot_id` is this bot's id, which the
    descriptions of its carts contain. `demand_memory` keeps what registries insisted on. Raises `ValueError` with a
    line for the operator if the credentials are unusable.
    """

    def __init__(
        self,
        config: OvhConfig,
        rate_limiter: RateLimiter | None = None,
        *,
        bot_id: str = UNNAMED,
        demand_memory: DemandMemory | None = None,
    ) -> None:
        self._config = config
        self._client = Client(config, rate_limiter)
        descriptions = Descriptions(bot_id)
        self._carts = OvhCarts(self._client, config, descriptions, home=self._home, demands=Demands(demand_memory))
        self._markers = Markers(self._client, descriptions, home=self._home)
        self._orders = Orders(self._client)
        self._foreign = ForeignOrderReader(self._client)
        self._account = OrdersOfAccount(self._client)
        self._payments = Payments(self._client)
        self._key_rights = KeyRights(self._client)
        self._catalogue = Catalogue(self._client, home=self._home)
        self._search = Search(self._client, home=self._home, threads=config.concurrency)
        self._subsidiary = config.subsidiary
        self._lists: Cache[str, tuple[str, ...]] = Cache(size=_LISTS, fresh=_EXTENSIONS_FRESH)
        self._owned: Cache[str, frozenset[DomainName]] = Cache(size=1, fresh=_OWNED_FRESH)
        self._health_guard = threading.Lock()
        self._failed: Cache[str, RegistrarError] = Cache(size=1, fresh=_ILL_FOR)

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
            if time.monotonic() - self._client.answered_at < _HEALTHY_FOR:
                return None
            if (failed := self._failed.get(_ME)) is not None:
                return failed
            try:
                self._ask_who_we_are(tries=1)
            except RegistrarError as error:
                self._failed.put(_ME, error)
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
        return self._carts.questions(lines)

    def contacts(self) -> tuple[Contact, ...]:
        return self._carts.contacts.all()

    def contact(self, contact_id: str) -> Contact:
        return self._carts.contacts.one(contact_id)

    def account_holder(self) -> Contact:
        return self._carts.contacts.holder()

    def create_contact(self, form: LegalForm, values: Mapping[str, str]) -> Contact:
        return self._carts.contacts.create(form, values)

    def complete_contact(self, contact_id: str, values: Mapping[str, str]) -> Contact:
        return self._carts.contacts.complete(contact_id, values)

    def owner_needs(
        self,
        domains: Sequence[DomainName],
        form: LegalForm,
        values: Mapping[str, str],
        *,
        at_once: bool = False,
        changes: bool = False,
    ) -> OwnerNeeds:
        return self._carts.needs.of_owner(domains, form, values, at_once=at_once, changes=changes)

    # Orders

    def owned(self) -> frozenset[DomainName]:
        return self._owned.get_or_read(_DOMAINS, self._read_owned)

    def can_be_paid(self) -> bool:
        query = {"status": "VALID"}
        return bool(IDS.read(self._client.ask("/me/payment/method", query=query, priority=Priority.PEOPLE)))

    def require_right_to_check_out(self) -> None:
        self._key_rights.require_checkout()

    def require_right_to_pay(self, order_id: OrderId, method: MethodId) -> None:
        self._key_rights.require_payment(order_id, method)

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        self._search.forget([line.domain for line in lines])  # they are about to be ordered
        self._orders.must_be_listable()  # before building an OVH cart that could not be checked out
        return self._carts.prepare(lines)

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        return self._carts.objections(lines)

    def presences(self) -> frozenset[str]:
        return self._markers.described(PRODUCT)

    def show_presence(self, expires_at: datetime) -> str:
        return self._markers.make(PRODUCT, expires_at)

    def presence_is_of(self, cart: str, expires_at: datetime) -> bool:
        return self._markers.is_made_with(cart, expires_at)

    def leave_marker(self, subject: str, started_at: datetime) -> str:
        return self._markers.leave(subject, started_at)

    def marker_is_of(self, marker: str, started_at: datetime) -> bool:
        return self._markers.is_of(marker, started_at)

    def markers(self, subject: str) -> frozenset[str]:
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
        return self._client.clock_ahead()

    def time(self) -> datetime:
        return self._client.time()

    def known_clock_ahead(self) -> timedelta | None:
        return self._client.known_clock_ahead()

    def find_order(self, attempt: Attempt, lines: Sequence[Line], quote: Quote, *, known: Known) -> OrderReconciliation:
        return self._orders.find(attempt, lines, quote, known)

    def order_of(
        self, order_id: OrderId, lines: Sequence[Line], quote: Quote, *, attempt: Attempt | None
    ) -> OrderReconciliation:
        return self._orders.fitting(order_id, lines, quote, attempt)

    def account_orders(self, since: datetime, *, known: Known) -> AccountOrders:
        return self._account.since(since, known=known)

    def markers_left(self, *, urgent: bool) -> MarkersLeft:
        return self._markers.left(Priority.MONEY if urgent else Priority.POLLING)

    def order(self, order_id: OrderId, *, urgent: bool = False) -> SalesOrder:
        return self._orders.read(order_id, _priority(urgent=urgent))

    def order_status(self, order_id: OrderId, *, urgent: bool = False) -> OrderStatus:
        return self._orders.status(order_id, _priority(urgent=urgent))

    def orders_since(self, since: datetime, *, urgent: bool) -> list[OrderId]:
        return self._orders.since(since, _priority(urgent=urgent))

    def foreign_order(self, number: OrderId, *, at: datetime, urgent: bool) -> ForeignOrder:
        try:
            return self._foreign.read(number, at=at, priority=_priority(urgent=urgent))
        except Unreadable as error:  # OVH did answer, so a retry would not help
            raise RegistrarRefused(code="foreign_order_unreadable", order=number) from error

    def order_link(self, order_id: OrderId) -> str:
        return self._orders.link(order_id)

    # Payments

    def payment_methods(self, order_id: OrderId) -> tuple[PaymentMethod, ...]:
        return self._payments.methods(order_id)

    @contextmanager
    def ready_to_pay(self, order_id: OrderId, method: MethodId) -> Iterator[MoneyCall[None]]:
        with self._payments.ready_to_pay(order_id, method) as call:
            yield call

    def payment(self, order: SalesOrder, payment: Payment) -> PaymentReconciliation:
        return self._payments.reconcile(order, payment)

    def lists_method(self, order_id: OrderId, method: MethodId) -> bool:
        return self._payments.lists_method(order_id, method)

    def earlier_payment(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        return self._payments.reconcile_any(order, method, made_at, others)

    def unexplained_payments(
        self, order: SalesOrder, method: MethodId, *, made_at: datetime, others: Sequence[SentPayment]
    ) -> PaymentReconciliation:
        return self._payments.unexplained(order, method, made_at, others)

    def invoice_of(self, order_id: OrderId) -> str | None:
        return self._payments.invoice_of(order_id)

    def invoice_link(self, number: str) -> str:
        return self._payments.invoice_link(number)

    def delivery(self, domain: DomainName) -> Delivery:
        return self._orders.delivery(domain)

    # Helpers

    def _home(self) -> str:
        """Return the account's subsidiary, which determines catalogue, currency and tax."""
        return self._subsidiary or self._ask_who_we_are(tries=None)

    def _ask_who_we_are(self, *, tries: int | None) -> str:
        me = Account.read(self._client.ask(_ME, priority=Priority.PEOPLE, tries=tries))
        self._subsidiary = self._subsidiary or me.ovh_subsidiary
        return self._subsidiary

    def _listed(self, path: str) -> tuple[str, ...]:
        return self._lists.get_or_read(path, lambda: self._read_list(path))

    def _read_list(self, path: str) -> tuple[str, ...]:
        answer = self._client.ask(path, query={"ovhSubsidiary": self._home()}, priority=Priority.PEOPLE)
        return tuple(TEXTS.read(answer))

    def _read_owned(self) -> frozenset[DomainName]:
        return reading.names_of(TEXTS.read(self._client.ask(_DOMAINS, priority=Priority.PEOPLE)))


def _priority(*, urgent: bool) -> Priority:
    return Priority.MONEY if urgent else Priority.POLLING
