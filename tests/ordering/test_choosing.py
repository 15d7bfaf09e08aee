"""What goes into the cart is what somebody saw, or what leaves no choice."""

from dataclasses import replace

import pytest

from ordering.model.choosing import ChoiceNeeded, OfferChanged
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.offer import Action, Offer, OfferKind
from tests.builders import POLICY, euros
from tests.refusing import refuses

NAME = DomainName.parse("name.ovh")
USUAL = Offer(NAME, Action.CREATE, "create-default", orderable=True, price=euros("2.99"), years=(1, 2, 5))
EARLY = replace(USUAL, phase="eap", price=euros("99.00"))
PREMIUM = replace(USUAL, pricing_mode="create-premium", price=euros("1250"), renewal=euros("900"))
TRANSFER = replace(USUAL, action=Action.TRANSFER, pricing_mode="transfer-default")


def offers(rules, *found):
    rules.registrar.offers = {"name.ovh": found}


def test_the_only_offer_is_taken(rules):
    offers(rules, TRANSFER, USUAL)
    assert rules.workflow.add("C1", NAME, by=rules.ada).lines[0].price == euros("2.99")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ((), "is not available: it is reserved, or OVH does not offer it"),
        ((replace(USUAL, orderable=False),), "is not available: it is reserved, or OVH does not offer it"),
        ((TRANSFER,), "is taken"),
        ((replace(USUAL, pricing_mode="lottery"),), "offer_unreadable"),
        ((replace(USUAL, action=Action.UNKNOWN),), "offer_unreadable"),
    ],
)
def test_why_a_name_cannot_be_added_is_told_as_it_is(rules, found, why):
    offers(rules, *found)
    with pytest.raises(NotPossible, match=why):
        rules.workflow.add("C1", NAME, by=rules.ada)


def test_among_several_somebody_chooses_and_nothing_is_added_before(rules):
    rules.restart(replace(POLICY, allow_premium=True))
    offers(rules, EARLY, USUAL)
    with pytest.raises(ChoiceNeeded, match="in 2 ways") as needed:
        rules.workflow.add("C1", NAME, by=rules.ada)
    assert needed.value.offers == (USUAL, EARLY)
    assert rules.workflow.open_cart("C1", by=rules.ada) is None
    [line] = rules.workflow.add("C1", NAME, by=rules.ada, seen=EARLY.mark).lines
    assert (line.phase, line.price) == ("eap", euros("99.00"))


@pytest.mark.parametrize(
    "now", [replace(USUAL, price=euros("3.99")), replace(USUAL, pricing_mode="default"), replace(USUAL, years=(2,))]
)
def test_an_offer_on_other_terms_than_seen_is_shown_again(rules, now):
    offers(rules, now)
    with pytest.raises(OfferChanged, match="on other terms than you saw") as changed:
        rules.workflow.add("C1", NAME, by=rules.ada, seen=USUAL.mark)
    assert changed.value.offers == (now,)
    assert rules.workflow.add("C1", NAME, by=rules.ada, seen=now.mark).lines


def test_premium_is_a_choice_only_where_it_is_allowed(rules):
    offers(rules, USUAL, PREMIUM)
    assert rules.workflow.offers_of(NAME, by=rules.ada) == (USUAL,)
    offers(rules, PREMIUM)
    with pytest.raises(NotPossible, match="this team does not buy those"):
        rules.workflow.add("C1", NAME, by=rules.ada, seen=PREMIUM.mark)
    rules.restart(replace(POLICY, allow_premium=True))
    offers(rules, USUAL, PREMIUM)
    assert rules.workflow.offers_of(NAME, by=rules.ada) == (USUAL, PREMIUM)
    assert rules.workflow.add("C1", NAME, by=rules.ada, seen=PREMIUM.mark).lines[0].kind is OfferKind.PREMIUM


def test_a_transfer_is_never_sold_as_new(rules):
    offers(rules, TRANSFER)
    with pytest.raises(NotPossible, match="is taken"):
        rules.workflow.add("C1", NAME, by=rules.ada, seen=TRANSFER.mark)


def test_years_are_chosen_from_what_is_offered_until_it_is_submitted(rules):
    offers(rules, USUAL)
    cart = rules.workflow.add("C1", NAME, by=rules.ada)
    with refuses("years_not_offered", NotPossible, offered=[1, 2, 5]):
        rules.workflow.set_years(cart.id, {NAME: 3}, by=rules.ben, seen={NAME: 1})
    cart = rules.workflow.set_years(cart.id, {NAME: 5}, by=rules.ben, seen={NAME: 1})
    assert cart.lines[0].years == 5
    rules.workflow.request_approval(cart.id, requester=rules.ada, purpose="x")
    with refuses("cart_closed", NotPossible, state="submitted"):
        rules.workflow.set_years(cart.id, {NAME: 1}, by=rules.ben, seen={NAME: 5})


def test_years_that_somebody_else_chose_meanwhile_are_not_undone_unseen(rules):
    offers(rules, USUAL)
    cart = rules.workflow.add("C1", NAME, by=rules.ada)
    rules.workflow.set_years(cart.id, {NAME: 5}, by=rules.ada, seen={NAME: 1})
    with refuses("years_changed_by_other", NotPossible, name="name.ovh", years=5):
        rules.workflow.set_years(cart.id, {NAME: 2}, by=rules.ben, seen={NAME: 1})
    assert rules.workflow.cart(cart.id).lines[0].years == 5
    same = rules.workflow.set_years(cart.id, {NAME: 5}, by=rules.ben, seen={NAME: 1})
    assert same.lines[0].years == 5


def test_an_extension_that_starts_at_two_years_is_added_for_two(rules):
    offers(rules, replace(USUAL, years=(2, 3)))
    [line] = rules.workflow.add("C1", NAME, by=rules.ada).lines
    assert (line.years, line.priced_years) == (2, 2)


def test_terms_that_nobody_knows_are_never_taken_without_being_chosen(rules):
    early = replace(USUAL, pricing_mode="create-early", phase="landrush", price=euros("122.99"))
    rules.restart(replace(POLICY, allow_premium=True))
    offers(rules, early)
    with pytest.raises(ChoiceNeeded, match="on special terms"):
        rules.workflow.add("C1", NAME, by=rules.ada)
    [line] = rules.workflow.add("C1", NAME, by=rules.ada, seen=early.mark).lines
    assert (line.pricing_mode, line.phase) == ("create-early", "landrush")
