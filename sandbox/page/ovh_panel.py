"""The simulated OVH as a panel: its ledger, its clock, and switches for faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.ovh import OvhSimulator
from sandbox.ovh.errors import OvhError
from sandbox.ovh.extensions import extension_of
from sandbox.ovh.faults import Fault, Kind
from sandbox.ovh.orders import Order
from sandbox.ovh.payments import Method
from sandbox.ovh.quotes import Layout

_FOR_EVER = 1_000_000
_CHECKOUT, _PAY = "/order/cart/*/checkout", "/me/order/*/pay"
_DUTY = "5.00"  # the price increase per press
_CREDIT = Decimal(50)  # the amount that a press adds to the prepaid account

# name: (label, method, path, kind of fault, how often, options)
_FAULTS: dict[str, tuple[str, str, str, Kind, int, dict[str, Any]]] = {
    "slow": ("Every answer takes two seconds", "*", "*", "slow", _FOR_EVER, {"seconds": 2.0}),
    "outage": ("Outage: no answer is of use", "*", "*", "html502", _FOR_EVER, {}),
    "rate_limit": ("Too many requests: the next 10 are refused", "*", "*", "rate_limit", 10, {"retry_after": 2}),
    "lose_checkout": ("Lose the answer of the next checkout", "POST", _CHECKOUT, "lost_after", 1, {}),
    "lose_payment": ("Lose the answer of the next payment", "POST", _PAY, "lost_after", 1, {}),
    "repeat_payment": (
        "Send the next payment twice; the second is refused",
        "POST",
        _PAY,
        "repeated",
        1,
        {"status": 409},
    ),
    "hold_payment": ("Hold the next payment back for 45 seconds", "POST", _PAY, "held", 1, {"seconds": 45.0}),
}
_RENEWAL = Decimal(359)  # the renewal price after a press
_PAYMENTS_LATE, _ORDERS_LATE = 600.0, 300.0  # seconds


@dataclass(frozen=True)
class _Setting:
    """A switch that stays on: its label, and the function that turns it on or off at the simulated OVH."""

    label: str
    turn: Callable[[OvhSimulator, bool], None]


def _show_payments_late(ovh: OvhSimulator, on: bool) -> None:  # noqa: FBT001 - the switch's state
    ovh.orders.payment_after = ovh.payments.transaction_after = _PAYMENTS_LATE if on else 0.0


def _show_orders_late(ovh: OvhSimulator, on: bool) -> None:  # noqa: FBT001 - as above
    ovh.orders.shows_after = _ORDERS_LATE if on else 0.0


def _shuffle_lines(ovh: OvhSimulator, on: bool) -> None:  # noqa: FBT001 - as above
    ovh.carts.layout = Layout(shuffle=1, zones_first=True, without_items=True) if on else Layout()


_SETTINGS = {
    "late_payments": _Setting("Show payments ten minutes late", _show_payments_late),
    "late_orders": _Setting("Show new orders five minutes late", _show_orders_late),
    "shuffle_lines": _Setting("Shuffle the lines of the dry run", _shuffle_lines),
}


class OvhPanel:
    """The panel. Switches stay on until they are pressed again, or used up."""

    def __init__(self, ovh: OvhSimulator) -> None:
        self._ovh = ovh
        self._on: dict[str, Fault] = {}
        self._set: set[str] = set()
        self._removed: list[Method] = []
        self.lost_since: int | None = None  # the number of orders when a checkout's answer was to be lost
        self._presses: dict[str, Callable[[str], None]] = {
            "deliver": lambda _: ovh.deliver_now(),
            "day": lambda _: ovh.a_day_later(),
            "rise": lambda name: ovh.names.rise(name, _DUTY),
            "renewal": lambda name: ovh.names.change(name, renewal=_RENEWAL),
            "take": ovh.names.taken.add,
            "outsider": self._order_by_hand,
            "refuse": self._refuse,
            "methods": lambda _: self._remove_methods(),
            "credit": lambda _: self._put_credit(),
            "expire": lambda order: ovh.expire(int(order)),
            "page": self._pay_on_the_page,
            "documents": self._documents,
            "task_error": self._task_error,
            "cancel": lambda order: ovh.cancel(int(order)),
        }

    def press(self, switch: str, argument: str = "") -> None:
        """Press a switch; raises `KeyError` or `ValueError` if it does not exist, or cannot be pressed."""
        if switch in _FAULTS:
            self._flip(switch)
        elif switch in _SETTINGS:
            self._set ^= {switch}
            _SETTINGS[switch].turn(self._ovh, switch in self._set)
        else:
            self._presses[switch](argument.strip().lower())

    def to_json(self) -> dict[str, Any]:
        return {
            "clock": self._ovh.clock.now().strftime("%a %d %b %Y, %H:%M UTC"),
            "switches": [
                {"name": name, "label": switch[0], "on": self._is_on(name)} for name, switch in _FAULTS.items()
            ]
            + [{"name": name, "label": each.label, "on": name in self._set} for name, each in _SETTINGS.items()],
            "methods": [
                {"id": method.id, "label": f"{method.kind.replace('_', ' ')} {method.label}", "refuses": method.refuses}
                for method in self._ovh.payments.methods
                if method.status == "VALID"
            ],
            "removed": bool(self._removed),
            "prepaid": f"€{self._ovh.payments.prepaid:.2f}",
            "orders": [self._order(order) for order in reversed(self._ovh.orders.all.values())],
            "carts": [
                {
                    "description": cart.description or "the desk's cart for look-ups",
                    "names": [item.domain for item in cart.items.values()],
                    "closed": cart.read_only,
                }
                for cart in reversed(self._ovh.carts.all.values())
            ],
            "calls": len(self._ovh.calls),
        }

    def _order(self, order: Order) -> dict[str, Any]:
        return {
            "id": order.id,
            "names": order.domains,
            "foreign": order.foreign,
            "total": f"€{order.total}" if order.currency == "EUR" else f"{order.total} {order.currency}",
            "status": self._ovh.orders.status(order),
            "payments": len(order.payments),
            "url": order.url,
            "documents": order.documents,
            "taskError": any(name in self._ovh.orders.task_errors for name in order.domains),
        }

    def _is_on(self, switch: str) -> bool:
        return switch in self._on and self._on[switch] in self._ovh.faults.waiting

    def _flip(self, switch: str) -> None:
        if self._is_on(switch):
            self._ovh.faults.remove(self._on.pop(switch))
            return
        _, method, path, kind, times, options = _FAULTS[switch]
        self._on[switch] = self._ovh.faults.add(method, path, kind, times=times, **options)
        if switch == "lose_checkout":
            self.lost_since = len(self._ovh.orders.ours())

    def _refuse(self, method_id: str) -> None:
        method = next(m for m in self._ovh.payments.methods if str(m.id) == method_id)
        method.refuses = not method.refuses

    def _remove_methods(self) -> None:
        """Remove all payment methods from the account, or restore them."""
        methods = self._ovh.payments.methods
        self._removed, methods[:] = methods[:], self._removed

    def _put_credit(self) -> None:
        self._ovh.payments.prepaid += _CREDIT

    def _pay_on_the_page(self, order: str) -> None:
        try:
            self._ovh.pay_on_the_page(int(order))
        except OvhError as error:
            raise ValueError(str(error.body["message"])) from error

    def _order_by_hand(self, name: str) -> None:
        if extension_of(name) is None:
            raise ValueError(name)
        self._ovh.outsider.order(name)

    def _documents(self, order: str) -> None:
        self._ovh.request_documents(int(order), asked=not self._ovh.orders.all[int(order)].documents)

    def _task_error(self, order: str) -> None:
        """Make the registry refuse the order's first name, or accept it again."""
        names, errors = self._ovh.orders.all[int(order)].domains, self._ovh.orders.task_errors
        name = next(iter(names), "")
        if errors.pop(name, None) is None:
            errors[name] = "The registry has refused the owner's address"
