"""OVH's price list: one call returns the prices of all extensions."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import structlog

from ordering.model.errors import RegistrarError
from ordering.model.money import Money
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import Unreadable
from registrars.ovh.api.wire.base import Json
from registrars.ovh.api.wire.offers import Locale, Plan, Pricing

_PATH = "/order/catalog/public/domain"
_FRESH = 6 * 3600.0  # seconds
_TRY_AGAIN = 300.0  # seconds after a failed read
_UNIT = Decimal(10) ** -8  # the catalogue counts in this fraction of the currency
_MOST_DIGITS = 30
_CREATING = ("create-default", "default")  # the new scheme of pricing modes, and the old one
_log = structlog.get_logger()


class Catalogue:
    """First-year prices without tax, by extension. For ranking only: the binding price is in an offer.

    Only the first caller waits for them; later refreshes run in the background.
    """

    def __init__(self, client: Client, *, home: Callable[[], str]) -> None:
        self._client = client
        self._home = home
        self._guard = threading.Lock()
        self._prices: Mapping[str, Money] = {}
        self._due_at = float("-inf")

    def prices(self, *, at_once: bool = False) -> Mapping[str, Money]:
        """Return the known prices.

        Empty if OVH does not return them or, with `at_once`, if they were not read before.
        """
        if not (self._prices or at_once):
            self._read()
        elif time.monotonic() >= self._due_at and not self._guard.locked():
            threading.Thread(target=self._read, name="ovh-catalogue", daemon=True).start()
        return self._prices

    def _read(self) -> None:
        with self._guard:
            if time.monotonic() < self._due_at:
                return  # another thread read them while this one waited
            try:
                content = self._client.download(_PATH, query={"ovhSubsidiary": self._home()})
                self._prices = prices_in(content)
                self._due_at = time.monotonic() + _FRESH
            except RegistrarError as error:
                self._due_at = time.monotonic() + _TRY_AGAIN
                _log.warning("catalogue_not_read", why=str(error))


def prices_in(content: bytes) -> dict[str, Money]:
    """Parse a catalogue of several megabytes without blocking the other threads; raises `Unreadable`.

    The decoder runs in one piece unless it calls us, so each plan is shrunk as soon as it is parsed.
    """
    currency, plans = "", []

    def shrink(entry: Json) -> Json | None:
        nonlocal currency
        if "pricings" in entry and "planCode" in entry:
            plan = Plan.read(entry)
            plans.append((plan.plan_code, _first_price(plan.pricings)))
            return None
        if entry.get("currencyCode"):
            currency = Locale.read(entry).currency_code
        return entry

    try:
        json.loads(content, object_hook=shrink, parse_int=_whole)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable from error
    if not currency:
        raise Unreadable
    return {extension: Money.rounded(price * _UNIT, currency) for extension, price in plans if price is not None}


def _whole(text: str) -> int:
    """Return a whole number; raises `Unreadable` for one that is too long to be a price."""
    if len(text) > _MOST_DIGITS:
        raise Unreadable
    return int(text)


def _first_price(pricings: Sequence[Pricing]) -> Decimal | None:
    """Return the first year's price: the installation price if it is listed separately from the renewal."""
    for mode in _CREATING:
        prices = [line for line in pricings if line.mode == mode]
        first = [line for line in prices if "installation" in (line.capacities or ["installation"])]
        if first:
            return Decimal(min(line.price for line in first))
    return None
