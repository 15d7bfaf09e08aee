"""The catalogue in English."""

from handlers.messages.en import refusals_carts, refusals_names, refusals_orders, refusals_people, refusals_registrar
from handlers.messages.en.events import EVENTS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = [
    "EVENTS",
    "REFUSALS",
    "refusals_carts",
    "refusals_names",
    "refusals_orders",
    "refusals_people",
    "refusals_registrar",
    "unknown_refusal",
]
