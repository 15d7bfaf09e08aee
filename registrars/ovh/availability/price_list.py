"""OVH's price list: one call returns the prices of all extensions."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import structlog

from ordering.model.errors import RegistrarError
from ordering.model.money import Money
from registrars.ovh.api.client import Client
from registrars.ovh.api.errors import readable

_PATH = "/order/catalog/public/domain"
_FRESH = 6 * 3600.0  # seconds
_TRY_AGAIN = 300.0  # seconds after a failed read
_UNIT = Decimal(10) ** -8  # the catalogue counts in this fraction of the currency
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
                with readable():
                    content = self._client.download(_PATH, query={"ovhSubsidiary": self._home()})
                    self._prices = prices_in(content)
                self._due_at = time.monotonic() + _FRESH
            except RegistrarError as error:
                self._due_at = time.monotonic() + _TRY_AGAIN
                _log.warning("catalogue_not_read", why=str(error))


def prices_in(content: bytes) -> dict[str, Money]:
    """Parse a catalogue of several megabytes without blocking the other threads; raises `ValueError`.

    The decoder runs in one piece unless it calls us, so each plan is shrunk as soon as it is parsed.
    """
    currency, plans = "", []

    def shrink(entry: dict[str, Any]) -> Any:  # noqa: ANN401 - decoded JSON
        nonlocal currency
        if "pricings" in entry and "planCode" in entry:
            plans.append((str(entry["planCode"]), _first_price(entry["pricings"])))
            return None
        currency = str(entry.get("currencyCode") or currency)
        return entry

    json.loads(content, object_hook=shrink)
    if not currency:
        raise ValueError("a catalogue without a currency")
    return {extension: Money.rounded(price * _UNIT, currency) for extension, price in plans if price is not None}


def _first_price(pricings: list[dict[str, Any]]) -> Decimal | None:
    """Return the first year's price: the installation price if it is listed separately from the renewal."""
    for mode in _CREATING:
        prices = [line for line in pricings if line.get("mode") == mode]
        first = [line for line in prices if "installation" in (line.get("capacities") or ["installation"])]
        if first:
            return Decimal(min(int(line["price"]) for line in first))
    return None
