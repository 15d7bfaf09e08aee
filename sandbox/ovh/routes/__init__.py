"""OVH's routes, one file for each part of the account; importing them registers them."""

from sandbox.ovh.routes import (
    account,
    bills,
    carts,
    catalogue,
    contacts,
    coupons,
    domains,
    items,
    orders,
    payments,
    rules,
    services,
    tasks,
)

__all__ = [
    "account",
    "bills",
    "carts",
    "catalogue",
    "contacts",
    "coupons",
    "domains",
    "items",
    "orders",
    "payments",
    "rules",
    "services",
    "tasks",
]
