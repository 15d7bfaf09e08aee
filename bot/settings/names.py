"""The names of settings: those that exist, those that look misspelt, and those that the bot ignores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.settings.model import FROM_FILES, Settings

KNOWN = tuple(name.upper() for name in Settings.model_fields)
FILES = {f"{name.upper()}_FILE": name.upper() for name in FROM_FILES}
# Planned for a later version. If the bot ignored them silently, a team would rely on a rule that nothing enforces.
LATER = frozenset(
    {
        "OVH_MONEY_CONSUMER_KEY", "OVH_MONEY_CLIENT_ID", "OVH_MONEY_CLIENT_SECRET", "OVH_MONEY_CONSUMER_KEY_FILE",
        "OVH_MONEY_CLIENT_ID_FILE", "OVH_MONEY_CLIENT_SECRET_FILE", "DESK_REQUESTERS", "DESK_SILENT_APPROVERS",
        "DESK_TRIAL", "DESK_ALLOWED_EXTENSIONS", "DESK_REQUEST_DAYS", "DESK_REMIND_HOURS",
        "DESK_ESCALATE_HOURS", "DESK_ESCALATE_TO", "DESK_WORKING_HOURS", "DESK_TIME_ZONE", "DESK_EXPIRY_DAYS",
        "DESK_DNS_FIRST", "DESK_COST_CENTRES", "DESK_LANGUAGE", "DESK_AGENTS",
    }
)  # fmt: skip
LATER_TABLES = frozenset({"naming", "answers", "name_servers"})
TABLES = {"LISTS": "a list", "OWNERS": "an owner"}  # and what a key below one defines
_OURS = ("DESK_", "SLACK_", "OVH_")
_NEAR = 2  # letters
_SHORT = 8  # letters of a name that is compared within one letter: within two, HOME would be HOST
_ALL = (*KNOWN, *FILES, *sorted(LATER))
_BARE = tuple(name.removeprefix("DESK_") for name in KNOWN if name.startswith("DESK_"))
# Other programs have variables in the environment, too. A typo in one of these opens an empty database or lifts a
# limit.
_COSTLY = ("DATABASE_URL", "DATABASE_URL_FILE", "LIMIT_PER_ORDER", "LIMIT_PER_MONTH", "SECOND_APPROVAL_OVER")
# Kubernetes puts one set of these into every pod for each service: https://kubernetes.io/docs, "Service links".
_SERVICE_LINK = re.compile(
    r"[A-Z][A-Z0-9_]*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://[^/\s]+:\d+")
# Read by the libraries themselves when they are present.
_BY_LIBRARIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
                 "SSL_CERT_FILE", "SSL_CERT_DIR")  # fmt: skip


def is_service_link(name: str, value: str) -> bool:
    """Return whether Kubernetes set this variable for a service whose name begins with our prefix."""
    return bool(_SERVICE_LINK.fullmatch(name) or (name.endswith("_PORT") and _SERVICE_ADDRESS.fullmatch(value)))


def why_unknown(name: str, *, in_file: bool = False) -> str | None:
    """Return why a variable of the environment or `.env` is refused; None for a setting or an unrelated variable.

    `in_file` means that it is in `.env`, which is the bot's own. There a name that is close to any setting is a typo.
    """
    if name in KNOWN or name in FILES:
        return None
    if not name.startswith(_OURS):
        return _why_near(name, (*_ALL, *_BARE) if in_file else _COSTLY)
    if name in LATER:
        return "this version does not know it yet"
    suggestion = closest(name)
    if not name.startswith("DESK_") and (suggestion is None or distance(name, suggestion) > _NEAR):
        return None
    if name.removesuffix("_FILE") in KNOWN:
        return "only secrets can come from a file"
    return unknown(suggestion)


def _why_near(name: str, spellings: Iterable[str]) -> str | None:
    if not any(_is_near(name, spelling) for spelling in spellings):
        return None
    if name.removesuffix("_FILE") in KNOWN:
        return "only secrets can come from a file"
    return unknown(closest(name))


def _is_near(name: str, spelling: str) -> bool:
    letters = 1 if len(spelling) <= _SHORT else _NEAR
    # A letter more, less or other changes a name's length by one and its set of letters by two: the cheap test first.
    if abs(len(name) - len(spelling)) > letters or len(set(name) ^ set(spelling)) > 2 * letters:
        return False
    return distance(name, spelling) <= letters


def why_unknown_key(key: str) -> str:
    """Return why a key of desk.toml is refused."""
    if canonical(key) in LATER:
        return "this version does not know it yet"
    upper = key.upper().replace("-", "_")
    if canonical(upper.lower()) in KNOWN:
        return f"there is no such setting; did you mean {upper.lower()}?"
    suggestion = closest(canonical(upper.lower())) or closest(upper)
    return unknown(suggestion.lower() if suggestion else None, later=suggestion in LATER)


def unknown(suggestion: str | None, *, later: bool | None = None) -> str:
    """Return the sentence about a name that does not exist."""
    if suggestion is None:
        return "there is no such setting"
    is_later = suggestion in LATER if later is None else later
    and_later = ", which this version does not know yet" if is_later else ""
    return f"there is no such setting; did you mean {suggestion}{and_later}?"


def canonical(key: str) -> str:
    """Return a setting's name for a key of desk.toml, which may leave out ``desk_``; upper case."""
    if key != key.lower():
        return key
    upper = key.upper()
    with_prefix = f"DESK_{upper}"
    return with_prefix if upper not in _ALL and with_prefix in _ALL else upper


def closest(name: str) -> str | None:
    """Return the setting that a wrong name most likely means."""
    bare = name.removeprefix("DESK_")
    for known in _ALL:
        if known.removeprefix("DESK_") == bare:
            return known
    ranked = sorted((distance(name, known), known) for known in _ALL)
    ranked += sorted((distance(bare, known.removeprefix("DESK_")), known) for known in _ALL)
    best, known = min(ranked)
    if best <= _NEAR or best <= len(bare) // 4:
        return known
    # One word too many or too few: DESK_APPROVAL, DESK_LIMIT.
    inside = [known for known in KNOWN if known.startswith(f"{name}_") or name.startswith(f"{known}_")]
    return min(inside, key=len) if inside else None


def resembles(key: str) -> bool:
    """Return whether a key is within two letters of a setting of several words, with or without its prefix."""
    upper = key.upper().replace("-", "_")
    spellings = {spelling for known in KNOWN for spelling in (known, known.removeprefix("DESK_")) if "_" in spelling}
    return any(distance(upper, spelling) <= _NEAR for spelling in spellings)


def distance(one: str, other: str) -> int:
    """Count the letters to insert, delete, replace or swap with their neighbour (Damerau-Levenshtein)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, row_before = row, before
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, row_before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]


def ignored_variables(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that look like ours, but that the bot ignores, so an operator can see why."""
    return sorted(
        name
        for name, value in environment.items()
        if name.startswith(_OURS)
        and (is_service_link(name, value) or (name not in KNOWN and name not in FILES and why_unknown(name) is None))
    )


def library_variables(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that libraries read by themselves: proxies and certificates."""
    return sorted(name for name in environment if name.upper() in _BY_LIBRARIES)


def in_order(names: Iterable[str]) -> list[str]:
    """Sort settings in the order of `.env.example`."""
    return sorted(names, key=KNOWN.index)
