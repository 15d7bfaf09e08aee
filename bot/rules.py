"""The rules in force, as lines for an operator."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bot.settings import Settings

_GAP = 2  # spaces between columns


def rules_in_force(settings: Settings) -> list[str]:
    """Return one aligned line per rule: its name, its value, and where it comes from. Secrets never appear."""
    rows = [(what, value, settings.origin(name)) for what, value, name in _rules(settings)]
    wide = max(len(what) for what, _, _ in rows) + _GAP
    value_wide = max(len(value) for _, value, _ in rows) + _GAP
    return [f"{what:<{wide}}{value:<{value_wide}}{origin}" for what, value, origin in rows]


def _rules(settings: Settings) -> list[tuple[str, str, str]]:
    """Return each rule's name, its value, and the setting's name."""
    payers, operators = (
        _listed(people) if people else "the approvers" for people in (settings.desk_payers, settings.desk_operators)
    )
    rows = [
        ("approvers", _listed(settings.desk_approvers), "desk_approvers"),
        ("payers", payers, "desk_payers"),
        ("operators", operators, "desk_operators"),
        ("approve own requests", _switch(settings.desk_self_approval), "desk_self_approval"),
        (
            "two approvers above",
            _amount(settings.desk_second_approval_over, "never"),
            "desk_second_approval_over",
        ),
        ("limit per order", _amount(settings.desk_limit_per_order, "none"), "desk_limit_per_order"),
        ("limit per month", _amount(settings.desk_limit_per_month, "none"), "desk_limit_per_month"),
        ("premium names", _switch(settings.desk_allow_premium), "desk_allow_premium"),
        (
            "approval cards go to",
            settings.desk_approval_channel or "the cart's channel",
            "desk_approval_channel",
        ),
        (
            "extensions for bare words",
            ", ".join(settings.desk_extensions) or "those that OVH highlights",
            "desk_extensions",
        ),
        *((f"list {name}", ", ".join(content), "lists") for name, content in settings.lists.items()),
        ("waive right of retraction", _switch(settings.desk_waive_retraction), "desk_waive_retraction"),
        ("owner contact", settings.desk_owner_contact or "the account's own", "desk_owner_contact"),
        *((f"owner of .{name}", f"contact {number}", "owners") for name, number in settings.owners.items()),
        ("owner is of legal age", _switch(settings.desk_owner_legal_age), "desk_owner_legal_age"),
        (
            "unanswered checkout withdrawn after",
            f"{settings.desk_settle_seconds:g} s",
            "desk_settle_seconds",
        ),
        ("an approval waits to be ordered", f"{settings.desk_approval_hours:g} hours", "desk_approval_hours"),
        ("a payment waits to be sent", f"{settings.desk_payment_minutes:g} minutes", "desk_payment_minutes"),
        (
            "answers to registries are deleted",
            f"{settings.desk_answers_kept_days:g} days after delivery, rejection or cancellation",
            "desk_answers_kept_days",
        ),
        ("OVH endpoint", settings.ovh_endpoint, "ovh_endpoint"),
        ("OVH subsidiary", settings.ovh_subsidiary or "the account's own", "ovh_subsidiary"),
    ]
    if settings.ovh_api_url:
        rows.append(("OVH is reached at", settings.ovh_api_url, "ovh_api_url"))
    return rows


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or "nobody"


def _switch(value: bool) -> str:  # noqa: FBT001 - the value itself is what is printed
    return "yes" if value else "no"


def _amount(value: Decimal | None, otherwise: str) -> str:
    return otherwise if value is None else f"{value:,.2f} with tax, in the account's currency"
