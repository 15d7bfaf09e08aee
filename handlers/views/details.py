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
from handlers.views.owners import owner_button
from handlers.views.price_table import every_price, over_the_years
from handlers.views.receipt import disagreements
from handlers.views.terms import every_contract, extras, retraction, warnings
from handlers.views.trial import trial_notice
from ordering.model.cart import Cart

_FOOT = 3  # blocks below the list: the page number and two buttons
_PAGE = Room(VIEW.size - 2_000, VIEW.blocks - _FOOT)
_says = words.details


def details_button(cart: Cart) -> ButtonElement:
    """Return the button that opens the first page."""
    label = words.buttons.DETAILS
    return button(label, Act.DETAILS, CartPage(cart.id), about=words.buttons.about_cart(label, cart.id))


def details_modal(cart: Cart, *, waive_retraction: bool, sees_owners: bool, page: int = 0, here: str = "") -> View:
    """Return one page of everything that an approval covers; `page` counts from 0.

    `here` is the channel in which it is read. `sees_owners`: the person may read who will own the names, by a button.
    """
    pages = _pages(_everything(cart, waive_retraction=waive_retraction, sees_owners=sees_owners))
    page = min(max(page, 0), len(pages) - 1)
    back = button(words.buttons.PREVIOUS_PAGE, Act.DETAILS, CartPage(cart.id, page - 1)) if page else None
    on = button(words.buttons.NEXT_PAGE, Act.DETAILS, CartPage(cart.id, page + 1)) if page + 1 < len(pages) else None
    where = [context(words.search.page_of(page + 1, len(pages)))] if len(pages) > 1 else []
    return View(
        type="modal",
        callback_id=Form.NOTE,
        private_metadata=here,
        title=words.details.title(cart.id),
        close=words.buttons.CLOSE,
        blocks=[*pages[page], *where, *_turned(back, on)],
    )


def _turned(back: ButtonElement | None, on: ButtonElement | None) -> list[Block]:
    """One block per button: both have the same action id, which a block may hold only once."""
    return [*buttons(back), *buttons(on)]


def _everything(cart: Cart, *, waive_retraction: bool, sees_owners: bool) -> list[Block]:
    answers, accepted = answered(cart.lines, cart.quote), [*every_contract(cart), retraction(waived=waive_retraction)]
    return [
        *trial_notice(cart, trial=False),
        *(sections([f">{escape(cart.purpose)}"]) if cart.purpose else []),
        *sections(warnings(cart)),
        *_costs(cart),
        *(sections([_says.TOLD, *answers]) if answers else []),
        *buttons(owner_button(cart) if sees_owners and cart.quote else None),
        *sections([_says.ACCEPTS, *accepted]),
        *(context(text) for text in [_says.who(cart)] if text),
    ]


def _costs(cart: Cart) -> list[Block]:
    """Return the prices now and later, and what is odd about OVH's figures."""
    quote = cart.quote
    remarks = [*disagreements(cart.lines, quote), *filter(None, [extras(cart)])]
    if quote and quote.before and quote.reduction and quote.reduction.minor:
        remarks.append(words.prices.reduced(quote.before, quote.reduction))
    return [
        section(_says.COST),
        *sections(every_price(cart.lines, quote), fence=True),
        *sections(remarks),
        section(_says.OVER_THE_YEARS),
        *sections(over_the_years(cart.lines, quote), fence=True),
        context(_says.MY_SUMS),
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
