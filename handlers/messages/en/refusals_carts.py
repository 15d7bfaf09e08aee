"""What people read when a cart cannot be filled, requested or decided about."""

from __future__ import annotations

from handlers.messages.catalogue import Hint, Wording
from handlers.messages.en.grammar import counted
from handlers.messages.en.phrases import domain, money
from handlers.messages.en.refusals import REFUSALS
from handlers.messages.en.states import is_now
from ordering.model.facts import Data

_says = REFUSALS.says


@_says("no_such_cart")
def _(cart: int) -> Wording:
    return Wording(f"There is no cart #{cart}.", Hint("pending", "lists the carts that are waiting"))


@_says("private_cart")
def _(cart: int, total: Data | None) -> str:
    costs = f" · {money(total)} with tax" if total else ""
    return f"#{cart} (private){costs}. Only its channel, its requester, approvers and payers see the rest."


@_says("no_open_cart")
def _() -> str:
    return "This channel has no open cart, so there is nothing to remove."


@_says("no_place_for_cart")
def _() -> str:
    return "Do that in a channel or in our conversation: a cart belongs to one."


@_says("cart_opened_by_other")
def _() -> str:
    return "Someone opened this channel's cart at the same moment. Please do that again."


@_says("cart_closed")
def _(cart: int, state: str) -> Wording:
    return Wording(f"Cart #{cart} {is_now(state)}, so it can no longer be changed.", Hint("add", "starts the next one"))


@_says("cart_full")
def _(cart: int, most: int) -> str:
    return f"Cart #{cart} is full: {most} names. Request approval for it, then start the next one."


@_says("no_such_move")
def _(cart: int, state: str) -> str:
    return f"Cart #{cart} {is_now(state)}, so that isn't possible any more."


@_says("name_already_in_cart")
def _(cart: int, name: str) -> str:
    return f"{domain(name)} is already in cart #{cart}."


@_says("name_not_in_cart")
def _(cart: int, name: str) -> Wording:
    return Wording(f"{domain(name)} is not in cart #{cart}.", Hint("cart", "shows what is"))


@_says("names_still_held")
def _(cart: int, state: str) -> str:
    return f"Cart #{cart} {is_now(state)}, so its names are still taken by it."


@_says("names_already_in_cart")
def _(cart: int, source: int) -> str:
    return f"All names of cart #{source} are in cart #{cart} already."


@_says("no_room_in_cart")
def _(cart: int, names: int, most: int, source: int, wanted: int) -> str:
    room = most - names
    fitting = f"only {room}" if room else "none"
    return (
        f"Cart #{cart} has {names} of the {most} names that fit into a cart, "
        f"so {fitting} of the {wanted} from cart #{source} would fit. Nothing was copied. "
        f"Request approval for cart #{cart} first, or remove {wanted - room} of its names. Then copy again."
    )


# Requests


@_says("cart_empty")
def _(cart: int) -> Wording:
    return Wording(f"Cart #{cart} is empty.", Hint("search name.ovh", "finds names to add"))


@_says("nobody_could_approve")
def _() -> str:
    return (
        "Nobody else can see this conversation, so nobody could approve. "
        "Add the names in a channel, or ask the operator to set an approval channel."
    )


@_says("nobody_may_approve")
def _(cart: int, *, shaped: bool) -> str:
    if not shaped:
        return f"Nobody else could approve cart #{cart}. Ask the operator for another approver."
    return (
        f"Nobody could approve cart #{cart}: each approver added one of its names, changed it or requests it. "
        "Ask one of them to remove those names, and add them again yourself. Or ask the operator for another approver."
    )


@_says("purpose_too_long")
def _(most: int) -> str:
    return f"The purpose is too long: at most {most} characters."


@_says("too_much_to_buy_at_once")
def _() -> Wording:
    return Wording("These names are too long for one button.", Hint("add", "puts them into a cart"))


@_says("purpose_missing")
def _() -> str:
    return "Say in a few words what the names are for: the approver will want to know."


@_says("not_returned")
def _(cart: int) -> str:
    return f"Nobody asked for changes to #{cart}."


@_says("not_withdrawable")
def _(cart: int, state: str) -> str:
    return f"Cart #{cart} {is_now(state)}, so it can no longer be withdrawn."


@_says("order_limit_exceeded")
def _(total: Data, limit: Data, usual: bool = False) -> str:
    whose = "That is the usual limit, because the team has set none. " if usual else ""
    return (
        f"This cart costs {money(total)} with tax; one order may cost {money(limit)}. {whose}"
        "Remove a name, or ask the operator to change DESK_LIMIT_PER_ORDER."
    )


@_says("month_limit_exceeded")
def _(total: Data, committed: Data, limit: Data) -> str:
    return (
        f"This cart costs {money(total)} with tax; {money(committed)} of this month's {money(limit)} is already "
        "promised or spent. Remove a name, wait for next month, or ask the operator to change DESK_LIMIT_PER_MONTH."
    )


# Decisions


@_says("reason_missing")
def _() -> str:
    return "Say in a few words why: the requester will want to know."


@_says("click_too_old")
def _(cart: int, hours: int) -> str:
    return (
        f"You approved #{cart} more than {counted(hours, 'hour')} ago, and I was away since. That is too long ago to "
        "count, so nothing was approved. Look at its newest card and decide again."
    )


@_says("already_decided")
def _(cart: int, state: str) -> str:
    return f"Cart #{cart} {is_now(state)} already, so there's nothing left to decide."


@_says("too_late_to_stop")
def _(cart: int, state: str) -> str:
    if state == "checking_out":
        return (
            f"It's too late to stop #{cart}: I just sent the order to OVH. "
            "Nothing is paid until a payer presses Pay, and OVH cancels an unpaid order."
        )
    if state == "paying":
        return f"It's too late to stop this payment of #{cart}: I just sent it to OVH. The card shows the result."
    return f"There is nothing to stop: #{cart} {is_now(state)}."


@_says("not_movable")
def _(cart: int) -> str:
    return f"This button can't do anything for cart #{cart} any more. Look at its newest card."
