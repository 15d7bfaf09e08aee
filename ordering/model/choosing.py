"""Selects the offer that goes into the cart: the one the user saw, or the only one. Otherwise the user chooses."""

from __future__ import annotations

from collections.abc import Sequence

from ordering.model.errors import Hint, NotPossible
from ordering.model.offer import Availability, Offer, OfferKind, Verdict

_SEARCH = Hint("search", "finds others")


class ChoiceNeeded(NotPossible):
    """The user must choose among `offers`, or confirm the only one."""

    usual_code = "offer_choice_needed"

    def __init__(self, sentence: str, offers: tuple[Offer, ...]) -> None:
        super().__init__(sentence)
        self.offers = offers


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
        hint = _SEARCH if answer.verdict in {Verdict.TAKEN, Verdict.NOT_OFFERED} else None
        raise NotPossible(
            _why_not(answer),
            hint=hint,
            code=_WHY_NOT_CODES.get(answer.verdict, "availability_unknown"),
            name=answer.domain.ascii,
        )
    if seen is not None:
        found = next((offer for offer in offers if offer.mark == seen), None)
        if found is None:
            raise OfferChanged(
                f"OVH offers {answer.domain} on other terms than you saw. Nothing was added yet.", offers
            )
        return found
    if (only := only_usual(offers)) is not None:
        return only
    if len(offers) > 1:
        raise ChoiceNeeded(f"OVH offers {answer.domain} in {len(offers)} ways. Choose one.", offers)
    raise ChoiceNeeded(f"OVH offers {answer.domain} on special terms. Add it if they suit you.", offers)


_WHY_NOT_CODES = {
    Verdict.PREMIUM: "name_premium",
    Verdict.TAKEN: "name_taken",
    Verdict.AFTERMARKET: "name_for_sale_by_owner",
    Verdict.NOT_OFFERED: "name_not_offered",
    Verdict.NOT_SOLD: "extension_not_sold",
}


def _not_usual(offer: Offer) -> str:
    if offer.kind is OfferKind.PREMIUM:
        return f"{offer.domain} is a premium name ({offer.price} without tax), and this team does not buy those."
    return (
        f"OVH offers {offer.domain} on special terms only (mode {offer.pricing_mode}, phase {offer.phase}, "
        f"{offer.price} without tax), and this team does not buy those."
    )


def _why_not(answer: Availability) -> str:
    name = answer.domain
    if answer.verdict is Verdict.PREMIUM and answer.offer is not None:
        return f"{_not_usual(answer.offer)} Search for another name, or ask the operator to allow premium names."
    return {
        Verdict.TAKEN: f"{name} is taken.",
        Verdict.AFTERMARKET: f"{name} is for sale by its owner, not free. The desk buys free names only.",
        Verdict.NOT_OFFERED: f"{name} is not available: it is reserved, or OVH does not offer it.",
        Verdict.NOT_SOLD: f"OVH does not sell .{name.extension} here. Try another extension.",
    }.get(answer.verdict, f"OVH does not say clearly whether {name} is free: {answer.reason}. Try again in a minute.")
