"""The shared cart, the request form, and lists of carts."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement, SectionBlock
from slack_sdk.models.views import View

from handlers.messages import happened
from handlers.messages.en.findings import finding
from handlers.toolkit.action_ids import PURPOSE, Act, Form
from handlers.toolkit.blocks import Drawn, button, buttons, context, rows, section, sections
from handlers.toolkit.command_name import code
from handlers.toolkit.folding import VIEW, Part, fold, listed
from handlers.toolkit.mrkdwn import counted, cut, escape, hinted, names, people, person, when, years
from handlers.views.answer_summary import answered
from handlers.views.details import details_button
from handlers.views.prices import priced, warned
from handlers.views.questions import questions_button, still_open
from handlers.views.years import years_button
from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.preflight_findings import Finding, Fix

_PURPOSE_LENGTH = 300
_MOST_EVENTS = 40
S = CartState


def shared_cart(cart: Cart) -> Drawn:
    """Return a channel's cart with who added what, and its buttons while it is open."""
    if cart.state is not S.OPEN:
        return _closed(cart)
    if not cart.lines:
        text = f"Cart #{cart.id} is empty. Find names with {code('search name.ovh')}."
        return Drawn.saying(text)
    head = f"*Cart #{cart.id}*  {counted(len(cart.lines), 'name')}"
    ask = button("Request approval", Act.REQUEST, cart.id, style="primary", about=f"Request approval of cart {cart.id}")
    return _with_details(
        cart,
        f"Cart #{cart.id}: {names(cart)}",
        [
            section(head),
            listed([_removable(cart, line) for line in cart.lines], rank=1, more=_other_names),
            context("Prices are without tax; OVH's own total is shown before anyone approves."),
            *buttons(ask, questions_button(cart), years_button(cart)),
        ],
    )


def unshown(cart: Cart, reference: str) -> Drawn:
    """Return the replacement for a cart that cannot be rendered: no button decides on what no one can see."""
    return Drawn.saying(
        f"Cart #{cart.id} can't be shown here: that's my fault, and the operator knows ({reference}). "
        f"{code(f'show {cart.id}')} may still show it."
    )


def request_modal(
    cart: Cart, *, purpose: str = "", problem: str | None = None, findings: Sequence[Finding] = ()
) -> View:
    """Return the form that asks for the purpose. Shown again, it lists the problems and keeps what was typed."""
    parts: list[Block | Part] = []
    if problem:
        parts.append(section(f"*Not sent yet.* {problem}"))
    if findings:
        parts.append(section("*Not sent yet.* Fix these first:"))
        todo: list[Block] = [section(_said(found), accessory=_fix(cart, found)) for found in findings]
        parts.append(listed(todo, rank=1, more=lambda n: context(f"and {n} more, shown once these are fixed")))
    parts.append(rows([_wanted(line) for line in cart.lines], rank=2, more="names"))
    parts.append(rows(answered(cart.lines, None), rank=3, more="lines of answers"))
    parts.append(
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
        blocks=fold(parts, VIEW).blocks,
    )


def pending(carts: Sequence[Cart]) -> Drawn:
    """Return the list of carts that wait for a user or for OVH."""
    if not carts:
        return Drawn.saying(f"No cart is waiting. {code('cart')} shows this channel's cart.")
    hint = f"{code(f'show {carts[0].id}')} shows what happened to a cart."
    return _list(f"{counted(len(carts), 'cart')} waiting", carts, hint)


def history(carts: Sequence[Cart], *, more: bool, before: int | None = None) -> Drawn:
    """Return the list of requests, newest first; `before` is the number below which the list starts."""
    if not carts and before is not None:
        return Drawn.saying(f"There are no requests before cart #{before}. {code('history')} shows the newest.")
    if not carts:
        return Drawn.saying(f"Nothing was requested yet. {code('search name.ovh')} finds names to add.")
    next_page = f"Older ones: {code(f'history {carts[-1].id}')}" if more else "That is all there is."
    return _list("What was asked for, newest first", carts, next_page)


def story(cart: Cart, events: Sequence[Event]) -> Drawn:
    """Return one cart with its names and its events."""
    listed_names = [_added(line) for line in cart.lines]
    told = [_happened(event, cart) for event in events[-_MOST_EVENTS:]]
    head = f"*Cart #{cart.id}* is {cart.state.in_words}"
    if cart.purpose:
        head += f"\n>{escape(cart.purpose)}"
    return _with_details(
        cart,
        f"Cart #{cart.id} is {cart.state.in_words}: {names(cart)}",
        [
            section(head),
            rows(listed_names or ["No names in it."], rank=1, more="names in *Details*"),
            rows(answered(cart.lines, cart.quote), rank=3, more="lines of answers in *Details*"),
            _newest(told or ["Nothing happened to it yet."], rank=2),
        ],
    )


def _newest(told: Sequence[str], *, rank: int) -> Part:
    """Return a part with the newest of these lines, and the number of older ones."""

    def draw(number: int) -> list[Block]:
        left = len(told) - number
        return sections([*([f"{left} earlier"] if left else []), *told[left:]])

    return Part(draw, len(told), rank)


def copy_button(cart: Cart) -> ButtonElement:
    """Return the button that copies a cart that was not bought."""
    return button("Copy to open cart", Act.COPY, cart.id, about=f"Copy to open cart: the names of cart {cart.id}")


def one_line(cart: Cart) -> str:
    """Return a cart's line in a list: number, names, total, state, requester."""
    return _line(cart, names(cart))


def short_line(cart: Cart) -> str:
    """Return the same line with the number of names instead of the names."""
    return _line(cart, counted(len(cart.lines), "name"))


def cart_lines(carts: Sequence[Cart], *, rank: int) -> Part:
    """Return a list of carts, one line each: the first with their names, the others without if space is short.

    Every cart has a line, so the list never hides one.
    """
    full, short = [one_line(cart) for cart in carts], [short_line(cart) for cart in carts]
    return Part(lambda n: sections([*full[:n], *short[n:]]), len(carts), rank)


def _line(cart: Cart, holds: str) -> str:
    total = cart.order.total if cart.order else cart.quote.total if cart.quote else None
    parts = [f"*#{cart.id}*  {holds}", str(total) if total else "", cart.state.in_words]
    if cart.requester:
        parts.append(f"asked by {person(cart.requester)}")
    if cart.order:
        parts.append(f"order {cart.order.id}")
    return " · ".join(filter(None, parts))


def _wanted(line: Line) -> str:
    """Return what is requested for a name: its years and price, and who else changed it."""
    others = tuple(sorted(line.shapers - {line.added_by}))
    chosen = f", changed by {people(others)}" if others else ""
    return f"*{line.domain}*  {years(line.years)}: {priced(line)}, added by {person(line.added_by)}{chosen}"


def _said(found: Finding) -> str:
    said = finding(found.data)
    return f"{escape(said.text)} {hinted(said.hint)}" if said.hint else escape(said.text)


def _fix(cart: Cart, found: Finding) -> ButtonElement | None:
    if found.fix is Fix.REMOVE and found.domain is not None:
        return _remove(cart, found.domain)
    line = cart.line(found.domain) if found.domain else None
    if found.fix is Fix.ANSWER and line is not None:
        return questions_button(cart, line, label="Answer questions")
    return years_button(cart) if found.fix is Fix.YEARS else None


def _remove(cart: Cart, domain: DomainName) -> ButtonElement:
    return button("Remove", Act.REMOVE, f"{cart.id} {domain.ascii}", about=f"Remove {domain} from cart {cart.id}")


def _removable(cart: Cart, line: Line) -> SectionBlock:
    todo = still_open(line)
    told = [f"*{line.domain}*  {priced(line)}{warned(line)}", todo, f"added by {person(line.added_by)}"]
    return section("\n".join(filter(None, told)), accessory=_remove(cart, line.domain))


def _closed(cart: Cart) -> Drawn:
    asked = f" by {person(cart.requester)}" if cart.requester else ""
    head = f"*Cart #{cart.id}* was sent for approval{asked} and is {cart.state.in_words} now."
    hint = f"{code(f'show {cart.id}')} shows what happened to it. {code('add name.ovh')} starts the next cart."
    return _with_details(
        cart,
        f"Cart #{cart.id} is {cart.state.in_words}: {names(cart)}",
        [
            section(head),
            rows([_added(line) for line in cart.lines], rank=1, more="names in *Details*"),
            context(hint),
        ],
    )


def _with_details(cart: Cart, text: str, parts: Sequence[Block | Part]) -> Drawn:
    """Return a message about one cart; a *Details* button opens what it folds."""
    drawn = Drawn.of(text, parts)
    return drawn if drawn.is_complete else Drawn.of(text, [*parts, *buttons(details_button(cart))])


def _other_names(number: int) -> Block:
    return context(f"and {counted(number, 'more name')} in *Details*. {code('remove name.ovh')} removes one.")


def _added(line: Line) -> str:
    return f"*{line.domain}*  {priced(line)}, added by {person(line.added_by)}"


def _list(title: str, carts: Sequence[Cart], hint: str) -> Drawn:
    text = f"{title}: {', '.join(f'#{cart.id} {cart.state.in_words}' for cart in carts)}"
    return Drawn.of(text, [section(f"*{title}*"), cart_lines(carts, rank=1), context(hint)])


def _happened(event: Event, cart: Cart) -> str:
    by = f" by {person(event.by)}" if event.by else ""
    said = happened(event) or {S.SUBMITTED: cart.purpose, S.REJECTED: cart.reason}.get(event.state)
    note = f": {escape(said)}" if said else ""
    return f"{when(event.at)}  {event.state.in_words}{by}{note}"
