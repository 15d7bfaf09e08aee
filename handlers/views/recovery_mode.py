"""Recover mode: a request on hold, and the comparison for operators."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement, HeaderBlock

from handlers.messages import words
from handlers.text.mrkdwn import escape, when
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, button, buttons, confirm, context, section
from handlers.toolkit.payloads import Compared, Nothing
from handlers.views.details import details_button
from handlers.views.request_card import reject_button, withdraw_button
from handlers.views.trial import trial_notice, with_trial
from ordering.model.cart import Cart, CartState
from ordering.model.recovery import Comparison, HiddenOrder, Loss, Recovery, Stamp, Unknown

_MOST_LISTED = 20
_says = words.on_hold


def held_card(cart: Cart) -> RenderedMessage:
    """Return the card of an open request in recover mode: the request can only be ended."""
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else None
    rejects = reject_button(cart) if cart.state is CartState.SUBMITTED else None
    withdraws = withdraw_button(cart) if cart.state in {CartState.SUBMITTED, CartState.RETURNED} else None
    return RenderedMessage.of(
        with_trial(_says.card_alone(cart.id), cart),
        [
            section(_says.card(cart.id, total)),
            *trial_notice(cart, trial=False),
            *buttons(rejects, withdraws, details_button(cart)),
        ],
    )


def home_notice(*, operates: bool) -> list[Block]:
    """Return the first lines of every Home in recover mode."""
    details = section(_says.HOME)
    return [details, *buttons(_compare_now())] if operates else [details]


def begun(mode: Recovery) -> RenderedMessage:
    """Return the message that operators get once when recover mode begins."""
    details = section(_says.what_happened(mode))
    return RenderedMessage.of(
        _says.BEGUN_ALONE, [_question(), details, *buttons(_compare_now()), context(_says.IN_TERMINAL)]
    )


def compared(found: Comparison, stamp: Stamp, mode: Recovery | None) -> RenderedMessage:
    """Return the orders at OVH that no request knows, with the button that ends recover mode."""
    lines = found_lines(found)
    if mode is None:
        return RenderedMessage.of(_says.NOT_ON_HOLD, [section("\n".join([_says.NOT_ON_HOLD, *lines]))])
    release = confirm(_says.RELEASE_TITLE, _says.RELEASE_QUESTION, words.buttons.RELEASE)
    done = button(
        words.buttons.COMPARED, Act.COMPARED, Compared(stamp, found.newest), confirm=release,
        about=_says.ABOUT_COMPARED,
    )  # fmt: skip
    details = section("\n".join([_says.what_happened(mode), *lines]))
    return RenderedMessage.of(_says.QUESTION, [_question(), details, *buttons(done, _compare_now())])


def found_lines(found: Comparison) -> list[str]:
    """Return the comparison as lines, also for a terminal."""
    unknown = len(found.unknown) + len(found.hidden)
    unread = [escape(_says.unread_carts(found.unread))] if found.unread else []
    if not unknown and not found.markers and not found.more:
        return [_says.no_unknown_order(found.since), *unread]
    every = [*map(_hidden_line, found.hidden), *map(_order_line, found.unknown)]
    more = len(every[_MOST_LISTED:]) + found.more
    lines = [_says.unknown_orders(unknown), *every[:_MOST_LISTED], *([_says.more_unknown(more)] if more else [])]
    return lines + [f"• {escape(_says.marker(marker))}" for marker in found.markers] + unread


def forgotten(loss: Loss, *, request: int | None = None) -> RenderedMessage:
    """Return the message for the approval channel and requesters at the end of recover mode."""
    way_on = _says.DECIDE_ON_NEWEST if request is None else _says.your_request(request)
    return RenderedMessage.from_text(f"{_says.forgotten(loss)} {way_on}")


def _order_line(unknown: Unknown) -> str:
    order = unknown.order
    names = ", ".join(sorted(name.ascii for name in order.names))
    return _says.unknown_order(order.id, order.total, escape(names), unknown.fits)


def _hidden_line(hidden: HiddenOrder) -> str:
    return f"• {_says.hidden_order(hidden.id, when(hidden.since) if hidden.since else None)}"


def _question() -> HeaderBlock:
    return HeaderBlock(text=_says.QUESTION)


def _compare_now() -> ButtonElement:
    return button(words.buttons.COMPARE, Act.COMPARE, Nothing(), about=_says.ABOUT_COMPARE)
