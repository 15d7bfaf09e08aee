"""The port `Registrar`, kept by OVH."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.ovh import reading
from bot.ovh.client import Access, Client, segment
from bot.ovh.errors import NotThere
from bot.ovh.lane import Priority
from bot.ovh.orders import Orders
from bot.ovh.search import Search
from ordering.cart_line import Line
from ordering.domain_name import DomainName
from ordering.errors import OutcomeUnknown, RegistrarError, RegistrarRefused
from ordering.money import Money
from ordering.offer import Availability, Configuration, Quote
from ordering.ports import Prepared
from ordering.sales_order import Attempt, Delivery, PaymentMethod, PaymentProgress, SalesOrder, Sighting

_CART_LIFE = timedelta(days=2)  # longer than any attempt is looked for
_EXTENSIONS_FRESH = 3600.0  # seconds
_HEALTHY_FOR = 60.0  # seconds; so that being asked often costs OVH's quota nothing
_MOST_TRIED = 10  # extensions for a bare word, where the team named none
_log = structlog.get_logger()


class OvhGateway:
    """OVH as the rules see it. Blocking; safe to call from several threads."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client = Client(access)
        self._search = Search(self._client, threads=access.concurrency)
        self._orders = Orders(self._client)
        self._subsidiary = access.subsidiary
        self._lists: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._checked: tuple[float, str | None] = (float("-inf"), None)

    # Being there

    def probe(self) -> None:
        """Ask who we are: reads OVH's clock, the account's subsidiary, and whether the key is good."""
        me = self._client.ask("/me", priority=Priority.PEOPLE)
        self._subsidiary = self._subsidiary or str(me["ovhSubsidiary"])

    def health(self) -> str | None:
        """None where OVH answers our key, else the reason; an answer counts for a minute."""
        checked_at, found = self._checked
        if time.monotonic() - checked_at < _HEALTHY_FOR:
            return found
        try:
            self.probe()
        except RegistrarError as error:
            found = str(error)
        else:
            found = None
        self._checked = (time.monotonic(), found)
        return found

    def close(self) -> None:
        self._search.close()
        self._client.close()

    # Searching

    def extensions(self) -> tuple[str, ...]:
        return self._access.extensions or self._listed("/domain/extensions/highlighted")[:_MOST_TRIED]

    def every_extension(self) -> tuple[str, ...]:
        return self._listed("/domain/extensions")

    def look_up(self, names: Sequence[DomainName]) -> Iterator[Availability]:
        return self._search.look_up(names, self._home())

    # Ordering

    def prepare(self, lines: Sequence[Line], *, reference: str) -> Prepared:
        expire = (datetime.now(UTC) + _CART_LIFE).isoformat(timespec="seconds")
        body = {"ovhSubsidiary": self._home(), "description": reference, "expire": expire}
        cart = str(self._build("POST", "/order/cart", body)["cartId"])
        self._assign(cart)
        configuration: list[Configuration] = []
        for line in lines:
            configuration += self._configure(cart, self._put(cart, line), line)
        return Prepared(cart, self._dry_run(cart, tuple(configuration)))

    def discard(self, registrar_cart: str) -> None:
        try:
            self._build("DELETE", f"/order/cart/{segment(registrar_cart)}", None)
        except RegistrarError as error:
            _log.debug("cart_left_to_expire", why=str(error))

    def check_out(self, registrar_cart: str, *, waive_retraction: bool) -> SalesOrder:
        body = {"autoPayWithPreferredPaymentMethod": False, "waiveRetractationPeriod": waive_retraction}
        answer = self._client.do(f"/order/cart/{segment(registrar_cart)}/checkout", body)
        try:
            return reading.ordered(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise OutcomeUnknown("OVH's answer names no order.") from error

    def find_order(self, attempt: Attempt, lines: Sequence[Line], total: Money, *, known: frozenset[int]) -> Sighting:
        return self._orders.find(attempt, frozenset(line.domain.ascii for line in lines), total, known)

    def order(self, order_id: int) -> SalesOrder:
        return self._orders.read(order_id)

    def order_link(self, order_id: int) -> str:
        return str(self._client.ask(f"/me/order/{order_id}", priority=Priority.PEOPLE)["url"])

    # Paying

    def payment_methods(self, order_id: int) -> tuple[PaymentMethod, ...]:
        usable = self._client.ask(f"/me/order/{order_id}/paymentMethods", priority=Priority.PEOPLE)
        methods = []
        for number in usable.get("registered") or ():
            try:
                entry = self._client.ask(f"/me/payment/method/{number}", priority=Priority.PEOPLE)
            except NotThere:
                continue  # removed a moment ago
            if entry.get("status") == "VALID":
                found = reading.payment_method(entry)
                methods.append(PaymentMethod(found.id, found.label, default=bool(entry.get("default"))))
        return tuple(sorted(methods, key=lambda method: not method.default))

    def pay(self, order_id: int, method: int) -> None:
        self._client.do(f"/me/order/{order_id}/pay", {"paymentMethod": {"id": method}})

    def payment(self, order_id: int) -> PaymentProgress:
        return self._orders.payment(order_id)

    def delivery(self, domain: DomainName) -> Delivery:
        return self._orders.delivery(domain)

    # The gateway's own errands

    def _home(self) -> str:
        """The account's subsidiary: it decides on catalogue, currency and tax."""
        if self._subsidiary is None:
            self.probe()
        return self._subsidiary or ""

    def _listed(self, path: str) -> tuple[str, ...]:
        read_at, known = self._lists.get(path, (float("-inf"), ()))
        if time.monotonic() - read_at >= _EXTENSIONS_FRESH:
            answer = self._client.ask(path, query={"ovhSubsidiary": self._home()}, priority=Priority.PEOPLE)
            known = tuple(str(extension) for extension in answer)
            self._lists[path] = (time.monotonic(), known)
        return known

    def _build(self, method: str, path: str, body: Mapping[str, object] | None) -> reading.Json:
        answer = self._client.build(method, path, body, priority=Priority.MONEY)
        return answer if isinstance(answer, dict) else {}

    def _assign(self, cart: str) -> None:
        try:
            self._build("POST", f"/order/cart/{segment(cart)}/assign", None)
        except RegistrarRefused as refusal:
            # A cart that was made with our key may count as ours already; the dry run would tell if not.
            _log.debug("assign_refused", why=str(refusal))

    def _put(self, cart: str, line: Line) -> int:
        body = {
            "domain": line.domain.ascii,
            "planCode": line.domain.extension,
            "pricingMode": line.pricing_mode,  # else OVH would choose, perhaps a premium offer
            "duration": f"P{line.years}Y",
            "quantity": 1,
        }
        return int(self._build("POST", f"/order/cart/{segment(cart)}/domain", body)["itemId"])

    def _configure(self, cart: str, item: int, line: Line) -> list[Configuration]:
        """Give the team's standing answers to what OVH asks for this name, each label once."""
        path = f"/order/cart/{segment(cart)}/item/{item}"
        asked = self._client.ask(f"{path}/requiredConfiguration", priority=Priority.MONEY)
        standing = {"OWNER_LEGAL_AGE": "true" if self._access.owner_legal_age else "false"}
        if self._access.owner_contact:
            standing["OWNER_CONTACT"] = f"/me/contact/{self._access.owner_contact.rpartition('/')[2]}"
        given = []
        for label in dict.fromkeys(str(entry["label"]) for entry in asked):
            if label in standing:
                self._replace(path, label, standing[label])
                given.append(Configuration(line.domain, label, standing[label]))
        return given

    def _replace(self, path: str, label: str, value: str) -> None:
        """OVH accepts a label twice and refuses the cart later, so what is there goes first."""
        for number in self._client.ask(f"{path}/configuration", query={"label": label}, priority=Priority.MONEY) or ():
            self._build("DELETE", f"{path}/configuration/{number}", None)
        self._build("POST", f"{path}/configuration", {"label": label, "value": value})

    def _dry_run(self, cart: str, configuration: tuple[Configuration, ...]) -> Quote:
        answer = self._client.ask(f"/order/cart/{segment(cart)}/checkout", priority=Priority.MONEY)
        return reading.quote(answer, configuration)
