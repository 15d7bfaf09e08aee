"""The whole registrar port, which one adapter implements. Each client depends only on the part it uses."""

from __future__ import annotations

from typing import Protocol

from ordering.ports.account import Account
from ordering.ports.carts import RegistrarCarts
from ordering.ports.clock import RegistrarClock
from ordering.ports.markers import MarkerCarts
from ordering.ports.names import Names
from ordering.ports.owners import Owners
from ordering.ports.payments import OrderPayments
from ordering.ports.sales_orders import SalesOrders


class Registrar(
    Names, Owners, RegistrarCarts, SalesOrders, OrderPayments, MarkerCarts, RegistrarClock, Account, Protocol
):
    """OVH. Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no)."""
