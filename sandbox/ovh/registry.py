"""The registry's processing of paid names, and the names that the account owns afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.ovh.clock import Clock
from sandbox.ovh.errors import not_found, refused
from sandbox.ovh.extensions import Extension
from sandbox.ovh.names import Names
from sandbox.ovh.orders import Order, Orders
from sandbox.ovh.services import GRACE_DAYS, RESTORE_DAYS, Service, Services
from sandbox.ovh.tasks import Arguments, Task

_FEWEST_WORDS = 3


class Registry:
    """Names belong to the account since their order was delivered, or from the start (`names.owned`).

    `reason_suffices` is how the `.fr` registry judges a justification, after the payment. `states` are the states that
    names of the account show instead of "ok", such as `autorenew_in_progress`, or an undocumented word. `lost` are
    names that were the account's. `arguments` are what people can correct in a task, `relaunched` the tasks that they
    started again.
    """

    reason_suffices: Callable[[str], bool]

    services: Services

    def __init__(self, clock: Clock, names: Names, orders: Orders) -> None:
        self._clock = clock
        self._names = names
        self._orders = orders
        self.states: dict[str, str] = {}
        self.lost: set[str] = set()
        self.arguments = Arguments()
        self.relaunched: list[int] = []
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
        return (self._names.owned | set(self.delivered())) - self.lost

    def first_years(self, name: str) -> tuple[datetime, int]:
        """Return when the account got a name, and for how many years it was bought."""
        order = self.delivered().get(name)
        if order is None:
            return self._clock.now(), 1
        return order.made_at, next((item.years for item in order.items if item.domain == name), 1)

    def lose(self, name: str) -> None:
        """Take a name from the account, as at the end of its life; anybody may register it again."""
        self._names.owned.discard(name)
        self.lost.add(name)

    def error(self, order: Order, name: str) -> str | None:
        """Return why the registry refuses a name of an order; None if it registers it."""
        for item in order.items:
            reason = item.answer("REASON")
            if item.domain == name and item.plan == "fr" and reason and not self.reason_suffices(reason):
                return "A justification is required"
        missing = "Missing or wrong information" if self.arguments.are_open(name) else None
        return self._orders.task_errors.get(name) or missing

    def tasks(self) -> dict[int, Task]:
        """Return all tasks of the account by number, oldest order first, scheduled deletions last."""
        made = [self._creation(order, place) for order in self._paid() for place in range(len(order.domains))]
        renewed = [self._renewal(order, place) for order in self._paid() for place in range(len(order.renewals))]
        waiting = [self._deletion(service) for service in self.services.all.values() if service.deletes]
        return {task.id: task for task in [*made, *renewed, *waiting]}

    def task(self, number: str) -> Task:
        found = self.tasks().get(int(number))
        if found is None:
            raise not_found("The requested object does not exist")
        return found

    def relaunch(self, number: str) -> None:
        """Start a task in error again: it ends, or goes back to error if what it lacked is still missing."""
        task = self.task(number)
        if not task.can_relaunch:
            raise refused("This task cannot be relaunched")
        if self.arguments.judge(task.domain):
            self._orders.task_errors.pop(task.domain, None)
        self.relaunched.append(task.id)

    def _paid(self) -> list[Order]:
        return [order for order in self._orders.all.values() if self._orders.seen(order).paid_at is not None]

    def _creation(self, order: Order, place: int) -> Task:
        name, at = order.domains[place], order.paid_at or order.made_at
        error = self.error(order, name)
        status = "error" if error else "done" if name in self.delivered() else "doing"
        return Task(order.id * 100 + place, "DomainCreate", name, status, at, at, error, can_relaunch=error is not None)

    def _renewal(self, order: Order, place: int) -> Task:
        at = order.paid_at or order.made_at
        status = "done" if self.services.is_done(order) else "doing"
        return Task(order.id * 100 + 50 + place, "DomainRenew", str(order.lines[place]["domain"]), status, at, at)

    def _deletion(self, service: Service) -> Task:
        on = self._clock.as_ovh_says(service.expires)
        comment = f'"Domain is scheduled for deletion on {on:%Y-%m-%d %H:%M:%S}"'  # the quotes are OVH's
        return Task(
            service.id * 10, "DomainRegistryDelete", service.name, "todo", service.since, service.expires,
            comment=comment, can_cancel=True,
        )  # fmt: skip


def registry_configuration(extension: Extension) -> dict[str, Any]:
    """Return what a registry accepts: the format of names, the lengths of contracts, the days of grace."""
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
            "renew": {"allowedPeriodsInMonths": months, "gracePeriodInDays": GRACE_DAYS},
            "restore": {"gracePeriodInDays": RESTORE_DAYS},
            "transfer": {"allowedPeriodsInMonths": [12], "includeRenew": True},
        },
        "dns": {"isDNSSECSupported": True, "minNumber": 2, "maxNumber": 13},
    }
