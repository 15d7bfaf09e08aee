"""Checks across several settings: what is missing, and what does not go together."""

from __future__ import annotations

from bot.settings.model import ENDPOINTS, SUBSIDIARIES
from bot.settings.sources import Fault, Found
from bot.settings.values import clean, listed

_APPLICATION = ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY")
_ACCOUNT = ("OVH_CLIENT_ID", "OVH_CLIENT_SECRET")
_MONEY_ACCOUNT = ("OVH_MONEY_CLIENT_ID", "OVH_MONEY_CLIENT_SECRET")


def missing_and_mixed(found: Found, *, access: bool = True) -> list[Fault]:
    """Return a fault for each setting that is missing or contradicts another one.

    If `access` is False, the keys of Slack and OVH may be missing.
    """
    faults = _unreadable(found)
    if access:
        faults += _slack(found) + (_ovh_keys(found) if not faults else []) + _money_keys(found)
    if not _has(found, "DESK_APPROVERS"):
        faults.append(_missing(found, "DESK_APPROVERS"))
    return faults + _too_few_approvers(found) + _region(found)


def _slack(found: Found) -> list[Fault]:
    faults = []
    if not _has(found, "SLACK_BOT_TOKEN"):
        faults.append(_missing(found, "SLACK_BOT_TOKEN"))
    if not _has(found, "SLACK_APP_TOKEN") and not _has(found, "SLACK_SIGNING_SECRET"):
        faults.append(
            _missing(
                found,
                "SLACK_APP_TOKEN",
                "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode.",
            )
        )
    return faults


def _unreadable(found: Found) -> list[Fault]:
    """Return a fault for each unreadable ovh.conf file that may hold missing keys; none if all keys are there."""
    if any(all(_has(found, name) for name in kind) for kind in (_APPLICATION, _ACCOUNT)):
        return []
    return [Fault("OVH_APPLICATION_KEY", line) for line in found.unreadable]


def _ovh_keys(found: Found) -> list[Fault]:
    application = [name for name in _APPLICATION if _has(found, name)]
    account = [name for name in _ACCOUNT if _has(found, name)]
    if application and account:
        return [
            Fault(
                account[0],
                f"{_with_origins(found, application)} and {_with_origins(found, account)} are two kinds of keys. "
                "Keep one kind: "
                "an application's three, or a service account's two.",
            )
        ]
    if account:
        return [_missing(found, name) for name in _ACCOUNT if name not in account]
    hint = "" if application else "Set an application's three keys, or OVH_CLIENT_ID and OVH_CLIENT_SECRET."
    missing = [name for name in _APPLICATION if name not in application]
    return [_missing(found, name, hint if name == missing[0] else "") for name in missing]


def _money_keys(found: Found) -> list[Fault]:
    """Return a fault for a second key, for money, that is incomplete or of two kinds."""
    consumer = "OVH_MONEY_CONSUMER_KEY"
    account = [name for name in _MONEY_ACCOUNT if _has(found, name)]
    if account and _has(found, consumer):
        both = f"{_with_origins(found, [consumer])} and {_with_origins(found, account)}"
        return [Fault(consumer, f"{both} are two kinds of keys for money. Keep one kind.")]
    if account:
        hint = f"{_with_origins(found, account)} needs it."
        return [_missing(found, name, hint) for name in _MONEY_ACCOUNT if name not in account]
    if _has(found, consumer) and not all(_has(found, name) for name in _APPLICATION[:2]):
        hint = "A second consumer key belongs to an application: set its key and secret."
        return [_missing(found, name, hint) for name in _APPLICATION[:2] if not _has(found, name)]
    return []


def _too_few_approvers(found: Found) -> list[Fault]:
    """Refuse rules under which a request waits for a second approval that no one can give.

    A user group may hold enough people, so only lists of single users are counted.
    """
    second, approvers = found.first("DESK_SECOND_APPROVAL_OVER"), found.first("DESK_APPROVERS")
    if second is None or approvers is None or str(clean(second.value)).lower() == "none":
        return []
    try:
        people = set(listed(approvers.value))
    except ValueError:
        return []  # that is a fault of its own
    if len(people) != 1 or people.pop().startswith("S"):
        return []
    return [
        Fault(
            "DESK_SECOND_APPROVAL_OVER",
            "DESK_SECOND_APPROVAL_OVER: two approvers are needed above it, but DESK_APPROVERS names one person. "
            f"Name another, or a user group ({second.origin})",
        )
    ]


def _region(found: Found) -> list[Fault]:
    endpoint, subsidiary = found.first("OVH_ENDPOINT"), found.first("OVH_SUBSIDIARY")
    name = str(clean(endpoint.value)).lower() if endpoint else "ovh-eu"
    if endpoint and name == "ovh-us":
        return [
            Fault(
                "OVH_ENDPOINT",
                f"OVH_ENDPOINT=ovh-us: OVH US sells no domain names. Write ovh-eu or ovh-ca ({endpoint.origin})",
            )
        ]
    if subsidiary is None or name not in ENDPOINTS:
        return []
    code = str(clean(subsidiary.value)).upper()
    region = name.rpartition("-")[2]
    other = next((key for key, codes in SUBSIDIARIES.items() if code in codes and key != region), None)
    if other is None or code in SUBSIDIARIES[region]:
        return []
    return [
        Fault(
            "OVH_SUBSIDIARY",
            f"OVH_SUBSIDIARY={code}: this subsidiary is served by OVH_ENDPOINT=ovh-{other}, not {name} "
            f"({subsidiary.origin})",
        )
    ]


def _has(found: Found, name: str) -> bool:
    return found.first(name) is not None or found.first(f"{name}_FILE") is not None


def _with_origins(found: Found, keys: list[str]) -> str:
    """Name each key with its place, such as ``OVH_CLIENT_ID (.env line 3)``; keys of one place together."""
    by_origin: dict[str, list[str]] = {}
    for key in keys:
        one = found.first(key) or found.first(f"{key}_FILE")
        by_origin.setdefault(one.origin if one else "", []).append(key)
    return ", ".join(f"{', '.join(together)} ({origin})" for origin, together in by_origin.items())


def _missing(found: Found, name: str, hint: str = "") -> Fault:
    empty = found.empty(name)
    where = f" ({empty.origin} leaves it empty)" if empty else ""
    return Fault(name, f"{name} is not set{where}. {hint}".rstrip())
