"""The offers for one name side by side, and the choice between them."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement, InputBlock, Option, RadioButtonsElement
from slack_sdk.models.views import View

from handlers.toolkit.action_ids import OFFER, Act, Form
from handlers.toolkit.blocks import Drawn, button, context, section
from handlers.toolkit.mrkdwn import cut, escape, years
from handlers.views.prices import kind_in_words, offered, phase_in_words, unusual_terms
from ordering.model.choosing import only_usual
from ordering.model.domain_name import DomainName
from ordering.model.offer import Offer

_MOST = 10  # radio buttons that Slack accepts
_OPTION = 75
_NET = "Prices are without tax. The total with tax is shown before anyone approves."


def add_button(domain: DomainName, offers: Sequence[Offer]) -> ButtonElement:
    """Return the button that adds the only offer or opens the choice.

    Its value carries the fingerprint of the offer that was seen, never its price.
    """
    if (only := only_usual(offers)) is not None:
        return _add(domain, only)
    return button("Add to cart", Act.CHOOSE, domain.ascii, about=f"Add to cart: {domain}")


def side_by_side(offers: Sequence[Offer]) -> str:
    """Return the offers, one line each; a single usual offer needs no label."""
    if (only := only_usual(offers)) is not None:
        return offered(only)
    return "\n".join(f"{_kind(offer)}: {offered(offer)}" for offer in offers)


def choice(sentence: str, domain: DomainName, offers: Sequence[Offer]) -> Drawn:
    """Return a message in which a user chooses an offer, or confirms the only one."""
    rows = [section(f"{_kind(offer)}\n{offered(offer)}", accessory=_add(domain, offer)) for offer in offers[:_MOST]]
    said = escape(sentence)
    return Drawn.of(said, [section(said), *rows, context(_NET)])


def asking(domain: DomainName) -> View:
    """Return the form that is shown until OVH has answered."""
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title="Add to cart",
        close="Not now",
        blocks=[section(f"Asking OVH what it offers for *{domain}*…")],
    )


def offer_modal(domain: DomainName, channel: str, offers: Sequence[Offer], *, problem: str | None = None) -> View:
    """Return the form in which a user chooses an offer."""
    options = [_option(offer) for offer in offers[:_MOST]]
    radio = RadioButtonsElement(action_id=OFFER, options=options, initial_option=options[0])
    told = [section(f"*Not added yet.* {escape(problem)}")] if problem else []
    return View(
        type="modal",
        callback_id=Form.OFFER,
        private_metadata=f"{channel} {domain.ascii}",
        title="Add to cart",
        submit="Add to cart",
        close="Not now",
        blocks=[
            *told,
            section(f"*{domain}*"),
            InputBlock(block_id=OFFER, label="Which offer?", element=radio),
            context(_NET),
        ],
    )


def _add(domain: DomainName, offer: Offer) -> ButtonElement:
    return button("Add to cart", Act.ADD, f"{domain.ascii} {offer.mark}", about=f"Add to cart: {domain}")


def _option(offer: Offer) -> Option:
    later = f", then {offer.renewal} a year" if offer.renewal is not None else ""
    price = f"{offer.price} for {years(offer.years[0])}{later}"
    return Option(text=cut(price, _OPTION), value=offer.mark, description=cut(_described(offer), _OPTION))


def _kind(offer: Offer) -> str:
    phase = escape(phase_in_words(offer))
    return f"*{kind_in_words(offer)}* ({phase})" if phase else f"*{kind_in_words(offer)}*"


def _described(offer: Offer) -> str:
    unusual = unusual_terms(offer)
    kind = unusual[:1].upper() + unusual[1:] if unusual else "Standard price"
    reduced = f"instead of {offer.regular}" if offer.regular is not None and offer.regular > offer.price else ""
    return ", ".join(filter(None, [kind, reduced]))
