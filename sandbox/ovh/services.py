"""The account's names as services: until when they are paid, how they are renewed, and what becomes of them.

A name runs until `expires`, is suspended for the days of grace, can be restored for a fee after that, and is gone
then. OVH charges automatic renewals on the first day of the month in which the name expires (contract sheet
ovh-lifecycle, section 1.4; the day is the word of one user). The lengths are those that OVH names for generic
extensions.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.errors import not_found
from sandbox.ovh.orders import Order, Orders

GRACE_DAYS, RESTORE_DAYS = 7, 45  # both counted from the expiry
Mode = Literal["automatic", "manual"]
Phase = Literal["running", "expired", "restorable", "gone"]


@dataclass
class Service:
    """A name that the account has, with the number under which OVH renews it.

    `hosting` is whether hosting of the same name is sold with it. `shows_renew` off answers null in place of how the
    name is renewed, as OVH has. `is_admin` and `is_billing` are whether the key's account is that contact of the name.
    `unpaid` is the order of an automatic renewal that found no payment method.
    """

    id: int
    name: str
    since: datetime
    expires: datetime
    mode: Mode = "automatic"
    months: int = 12
    deletes: bool = False
    renewal_type: str = "automaticV2016"
    hosting: bool = False
    shows_renew: bool = True
    renewable: bool = True
    is_admin: bool = True
    is_billing: bool = True
    unpaid: Order | None = None
    charged_for: datetime | None = None

    @property
    def zone_id(self) -> int:
        """Return the number of the zone, which is a service of its own."""
        return self.id + 1

    @property
    def hosting_id(self) -> int:
        return self.id + 2

    @property
    def charged_on(self) -> datetime:
        return self.expires.replace(day=1, hour=0, minute=0, second=0, microsecond=0)

    @property
    def grace_ends(self) -> datetime:
        return self.expires + timedelta(days=GRACE_DAYS)

    @property
    def gone_on(self) -> datetime:
        return self.expires + timedelta(days=RESTORE_DAYS)

    @property
    def is_forced(self) -> bool:
        return self.renewal_type == "automaticForcedProduct"

    def phase(self, now: datetime) -> Phase:
        if now < self.expires:
            return "running"
        if self.deletes or now >= self.gone_on:
            return "gone"
        return "expired" if now < self.grace_ends else "restorable"

    def is_suspended(self, now: datetime) -> bool:
        overdue = self.unpaid is not None and now >= after(self.unpaid.made_at, GRACE_DAYS * 86_400.0)
        return overdue or self.phase(now) != "running"


Charge = Callable[[Service, datetime], Order]


@dataclass
class Services:
    """All services of the account, on its clock.

    `renewed_after` seconds pass between the payment of a renewal and the new date. With `answers_460` OVH answers the
    routes of an expired name with 460 in place of the name.
    """

    clock: Clock
    orders: Orders
    owned: Callable[[], set[str]]
    first_years: Callable[[str], tuple[datetime, int]]
    charge: Charge
    gone: Callable[[str], None]
    renewed_after: float = 1.0
    answers_460: bool = False
    all: dict[str, Service] = field(default_factory=dict)

    def add(self, name: str, *, expires: datetime | None = None, mode: Mode = "automatic") -> Service:
        """Give the account a name, or change one that it has."""
        found = self._find(name)
        found.expires = expires or found.expires
        found.mode = mode
        return found

    def of(self, name: str) -> Service:
        """Return a name's service; raises 404 if the account does not have the name."""
        if name not in self.owned():
            raise not_found("This service does not exist")
        return self._find(name)

    def get(self, number: str) -> Service:
        """Return the service of a name by its number or that of its zone or hosting; raises 404."""
        self.settle()
        for service in self.all.values():
            if number in {str(service.id), str(service.zone_id), str(service.hosting_id)}:
                return service
        raise not_found("The requested object does not exist")

    def flip(self, name: str) -> None:
        """Change how a name is renewed, without anybody's asking: OVH did so in January 2025."""
        service = self.of(name)
        service.mode = "manual" if service.mode == "automatic" else "automatic"

    def settle(self) -> None:
        """Bring all names to the present; to be called before anything is read."""
        for name in self.owned():
            self._find(name)
        now = self.clock.now()
        while self._extend() or self._charge_due(now):
            pass
        for service in list(self.all.values()):
            if service.phase(now) == "gone":
                del self.all[service.name]
                self.gone(service.name)

    def is_done(self, order: Order) -> bool:
        """Return whether a paid renewal has moved its dates."""
        return order.paid_at is not None and after(order.paid_at, self.renewed_after) <= self.clock.now()

    def _find(self, name: str) -> Service:
        if name not in self.all:
            since, years = self.first_years(name)
            number = 9_912_233 + 10 * len(self.all)
            self.all[name] = Service(number, name, since, add_months(since, 12 * years))
        return self.all[name]

    def _extend(self) -> bool:
        """Move the dates of all paid renewals that are due; return whether there were any."""
        due = [
            (order, renewal)
            for order in self.orders.all.values()
            for renewal in order.renewals
            if renewal not in order.renewed and self.is_done(order)
        ]
        for order, renewal in due:
            order.renewed.append(renewal)
            for service in self.all.values():
                if service.id == renewal.service:
                    service.expires = add_months(service.expires, renewal.months)
                    service.deletes = False
                    service.unpaid = None if service.unpaid is order else service.unpaid
        return bool(due)

    def _charge_due(self, now: datetime) -> bool:
        """Make the orders of automatic renewals on their day, one for each date of expiry; return whether any was."""
        due = [service for service in self.all.values() if self._is_charged(service, now)]
        for service in due:
            service.charged_for = service.expires
            order = self.charge(service, service.charged_on)
            service.unpaid = order if order.paid_at is None else None
        return bool(due)

    @staticmethod
    def _is_charged(service: Service, now: datetime) -> bool:
        automatic = (service.mode == "automatic" or service.is_forced) and not service.deletes
        return automatic and service.charged_for != service.expires and service.charged_on <= now


def add_months(at: datetime, months: int) -> datetime:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = divmod(at.month - 1 + months, 12)
    last = calendar.monthrange(at.year + year, month + 1)[1]
    return at.replace(year=at.year + year, month=month + 1, day=min(at.day, last))


def iso_months(months: int) -> str:
    """Return a period as OVH writes it: whole years as years."""
    return f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"


def months_of(period: str) -> int:
    """Return the months of a period such as P2Y or P6M; raises ValueError for another form."""
    number, unit = int(period[1:-1]), period[-1]
    if period[0] != "P" or unit not in "YM" or number <= 0:
        raise ValueError(period)
    return number * 12 if unit == "Y" else number
