"""App Home: what waits for the user, their own requests, and recent purchases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.text.mrkdwn import cut
from handlers.toolkit.blocks import context, section
from handlers.toolkit.folding import VIEW, Part, Room, fold, weight
from handlers.views.cart import cart_lines
from ordering.model.cart import Cart
from ordering.model.overview import Overview

_MOST_CARDS = 6
# The room of one card in a Home, and of all cards: Slack allows a hundred blocks, and lists follow below.
CARD = Room(6_000, 18)
_CARDS = Room(VIEW.size - 9_000, VIEW.blocks - 18)


def home(overview: Overview, cards: Iterable[Sequence[Block]], *, notice: Sequence[Block] = ()) -> View:
    """Return a user's Home; `cards` are those that this user must decide, each rendered within `CARD`.

    `notice` comes first, for all users.
    """
    parts: list[Block | Part] = [*notice, HeaderBlock(text=words.home.WAITING_FOR_YOU)]
    visible = _that_fit(cards)
    waiting = len(overview.to_approve) + len(overview.to_pay) + len(overview.needs_attention)
    for card in visible:
        parts += [*card, DividerBlock()]
    if not waiting:
        parts.append(section(words.home.NOTHING_WAITING))
    elif waiting > len(visible):
        parts.append(context(words.home.more_waiting(waiting - len(visible))))
    parts += _listed(words.home.YOUR_CARTS, overview.mine, words.home.no_carts())
    parts += _listed(words.home.RECENTLY_BOUGHT, overview.recent, words.home.NOTHING_BOUGHT)
    parts.append(context(words.home.commands()))
    return View(type="home", blocks=fold(parts, VIEW).blocks)


def closed_home(why: str) -> View:
    """Return the Home of a user who may not see carts: one sentence, as mrkdwn."""
    return View(type="home", blocks=[section(why)])


def plain_home() -> View:
    """Return the Home to show when Slack refuses the full one."""
    return View(type="home", blocks=[section(words.home.refused_by_slack())])


def _that_fit(cards: Iterable[Sequence[Block]]) -> list[Sequence[Block]]:
    """Return as many of the first cards as leave room for the lists."""
    visible: list[Sequence[Block]] = []
    size = blocks = 0
    for card in cards:
        taken = weight(card)
        size, blocks = size + taken.size, blocks + taken.blocks + 1  # a divider below each
        if size > _CARDS.size or blocks > _CARDS.blocks or len(visible) == _MOST_CARDS:
            break
        visible.append(card)
    return visible


def _listed(title: str, carts: Sequence[Cart], otherwise: str) -> list[Block | Part]:
    return [HeaderBlock(text=cut(title, 150)), cart_lines(carts, rank=1) if carts else section(otherwise)]
