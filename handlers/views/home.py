"""App Home: what is waiting for the user, a search, their own carts and requests, and recent purchases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.toolkit.action_ids import NAMES, Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, link_button, section, sections
from handlers.toolkit.folding import VIEW, Part, Room, fold, weight
from handlers.toolkit.modals import note
from handlers.toolkit.payloads import CartNumber, Nothing
from handlers.views.details import details_button
from handlers.views.questions import still_open
from handlers.views.request_card import edit_button, withdraw_button
from handlers.views.requests import Places
from ordering.model.cart import Cart, CartState
from ordering.model.cost import cost_of, together
from ordering.model.next_step import may_act, next_to_act
from ordering.model.overview import Overview
from ordering.model.policy import Person, Policy

_MOST_CARDS = 6
_LONGEST_SEARCH = 3_000  # characters, Slack's limit for an input
# The room of one card in a Home, and of all cards: Slack allows a hundred blocks, and lists follow below.
CARD = Room(6_000, 18)
_CARDS = Room(VIEW.size - 12_000, VIEW.blocks - 34)


def home(
    overview: Overview, cards: Iterable[Sequence[Block]], *, policy: Policy, reader: Person,
    places: Places | None = None, notice: Sequence[Block] = (),
) -> View:  # fmt: skip
    """Return a user's Home; `cards` are those that this user must decide, each rendered within `CARD`.

    `notice` comes first, for all users.
    """
    places = places or Places()
    parts: list[Block | Part] = [*notice]
    visible = _that_fit(cards)
    waiting = len(overview.to_approve) + len(overview.to_pay) + len(overview.needs_attention)
    if waiting:
        parts.append(HeaderBlock(text=words.home.waiting(waiting)))
    for card in visible:
        parts += [*card, DividerBlock()]
    if waiting > len(visible):
        parts.append(context(words.home.more_waiting(waiting - len(visible))))
    parts += _search(is_first=not waiting)
    if not waiting:
        parts.append(context(words.home.NOTHING_WAITING))
    parts.append(HeaderBlock(text=words.home.YOUR_REQUESTS))
    mine = _own(overview.mine, reader, policy, places)
    parts.append(mine if overview.mine else section(words.home.no_carts()))
    parts.append(HeaderBlock(text=words.home.RECENTLY_BOUGHT))
    parts.append(_bought(overview.recent, places) if overview.recent else section(words.home.NOTHING_BOUGHT))
    parts.append(context(words.home.commands()))
    return View(type="home", blocks=fold(parts, VIEW).blocks)


def closed_home(why: str) -> View:
    """Return the Home of a user who may not see carts: one sentence, as mrkdwn."""
    return View(type="home", blocks=[section(why)])


def plain_home() -> View:
    """Return the Home to show when Slack refuses the full one."""
    return View(type="home", blocks=[section(words.home.refused_by_slack())])


def search_form() -> View:
    """Return the form that searches names from the Home."""
    field = PlainTextInputElement(action_id=NAMES, multiline=True, max_length=_LONGEST_SEARCH)
    return View(
        type="modal",
        callback_id=Form.SEARCH,
        private_metadata=str(Nothing()),
        title=words.home.SEARCH_TITLE,
        submit=words.buttons.SEARCH,
        close=words.buttons.NOT_NOW,
        blocks=[InputBlock(block_id=NAMES, label=words.home.NAMES, hint=words.home.NAMES_HINT, element=field)],
    )


def searching(address: str | None = None) -> View:
    """Return the form once it was sent; `address` leads to the conversation that has the answer."""
    return note(RenderedMessage.from_text(words.home.results(address)))


def _search(*, is_first: bool) -> list[Block]:
    label = words.buttons.SEARCH_NAMES
    search = button(label, Act.HOME_SEARCH, Nothing(), style="primary" if is_first else None, about=label)
    return buttons(search, button(words.buttons.HELP, Act.HELP, Nothing(), about=words.buttons.HELP))


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


def _own(carts: Sequence[Cart], reader: Person, policy: Policy, places: Places) -> Part:
    """Return the person's carts and requests with their buttons. If space is short, the last ones have none."""

    def render(number: int) -> list[Block]:
        full = [block for cart in carts[:number] for block in _one_of_mine(cart, reader, policy, places)]
        return [*full, *sections(map(words.home.short, carts[number:]))]

    return Part(render, len(carts), rank=1)


def _one_of_mine(cart: Cart, reader: Person, policy: Policy, places: Places) -> list[Block]:
    if cart.state is CartState.OPEN:
        return _open_cart(cart, places)
    text = words.home.own_request(cart, next_to_act(cart, policy), message=places.messages.get(cart.id))
    is_returned = cart.state is CartState.RETURNED
    edit = edit_button(cart) if is_returned and may_act(cart, reader, policy) else None
    is_undecided = is_returned or cart.state is CartState.SUBMITTED
    withdraw = withdraw_button(cart) if is_undecided and cart.requester == reader.id else None
    return [section(text), *buttons(edit, details_button(cart), withdraw)]


def _open_cart(cart: Cart, places: Places) -> list[Block]:
    label, address = words.buttons.REQUEST, places.messages.get(cart.id)
    about = words.buttons.about_cart(label, cart.id)
    ask = button(label, Act.REQUEST, CartNumber(cart.id), about=about) if cart.lines else None
    opened = words.buttons.OPEN_CART
    link = (
        link_button(opened, Act.OPEN_CARD, address, about=words.buttons.about_cart(opened, cart.id))
        if address
        else None
    )
    price = together(cost_of(line, None).now for line in cart.lines)
    todo = sum(bool(still_open(line)) for line in cart.lines)
    text = words.home.own_cart(cart, price, todo, is_shared=not cart.channel.startswith("D"))
    return [section(text), *buttons(ask, link)]


def _bought(carts: Sequence[Cart], places: Places) -> Part:
    """Return recent purchases, each with a link to its message; the last ones shorter if space is short."""
    full = [words.home.bought(cart, message=places.messages.get(cart.id)) for cart in carts]
    short = [words.home.short(cart) for cart in carts]
    return Part(lambda n: [*map(section, full[:n]), *sections(short[n:])], len(carts), rank=2)
