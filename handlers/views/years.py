"""The form to choose for how many years a cart's names are registered."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, Option, StaticSelectElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import button, context, rows, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.payloads import CartNumber, YearsForm, YearsOption
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName


def years_button(cart: Cart) -> ButtonElement | None:
    """Return the button that opens the form; None if there is nothing to choose."""
    if not any(_has_choice(line) for line in cart.lines):
        return None
    label = words.buttons.YEARS
    return button(label, Act.YEARS, CartNumber(cart.id), about=words.buttons.about_cart(label, cart.id))


def years_modal(cart: Cart, *, caution: str | None = None) -> View:
    """Return a select for each name that OVH offers for several numbers of years, below the caution for the user."""
    asked = [line for line in cart.lines if _has_choice(line)]
    fixed = [words.years.fixed(line.domain, line.years) for line in cart.lines if not _has_choice(line)]
    return View(
        type="modal",
        callback_id=Form.YEARS,
        private_metadata=str(YearsForm(cart.id, cart.channel)),
        title=words.years.title(cart.id),
        submit=words.buttons.SAVE,
        close=words.buttons.NOT_NOW,
        blocks=fold(
            [
                *([section(caution)] if caution else []),
                listed([_select(line) for line in asked], rank=1, more=_other_names),
                rows(fixed, rank=2, more=words.years.MORE_NAMES, before=[words.years.FIXED] if fixed else []),
                context(words.years.PRICE_ON_CARD),
            ],
            VIEW,
        ).blocks,
    )


def _other_names(number: int) -> Block:
    return context(words.years.no_room_for(number))


def touched(values: Mapping[str, str | None]) -> tuple[dict[DomainName, int], dict[DomainName, int]]:
    """Return the years that were changed in the form, by name, and what the form had shown before."""
    chosen, seen = {}, {}
    for name, value in values.items():
        option = YearsOption.read(value) if value else None
        if option is not None and option.chosen != option.before:
            chosen[DomainName(name)], seen[DomainName(name)] = option.chosen, option.before
    return chosen, seen


def _has_choice(line: Line) -> bool:
    """Return whether there is a choice; true also if the chosen years are no longer offered."""
    return len(line.offered_years) > 1 or (line.years,) != (line.offered_years or (line.years,))


def _select(line: Line) -> InputBlock:
    options = [
        Option(text=words.grammar.years(number), value=str(YearsOption(line.years, number)))
        for number in sorted(line.offered_years)
    ]
    button_value = str(YearsOption(line.years, line.years))
    chosen = next((option for option in options if option.value == button_value), None)
    select = StaticSelectElement(action_id=line.domain.ascii, options=options, initial_option=chosen)
    return InputBlock(label=str(line.domain), element=select)
