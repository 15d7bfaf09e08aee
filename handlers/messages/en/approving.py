"""What approvers read on the card of a request. What people wrote, and remarks, arrive escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.messages.en.buttons import APPROVE, DETAILS
from handlers.messages.en.grammar import counted, people
from handlers.text.mrkdwn import cut, group_or_person, person
from ordering.model.cart import Cart
from ordering.model.facts import EventKind
from ordering.model.money import Money

_LONGEST_PURPOSE = 200  # characters of it in a notification

# The question --------------------------------------------------------------------------------------------------------

# What the line with the approvers says, in each round of asking.
TO_APPROVE = "please decide"


def question(cart: Cart) -> str:
    """Return the heading of the card: what a person is asked."""
    total = str(cart.quote.total) if cart.quote else ""
    if cart.fact is not None and cart.fact.kind is EventKind.TERMS_CHANGED:
        return f"Approve the new total, {total}?" if total else "Approve the new total?"
    return f"{_approve(cart)} too?" if cart.approved_by else f"{_approve(cart)}?"


def begins_alone(cart: Cart) -> str:
    """Return how the notification of a request begins."""
    return f"{_approve(cart)}? #{cart.id}:"


def alone(cart: Cart, purpose: str, names: str, yearly: Money | None, *, taxed: bool) -> str:
    """Return the notification of a request: what it costs, for which names, for whom, and why."""
    why = f", “{cut(purpose, _LONGEST_PURPOSE)}”" if purpose else ""
    later = f" Then {yearly} a year{'' if taxed else ' before tax'}." if yearly else ""
    return f"{begins_alone(cart)} {names}{_for(cart)}{why}.{later}"


def _approve(cart: Cart) -> str:
    return f"{APPROVE} {cart.quote.total}" if cart.quote else APPROVE


def _for(cart: Cart) -> str:
    return f" for {person(cart.requester)}" if cart.requester else ""


def wanted(cart: Cart, name: str) -> str:
    """Return what is requested by whom; `name` is a cart's only one, or empty."""
    what = name or counted(len(cart.lines), "name")
    return f"*{what}* requested by {person(cart.requester)}" if cart.requester else f"*{what}*"


def who_decides(approvers: Collection[str], payers: Collection[str], *, needed: int, given: Sequence[str]) -> str:
    """Return who is asked to decide, how many have to, and who pays then; `given` are those who approved."""
    then = f"{TO_APPROVE}. Then {either(payers)} pays."
    if needed - len(given) > 1:
        return f"{_listed(approvers, 'and')}, {then} It takes {needed} approvals."
    asked = f"{either(approvers)}, {then}"
    if given:
        return f"✓ {people(given)} approved. This total takes {needed} approvals.\n{asked}"
    return asked


def either(members: Collection[str]) -> str:
    """Mention people and user groups of whom one has to act: ``@cleo, @dan or @approvers``."""
    return _listed(members, "or")


def _listed(members: Collection[str], word: str, *, most: int = 8) -> str:
    visible = [group_or_person(member) for member in sorted(members)[:most]]
    before, last = ", ".join(visible[:-1]), visible[-1:]
    return f" {word} ".join(filter(None, [before, *last])) or "a person with the right"


# The prices ----------------------------------------------------------------------------------------------------------

BEFORE_TAX, NOW, PER_YEAR = "Before tax", "Now", "Per year"  # the heads of the table
SUM, WITH_TAX = "Sum", "With tax"  # its last rows


def years(number: int) -> str:
    """Return the head of the column with the cost over some years."""
    return f"{number} year" if number == 1 else f"{number} years"


def for_years(number: int) -> str:
    """Return for how many years a name is bought, behind it: `` · 2 yr``."""
    return f" · {number} yr"


def more_names(number: int, *, after: bool) -> str:
    """Return how many names have no row of their own; `after` is False if none has."""
    return f"and {number} more" if after else counted(number, "name")


def about_price(number: int, yearly: Money | None, *, taxed: bool) -> str:
    """Return what the heading's total of a single name is for, and what comes after it."""
    later = f"then {yearly} a year{'' if taxed else ' before tax'}" if yearly else "renewal price not known"
    return f"with tax, {years(number)} · {later}"


# Below the buttons ---------------------------------------------------------------------------------------------------

MORE_ANSWERS = f"answers in *{DETAILS}*"
NO_REFUND, REFUND = "no refund once ordered", "14-day right of withdrawal kept"


def footer(cart: Cart, *, channel: str | None, price: str, hidden: int, waived: bool) -> str:
    """Return the small print: number, channel, price of a single name, who else added, where the rest is, refunds."""
    others = sorted(cart.people_who_added - {cart.requester})
    parts = [
        f"#{cart.id} from <#{channel}>" if channel else f"#{cart.id}",
        price,
        f"names also added by {people(others)}" if others else "",
        f"all {len(cart.lines)} in *{DETAILS}*" if hidden else "",
        NO_REFUND if waived else REFUND,
    ]
    return " · ".join(filter(None, parts))


# Before an approval of what does not fit -----------------------------------------------------------------------------


def confirm_title(cart: int) -> str:
    """Return the title of the question before such an approval."""
    return f"Approve all of #{cart}?"


def confirm(hidden: int, amount: Money | None) -> str:
    """Return what the card does not show: `hidden` names, for this amount without tax, or something else."""
    if not hidden:
        return f"Some of what you approve has no room here. You find it in {DETAILS}."
    cost = f", {amount} before tax," if amount else ""
    are = "is" if hidden == 1 else "are"
    return f"{counted(hidden, 'name')}{cost} {are} only in {DETAILS}. Approve them too?"
