"""Asking OVH for names: many at once, each failing alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta

from bot.ovh import reading
from bot.ovh.client import Client, segment
from bot.ovh.errors import NotThere
from bot.ovh.lane import Priority
from ordering.domain_name import DomainName
from ordering.errors import RegistrarError, RegistrarRefused
from ordering.offer import Availability, Verdict

_CART_LIFE = timedelta(hours=20)  # OVH's own default is a day


class Search:
    """Look-ups in one signed cart that never holds an item. The same name asked twice at once is asked once."""

    def __init__(self, client: Client, *, threads: int) -> None:
        self._client = client
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ovh-search")
        self._guard = threading.Lock()
        self._cart_guard = threading.Lock()
        self._under_way: dict[DomainName, Future[Availability]] = {}
        self._cart: tuple[str, datetime] | None = None

    def look_up(self, names: Sequence[DomainName], subsidiary: str) -> Iterator[Availability]:
        """Yield answers as they come; giving up reading drops what was not asked yet."""
        asked = [self._ask_once(name, turn, subsidiary) for turn, name in enumerate(dict.fromkeys(names))]
        try:
            for answered in as_completed(asked):
                yield answered.result()
        finally:
            for future in asked:
                future.cancel()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask_once(self, name: DomainName, turn: int, subsidiary: str) -> Future[Availability]:
        with self._guard:
            known = self._under_way.get(name)
            if known is not None and not known.cancelled():
                return known
            future = self._pool.submit(self._look_up, name, turn, subsidiary)
            self._under_way[name] = future
        future.add_done_callback(lambda done: self._landed(name, done))
        return future

    def _landed(self, name: DomainName, done: Future[Availability]) -> None:
        with self._guard:
            if self._under_way.get(name) is done:
                del self._under_way[name]

    def _look_up(self, name: DomainName, turn: int, subsidiary: str) -> Availability:
        try:
            return Availability.of(name, reading.offers(name, self._offers(name, turn, subsidiary)))
        except RegistrarRefused as refusal:
            if "Check failed" in str(refusal):
                return Availability(name, Verdict.NOT_SOLD)
            return Availability(name, Verdict.UNKNOWN, reason=str(refusal))
        except RegistrarError as error:
            return Availability(name, Verdict.UNKNOWN, reason=str(error))
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return Availability(name, Verdict.UNKNOWN, reason="OVH's answer could not be read.")

    def _offers(self, name: DomainName, turn: int, subsidiary: str) -> Sequence[reading.Json]:
        cart = self._search_cart(subsidiary)
        try:
            return self._ask(cart, name, turn)
        except NotThere:  # the cart expired or was removed
            with self._cart_guard:
                if self._cart and self._cart[0] == cart:
                    self._cart = None
            return self._ask(self._search_cart(subsidiary), name, turn)

    def _ask(self, cart: str, name: DomainName, turn: int) -> Sequence[reading.Json]:
        path = f"/order/cart/{segment(cart)}/domain"
        return self._client.ask(path, query={"domain": name.ascii}, priority=Priority.PEOPLE, turn=turn) or ()

    def _search_cart(self, subsidiary: str) -> str:
        with self._cart_guard:
            now = datetime.now(UTC)
            if self._cart is None or self._cart[1] <= now:
                body = {"ovhSubsidiary": subsidiary, "description": "Domain Desk search"}
                made = self._client.build("POST", "/order/cart", body, priority=Priority.PEOPLE)
                self._cart = (str(made["cartId"]), now + _CART_LIFE)
            return self._cart[0]
