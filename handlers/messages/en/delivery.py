"""What people read about the delivery of the names."""

from __future__ import annotations

from typing import Any

from handlers.messages.en.events import both
from handlers.messages.en.phrases import domain
from ordering.model.facts import EventKind as K


@both(K.DOCUMENTS_REQUESTED)
def _(order: int) -> str:
    return f"OVH asks for documents for order {order}. Open the order at OVH and send them."


@both(K.REGISTRATION_FAILED)
def _(name: str, ovh: dict[str, Any]) -> str:
    return f"The registry did not register {domain(name)}: {ovh['comment'] or 'no reason given'}."


@both(K.DELIVERY_LATE)
def _(order: int, days: int, ovh: dict[str, Any]) -> str:
    seen = f"OVH shows {_states(ovh['states'])}" if ovh["states"] else "OVH has not delivered it"
    late = f"Order {order} was paid more than {days} days ago, and {seen}."
    return f"{late} Open it at OVH or ask OVH's support. I keep looking."


@both(K.DELIVERY_UNKNOWN)
def _(order: int, days: int) -> str:
    late = f"Order {order} was paid more than {days} days ago, and OVH doesn't tell how it stands."
    return f"{late} Open it at OVH to see. I keep looking."


@both(K.DELIVERY_UNEXPECTED)
def _(ovh: dict[str, Any]) -> str:
    return f"OVH shows {_states(ovh['states'])}. I keep looking."


@both(K.DELIVERY_RESUMED)
def _() -> str:
    return "What was missing has arrived."


def _states(states: dict[str, str]) -> str:
    return ", ".join(f"{domain(name)} as “{word}”" for name, word in states.items())
