"""What people read when they lack a right, or when Slack doesn't say who has it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages.catalogue import Wording
from handlers.messages.en.refusals import REFUSALS, TRY_AGAIN, nested

_says = REFUSALS.says
_NOT_DONE = {"look": "so I show no carts", "search": "so I didn't search"}


@_says("person_guest")
def _(to: str) -> str:
    if to == "look":
        return "Guests can search, but carts are for full members of the team. Ask one of them."
    return "Guests can search, but not buy. Ask a full member of the team."


@_says("person_bot")
def _() -> str:
    return "Only people can do this, not apps."


@_says("person_deactivated")
def _() -> str:
    return "This account is deactivated, so it can no longer decide anything here."


@_says("person_stranger")
def _() -> str:
    return "Only members of this workspace can do this. Ask your contact here."


@_says("person_invited")
def _() -> str:
    return "Your invitation to this workspace is still open. Accept it first, then try again."


@_says("person_unreadable")
def _(to: str) -> Wording:
    what = _NOT_DONE.get(to, "so nothing was changed")
    return Wording(f"Slack didn't tell me who you are just now, {what}.", advice=TRY_AGAIN)


@_says("person_lookup_refused")
def _() -> str:
    return (
        "Slack doesn't let me look up who people are, so I can't tell what you may do. "
        "Ask the operator to check the app's scopes (`users:read`) and its token, then try again."
    )


@_says("not_requester")
def _() -> str:
    return "You can search, but not request names here."


@_says("not_approver")
def _() -> str:
    return "Only approvers can do this."


@_says("not_payer")
def _() -> str:
    return "Only payers can do this."


@_says("not_operator")
def _() -> str:
    return "Only operators can do this."


@_says("not_approver_or_payer")
def _() -> str:
    return "Only approvers and payers can do this."


@_says("cannot_see_owners")
def _() -> str:
    return "Only approvers and payers can see who the owner is."


@_says("cannot_stop")
def _() -> str:
    return "Only approvers, payers and the requester can stop this."


@_says("not_the_requester")
def _(cart: int) -> str:
    return f"Only the person who requested cart #{cart} can withdraw it."


@_says("not_a_contributor")
def _(cart: int) -> str:
    return f"An approver asked for changes to #{cart}, and only those who requested or added its names can make them."


@_says("own_request")
def _(cart: int) -> str:
    return f"You requested cart #{cart} yourself, so another approver decides."


@_says("own_denial")
def _(cart: int) -> str:
    return f"You requested cart #{cart} yourself, so another approver or payer says this."


@_says("own_name")
def _(cart: int) -> str:
    return f"You added a name to cart #{cart}, so another approver decides."


@_says("own_choice")
def _(cart: int) -> str:
    return f"You chose something for a name in cart #{cart}, so another approver decides."


@_says("group_not_read")
def _() -> Wording:
    return Wording("Slack didn't tell me who is in the user group just now, so nothing was changed.", advice=TRY_AGAIN)


@_says("group_hidden")
def _(why: str, groups: Sequence[str]) -> str:
    named = f"user group{'' if len(groups) == 1 else 's'} {', '.join(groups)}"
    return (
        f"{nested({'error': why})} Slack doesn't show me who is in the {named}. "
        "Ask the operator to check that the group exists and that the app has the scope `usergroups:read`."
    )


@_says("earlier_approvers_not_read")
def _(cart: int) -> Wording:
    made = f"Slack didn't tell me whether everyone who approved cart #{cart} may still do so, so nothing was changed."
    return Wording(made, advice=TRY_AGAIN)


@_says("rights_unread")
def _() -> Wording:
    return Wording(
        "Slack doesn't tell me whether the people who decided may still do so, so I'm waiting.", advice=TRY_AGAIN
    )
