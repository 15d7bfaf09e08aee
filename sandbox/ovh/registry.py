"""The registry's processing of paid names, and the names that the account owns afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.ovh.clock import Clock, after
from sandbox.ovh.contacts import HOLDER
from sandbox.ovh.errors import not_found
from sandbox.ovh.extensions import Extension
from sandbox.ovh.names import Names
from sandbox.ovh.orders import Order, Orders

_FEWEST_WORDS = 3
_YEAR = 365 * 86_400.0


class Registry:
    """Names belong to the account since their order was delivered, or from the start (`names.owned`).

    `reason_suffices` is how the `.fr` registry judges a justification, after the payment. `states` are the states that
    names of the account show instead of "ok", such as `autorenew_in_progress`, or an undocumented word.
    """

    reason_suffices: Callable[[str], bool]

    def __init__(self, clock: Clock, names: Names, orders: Orders, owner: str) -> None:
        self._owner = owner  # the account's nic
        self._clock = clock
        self._names = names
        self._orders = orders
        self.states: dict[str, str] = {}
        self.reason_suffices = lambda reason: len(reason.split()) >= _FEWEST_WORDS

    def delivered(self) -> dict[str, Order]:
        """Return the registered names with their orders; names that the registry refused are missing."""
        return {
            name: order
            for order in self._orders.all.values()
            if self._orders.status(order) == "delivered"
            for name in order.domains
            if self.error(order, name) is None
        }

    def owned(self) -> set[str]:
        return self._names.owned | set(self.delivered())

    def service(self, name: str) -> dict[str, Any]:
        """Return a name of the account; raises 404 if the account does not have it."""
        if name not in self.owned():
            raise not_found("This service does not exist")
        since, years = self._registered(name)
        ends, updated = self._clock.text(_next(since, self._clock.now(), years)), self._clock.text(since)
        contact = {"id": self._owner}
        return {
            "domain": name, "state": self.states.get(name, "ok"), "expirationDate": ends, "renewalDate": ends,
            "lastUpdate": updated, "nameServerType": "hosted", "offer": "gold", "transferLockStatus": "locked",
            "dnssecState": "disabled", "dnssecSupported": True, "renewalState": "automatic_renew",
            "suspensionState": "not_suspended", "whoisOwner": str(HOLDER), "serviceId": 9_912_233,
            "contactOwner": {"id": str(HOLDER)}, "contactAdmin": contact, "contactBilling": contact,
            "contactTech": contact, "glueRecordIpv6Supported": True, "glueRecordMultiIpSupported": True,
            "hostSupported": True, "owoSupported": False, "parentService": None, "iam": None,
            "nameServers": [
                {"id": place, "nameServer": f"dns{place}.example.net", "nameServerType": "hosted", "ipv4": None,
                 "ipv6": None}
                for place in (1, 2)
            ],
        }  # fmt: skip

    def service_infos(self, name: str) -> dict[str, Any]:
        """Return how a name of the account is renewed; raises 404 if the account does not have it."""
        service = self.service(name)
        return {
            "domain": name, "serviceId": service["serviceId"], "status": "ok", "renewalType": "automaticV2016",
            "creation": service["lastUpdate"][:10], "expiration": service["expirationDate"][:10],
            "engagedUpTo": None, "canDeleteAtExpiration": True, "possibleRenewPeriod": [12, 24, 36],
            "contactAdmin": self._owner, "contactBilling": self._owner, "contactTech": self._owner,
            "renew": {
                "automatic": True, "deleteAtExpiration": False, "forced": False, "manualPayment": False, "period": 12,
            },
        }  # fmt: skip

    def _registered(self, name: str) -> tuple[datetime, int]:
        """Return when the account got a name, and for how many years it was bought."""
        order = self.delivered().get(name)
        if order is None:
            return self._clock.now(), 1
        return order.made_at, next((item.years for item in order.items if item.domain == name), 1)

    def error(self, order: Order, name: str) -> str | None:
        """Return why the registry refuses a name of an order; None if it registers it."""
        for item in order.items:
            reason = item.answer("REASON")
            if item.domain == name and item.plan == "fr" and reason and not self.reason_suffices(reason):
                return "A justification is required"
        return self._orders.task_errors.get(name)

    def tasks(self) -> dict[int, tuple[Order, str]]:
        return {
            order.id * 100 + place: (order, name)
            for order in self._orders.all.values()
            if self._orders.seen(order).paid_at is not None
            for place, name in enumerate(order.domains)
        }

    def task(self, number: str) -> dict[str, Any]:
        found = self.tasks().get(int(number))
        if found is None:
            raise not_found("The requested object does not exist")
        order, name = found
        at = self._clock.text(order.paid_at or order.made_at)
        error = self.error(order, name)
        status = "error" if error else "done" if name in self.delivered() else "doing"
        return {
            "id": int(number), "function": "DomainCreate", "domain": name, "status": status, "type": "domain",
            "comment": error, "creationDate": at, "todoDate": at, "doneDate": at if status == "done" else None,
            "lastUpdate": at, "canAccelerate": False, "canCancel": False, "canRelaunch": error is not None,
        }  # fmt: skip


def registry_configuration(extension: Extension) -> dict[str, Any]:
    """Return what a registry accepts: the format of names, the lengths of contracts. Grace periods are invented."""
    months = [years * 12 for years in extension.years]
    shortest, longest = extension.length
    return {
        "domain": {
            "extension_type": "cctld" if extension.country_code else "gtld",
            "isPremiumSupported": not extension.country_code,
            "label": {"isIDNSupported": extension.idn, "minLength": shortest, "maxLength": longest},
        },
        "lifecycle": {
            "create": {"allowedPeriodsInMonths": months},
            "order": {"active": True, "minMonths": months[0], "maxMonths": months[-1]},
            "renew": {"allowedPeriodsInMonths": months, "gracePeriodInDays": 30},
            "restore": {"gracePeriodInDays": 30},
            "transfer": {"allowedPeriodsInMonths": [12], "includeRenew": True},
        },
        "dns": {"isDNSSECSupported": True, "minNumber": 2, "maxNumber": 13},
    }


def _next(since: datetime, now: datetime, years: int) -> datetime:
    """Return the end of the bought years, or the first anniversary after it that is still ahead."""
    ends = after(since, years * _YEAR)
    while ends <= now:
        ends = after(ends, _YEAR)
    return ends
