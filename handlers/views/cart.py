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
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, rows, section, sections
from handlers.toolkit.folding import VIEW, Part, fold, listed
from handlers.toolkit.payloads import CartAsShown, CartNumber, NameInCart, NameOffered
from handlers.toolkit.stamps import stamped
from handlers.views.answer_summary import answered
from handlers.views.details import details_button
from handlers.views.offers import open_cart_button
from handlers.views.prices import priced, warned
from handlers.views.questions import questions_button, still_open
from handlers.views.request_card import withdraw_button
from handlers.views.trial import trial_notice, with_trial
from handlers.views.years import years_button
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.offer_selection import ChoiceNeeded
from ordering.model.preflight_findings import Finding, Fix
from ordering.model.recovery import Stamp
from ordering.model.typing_slips import NameNearlyThere

_PURPOSE_LENGTH = 300


def sent(cart: Cart, text: str, stamp: Stamp) -> RenderedMessage:
    """Return where a request went, with the button that takes it back."""
    take_back = buttons(withdraw_button(cart))
    return RenderedMessage.of(text, [*sections(text.split("\n")), *stamped(take_back, stamp)])


def shared_cart(cart: Cart, *, note: str = "", trial: bool = False) -> RenderedMessage:
    """Return a channel's open cart with who added what, and its buttons.

    `note` comes last; `trial` is whether the trial is on.
    """
    if not cart.lines:
        return RenderedMessage.from_text(words.cart.empty(cart.id))
    ask = _request_button(cart)
    return _with_details(
        cart,
        with_trial(words.cart.alone(cart), cart, trial=trial),
        [
            section(words.cart.head(cart)),
            *trial_notice(cart, trial=trial),
            listed([removable(cart, line) for line in cart.lines], rank=1, more=_other_names),
            context(words.cart.NET_BEFORE_APPROVAL),
            *buttons(ask, questions_button(cart), years_button(cart)),
            *([context(note)] if note else []),
        ],
    )


def added_note(text: str, cart: Cart | None) -> RenderedMessage:
    """Return what was added and what was not, with the next step in reach; without a cart nothing was added."""
    if cart is None or not cart.lines:
        return RenderedMessage.from_text(text)
    return RenderedMessage.of(
        text, [*sections(text.split("\n")), *buttons(_request_button(cart), open_cart_button(cart.id))]
    )


def added_many(text: str, cart: Cart | None, refused: Sequence[tuple[str, OrderingError]]) -> RenderedMessage:
    """Return what was added at once; a name that was not added only for want of an answer has a button for it.

    `cart` is None if nothing was added. `refused` are sentences, escaped, with the refusals that they are about.
    """
    note = added_note(text, cart)
    rows_of = [section(sentence, accessory=_answer_button(refusal)) for sentence, refusal in refused]
    alone = "\n".join([text, *(sentence for sentence, _ in refused)])
    return RenderedMessage.of(alone, [*note.blocks, *rows_of])


def _answer_button(refusal: OrderingError) -> ButtonElement | None:
    """Return the button to choose a name's offer, or to say that a name is meant; None if neither would help."""
    if isinstance(refusal, NameNearlyThere):
        label, act = words.buttons.ADD_ANYWAY, Act.ADD_ANYWAY
    elif isinstance(refusal, ChoiceNeeded):
        label, act = words.buttons.CHOOSE_OFFER, Act.CHOOSE
    else:
        return None
    return button(label, act, NameOffered(refusal.domain), about=words.buttons.about_name(label, str(refusal.domain)))


def name_in_doubt(sentence: str, offered: NameOffered) -> RenderedMessage:
    """Return the question whether a name that is one letter away from another is meant."""
    label = words.buttons.ADD_ANYWAY
    about = words.buttons.about_name(label, str(offered.domain))
    text = escape(sentence)
    return RenderedMessage.of(text, [section(text), *buttons(button(label, Act.ADD_ANYWAY, offered, about=about))])


def _request_button(cart: Cart) -> ButtonElement:
    label = words.buttons.REQUEST
    about = words.buttons.about_cart(label, cart.id)
    return button(label, Act.REQUEST, CartNumber(cart.id), style="primary", about=about)


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
    asked_about: str = "",
    trial: bool = False,
) -> View:
    """Return the form that asks for the purpose. Shown again, it lists the problems and keeps what was typed.

    `ready` are the names that OVH's check found no fault with, `answered_now` those that it is checking. `asked_about`
    is the fingerprint of a purpose that may hold a typing slip: sent again, it is meant. `trial` is whether the trial
    is on.
    """
    parts: list[Block | Part] = [*trial_notice(cart, trial=trial)]
    if problem:
        parts.append(section(words.cart.not_sent(problem)))
    parts += to_fix(cart, findings, ready=ready, answered_now=answered_now)
    parts.append(rows([_wanted(line) for line in cart.lines], rank=2, more=words.cart.MORE_NAMES))
    parts.append(rows(answered(cart.lines, None), rank=3, more=words.cart.MORE_ANSWERS))
    parts.append(purpose_input(purpose))
    return View(
        type="modal",
        callback_id=Form.REQUEST,
        private_metadata=str(CartAsShown(cart.id, asked_about)),
        title=words.cart.title(cart.id),
        submit=words.buttons.REQUEST,
        close=words.buttons.NOT_YET,
        blocks=fold(parts, VIEW).blocks,
    )


def purpose_input(typed: str) -> InputBlock:
    """Return the field for the purpose of a request, with the text that the requester typed before."""
    return InputBlock(
        block_id=PURPOSE,
        label=words.cart.PURPOSE,
        hint=words.cart.PURPOSE_HINT,
        element=PlainTextInputElement(
            action_id=PURPOSE, max_length=_PURPOSE_LENGTH, initial_value=cut(typed, _PURPOSE_LENGTH) or None
        ),
    )


def to_fix(
    cart: Cart, findings: Sequence[Finding], *, ready: Sequence[DomainName], answered_now: Sequence[DomainName]
) -> list[Block | Part]:
    """Return what must be fixed before a request, each with its button, and which names are ready or being checked."""
    parts: list[Block | Part] = []
    if findings:
        parts.append(section(words.cart.FIX_THESE))
        todo: list[Block] = [section(_sentence(found), accessory=_fix(cart, found)) for found in findings]
        parts.append(listed(todo, rank=1, more=_more_to_fix))
    for sentence_of, names in ((words.cart.ready, ready), (words.cart.answered, answered_now)):
        if names:
            parts.append(context(sentence_of([escape(str(name)) for name in names])))
    return parts


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


def removable(cart: Cart, line: Line) -> SectionBlock:
    """Return a name with its price, what is still asked about it, who added it, and a button to remove it."""
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
