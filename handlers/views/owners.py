"""The future owners of a cart's names: personal data, shown only in one user's form."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.text.mrkdwn import cut, escape_markup
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, context, section
from handlers.toolkit.folding import VIEW, fold, listed
from handlers.toolkit.modals import note
from handlers.toolkit.payloads import CartNumber
from handlers.views.contacts import in_full
from ordering.model.cart import Cart
from ordering.model.owner import Owner

_NAMED = 1_500  # characters


def owner_button(cart: Cart) -> ButtonElement:
    """Return the button that shows an approver or payer who will own the names."""
    label = words.buttons.SHOW_OWNER
    return button(label, Act.SHOW_OWNER, CartNumber(cart.id), about=words.buttons.about_cart(label, cart.id))


def reading_owners() -> View:
    """Return the form that stays open until OVH has answered."""
    return note(RenderedMessage.from_text(words.owners.ASKING))


def owners_form(cart: Cart, owners: Sequence[Owner]) -> View:
    """Return the form with each owner in full, and the names that it will own."""
    visible = [section(_one(owner)) for owner in owners]
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.owners.title(cart.id),
        close=words.buttons.CLOSE,
        blocks=fold(
            [
                context(words.owners.ONLY_YOU),
                listed(visible, rank=1, more=_others),
            ],
            VIEW,
        ).blocks,
    )


def _others(number: int) -> Block:
    return context(words.owners.others(number))


def _one(owner: Owner) -> str:
    names = cut(", ".join(escape_markup(str(domain)) for domain in owner.domains), _NAMED)
    details = in_full(owner.contact)
    own = f"\n{words.owners.ACCOUNT_HOLDER}" if owner.is_account else ""
    return f"*{names}*\n{details}{own}"
