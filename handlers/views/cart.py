"""The shared cart and the request form."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement, SectionBlock
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en.findings import finding
from handlers.messages.hint import hinted
from handlers.text.mrkdwn import cut, escape
from handlers.toolkit.action_ids import PURPOSE, Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, rows, section
from handlers.toolkit.folding import VIEW, Part, fold, listed
from handlers.toolkit.payloads import CartNumber, NameInCart
from handlers.views.answer_summary import answered
from handlers.views.details import details_button
from handlers.views.prices import priced, warned
from handlers.views.questions import questions_button, still_open
from handlers.views.years import years_button
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.preflight_findings import Finding, Fix

_PURPOSE_LENGTH = 300


def shared_cart(cart: Cart) -> RenderedMessage:
    """Return a channel's cart with who added what, and its buttons."""
    if not cart.lines:
        return RenderedMessage.from_text(words.cart.empty(cart.id))
    label = words.buttons.REQUEST
    about = words.buttons.about_cart(label, cart.id)
    ask = button(label, Act.REQUEST, CartNumber(cart.id), style="primary", about=about)
    return _with_details(
        cart,
        words.cart.alone(cart),
        [
            section(words.cart.head(cart)),
            listed([_removable(cart, line) for line in cart.lines], rank=1, more=_other_names),
            context(words.cart.NET_BEFORE_APPROVAL),
            *buttons(ask, questions_button(cart), years_button(cart)),
        ],
    )


def unshown(cart: Cart, reference: str) -> RenderedMessage:
    """Return the replacement for a cart that cannot be rendered: no button decides on what no one can see."""
    return RenderedMessage.from_text(words.cart.unshown(cart.id, reference))


def request_modal(
    cart: Cart,
    *,
    purpose: str = "",
    problem: str | None = None,
    findings: Sequence[Finding] = (),
    ready: Sequence[DomainName] = (),
    answered_now: Sequence[DomainName] = (),
) -> View:
    """Return the form that asks for the purpose. Shown again, it lists the problems and keeps what was typed.

    `ready` are the names that OVH's check found no fault with, `answered_now` those that it is checking.
    """
    parts: list[Block | Part] = []
    if problem:
        parts.append(section(words.cart.not_sent(problem)))
    if findings:
        parts.append(section(words.cart.FIX_THESE))
        todo: list[Block] = [section(_sentence(found), accessory=_fix(cart, found)) for found in findings]
        parts.append(listed(todo, rank=1, more=_more_to_fix))
    for sentence_of, names in ((words.cart.ready, ready), (words.cart.answered, answered_now)):
        if names:
            parts.append(context(sentence_of([escape(str(name)) for name in names])))
    parts.append(rows([_wanted(line) for line in cart.lines], rank=2, more=words.cart.MORE_NAMES))
    parts.append(rows(answered(cart.lines, None), rank=3, more=words.cart.MORE_ANSWERS))
    parts.append(
        InputBlock(
            block_id=PURPOSE,
            label=words.cart.PURPOSE,
            hint=words.cart.PURPOSE_HINT,
            element=PlainTextInputElement(
                action_id=PURPOSE, max_length=_PURPOSE_LENGTH, initial_value=cut(purpose, _PURPOSE_LENGTH) or None
            ),
        )
    )
    return View(
        type="modal",
        callback_id=Form.REQUEST,
        private_metadata=str(CartNumber(cart.id)),
        title=words.cart.title(cart.id),
        submit=words.buttons.REQUEST,
        close=words.buttons.NOT_YET,
        blocks=fold(parts, VIEW).blocks,
    )


def copy_button(cart: Cart) -> ButtonElement:
    """Return the button that copies a cart that was not bought."""
    label = words.buttons.COPY
    return button(label, Act.COPY, CartNumber(cart.id), about=words.buttons.about_cart(label, cart.id))


def _wanted(line: Line) -> str:
    """Return what is requested for a name: its years and price, and who else changed it."""
    others = sorted(line.shapers - {line.added_by})
    return words.cart.requested_name(line.domain, line.years, priced(line), line.added_by, others)


def _sentence(found: Finding) -> str:
    text = finding(found.data)
    return f"{escape(text.text)} {hinted(text.hint)}" if text.hint else escape(text.text)


def _fix(cart: Cart, found: Finding) -> ButtonElement | None:
    if found.fix is Fix.REMOVE and found.domain is not None:
        return _remove(cart, found.domain)
    line = cart.line(found.domain) if found.domain else None
    if found.fix is Fix.ANSWER and line is not None:
        return questions_button(cart, line, label=words.buttons.ANSWER_QUESTIONS)
    return years_button(cart) if found.fix is Fix.YEARS else None


def _remove(cart: Cart, domain: DomainName) -> ButtonElement:
    label = words.buttons.REMOVE
    about = words.buttons.about_name_in_cart(label, str(domain), cart.id)
    return button(label, Act.REMOVE, NameInCart(cart.id, domain), about=about)


def _removable(cart: Cart, line: Line) -> SectionBlock:
    todo = still_open(line)
    texts = [f"*{line.domain}*  {priced(line)}{warned(line)}", todo, words.cart.added_by(line.added_by)]
    return section("\n".join(filter(None, texts)), accessory=_remove(cart, line.domain))


def _with_details(cart: Cart, text: str, parts: Sequence[Block | Part]) -> RenderedMessage:
    """Return a message about one cart; a *Details* button opens what it folds."""
    rendered = RenderedMessage.of(text, parts)
    return rendered if rendered.is_complete else RenderedMessage.of(text, [*parts, *buttons(details_button(cart))])


def _other_names(number: int) -> Block:
    return context(words.cart.more_to_remove(number))


def _more_to_fix(number: int) -> Block:
    return context(words.cart.more_to_fix(number))
