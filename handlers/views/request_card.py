"""The card while a request is waiting for approval: a question, what it is about, and the buttons, on one screen."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.models.blocks import Block, ButtonElement, HeaderBlock

from handlers.messages import remark, words
from handlers.text.mrkdwn import cut, cut_bytes, escape, escape_lines
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, button, buttons, confirm, context, rows, section
from handlers.toolkit.folding import Part, Room
from handlers.toolkit.payloads import CartAsShown, CartNumber
from handlers.views.answer_summary import declared
from handlers.views.card_rules import CardRules
from handlers.views.details import details_button
from handlers.views.price_table import a_year, price_table, shown_at_most, total_of
from handlers.views.prices import unusual_terms
from handlers.views.receipt import disagreements
from handlers.views.terms import warnings
from handlers.views.trial import trial_notice, with_trial
from ordering.model.cart import Cart
from ordering.model.cart_line import Line

_LONGEST_TEXT = 1_000  # bytes of text by users and by OVH
_HEADER = 150  # characters
_says = words.approving


def request_card(cart: Cart, rules: CardRules, room: Room) -> RenderedMessage:
    """Return the card of an undecided request. If anything that is approved has no room, *Approve* asks once more."""
    left = rules.approvers - frozenset(cart.approved_by)
    who = _says.who_decides(left, rules.payers, needed=rules.approvals_needed, given=cart.approved_by)
    hidden = len(cart.lines) - shown_at_most(cart.lines)

    def rendered(*, is_complete: bool) -> RenderedMessage:
        parts: list[Block | Part] = [
            HeaderBlock(text=cut(_says.question(cart), _HEADER)),
            section(_about(cart, who)),
            *trial_notice(cart, trial=rules.trial),
            *_prices(cart),
            *_decisions(cart, shared=rules.shared, hidden=hidden, is_complete=is_complete),
            rows(declared(cart.lines, cart.quote), rank=3, more=_says.MORE_ANSWERS),
            context(_footer(cart, hidden=hidden, waived=rules.waive_retraction)),
        ]
        return RenderedMessage.of(with_trial(_alone(cart), cart), parts, room)

    card = rendered(is_complete=not hidden)
    if card.is_complete and not hidden:
        return card
    return replace(rendered(is_complete=False), is_complete=False)


def _alone(cart: Cart) -> str:
    yearly, taxed = a_year(cart.lines, cart.quote) if cart.quote else (None, False)
    purpose = escape(cart.purpose or "")
    return _says.alone(cart, purpose, words.grammar.names(cart), yearly, taxed=taxed)


def _about(cart: Cart, who: str) -> str:
    """Return who requests what and why, and who decides; in a later round, what happened first."""
    note = cut_bytes(escape_lines(remark(cart)).strip(), _LONGEST_TEXT)
    only = cart.lines[0] if len(cart.lines) == 1 else None
    special = unusual_terms(only) if only else ""
    what = _says.wanted(cart, str(only.domain) if only else "")
    purpose = f">{escape(cart.purpose)}" if cart.purpose else ""
    return cut_bytes("\n".join(filter(None, [note, what, escape(special), who, purpose])), 3 * _LONGEST_TEXT)


def _prices(cart: Cart) -> list[Block | Part]:
    """Return the warnings, the table of several names, and contradictions between figures, which never fold."""
    parts: list[Block | Part] = [rows(warnings(cart), rank=2, more=words.card.MORE_WARNINGS)]
    if cart.quote is None:
        return parts
    if len(cart.lines) > 1:
        parts.append(price_table(cart.lines, cart.quote, rank=1))
    return [*parts, *(section(each) for each in disagreements(cart.lines, cart.quote))]


def _decisions(cart: Cart, *, shared: bool, hidden: int, is_complete: bool) -> list[Block]:
    withdraw = withdraw_button(cart) if shared else None
    return buttons(
        _approve(cart, hidden=hidden, is_complete=is_complete),
        details_button(cart),
        _ask_for_changes(cart),
        reject_button(cart),
        withdraw,
    )


def _approve(cart: Cart, *, hidden: int, is_complete: bool) -> ButtonElement:
    label = words.buttons.APPROVE
    question = None
    if not is_complete:
        amount = total_of(_hidden(cart), cart.quote) if hidden and cart.quote else None
        question = confirm(_says.confirm_title(cart.id), _says.confirm(hidden, amount), label)
    return button(
        label, Act.APPROVE, CartAsShown(cart.id, cart.request_mark), style="primary",
        about=words.buttons.about_cart(label, cart.id), confirm=question,
    )  # fmt: skip


def _ask_for_changes(cart: Cart) -> ButtonElement:
    label = words.buttons.ASK_FOR_CHANGES
    about = words.buttons.about_cart(label, cart.id)
    return button(label, Act.ASK_FOR_CHANGES, CartAsShown(cart.id, cart.request_mark), about=about)


def _hidden(cart: Cart) -> list[Line]:
    """Return the names that have no row, however much room there is."""
    order = sorted(cart.lines, key=lambda line: not line.warnings)
    return order[shown_at_most(cart.lines) :]


def reject_button(cart: Cart) -> ButtonElement:
    """Return the button with which an approver rejects a request."""
    label = words.buttons.REJECT
    about = words.buttons.about_cart(label, cart.id)
    return button(label, Act.REJECT, CartAsShown(cart.id), style="danger", about=about)


def withdraw_button(cart: Cart) -> ButtonElement:
    """Return the button with which a requester takes a request back."""
    label = words.buttons.WITHDRAW
    question = confirm(words.status.withdraw_title(cart.id), words.status.WITHDRAW_QUESTION, label)
    about = words.buttons.about_cart(label, cart.id)
    return button(label, Act.WITHDRAW, CartAsShown(cart.id), about=about, confirm=question)


def edit_button(cart: Cart) -> ButtonElement:
    """Return the button that opens the form in which a returned request is edited."""
    label = words.buttons.EDIT_REQUEST
    return button(label, Act.EDIT, CartNumber(cart.id), style="primary", about=words.buttons.about_cart(label, cart.id))


def _footer(cart: Cart, *, hidden: int, waived: bool) -> str:
    price = ""
    if len(cart.lines) == 1 and cart.quote:
        yearly, taxed = a_year(cart.lines, cart.quote)
        price = _says.about_price(cart.lines[0].years, yearly, taxed=taxed)
    channel = None if cart.channel.startswith("D") else cart.channel
    return cut_bytes(_says.footer(cart, channel=channel, price=price, hidden=hidden, waived=waived), _LONGEST_TEXT)
