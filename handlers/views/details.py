"""A form with everything that a card may fold, so approvers can see all that they decide."""

from __future__ import annotations

from collections.abc import Iterable

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.text.mrkdwn import escape
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import button, buttons, context, section, sections
from handlers.toolkit.folding import VIEW, Room, weight
from handlers.toolkit.payloads import CartPage
from handlers.views.answer_summary import answered
from handlers.views.receipt import receipt
from handlers.views.terms import every_contract, retraction, warnings
from ordering.model.cart import Cart

_HEAD = 4  # blocks outside the list: the head, the page number and two buttons
_PAGE = Room(VIEW.size - 2_000, VIEW.blocks - _HEAD)


def details_button(cart: Cart) -> ButtonElement:
    """Return the button that opens the first page."""
    label = words.buttons.DETAILS
    return button(label, Act.DETAILS, CartPage(cart.id), about=words.buttons.about_cart(label, cart.id))


def details_modal(cart: Cart, *, waive_retraction: bool, page: int = 0) -> View:
    """Return one page of all names with prices, warnings, answers and contracts; `page` counts from 0."""
    pages = _pages(_everything(cart, waive_retraction=waive_retraction))
    page = min(max(page, 0), len(pages) - 1)
    back = button(words.buttons.PREVIOUS_PAGE, Act.DETAILS, CartPage(cart.id, page - 1)) if page else None
    on = button(words.buttons.NEXT_PAGE, Act.DETAILS, CartPage(cart.id, page + 1)) if page + 1 < len(pages) else None
    where = [context(words.search.page_of(page + 1, len(pages)))] if len(pages) > 1 else []
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.details.title(cart.id),
        close=words.buttons.CLOSE,
        blocks=[section(words.details.head(len(cart.lines))), *pages[page], *where, *_turned(back, on)],
    )


def _turned(back: ButtonElement | None, on: ButtonElement | None) -> list[Block]:
    """One block per button: both have the same action id, which a block may hold only once."""
    return [*buttons(back), *buttons(on)]


def _everything(cart: Cart, *, waive_retraction: bool) -> list[Block]:
    return [
        *(sections([f">{escape(cart.purpose)}"]) if cart.purpose else []),
        *sections(receipt(cart.lines, cart.quote).rows, fence=True),
        *sections(warnings(cart)),
        *sections(answered(cart.lines, cart.quote)),
        *sections(every_contract(cart)),
        context(retraction(waived=waive_retraction)),
    ]


def _pages(blocks: Iterable[Block]) -> list[list[Block]]:
    """Split blocks into pages that fit Slack. A block has at most 3,000 characters, so each fits a page."""
    pages: list[list[Block]] = [[]]
    size = 0
    for block in blocks:
        taken = weight([block]).size
        if pages[-1] and (size + taken > _PAGE.size or len(pages[-1]) >= _PAGE.blocks):
            pages.append([])
            size = 0
        pages[-1].append(block)
        size += taken
    return pages
