"""The catalogue in English."""

from handlers.messages.en import (
    checkout,
    contact_fields,
    delivery,
    findings,
    forms,
    payment,
    question_labels,
    refusals_carts,
    refusals_names,
    refusals_orders,
    refusals_people,
    refusals_registrar,
    request,
    terms,
    unknown_names,
    warnings,
)
from handlers.messages.en.data import why
from handlers.messages.en.events import EVENTS, REMARKS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = [
    "EVENTS",
    "REFUSALS",
    "REMARKS",
    "checkout",
    "contact_fields",
    "delivery",
    "findings",
    "forms",
    "payment",
    "question_labels",
    "refusals_carts",
    "refusals_names",
    "refusals_orders",
    "refusals_people",
    "refusals_registrar",
    "request",
    "terms",
    "unknown_names",
    "unknown_refusal",
    "warnings",
    "why",
]
