"""What people read about a name whose availability is unknown, by the code of the reason."""

from __future__ import annotations

from collections.abc import Mapping

from ordering.model.offer import OFFER_UNREADABLE, Availability

_OVH_SAID_NO = "OVH said no: {said}"
_NO_ANSWER = "OVH is not answering just now"
REASONS: Mapping[str, str] = {
    OFFER_UNREADABLE: "OVH sells this one in a way that I do not support",
    "internal_error": "I made a mistake, which is in my log",
    "not_asked": "I could not ask OVH just now",
    "ovh_forbidden": _OVH_SAID_NO,
    "ovh_key_refused": "OVH did not accept my key: {said}. The operator must renew it",
    "ovh_not_found": "OVH does not know this any more: {said}",
    "ovh_refused": _OVH_SAID_NO,
    "ovh_right_missing": "OVH does not allow this: {said}. The operator must check the key's rights",
    "ovh_unreadable": "I could not read OVH's answer",
    "registrar_unavailable": _NO_ANSWER,
    "stopping": "I am restarting",
}


def why_unknown(answer: Availability) -> str:
    """Return why OVH's answer for a name is unknown, as plain text without a full stop; it may quote OVH."""
    return unknown_because(answer.reason, answer.said)


def unknown_because(reason: str | None, said: str) -> str:
    """Return the same from a reason's code and OVH's words.

    An earlier version stored the sentence itself as the reason.
    """
    if reason is not None and " " in reason:
        return reason.rstrip(".")
    otherwise = _OVH_SAID_NO if said else _NO_ANSWER
    return REASONS.get(reason or "", otherwise).format(said=f"“{said.rstrip('.')}”" if said else "without a reason")
