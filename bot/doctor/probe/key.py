"""Facts about the key: how old a signature may be, and whether a * in the middle of a rule counts."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.probe.facts import Answer
from bot.doctor.probe.lab import Lab, Seen, Unsettled
from registrars.ovh.api.errors import Answer as OvhAnswer
from registrars.ovh.api.wire.account import Credential
from registrars.ovh.key_rights import Grants, Right

_LATE = (45, 90, 300, 900)  # seconds
_TIME = {"QUERY_TIME_OUT", "INVALID_SIGNATURE"}
_ME = "/me"


def late_signature(lab: Lab) -> Iterator[Answer]:
    """How old a signature may be, by reads of the account."""
    if lab.is_service_account:
        raise Unsettled("a service account's calls carry no time")
    accepted = 0
    for seconds in _LATE:
        seen = lab.call("GET", _ME, late=seconds)
        if seen.is_ok:
            accepted = seconds
            continue
        if seen.code not in _TIME:
            raise Unsettled(f"OVH answers {seen.refusal} to an old signature")
        yield Answer("late_signature", f"{accepted} to {seconds} s" if accepted else f"less than {seconds} s")
        yield Answer("late_signature_answer", seen.code)
        return
    yield Answer("late_signature", f"more than {_LATE[-1]} s")
    raise Unsettled("OVH refuses no signature for its age")


def star_in_the_middle(lab: Lab) -> Iterator[Answer]:
    """Make a harmless call that only a rule with a * in the middle grants, if the key has one."""
    if lab.is_service_account:
        raise Unsettled("a service account has no such rules")
    seen = lab.call("GET", "/auth/currentCredential")
    if not seen.is_ok:
        raise Unsettled("the key may not read its own rules")
    grants = Grants.of_credential(Credential.read(seen.body))
    cart = lab.open_cart(f"{lab.description}, rules")
    for right, path in _harmless(cart):
        patterns = grants.granted_by(right)
        if patterns and all("*" in pattern[:-1] for pattern in patterns):
            tried = lab.call(right.method, path)
            yield Answer("star_in_the_middle", "no" if _is_about_rights(tried) else "yes")
            return
    raise Unsettled("no harmless call depends on such a rule of this key")


def _harmless(cart: str) -> list[tuple[Right, str]]:
    """Calls that change nothing, whatever the answer: reads, and a second assignment of the probe's own cart."""
    calls = (
        ("GET", "/me/order/*/status", "/me/order/1/status"),
        ("GET", "/order/cart/*/summary", f"/order/cart/{cart}/summary"),
        ("GET", "/domain/*/serviceInfos", "/domain/name.example/serviceInfos"),
        ("POST", "/order/cart/*/assign", f"/order/cart/{cart}/assign"),
    )
    return [(Right(method, rule, path), path) for method, rule, path in calls]


def _is_about_rights(seen: Seen) -> bool:
    return OvhAnswer(seen.status, seen.body).is_about_rights
