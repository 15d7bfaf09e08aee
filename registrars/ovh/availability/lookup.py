"""Name lookups at OVH: many at once. One that fails does not affect the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarError, RegistrarRefused
from ordering.model.offer import Availability, Verdict
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.errors import NotThere, OvhTimeout
from registrars.ovh.api.wire.carts import NewCart
from registrars.ovh.api.wire.offers import OFFERS
from registrars.ovh.availability.cache import AvailabilityCache
from registrars.ovh.availability.single_flight import SingleFlight
from registrars.ovh.throttling.scheduler import Permit, Priority

_CART_LIFE = timedelta(hours=20)  # OVH's own default is a day
_TIMEOUTS_IN_A_ROW = 3  # timeouts; after that, waiting names fail without a call
_CIRCUIT_OPEN_FOR = 10.0  # seconds
_FAILED = "look_up_failed"  # by an error of ours
_log = structlog.get_logger()


class Search:
    """Looks names up in one signed cart that never holds an item.

    At most `threads` of them wait at the scheduler; each picks its name once it has a permit, so a second search does
    not wait for the first to end. `home` returns the account's subsidiary.
    """

    def __init__(self, client: Client, *, home: Callable[[], str], threads: int) -> None:
        self._client = client
        self._home = home
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ovh-search")
        self._known = AvailabilityCache()
        self._single_flight = SingleFlight(lambda name: _unknown(name, "stopping"))
        self._guard = threading.Lock()
        self._working = 0
        self._cart_guard = threading.Lock()
        self._cart: tuple[str, datetime] | None = None
        self._timeouts = 0
        self._circuit_open_until = 0.0

    @property
    def waiting(self) -> int:
        """The number of names that wait for a lookup."""
        return self._single_flight.waiting

    def look_up(
        self, names: Sequence[DomainName], *, recent: bool = False, urgent: bool = False
    ) -> Iterator[Availability]:
        """Yield answers as they arrive; with `recent`, cached ones of the last minutes come first and without a call.

        `urgent` lookups go before searches.
        """
        unknown = []
        for name in dict.fromkeys(names):
            known = self._known.get(name) if recent else None
            if known is None:
                unknown.append(name)
            else:
                yield known
        if unknown:
            yield from self._single_flight.answers(unknown, urgent=urgent, asked=self._have_work)

    def calls_for(self, names: Collection[DomainName]) -> int:
        """Return how many of these names need a call."""
        return sum(1 for name in set(names) if self._known.get(name) is None)

    def forget(self, names: Collection[DomainName]) -> None:
        """Drop cached answers for these names."""
        self._known.forget(names)

    def close(self) -> None:
        """End all pending lookups without an answer from OVH."""
        self._single_flight.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    # Worker threads

    def _have_work(self, asked: int) -> None:
        with self._guard:
            for _ in range(min(asked, self._threads - self._working)):
                try:
                    self._pool.submit(self._work)
                except RuntimeError:  # closed in the meantime: every reader was released
                    return
                self._working += 1

    def _work(self) -> None:
        while self._go_on():
            self._answer_next()

    def _go_on(self) -> bool:
        with self._guard:
            if self._single_flight.any_wanted():
                return True
            self._working -= 1
            return False

    def _answer_next(self) -> None:
        try:
            self._search_cart()  # before taking the permit: creating the cart needs its own permits
            permit = self._client.scheduler.acquire(Priority.SEARCH)
        except Exception as error:  # noqa: BLE001 - whatever fails, a reader must not wait indefinitely
            failure = error
            self._answer(lambda name: self._failed(name, failure))
        else:
            with permit:
                self._answer(lambda name: self._ask(name, permit))

    def _answer(self, ask: Callable[[DomainName], Availability]) -> None:
        lookup = self._single_flight.take()
        if lookup is None:
            return
        try:
            answer = ask(lookup.name)
        except Exception as error:  # noqa: BLE001 - as above
            answer = self._failed(lookup.name, error)
        answer = replace(answer, asked_at=datetime.now(UTC))
        self._known.keep(answer)
        self._single_flight.resolve(lookup, answer)

    def _failed(self, name: DomainName, error: Exception) -> Availability:
        if isinstance(error, RegistrarError):
            self._count(error)
            return _unknown(name, error.code, error.ovh_said)
        _log.error("look_up_failed", domain=name.ascii, exc_info=error)
        return _unknown(name, _FAILED)

    # Lookup of one name

    def _ask(self, name: DomainName, permit: Permit) -> Availability:
        try:
            offers = OFFERS.read(self._offers(name, permit))
            found, taken = reading.offers(name, offers), reading.any_transfer(offers)
        except RegistrarRefused as refusal:
            self._timeouts = 0
            if "Check failed" in refusal.ovh_said:
                return Availability(name, Verdict.NOT_SOLD)
            raise
        self._timeouts = 0
        return Availability.of(name, found, taken=taken)

    def _offers(self, name: DomainName, permit: Permit) -> object:
        cart = self._search_cart()
        try:
            return self._in_cart(cart, name, permit)
        except NotThere:  # the cart expired or was removed
            with self._cart_guard:
                if self._cart and self._cart[0] == cart:
                    self._cart = None
            return self._in_cart(self._search_cart(), name, permit)

    def _in_cart(self, cart: str, name: DomainName, permit: Permit) -> object:
        path = f"/order/cart/{segment(cart)}/domain"
        query = {"domain": name.ascii}
        answer: object = self._client.ask(path, query=query, priority=Priority.SEARCH, permit=permit)
        return answer

    def _search_cart(self) -> str:
        """Return the lookup cart; raises `OvhTimeout` while the circuit is open."""
        if time.monotonic() < self._circuit_open_until:
            raise OvhTimeout
        with self._cart_guard:
            now = datetime.now(UTC)
            if self._cart is None or self._cart[1] <= now:
                if time.monotonic() < self._circuit_open_until:  # another thread failed while this one waited
                    raise OvhTimeout
                self._cart = (self._new_cart(), now + _CART_LIFE)
            return self._cart[0]

    def _new_cart(self) -> str:
        body = {"ovhSubsidiary": self._home(), "description": "Domain Desk search"}
        cart = NewCart.read(self._client.build("POST", "/order/cart", body, priority=Priority.PEOPLE)).cart_id
        try:
            self._client.build("POST", f"/order/cart/{segment(cart)}/assign", None, priority=Priority.PEOPLE)
        except RegistrarError as error:
            # It was made with our key, which was sufficient wherever we tested; otherwise the lookup fails.
            _log.debug("assign_refused", why=str(error))
        return cart

    def _count(self, error: RegistrarError) -> None:
        if not isinstance(error, OvhTimeout) or time.monotonic() < self._circuit_open_until:
            return
        self._timeouts += 1
        if self._timeouts >= _TIMEOUTS_IN_A_ROW:
            self._timeouts = 0
            self._circuit_open_until = time.monotonic() + _CIRCUIT_OPEN_FOR


def _unknown(name: DomainName, reason: str, ovh_said: str = "") -> Availability:
    return Availability(name, Verdict.UNKNOWN, reason=reason, ovh_said=ovh_said or None)
