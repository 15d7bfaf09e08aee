"""The shared cart, the form that asks for approval, and lists of carts."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement, SectionBlock
from slack_sdk.models.views import View

from handlers.command_name import code
from handlers.ids import PURPOSE, Act, Form
from handlers.views.answered import answered
from handlers.views.drawn import Drawn, button, buttons, context, section, sections
from handlers.views.figures import priced, warned
from handlers.views.questions import questions_button, still_open
from handlers.views.text import counted, cut, escape, hinted, names, person, when
from handlers.views.years import years_button
from ordering.cart import MOST_LINES, Cart, CartState
from ordering.cart_line import Line
from ordering.domain_name import DomainName
from ordering.events import Event
from ordering.pre_flight import Finding, Mend

_PURPOSE_LENGTH = 300
S = CartState


def shared_cart(cart: Cart) -> Drawn:
    """A channel's cart with who added what, and its buttons while it is open."""
    if cart.state is not S.OPEN:
        return _closed(cart)
    if not cart.lines:
        text = f"Cart #{cart.id} is empty. Find names with {code('search name.ovh')}."
        return Drawn.saying(text)
    head = f"*Cart #{cart.id}*  {counted(len(cart.lines), 'name')}"
    ask = button("Request approval", Act.REQUEST, cart.id, style="primary", about=f"Request approval of cart {cart.id}")
    return Drawn.of(
        f"Cart #{cart.id}: {', '.join(str(line.domain) for line in cart.lines)}",
        [
            section(head),
            *(_removable(cart, line) for line in cart.lines),
            context("Prices are without tax; OVH's own total is shown before anyone approves."),
            *buttons(ask, questions_button(cart), years_button(cart)),
        ],
    )


def request_modal(
    cart: Cart, *, purpose: str = "", problem: str | None = None, findings: Sequence[Finding] = ()
) -> View:
    """The form that asks what the names are for; again with what stands in the way, and nothing typed is lost."""
    blocks: list[Block] = []
    if problem:
        blocks.append(section(f"*Not sent yet.* {problem}"))
    if findings:
        blocks.append(section("*Not sent yet.* Mend this first:"))
        blocks += [section(_said(found), accessory=_mend(cart, found)) for found in findings[:MOST_LINES]]
    blocks += sections([f"*{line.domain}*  {priced(line)}" for line in cart.lines])
    blocks.append(
        InputBlock(
            block_id=PURPOSE,
            label="What are these names for?",
            hint="The approver reads this.",
            element=PlainTextInputElement(
                action_id=PURPOSE, max_length=_PURPOSE_LENGTH, initial_value=cut(purpose, _PURPOSE_LENGTH) or None
            ),
        )
    )
    return View(
        type="modal",
        callback_id=Form.REQUEST,
        private_metadata=str(cart.id),
        title=f"Cart #{cart.id}",
        submit="Request approval",
        close="Not yet",
        blocks=blocks,
    )


def pending(carts: Sequence[Cart]) -> Drawn:
    """The carts that wait for somebody or something."""
    if not carts:
        return Drawn.saying(f"No cart waits for anything. {code('cart')} shows this channel's cart.")
    return _list(
        f"{counted(len(carts), 'cart')} waiting", carts, f"{code(f'show {carts[0].id}')} tells a cart's story."
    )


def history(carts: Sequence[Cart], *, more: bool, before: int | None = None) -> Drawn:
    """What was asked for, newest first; `before` is the number that the list starts below."""
    if not carts and before is not None:
        return Drawn.saying(f"Nothing was asked for before cart #{before}. {code('history')} shows the newest.")
    if not carts:
        return Drawn.saying(f"Nothing was asked for yet. {code('search name.ovh')} is a good start.")
    next_page = f"Older ones: {code(f'history {carts[-1].id}')}" if more else "That is all there is."
    return _list("What was asked for, newest first", carts, next_page)


def story(cart: Cart, events: Sequence[Event]) -> Drawn:
    """One cart: what is in it and all that happened to it."""
    listed = [f"*{line.domain}*  {priced(line)}, added by {person(line.added_by)}" for line in cart.lines]
    told = [_happened(event) for event in events[-40:]]
    head = f"*Cart #{cart.id}* is {cart.state.in_words}"
    if cart.purpose:
        head += f"\n>{escape(cart.purpose)}"
    return Drawn.of(
        f"Cart #{cart.id} is {cart.state.in_words}: {names(cart)}",
        [
            section(head),
            *sections(listed or ["No names in it."]),
            *sections(answered(cart.lines, cart.quote)),
            *sections(told or ["Nothing happened to it yet."]),
        ],
    )


def copy_button(cart: Cart) -> ButtonElement:
    """The way on from a cart that was not bought."""
    return button("Copy to open cart", Act.COPY, cart.id, about=f"Copy to open cart: the names of cart {cart.id}")


def one_line(cart: Cart) -> str:
    """A cart in a list: number, names, total, state, who asked."""
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else None
    parts = [f"*#{cart.id}*  {names(cart)}", str(total) if total else "", cart.state.in_words]
    if cart.requester:
        parts.append(f"asked by {person(cart.requester)}")
    if cart.order:
        parts.append(f"order {cart.order.id}")
    return " · ".join(filter(None, parts))


def _said(found: Finding) -> str:
    return f"{escape(found.sentence)} {hinted(found.hint)}" if found.hint else escape(found.sentence)


def _mend(cart: Cart, found: Finding) -> ButtonElement | None:
    if found.mend is Mend.REMOVE and found.domain is not None:
        return _remove(cart, found.domain)
    line = cart.line(found.domain) if found.domain else None
    if found.mend is Mend.ANSWER and line is not None:
        return questions_button(cart, line, label="Answer questions")
    return years_button(cart) if found.mend is Mend.YEARS else None


def _remove(cart: Cart, domain: DomainName) -> ButtonElement:
    return button("Remove", Act.REMOVE, f"{cart.id} {domain.ascii}", about=f"Remove {domain} from cart {cart.id}")


def _removable(cart: Cart, line: Line) -> SectionBlock:
    todo = still_open(line)
    told = [f"*{line.domain}*  {priced(line)}{warned(line)}", todo, f"added by {person(line.added_by)}"]
    return section("\n".join(filter(None, told)), accessory=_remove(cart, line.domain))


def _closed(cart: Cart) -> Drawn:
    asked = f" by {person(cart.requester)}" if cart.requester else ""
    head = f"*Cart #{cart.id}* was sent for approval{asked} and is {cart.state.in_words} now."
    listed = [f"*{line.domain}*  {priced(line)}, added by {person(line.added_by)}" for line in cart.lines]
    hint = f"{code(f'show {cart.id}')} tells its story. {code('add name.ovh')} starts the next cart."
    return Drawn.of(
        f"Cart #{cart.id} is {cart.state.in_words}: {names(cart)}", [section(head), *sections(listed), context(hint)]
    )


def _list(title: str, carts: Sequence[Cart], hint: str) -> Drawn:
    text = f"{title}: {', '.join(f'#{cart.id} {cart.state.in_words}' for cart in carts)}"
    return Drawn.of(text, [section(f"*{title}*"), *sections(one_line(cart) for cart in carts), context(hint)])


def _happened(event: Event) -> str:
    by = f" by {person(event.by)}" if event.by else ""
    note = f": {escape(event.note)}" if event.note else ""
    return f"{when(event.at)}  {event.state.in_words}{by}{note}"
