"""What people read about a payment: on the card while it holds, and in the thread when it happens."""

from __future__ import annotations

from typing import Any

from handlers.messages.en.checkout import order_changed, owner_hidden
from handlers.messages.en.data import sentence, why
from handlers.messages.en.events import both, event
from handlers.messages.en.evidence import seen
from handlers.messages.en.phrases import method
from ordering.model.facts import Data
from ordering.model.facts import EventKind as K

_ON_OVHS_PAGE = (
    "OVH has no other method on file. *Open order* leads a payer to OVH's page, where it can be paid another way. I "
    "see it there."
)
_LOOK_AT_BOTH = "Look at the order at OVH and at the account that pays"


@event(K.PAYMENT_REMINDER)
def _() -> str:
    return "A reminder: the order is still to be paid."


@both(K.PAYMENT_NOT_SENT)
def _(order: int, **data: Any) -> str:
    if data.get("error") == "owner_not_shown":
        return owner_hidden(order)
    match data.get("reason"):
        case "order_changed":
            changed = order_changed(order, data["before"], data["ovh"])
            return f"{changed} Nothing was paid: look at it, and pay it as it is now."
        case "payment_open":
            return (
                f"{seen(data.get('evidence'))} Another payment now could pay the order twice, so I sent none. Open the "
                "order to see how it stands: it can be paid there, or here when that one has ended."
            )
        case "method_gone":
            gone = f"OVH no longer takes {method(str(data['method_name']))} for this order."
            return f"{gone} Nothing was sent, so nothing was paid. Choose another way to pay."
        case "not_sent":
            return f"{why(data)} Nothing was sent, so nothing was paid. Choose how to pay."
        case _:
            return f"{why(data)} Nothing was paid." if "error" in data else "Nothing was paid."


@both(K.PAYMENT_CALL_REFUSED)
def _(**data: Any) -> str:
    return f"{_refused_call(data)} That does not prove that nothing was paid."


@both(K.PAYMENT_REFUSED)
def _(method_name: str, **data: Any) -> str:
    if data.get("is_gone"):
        gone = f"OVH no longer takes {method(method_name)} for this order."
        return f"{_refused_call(data)} {gone} Choose another way to pay."
    said = data["ovh"].get("said")
    way_on = _ON_OVHS_PAGE if data.get("all_refused") else "Choose another way to pay."
    return sentence(
        f"{method(method_name)} was refused.", f"OVH says: {said}." if said else "", "Nothing was paid.", way_on
    )


@both(K.PAYMENT_NOT_SEEN)
def _(method_name: str, ovh: dict[str, Any], evidence: Data | None = None) -> str:
    evidence_text = seen(evidence) if ovh["failed"] else "OVH still shows no payment."
    return f"OVH has not taken the payment with {method(method_name)}. {evidence_text} Choose a way to pay again."


@both(K.PAYMENT_UNKNOWN)
def _(order: int, method_name: str, evidence: Data | None = None, **data: Any) -> str:
    evidence_text = why(data) if "error" in data else seen(evidence)
    asked = f"OVH doesn't say whether order {order} was paid with {method(method_name)}."
    return sentence(asked, evidence_text, f"{_LOOK_AT_BOTH}, then say what happened. I keep looking.")


@both(K.PAYMENT_QUESTIONED)
def _(order: int, evidence: Data | None = None) -> str:
    if evidence is None:
        return f"OVH still shows no payment of order {order}. Was it paid?"
    return f"{seen(evidence)} So order {order} may be paid already, and nothing was sent. {_LOOK_AT_BOTH}: was it paid?"


@both(K.PAYMENT_WAITING)
def _(evidence: Data | None = None) -> str:
    if evidence and evidence["seen"] == "refused":
        whose = "It doesn't say whether that was this payment or another one, such as on its own page."
        return f"{seen(evidence)} {whose} So I wait before anybody can pay it again here."
    return f"{seen(evidence, 'OVH shows no payment.')} So I wait before anybody can pay it again here."


@both(K.PAYMENT_PROCESSING)
def _(evidence: Data | None = None) -> str:
    return f"{seen(evidence, 'OVH has begun the payment.')} I keep looking. Nobody needs to act."


@both(K.PAYMENT_RECEIVED)
def _(seen: str) -> str:
    return {
        "after_denial": "OVH shows the payment now, so nobody needs to pay again.",
        "after_question": "OVH shows the payment after all.",
        "before_sending": "OVH had received a payment already, so I sent none.",
        "paid_at_ovh": "It was paid on OVH's own page.",
    }.get(seen, "")


@both(K.PAYMENT_MISSING)
def _(order: int) -> str:
    return f"OVH still shows order {order} as unpaid. I keep looking."


def _refused_call(data: Data) -> str:
    if data.get("turned_away"):
        return "OVH turned the payment away: it was asked too fast, or did not take the signature."
    return why(data)
