"""App Home: what waits for me, what is mine, what was bought lately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock
from slack_sdk.models.views import View

from handlers.command_name import code
from handlers.views.cart import one_line
from handlers.views.drawn import context, section, sections
from handlers.views.text import cut
from ordering.cart import Cart
from ordering.overview import Overview

_MOST_CARDS = 6  # a card takes up to a dozen blocks, and Home holds a hundred


def home(overview: Overview, cards: Iterable[Sequence[Block]]) -> View:
    """One person's Home; `cards` are those that wait for this person, ready to be clicked."""
    blocks: list[Block] = []
    shown = list(cards)[:_MOST_CARDS]
    waiting = len(overview.to_approve) + len(overview.to_pay) + len(overview.needs_attention)
    blocks.append(HeaderBlock(text="Waiting for you"))
    for card in shown:
        blocks += [*card, DividerBlock()]
    if not waiting:
        blocks.append(section("Nothing waits for you."))
    elif waiting > len(shown):
        blocks.append(context(f"{waiting - len(shown)} more wait: {code('pending')} lists them."))
    blocks += _listed("Your carts", overview.mine, f"You have no cart under way. {code('search name.ovh')} starts one.")
    blocks += _listed("Bought lately", overview.recent, "Nothing was bought yet.")
    blocks.append(context(f"{code('help')} shows all commands."))
    return View(type="home", blocks=blocks[:100])


def closed_home(why: str) -> View:
    """Home of a person who may not see carts: one sentence, as mrkdwn."""
    return View(type="home", blocks=[section(why)])


def _listed(title: str, carts: Sequence[Cart], otherwise: str) -> list[Block]:
    lines = [one_line(cart) for cart in carts]
    return [HeaderBlock(text=cut(title, 150)), *sections(lines or [otherwise])]
