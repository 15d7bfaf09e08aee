"""What people read about a name whose availability is unknown, by the code of the reason."""

from __future__ import annotations

from collections.abc import Mapping

from ordering.model.offer import OFFER_UNREADABLE, Availability

_OVH_SAID_NO = "OVH said no: {said}"
_NO_ANSWER = "OVH is not answering just now"
REASONS: Mapping[str, str] = {
    OFFER_UNREADABLE: "OVH sells this one in a way that I do not support",
    "look_up_failed": "I failed to look it up, by a mistake of mine that is in the log",
    "not_asked": "I could not ask OVH just now",
    "ovh_forbidden": _OVH_SAID_NO,
    "ovh_key_refused": "OVH did not accept my key ({said}): the operator must renew it",
    "ovh_not_found": "OVH does not know this any more: {said}",
    "ovh_refused": _OVH_SAID_NO,
    "ovh_right_missing": "OVH does not allow this ({said}): the operator must check the key's rights",
    "ovh_unreadable": "I could not read OVH's answer",
    "registrar_unavailable": _NO_ANSWER,
    "stopping": "I am restarting",
}


def unknown_because(reason: str | None, ovh_said: str | None) -> str:
    """Return why a name is unknown, as the end of a sentence; it may quote OVH.

    An earlier version stored the sentence itself as the reason.
    """
    made = (ovh_said or "no reason").rstrip(".")
    if reason is not None and " " in reason:
        return reason.rstrip(".")
    return REASONS.get(reason or "", _OVH_SAID_NO if ovh_said else _NO_ANSWER).format(said=made)


def why_unknown(answer: Availability) -> str:
    """Return why the availability of a name is unknown, as the end of a sentence; it may quote OVH."""
    return unknown_because(answer.reason, answer.ovh_said)
