"""The catalogue in English."""

from handlers.messages.en.events import EVENTS
from handlers.messages.en.refusals import REFUSALS, unknown_refusal

__all__ = ["EVENTS", "REFUSALS", "unknown_refusal"]
