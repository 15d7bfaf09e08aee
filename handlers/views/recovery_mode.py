"""Recover mode: a request on hold, and the comparison for operators."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, HeaderBlock

from handlers.messages import words
from handlers.messages.en.grammar import counted
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import Drawn, button, buttons, confirm, context, section
from handlers.toolkit.mrkdwn import escape, when
from handlers.views.details import details_button
from ordering.model.cart import Cart, CartState
from ordering.model.recovery import Cause, Comparison, HiddenOrder, Loss, Recovery, Stamp, Unknown

ON_HOLD = (
    "I'm comparing my records with OVH's after a restore. Until that's done, nothing is ordered, paid or approved."
)
_TERMINAL = "In a terminal: `domain-desk recover`"
_MOST_LISTED = 20


def held_card(cart: Cart) -> Drawn:
    """Return the card of an open request in recover mode: the request can only be ended."""
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else None
    first = " · ".join(filter(None, [f"#{cart.id}", "On hold", str(total) if total else ""]))
    said = f"⏸️ *{first}*\n{ON_HOLD}\nYour request is safe. An operator is on it."
    ends = []
    if cart.state is CartState.SUBMITTED:
        ends = [
            button("Reject", Act.REJECT, cart.id, style="danger", about=f"Reject cart {cart.id}"),
            button("Withdraw", Act.WITHDRAW, cart.id, about=f"Withdraw the request of cart {cart.id}"),
        ]
    text = (
        f"#{cart.id} is on hold while Domain Desk compares its records with OVH. "
        "Nothing is ordered or paid in the meantime."
    )
    return Drawn.of(text, [section(said), *buttons(*ends, details_button(cart))])


def home_notice(*, operates: bool) -> list[Block]:
    """Return the first lines of every Home in recover mode."""
    told = section(f"⏸️ *I'm on hold.* {ON_HOLD}")
    return [told, *buttons(_compare_now())] if operates else [told]


def begun(mode: Recovery) -> Drawn:
    """Return the message that operators get once when recover mode begins."""
    text = "Domain Desk is on hold: its database seems to be older than it was. Compare with OVH, then release."
    return Drawn.of(text, [_question(), section(_what_happened(mode)), *buttons(_compare_now()), context(_TERMINAL)])


def compared(found: Comparison, stamp: Stamp, mode: Recovery | None) -> Drawn:
    """Return the orders at OVH that no request knows, with the button that ends recover mode."""
    lines = found_lines(found)
    if mode is None:
        return Drawn.of("I'm not on hold.", [section("\n".join(["I'm not on hold.", *lines]))])
    release = confirm(
        "Release?",
        "Old buttons stop working, and every card gets new ones. If an open order on this list shares a name with a "
        "request, I won't order that request until an approver presses “Order anyway”.",
        "Release",
    )
    done = button(
        "I have compared", Act.COMPARED, f"{stamp.epoch} {found.newest}", confirm=release,
        about="I have compared OVH's orders with the list above",
    )  # fmt: skip
    told = section("\n".join([_what_happened(mode), *lines]))
    return Drawn.of("Compare with OVH, then release?", [_question(), told, *buttons(done, _compare_now())])


def found_lines(found: Comparison) -> list[str]:
    """Return the comparison as lines, also for a terminal."""
    unknown = len(found.unknown) + len(found.hidden)
    if not unknown and not found.markers and not found.more:
        return [f"*What I found at OVH:* no order since {when(found.since)} that I don't know."]
    orders = counted(unknown, "order") if unknown else "no order"
    lines = [f"*What I found at OVH:* {orders} that I don't know."]
    every = [*map(_hidden_line, found.hidden), *map(_order_line, found.unknown)]
    lines += every[:_MOST_LISTED]
    left = len(every[_MOST_LISTED:]) + found.more
    lines += [f"• and {counted(left, 'more order')}: look at OVH's list of orders"] if left else []
    return lines + [f"• {escape(marker.in_words)}" for marker in found.markers]


def confirmed(mode: Recovery) -> str:
    """Return the confirmation for the operator who compared."""
    until = f"at {when(mode.ends_at)}" if mode.ends_at else "when OVH's clock can be read"
    return (
        f"Thank you. I go on {until} at the earliest: until then an order or a payment that left before the restore "
        "may still show at OVH."
    )


def forgotten(loss: Loss, *, request: int | None = None) -> Drawn:
    """Return the message for the approval channel and requesters at the end of recover mode."""
    span = f"between {when(loss.from_)} and the restore" if loss.from_ else "before the restore"
    said = (
        f"I'm back. My database was restored; I noticed {when(loss.noticed_at)}. What happened here {span} is "
        "forgotten: requests, approvals and answers of that time."
    )
    way_on = (
        f"Your request #{request} is open. Look at its newest card, and request again what is missing."
        if request is not None
        else "Decide on the newest cards; old buttons no longer work."
    )
    return Drawn.saying(f"{said} {way_on}")


def _what_happened(mode: Recovery) -> str:
    seen = (
        "OVH shows a try to order or pay that my database doesn't have"
        if mode.cause is Cause.MARKERS
        else "My database is older than what I've shown in Slack"
    )
    return f"{seen}, perhaps after a restore. I've stopped ordering, paying and approving since {when(mode.began_at)}."


def _order_line(unknown: Unknown) -> str:
    order = unknown.order
    names = ", ".join(sorted(name.ascii for name in order.names)) or "no names shown yet"
    fits = ", ".join(f"#{number}" for number in unknown.fits)
    return f"• {order.id} · {order.total} · {escape(names)}{f', fits {fits}' if fits else ''}"


def _hidden_line(hidden: HiddenOrder) -> str:
    return f"• {words.comparison.hidden_order(hidden.id, when(hidden.since) if hidden.since else None)}"


def _question() -> HeaderBlock:
    return HeaderBlock(text="Compare with OVH, then release?")


def _compare_now() -> ButtonElement:
    return button("Compare now", Act.COMPARE, "now", about="Compare my records with OVH's orders")
