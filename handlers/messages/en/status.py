"""What the team reads in a request's status message: its state, who acts next, and what happened. Notes are escaped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from handlers.messages.en import on_hold, states
from handlers.messages.en.approving import either as one_of
from handlers.messages.en.card import retrying
from handlers.messages.en.data import as_mapping
from handlers.messages.en.grammar import counted, listed, names, people
from handlers.messages.en.phrases import money, short_method
from handlers.text.mrkdwn import date, escape, person, when
from ordering.model.cart import Cart, CartState
from ordering.model.cost import cost_of, together
from ordering.model.facts import Data, EventKind
from ordering.model.money import Money

S, K = CartState, EventKind
_MOST_SHORT = 12  # extensions in one line, if all names share what stands before them


@dataclass(frozen=True, slots=True)
class Known:
    """What a status message says besides its cart. `note` and `problem` are escaped sentences, and may be empty.

    `next_to_act` has the people and user groups of whom one has to act. `ended_by` ended a request that was not bought.
    """

    next_to_act: Collection[str] = ()
    note: str = ""
    problem: str = ""
    ended_by: str | None = None


# The first line -------------------------------------------------------------------------------------------------------


def head(cart: Cart) -> str:
    """Return the first line: a dot, the number, the state in words, and the amount."""
    dot, title = states.title(cart)
    return f"{dot} *{_head(cart, title)}*"


def alone(cart: Cart) -> str:
    """Return the notification's text, which mentions nobody: the message itself does."""
    return f"{_head(cart, states.title(cart)[1])}: {names(cart)}"


def held(cart: Cart) -> str:
    """Return the whole message while the bot is on hold."""
    return on_hold.card(cart.id, total(cart))


def held_alone(cart: Cart) -> str:
    """Return the notification's text while the bot is on hold."""
    return on_hold.card_alone(cart.id)


def _head(cart: Cart, title: str) -> str:
    amount = str(total(cart) or "")
    if cart.state in {S.OPEN, S.REJECTED, S.CANCELLED}:
        amount = ""
    elif cart.state is S.RETURNED:
        was = _asked_for(cart).get("total")
        amount = money(was) if isinstance(was, Mapping) else ""
    elif cart.state is S.DELIVERED:
        amount = " · ".join(filter(None, [counted(len(cart.lines), "name"), amount]))
    elif cart.state is S.NEEDS_ATTENTION and amount and _is_paid(cart):
        amount = f"{amount} paid"
    return " · ".join(filter(None, [f"#{cart.id}", title, amount]))


def total(cart: Cart) -> Money | None:
    """Return what a request costs with tax: its order's total, or the dry run's before there is one."""
    return cart.order.total if cart.order else cart.quote.total if cart.quote else None


# Below it: one row for each state -------------------------------------------------------------------------------------


def below(cart: Cart, known: Known) -> list[str]:
    """Return the lines below the first one: who acts next and since when, then who took part."""
    return [line for line in _BELOW[cart.state](cart, known) if line]


def _not_requested(cart: Cart, _known: Known) -> list[str]:
    return [names_in_short(cart)]


def _waiting_for_approval(cart: Cart, known: Known) -> list[str]:
    approved = f"Approved by {people(cart.approved_by)}. One more approval: " if cart.approved_by else ""
    return [known.note, f"{approved}{one_of(known.next_to_act)}, since {when(cart.since)}", _for_whom(cart, full=True)]


def _returned(cart: Cart, known: Known) -> list[str]:
    by = _asked_for(cart).get("by")
    said = f"{person(str(by)) if by else 'An approver'}: {known.note}" if known.note else ""
    following = f"Next: {one_of(known.next_to_act)} edits the request and sends it again. Nothing was ordered."
    return [said, following, _for_whom(cart, full=True)]


def _asked_for(cart: Cart) -> Data:
    """Return who asked for changes, and the total that they were asked to approve."""
    return cart.fact.data if cart.fact is not None and cart.fact.kind is K.CHANGES_REQUESTED else {}


def _ordering(cart: Cart, known: Known) -> list[str]:
    at = f", {when(cart.approved_at)}" if cart.approved_at else ""
    return [
        _blocked(cart, known),
        known.note,
        f"Approved by {people(cart.approved_by)}{at}" if cart.approved_by else "",
        _for_whom(cart),
    ]


def _waiting_for_payment(cart: Cart, known: Known) -> list[str]:
    until = f", by {date(cart.order.expires_at)}" if cart.order and cart.order.expires_at else ""
    waiting = f"{one_of(known.next_to_act)}{until}" if known.next_to_act else ""
    if cart.fact is not None and cart.fact.kind is K.PAYMENT_REFUSED:
        following = f"Next: {one_of(known.next_to_act)} chooses another way to pay{until}." if waiting else ""
        return [_blocked(cart, known), f"{payment_refused(cart.fact.data)}.", following, _who(cart)]
    return [_blocked(cart, known), known.note, waiting, _who(cart)]


def _paying(cart: Cart, known: Known) -> list[str]:
    if cart.payment is None:
        return [known.note, _who(cart)]
    method = cart.order.name_of(cart.payment.method) if cart.order and not cart.order.is_free else ""
    by = f" by {short_method(method)}" if method else ""
    return [
        _blocked(cart, known),
        known.note,
        f"{person(cart.payment.by)}{by}, {when(cart.payment.asked_at)}",
        _who(cart),
    ]


def _registering(cart: Cart, known: Known) -> list[str]:
    return [
        _blocked(cart, known),
        known.note or "OVH is registering the names now, usually within an hour.",
        _who(cart),
    ]


def _registered(cart: Cart, known: Known) -> list[str]:
    took_part = [
        f"{person(cart.requester)} requested" if cart.requester else "",
        f"{people(cart.approved_by)} approved" if cart.approved_by else "",
        f"{person(cart.payment.by)} paid" if cart.payment else "",
    ]
    return [known.note, names_in_short(cart), _how_long(cart), " · ".join(filter(None, took_part))]


def _rejected(cart: Cart, known: Known) -> list[str]:
    return [
        f"{person(cart.rejected_by) if cart.rejected_by else 'An approver'}: “{known.note}”",
        f"{_for_whom(cart)} · nothing was ordered",
    ]


def _ended(cart: Cart, known: Known) -> list[str]:
    done = {K.REQUEST_WITHDRAWN: "withdrew", K.ORDER_STOPPED: "stopped", K.CLOSED: "closed"}
    verb = done.get(cart.fact.kind) if cart.fact else None
    if verb is None or known.ended_by is None:
        return [known.note or "Nothing was bought.", _for_whom(cart)]
    nothing = "Nothing was ordered." if cart.order is None else known.note
    return [f"{person(known.ended_by)} {verb} it, {when(cart.since)}. {nothing}".rstrip(), _for_whom(cart)]


def _needs_attention(cart: Cart, known: Known) -> list[str]:
    what, acts = _TROUBLES.get(cart.fact.kind if cart.fact else None, ("", "decides on the card"))
    others = "" if cart.requester in known.next_to_act or cart.requester is None else _nothing_to_do(cart.requester)
    following = f"Next: {one_of(known.next_to_act)} {acts}.{others}" if known.next_to_act else ""
    return [what or known.note or "I can't go on by myself.", following, _who(cart)]


_BELOW: dict[CartState, Callable[[Cart, Known], list[str]]] = {
    S.OPEN: _not_requested,
    S.SUBMITTED: _waiting_for_approval,
    S.RETURNED: _returned,
    S.APPROVED: _ordering,
    S.CHECKING_OUT: _ordering,
    S.CHECKED_OUT: _waiting_for_payment,
    S.PAYING: _paying,
    S.PAID: _registering,
    S.DELIVERED: _registered,
    S.REJECTED: _rejected,
    S.CANCELLED: _ended,
    S.NEEDS_ATTENTION: _needs_attention,
}

# What the team reads instead of the note for those who act, and what they do next.
_TROUBLES: dict[EventKind | None, tuple[str, str]] = {
    K.DOCUMENTS_REQUESTED: ("OVH asks for documents about an owner.", "sends them to OVH"),
    K.REGISTRATION_FAILED: ("", "asks OVH's support"),
    K.DELIVERY_LATE: ("The names are paid, but OVH hasn't registered all of them yet.", "asks OVH's support"),
    K.DELIVERY_UNKNOWN: ("The names are paid, but OVH doesn't tell whether they are registered.", "looks at OVH"),
    K.ORDER_UNKNOWN: ("OVH doesn't tell whether it made the order.", "looks at OVH and answers on the card"),
    K.PAYMENT_UNKNOWN: ("OVH doesn't tell whether the order was paid.", "looks at OVH and answers on the card"),
    K.PAYMENT_QUESTIONED: ("OVH doesn't tell whether the order was paid.", "looks at OVH and answers on the card"),
    K.SECOND_ORDER_FOUND: ("OVH has two orders for these names, and I pay neither.", "looks at both at OVH"),
}


# Whom a request is waiting for, in lists ------------------------------------------------------------------------------


_WAITS_FOR = {S.SUBMITTED: "Approval", S.RETURNED: "Changes", S.CHECKED_OUT: "Payment"}


def waiting_for(cart: Cart, next_to_act: Collection[str]) -> str:
    """Return what a request is waiting for and since when, such as ``Approval: @cleo or @dan, since …``."""
    since = f", since {when(cart.since)}"
    if cart.hidden:
        return f"{states.title(cart)[1]}{since}"
    if not next_to_act:
        return f"{states.title(cart)[1]}{since}. Nobody has to act."
    what = _WAITS_FOR.get(cart.state, "Someone to look at it")
    return f"{what}: {one_of(next_to_act)}{since}"


def payment_refused(data: Data) -> str:
    """Return which payment method was refused and why, for everybody's eyes, without a full stop at the end."""
    said = as_mapping(data.get("ovh")).get("said")
    why = f": {escape(str(said)).rstrip('.')}" if said else ""
    return f"{escape(short_method(str(data.get('method_name') or 'The payment')))} was refused{why}. Nothing was paid"


# Pieces ---------------------------------------------------------------------------------------------------------------


def names_in_short(cart: Cart) -> str:
    """Return a cart's names; only the extensions after the first one, if what stands before them is the same."""
    parts = [str(line.domain).partition(".") for line in cart.lines]
    if len(parts) < 2 or len({first for first, *_ in parts}) > 1 or any(" " in rest for *_, rest in parts):  # noqa: PLR2004 - one name has nothing to shorten
        return names(cart)
    short = [f"{parts[0][0]}.{parts[0][2]}", *(f".{rest}" for *_, rest in parts[1:])]
    more = len(short) - _MOST_SHORT
    return f"{', '.join(short[:_MOST_SHORT])} and {more} more" if more > 0 else listed(short)


PRIVATE = "(private)"


def names_in_brief(cart: Cart) -> str:
    """Return a cart's names for a list: one or two, or the first and how many more; nothing of what is private."""
    if cart.hidden:
        return PRIVATE
    if len(cart.lines) <= 2:  # noqa: PLR2004 - two are as short as one and a number
        return names(cart)
    return f"{cart.lines[0].domain} and {len(cart.lines) - 1} more"


def _for_whom(cart: Cart, *, full: bool = False) -> str:
    """Return how many names a request has, who requested it, and with `full` the names."""
    whom = f" for {person(cart.requester)}" if cart.requester else ""
    return f"{counted(len(cart.lines), 'name')}{whom}{f': {names_in_short(cart)}' if full else ''}"


def _who(cart: Cart) -> str:
    """Return who approved and paid which order, and for whom."""
    is_paid = cart.payment is not None and _is_paid(cart)
    parts = [
        f"Approved by {people(cart.approved_by)}" if cart.approved_by else "",
        f"paid by {person(cart.payment.by)}" if cart.payment and is_paid else "",
        f"order {cart.order.id}" if cart.order else "",
        _for_whom(cart),
    ]
    return " · ".join(filter(None, parts))


def _is_paid(cart: Cart) -> bool:
    return cart.state in {S.PAID, S.DELIVERED} or (cart.order is not None and cart.order.status.is_paid)


def _blocked(cart: Cart, known: Known) -> str:
    return retrying(known.problem, cart.blocked.since) if cart.blocked and known.problem else ""


def _how_long(cart: Cart) -> str:
    """Return when the names were registered, for how long, and what they cost after that."""
    years = sorted({line.years for line in cart.lines})
    span = counted(years[-1], "year") if len(years) == 1 else f"{years[0]} to {years[-1]} years" if years else ""
    renewal = together(cost_of(line, cart.quote).renewal for line in cart.lines)
    later = f", then {renewal} a year before tax" if renewal else ""
    return f"Registered {date(cart.since)} for {span}{later}"


def _nothing_to_do(requester: str) -> str:
    return f" Nothing for you to do, {person(requester)}."


def linked(line: str, card: str) -> str:
    """Return a line with a link to the approval card."""
    return f"{line} · <{card}|card>"


WITHDRAW_QUESTION = "Nothing is ordered. You can copy its names to a new cart later."


def withdraw_title(cart: int) -> str:
    """Return the question before a request is withdrawn."""
    return f"Withdraw #{cart}?"
