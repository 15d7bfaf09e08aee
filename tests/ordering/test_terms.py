"""Only usual terms are bought unless the team allows others, and a renewal price is a term of the approval."""

from dataclasses import replace

import pytest

from handlers.messages import words as catalogue
from handlers.views.approval import card
from handlers.views.card_rules import CardRules
from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.facts import EventKind, amount
from ordering.model.offer import Action, Availability, Offer, OfferKind, Verdict
from ordering.model.preflight_findings import Finding, FindingCode, Fix, NotReady
from ordering.model.seal import SealForm, seal
from tests.builders import POLICY, euros

S = CartState
NAME = DomainName.parse("name.ovh")
USUAL = Offer(NAME, Action.CREATE, "create-default", orderable=True, price=euros("2.99"), renewal=euros("3.59"))
ALLOWING = replace(POLICY, allow_premium=True)
UNUSUAL = [
    ("create-premium", "ga"), ("create-premium1", "ga"), ("create-premium-tier2", "ga"), ("premium", "ga"),
    ("create-aftermarket1", "ga"), ("create-eap", "eap"), ("create-default", "eap"), ("create-default", "sunrise"),
    ("create-default", "landrush"), ("default", "claims"), ("create-default", ""), ("create-anything-new", "ga"),
]  # fmt: skip


def offered(rules, *offers):
    rules.registrar.offers["name.ovh"] = offers


def requested(rules, offer):
    offered(rules, offer)
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=offer.mark)
    return rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="For the launch")


def approved(rules, offer=USUAL):
    cart = requested(rules, offer)
    return rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)


@pytest.mark.parametrize(("mode", "phase"), UNUSUAL)
def test_unusual_terms_need_the_operators_permission(rules, mode, phase):
    """A mode or phase that is not on the allow-list is never bought where premium names are not allowed."""
    offer = replace(USUAL, pricing_mode=mode, phase=phase)
    offered(rules, offer)
    assert Availability.of(NAME, (offer,)).verdict is Verdict.PREMIUM
    with pytest.raises(NotPossible) as refused:
        rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=offer.mark)
    price = amount(offer.price)
    if "premium" in mode:
        assert refused.value.data == {"error": "name_premium", "name": NAME.ascii, "price": price}
    else:
        terms = {"mode": mode, "phase": phase, "price": price}
        assert refused.value.data == {"error": "name_on_special_terms", "name": NAME.ascii, "ovh": terms}


@pytest.mark.parametrize(("mode", "phase"), UNUSUAL)
def test_a_permission_taken_back_stops_the_request(rules, mode, phase):
    """A line that was added while premium names were allowed does not pass the pre-flight afterwards."""
    offer = replace(USUAL, pricing_mode=mode, phase=phase)
    rules.restart(ALLOWING)
    offered(rules, offer)
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada, seen=offer.mark)
    rules.restart(POLICY)
    with pytest.raises(NotReady) as refused:
        rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="For the launch")
    code = FindingCode.PREMIUM_NOT_BOUGHT if "premium" in mode else FindingCode.SPECIAL_NOT_BOUGHT
    assert refused.value.findings == (Finding(code, NAME, Fix.REMOVE),)


@pytest.mark.parametrize(("mode", "phase"), UNUSUAL)
def test_the_approver_reads_that_terms_are_unusual(rules, mode, phase):
    """The card names premium, or OVH's mode and the launch phase."""
    rules.restart(ALLOWING)
    cart = requested(rules, replace(USUAL, pricing_mode=mode, phase=phase))
    rendered = card(
        cart, CardRules(approvals_needed=1, waive_retraction=True, approvers=frozenset(), payers=frozenset())
    )
    shown = str([block.to_dict() for block in rendered.blocks])
    kind = OfferKind.PREMIUM if "premium" in mode else OfferKind.SPECIAL
    assert catalogue.prices.unusual_terms(kind, mode, catalogue.prices.phase(phase)) in shown


@pytest.mark.parametrize("phase", ["ga", "normal"])
@pytest.mark.parametrize("mode", ["create-default", "default"])
def test_usual_terms_need_no_permission(mode, phase):
    """OVH's words for general availability at the standard price, today's and the old ones, are usual."""
    assert OfferKind.of(mode, phase) is OfferKind.USUAL


@pytest.mark.parametrize("now", ["3.60", "359.00"])
def test_a_renewal_that_rose_asks_again(rules, now):
    """The approval is void, the card says what changed, and nothing is ordered."""
    cart = approved(rules)
    offered(rules, replace(USUAL, renewal=euros(now)))
    cart = rules.run_worker(cart.id, steps=1)
    assert (cart.state, cart.approved_by, rules.registrar.orders) == (S.SUBMITTED, (), {})
    renewals = [cart.fact.data[of]["renewals"]["name.ovh"] for of in ("approved", "ovh")]
    assert (cart.fact.kind, renewals) == (EventKind.TERMS_CHANGED, [amount(euros("3.59")), amount(euros(now))])
    assert len(cart.fact.data["changes"]) == 1
    assert cart.lines[0].renewal == euros(now)
    again = rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    assert rules.run_worker(again.id).state is S.CHECKED_OUT


def test_a_renewal_that_fell_holds(rules):
    """A cheaper renewal is what was approved, and better."""
    cart = approved(rules)
    offered(rules, replace(USUAL, renewal=euros("1.00")))
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [("3.59", None, S.SUBMITTED), (None, "3.59", S.SUBMITTED), (None, None, S.CHECKED_OUT)],
)
def test_a_renewal_not_shown_holds_only_if_it_never_was(rules, before, now, state):
    """What OVH stops to show, or shows for the first time, is for the approvers."""
    cart = approved(rules, replace(USUAL, renewal=before and euros(before)))
    offered(rules, replace(USUAL, renewal=now and euros(now)))
    assert rules.run_worker(cart.id).state is state


def test_a_renewal_in_another_currency_asks_again(rules):
    """Amounts of two currencies are never compared."""
    cart = approved(rules)
    offered(rules, replace(USUAL, renewal=replace(euros("3.59"), currency="GBP")))
    assert rules.run_worker(cart.id).state is S.SUBMITTED


def test_silence_about_a_renewal_waits(rules):
    """OVH gives no answer for the name: the approval stands, nothing is ordered, and the step comes back."""
    cart = approved(rules)
    offered(rules, replace(USUAL, pricing_mode="lottery"))
    assert rules.run_worker(cart.id, steps=3).state is S.APPROVED
    assert rules.registrar.orders == {}
    offered(rules, USUAL)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_a_name_taken_since_the_approval_needs_a_person(rules):
    """OVH's cart took the name, and its list of offers says that it is taken: nothing is ordered."""
    cart = approved(rules)
    offered(rules, replace(USUAL, action=Action.TRANSFER, pricing_mode="transfer-default"))
    cart = rules.run_worker(cart.id)
    assert (cart.state, rules.registrar.orders) == (S.NEEDS_ATTENTION, {})
    assert (cart.fact.kind, cart.fact.data["error"]) == (EventKind.CHECKOUT_REFUSED, "name_not_free")


def test_an_earlier_approval_holds_for_what_it_covers(rules):
    """A cart that was sealed without its renewals is ordered as it was approved."""
    cart = requested(rules, USUAL)
    earlier = seal(cart.lines, cart.quote, waive_retraction=True, form=SealForm.WITHOUT_RENEWALS)
    with rules.store.begin() as carts:
        cart = carts.save(replace(cart, seal=earlier))
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    offered(rules, replace(USUAL, renewal=euros("359.00")))
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_the_button_of_a_card_covers_its_renewals(rules):
    """Another renewal price on the card is another button, so that nobody approves what was not shown."""
    cart = requested(rules, USUAL)
    dearer = tuple(replace(line, renewal=euros("359.00")) for line in cart.lines)
    assert seal(dearer, cart.quote, waive_retraction=True).short != cart.seal.short
