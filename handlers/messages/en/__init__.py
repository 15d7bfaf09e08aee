"""The catalogue in English."""

from handlers.messages.en import (
    checkout,
    delivery,
    payment,
    refusals_carts,
    refusals_names,
    refusals_orders,
    refusals_people,
    refusals_registrar,
    request,
)
from handlers.messages.en.data import why
from handlers.messages.en.events import EVENTS, REMARKS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = [
    "EVENTS",
    "REFUSALS",
    "REMARKS",
    "checkout",
    "delivery",
    "payment",
    "refusals_carts",
    "refusals_names",
    "refusals_orders",
    "refusals_people",
    "refusals_registrar",
    "request",
    "unknown_refusal",
    "why",
]
