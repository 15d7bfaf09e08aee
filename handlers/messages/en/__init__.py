"""The catalogue in English."""

from handlers.messages.en import checkout, delivery, payment, request
from handlers.messages.en.data import why
from handlers.messages.en.events import EVENTS, REMARKS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = ["EVENTS", "REFUSALS", "REMARKS", "checkout", "delivery", "payment", "request", "unknown_refusal", "why"]
