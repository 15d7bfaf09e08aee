"""The offers for one name side by side, and the choice between them."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement, InputBlock, Option, RadioButtonsElement
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.text.mrkdwn import cut, escape
from handlers.toolkit.action_ids import OFFER, Act, Form
from handlers.toolkit.blocks import RenderedMessage, button, context, section
from handlers.toolkit.payloads import NameOffered, OfferChoice
from handlers.views.prices import offered, unusual_terms
from ordering.model.domain_name import DomainName
from ordering.model.offer import Offer
from ordering.model.offer_selection import only_usual

_MOST = 10  # radio buttons that Slack accepts
_OPTION = 75


def add_button(domain: DomainName, offers: Sequence[Offer]) -> ButtonElement:
    """Return the button that adds the only offer or opens the choice.

    Its value carries the fingerprint of the offer that was seen, never its price.
    """
    if (only := only_usual(offers)) is not None:
        return _add(domain, only)
    label = words.buttons.ADD_TO_CART
    return button(label, Act.CHOOSE, NameOffered(domain), about=words.buttons.about_name(label, str(domain)))


def side_by_side(offers: Sequence[Offer]) -> str:
    """Return the offers, one line each; a single usual offer needs no label."""
    if (only := only_usual(offers)) is not None:
        return offered(only)
    return "\n".join(f"{_kind(offer)}: {offered(offer)}" for offer in offers)


def choice(sentence: str, domain: DomainName, offers: Sequence[Offer]) -> RenderedMessage:
    """Return a message in which a user chooses an offer, or confirms the only one."""
    rows = [section(f"{_kind(offer)}\n{offered(offer)}", accessory=_add(domain, offer)) for offer in offers[:_MOST]]
    text = escape(sentence)
    return RenderedMessage.of(text, [section(text), *rows, context(words.prices.NET)])


def asking(domain: DomainName) -> View:
    """Return the form that is shown until OVH has answered."""
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.buttons.ADD_TO_CART,
        close=words.buttons.NOT_NOW,
        blocks=[section(words.prices.asking_for_offers(domain))],
    )


def offer_modal(domain: DomainName, channel: str, offers: Sequence[Offer], *, problem: str | None = None) -> View:
    """Return the form in which a user chooses an offer."""
    options = [_option(offer) for offer in offers[:_MOST]]
    radio = RadioButtonsElement(action_id=OFFER, options=options, initial_option=options[0])
    problem_block = [section(words.prices.not_added(escape(problem)))] if problem else []
    return View(
        type="modal",
        callback_id=Form.OFFER,
        private_metadata=str(OfferChoice(channel, domain)),
        title=words.buttons.ADD_TO_CART,
        submit=words.buttons.ADD_TO_CART,
        close=words.buttons.NOT_NOW,
        blocks=[
            *problem_block,
            section(f"*{domain}*"),
            InputBlock(block_id=OFFER, label=words.prices.WHICH_OFFER, element=radio),
            context(words.prices.NET),
        ],
    )


def _add(domain: DomainName, offer: Offer) -> ButtonElement:
    label = words.buttons.ADD_TO_CART
    return button(label, Act.ADD, NameOffered(domain, offer.mark), about=words.buttons.about_name(label, str(domain)))


def _option(offer: Offer) -> Option:
    later = words.prices.then_yearly(offer.renewal) if offer.renewal is not None else ""
    price = words.prices.price_for(offer.price, offer.years[0])
    return Option(text=cut(price + later, _OPTION), value=offer.mark, description=cut(_described(offer), _OPTION))


def _kind(offer: Offer) -> str:
    kind, phase = words.prices.kind(offer.kind), escape(words.prices.phase(offer.phase))
    return f"*{kind}* ({phase})" if phase else f"*{kind}*"


def _described(offer: Offer) -> str:
    unusual = unusual_terms(offer)
    kind = words.grammar.capitalised(unusual) if unusual else words.prices.STANDARD_PRICE
    is_reduced = offer.regular is not None and offer.regular > offer.price
    reduced = words.prices.reduced_from(offer.regular) if is_reduced and offer.regular else ""
    return ", ".join(filter(None, [kind, reduced]))
