"""The catalogue in English."""

from handlers.messages.en import contact_fields, findings, forms, question_labels, terms, unknown_names, warnings
from handlers.messages.en.events import EVENTS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = [
    "EVENTS",
    "REFUSALS",
    "contact_fields",
    "findings",
    "forms",
    "question_labels",
    "terms",
    "unknown_names",
    "unknown_refusal",
    "warnings",
]
