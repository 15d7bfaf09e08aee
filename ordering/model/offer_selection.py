"""Selects the offer that goes into the cart: the one the user saw, or the only one. Otherwise the user chooses."""

from __future__ import annotations

from collections.abc import Sequence

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.facts import Data, amount
from ordering.model.offer import Availability, Offer, OfferKind, Verdict


class ChoiceNeeded(NotPossible):
    """The user must choose among `offers`."""

    usual_code = "offer_choice_needed"

    def __init__(self, domain: DomainName, offers: tuple[Offer, ...]) -> None:
        super().__init__(name=domain.ascii, offers=len(offers))
        self.domain, self.offers = domain, offers


class ConfirmationNeeded(ChoiceNeeded):
    """The only offer has special terms, so the user must confirm it."""

    usual_code = "offer_confirmation_needed"


class OfferChanged(ChoiceNeeded):
    """The offer that the user saw is no longer offered on the same terms."""

    usual_code = "offer_changed"


def only_usual(offers: Sequence[Offer]) -> Offer | None:
    """Return the only offer if it needs no choice; None if there are several, or the only one is special."""
    return offers[0] if len(offers) == 1 and not offers[0].is_special else None


def choose(answer: Availability, *, allow_premium: bool, seen: str | None = None) -> Offer:
    """Return the offer with the fingerprint the user saw, or the only offer.

    Raises `NotPossible` if none can be bought, `ChoiceNeeded` if the user must choose.
    """
    offers = answer.to_buy(allow_premium=allow_premium)
    if not offers:
        raise _why_not(answer)
    if seen is not None:
        found = next((offer for offer in offers if offer.mark == seen), None)
        if found is None:
            raise OfferChanged(answer.domain, offers)
        return found
    if (only := only_usual(offers)) is not None:
        return only
    raise (ChoiceNeeded if len(offers) > 1 else ConfirmationNeeded)(answer.domain, offers)


_WHY_NOT = {
    Verdict.TAKEN: "name_taken",
    Verdict.AFTERMARKET: "name_for_sale_by_owner",
    Verdict.NOT_OFFERED: "name_not_offered",
    Verdict.NOT_SOLD: "extension_not_sold",
}


def _why_not(answer: Availability) -> NotPossible:
    """Return why a name cannot be bought."""
    name, offer = answer.domain.ascii, answer.offer
    if answer.verdict is Verdict.PREMIUM and offer is not None:
        price = amount(offer.price)
        if offer.kind is OfferKind.PREMIUM:
            return NotPossible(code="name_premium", name=name, price=price)
        terms: Data = {"mode": offer.pricing_mode, "phase": offer.phase, "price": price}
        return NotPossible(code="name_on_special_terms", name=name, ovh=terms)
    if code := _WHY_NOT.get(answer.verdict):
        return NotPossible(code=code, name=name)
    return NotPossible(code="availability_unknown", name=name, reason=answer.reason, ovh={"said": answer.ovh_said})
