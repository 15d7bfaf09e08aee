"""What goes into the cart is what a user saw, or what leaves no choice."""

from dataclasses import replace

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.facts import amount
from ordering.model.offer import OFFER_UNREADABLE, Action, Offer, OfferKind
from ordering.model.offer_selection import ChoiceNeeded, ConfirmationNeeded, OfferChanged
from tests.builders import POLICY, euros
from tests.refusing import refuses

NAME = DomainName.parse("name.ovh")
USUAL = Offer(NAME, Action.CREATE, "create-default", orderable=True, price=euros("2.99"), years=(1, 2, 5))
EARLY = replace(USUAL, phase="eap", price=euros("99.00"))
PREMIUM = replace(USUAL, pricing_mode="create-premium", price=euros("1250"), renewal=euros("900"))
UNREADABLE = {"error": "availability_unknown", "reason": OFFER_UNREADABLE, "ovh": {"said": None}}
TRANSFER = replace(USUAL, action=Action.TRANSFER, pricing_mode="transfer-default")


def offers(rules, *found):
    rules.registrar.offers = {"name.ovh": found}


def test_the_only_offer_is_taken(rules):
    offers(rules, TRANSFER, USUAL)
    assert rules.workflow.cart_editing.add("C1", NAME, by=rules.ada).lines[0].price == euros("2.99")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ((), {"error": "name_not_offered"}),
        ((replace(USUAL, orderable=False),), {"error": "name_not_offered"}),
        ((TRANSFER,), {"error": "name_taken"}),
        ((replace(USUAL, pricing_mode="lottery"),), UNREADABLE),
        ((replace(USUAL, action=Action.UNKNOWN),), UNREADABLE),
    ],
)
def test_why_a_name_cannot_be_added_is_told_as_it_is(rules, found, why):
    offers(rules, *found)
    with pytest.raises(NotPossible) as refused:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    assert refused.value.data == {"name": "name.ovh", **why}


def test_nothing_is_added_before_an_offer_is_chosen(rules):
    """Among several a user chooses and nothing is added before."""
    rules.restart(replace(POLICY, allow_premium=True))
    offers(rules, EARLY, USUAL)
    with pytest.raises(ChoiceNeeded) as needed:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    assert needed.value.data == {"error": "offer_choice_needed", "name": "name.ovh", "offers": 2}
    assert needed.value.offers == (USUAL, EARLY)
    assert rules.workflow.queries.open_cart("C1", by=rules.ada) is None
    [line] = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=EARLY.mark).lines
    assert (line.phase, line.price) == ("eap", euros("99.00"))


@pytest.mark.parametrize(
    "now", [replace(USUAL, price=euros("3.99")), replace(USUAL, pricing_mode="default"), replace(USUAL, years=(2,))]
)
def test_an_offer_on_other_terms_than_seen_is_shown_again(rules, now):
    offers(rules, now)
    with pytest.raises(OfferChanged) as changed:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=USUAL.mark)
    assert changed.value.data == {"error": "offer_changed", "name": "name.ovh", "offers": 1}
    assert changed.value.offers == (now,)
    assert rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=now.mark).lines


def test_premium_is_a_choice_only_where_it_is_allowed(rules):
    offers(rules, USUAL, PREMIUM)
    assert rules.workflow.cart_editing.offers_of(NAME, by=rules.ada) == (USUAL,)
    offers(rules, PREMIUM)
    with pytest.raises(NotPossible) as refused:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=PREMIUM.mark)
    assert refused.value.data == {"error": "name_premium", "name": "name.ovh", "price": amount(euros("1250"))}
    rules.restart(replace(POLICY, allow_premium=True))
    offers(rules, USUAL, PREMIUM)
    assert rules.workflow.cart_editing.offers_of(NAME, by=rules.ada) == (USUAL, PREMIUM)
    assert (
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=PREMIUM.mark).lines[0].kind is OfferKind.PREMIUM
    )


def test_a_transfer_is_never_sold_as_new(rules):
    offers(rules, TRANSFER)
    with pytest.raises(NotPossible) as refused:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=TRANSFER.mark)
    assert refused.value.code == "name_taken"


def test_years_can_be_chosen_until_the_request(rules):
    """Years are chosen from what is offered until it is submitted."""
    offers(rules, USUAL)
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    with refuses("years_not_offered", NotPossible, offered=[1, 2, 5]):
        rules.workflow.cart_editing.set_years(cart.id, {NAME: 3}, by=rules.ben, seen={NAME: 1})
    cart = rules.workflow.cart_editing.set_years(cart.id, {NAME: 5}, by=rules.ben, seen={NAME: 1})
    assert cart.lines[0].years == 5
    rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")
    with refuses("cart_closed", NotPossible, state="submitted"):
        rules.workflow.cart_editing.set_years(cart.id, {NAME: 1}, by=rules.ben, seen={NAME: 5})


def test_years_chosen_by_another_user_are_not_overwritten(rules):
    """Years that another user chose in the meantime are not undone unseen."""
    offers(rules, USUAL)
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    rules.workflow.cart_editing.set_years(cart.id, {NAME: 5}, by=rules.ada, seen={NAME: 1})
    with refuses("years_changed_by_other", NotPossible, name="name.ovh", years=5):
        rules.workflow.cart_editing.set_years(cart.id, {NAME: 2}, by=rules.ben, seen={NAME: 1})
    assert rules.workflow.queries.cart(cart.id).lines[0].years == 5
    same = rules.workflow.cart_editing.set_years(cart.id, {NAME: 5}, by=rules.ben, seen={NAME: 1})
    assert same.lines[0].years == 5


def test_an_extension_that_starts_at_two_years_is_added_for_two(rules):
    offers(rules, replace(USUAL, years=(2, 3)))
    [line] = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada).lines
    assert (line.years, line.priced_years) == (2, 2)


def test_unknown_terms_must_be_chosen(rules):
    """Terms that nobody knows are never taken without being chosen."""
    early = replace(USUAL, pricing_mode="create-early", phase="landrush", price=euros("122.99"))
    rules.restart(replace(POLICY, allow_premium=True))
    offers(rules, early)
    with pytest.raises(ConfirmationNeeded) as needed:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    assert needed.value.data == {"error": "offer_confirmation_needed", "name": "name.ovh", "offers": 1}
    [line] = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=early.mark).lines
    assert (line.pricing_mode, line.phase) == ("create-early", "landrush")
