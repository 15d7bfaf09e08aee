"""What people read when OVH refuses, or does not answer. OVH's own words are in quotation marks."""

from __future__ import annotations

from handlers.messages.catalogue import Wording
from handlers.messages.en.phrases import ovh_words
from handlers.messages.en.refusals import REFUSALS, TRY_AGAIN, nested
from ordering.model.facts import Data

_says = REFUSALS.says


# OVH says no


@_says("ovh_refused", "ovh_forbidden")
def _(ovh: Data) -> str:
    return f"OVH said no: {ovh_words(ovh)}."


@_says("registrar_refused", "registrar_error")
def _(ovh: Data | None = None) -> str:
    return f"OVH said no: {ovh_words(ovh)}." if ovh else "OVH said no."


@_says("ovh_not_found")
def _(ovh: Data) -> str:
    return f"OVH doesn't know this, or no longer does: {ovh_words(ovh)}."


@_says("not_known")
def _() -> str:
    return "OVH doesn't know this, or no longer does."


@_says("ovh_right_missing")
def _(ovh: Data | None = None, rights: list[str] | None = None, can_be_granted: bool = False) -> str:
    if ovh is None:
        lacking = " and ".join(rights or ["to do this"])
        todo = "grant it" if can_be_granted else "make a new key that has it"
        return f"My OVH key lacks the right {lacking}, so nothing was sent. The operator must {todo}."
    return f"OVH doesn't allow this: {ovh_words(ovh)}. The operator must check the key's rights."


@_says("ovh_key_refused")
def _(ovh: Data | None = None, key: str | None = None) -> str:
    if ovh is None:
        is_so = {"expired": "has expired", "not_validated": "was never validated"}.get(key or "", "was refused")
        return f"My OVH key {is_so}, so nothing was sent. The operator must renew it."
    return f"OVH didn't accept my key: {ovh_words(ovh)}. The operator must renew it."


@_says("ovh_client_refused")
def _() -> str:
    return "OVH didn't accept my client id and secret. The operator must renew them."


@_says("ovh_keys_incomplete")
def _() -> str:
    return "My OVH keys are incomplete. The operator must set them."


@_says("orders_not_listable")
def _(reason: str, ovh: Data | None) -> str:
    return f"I can't list the orders at OVH. {nested({'error': reason, 'ovh': ovh})}"


@_says("foreign_order_unreadable")
def _(order: int) -> str:
    return f"OVH sent an answer about order {order} that I can't read."


# OVH does not answer, or was not called


@_says("registrar_unavailable")
def _() -> Wording:
    return Wording("OVH does not answer just now.", advice=TRY_AGAIN)


@_says("ovh_unreadable")
def _() -> Wording:
    return Wording("OVH sent an answer that I can't read.", advice=TRY_AGAIN)


@_says("not_asked")
def _() -> Wording:
    return Wording("OVH is busy with my other requests, so I didn't call it.", advice=TRY_AGAIN)


@_says("stopping")
def _() -> str:
    return "I'm stopping, so I didn't call OVH."


# Money calls


@_says("held_up")
def _() -> str:
    return "I was held up before I could send it."


@_says("not_sent")
def _() -> str:
    return "Nothing was sent to OVH."


@_says("connection_lost")
def _() -> Wording:
    return Wording("The connection to OVH ended before anything was sent.", advice=TRY_AGAIN)


@_says("too_late_to_send")
def _() -> Wording:
    return Wording(
        "I was held up before I could call OVH. It was too late then, so nothing was sent.", advice=TRY_AGAIN
    )


@_says("outcome_unknown")
def _() -> str:
    return "OVH gave no clear answer."


@_says("answer_lost")
def _() -> str:
    return "OVH's answer was lost."


@_says("answer_without_order")
def _() -> str:
    return "OVH's answer names no order."
