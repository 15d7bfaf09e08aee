"""Who may request, who may approve without being mentioned, what may be bought, and the usual limit of an order."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.money import Money
from ordering.model.naming import NamingRules
from ordering.model.policy import Membership, Person
from ordering.model.preflight_findings import FindingCode, Fix, NotReady
from tests.builders import POLICY, a_quote
from tests.fakes import METHODS
from tests.refusing import refuses

S = CartState
NAME = DomainName.parse("name.ovh")
GROUP = "S0MARKETING"
ONLY_ADA = replace(POLICY, requesters=frozenset({"U0ADA"}))
NO_OVH = NamingRules(extensions=frozenset({"com", "fr"}))
NO_NAME = NamingRules(refused={"na?e.*": "names of products go through Legal"})


def add(rules, by, name=NAME):
    return rules.workflow.cart_editing.add("C1", name, by=by)


FILLING = [
    lambda w, _, by: w.cart_editing.add("C1", DomainName.parse("other.ovh"), by=by),
    lambda w, _, by: w.cart_editing.add_all("C1", {DomainName.parse("other.ovh"): None}, by=by),
    lambda w, _, by: w.cart_editing.offers_of(NAME, by=by),
    lambda w, cart, by: w.cart_editing.remove(cart.id, NAME, by=by),
    lambda w, cart, by: w.cart_editing.set_years(cart.id, {NAME: 1}, by=by, seen={NAME: 1}),
    lambda w, cart, by: w.cart_editing.copy_lines(cart.id, by=by),
    lambda w, cart, by: w.questions.answer(cart.id, {}, by=by),
    lambda w, cart, by: w.approval_requests.may_request(cart, by),
    lambda w, cart, by: w.approval_requests.check(cart.id, by=by),
    lambda w, cart, by: w.approval_requests.request(cart.id, requester=by, purpose="For the launch"),
]


@pytest.mark.parametrize("fill", FILLING)
def test_only_requesters_fill_carts_and_request(rules, fill):
    """Where the team named its requesters, nobody else fills a cart or requests approval; the refusal names them."""
    cart = add(rules, rules.ada)
    rules.restart(ONLY_ADA)
    with refuses("not_requester", NotAllowed) as refused:
        fill(rules.workflow, cart, rules.ben)
    assert refused.value.ask == {"U0ADA"}
    assert rules.workflow.queries.cart(cart.id) == cart


def test_a_group_of_requesters_counts(rules):
    rules.restart(replace(POLICY, requesters=frozenset({GROUP})))
    member = Person("U0BEN", groups=frozenset({GROUP}))
    assert add(rules, member).lines[0].added_by == "U0BEN"
    assert GROUP in rules.policy.groups
    with refuses("group_not_read", NotAllowed):
        add(rules, Person("U0ADA", unread_groups=frozenset({GROUP})))
    with refuses("person_guest", NotAllowed, to="decide"):
        add(rules, replace(member, membership=Membership.GUEST))


def test_who_lost_the_right_to_request_is_refused_at_the_request(rules):
    """The form was open when the right went: the request itself is judged, not the form."""
    cart = add(rules, rules.ben)
    rules.restart(ONLY_ADA)
    with refuses("not_requester", NotAllowed):
        rules.workflow.approval_requests.request(cart.id, requester=rules.ben, purpose="For the launch")
    assert rules.workflow.queries.cart(cart.id).state is S.OPEN


def test_a_silent_approver_approves_and_is_not_named(rules):
    """A silent approver decides like any other; a refusal names only those who want to be asked."""
    cart = rules.requested()
    with refuses("not_approver", NotAllowed):
        rules.workflow.approvals.approve(cart.id, approver=rules.ben, mark=cart.request_mark)
    rules.restart(replace(POLICY, silent_approvers=frozenset({"U0BEN"})))
    with refuses("not_approver", NotAllowed) as refused:
        rules.workflow.approvals.approve(cart.id, approver=Person("U0EVE"), mark=cart.request_mark)
    assert "U0BEN" not in refused.value.ask
    approved = rules.workflow.approvals.approve(cart.id, approver=rules.ben, mark=cart.request_mark)
    assert (approved.state, approved.approved_by) == (S.APPROVED, ("U0BEN",))


def test_the_own_request_of_a_silent_approver_waits_for_another(rules):
    rules.restart(replace(POLICY, silent_approvers=frozenset({"U0ADA"})))
    cart = rules.requested()
    with refuses("own_request", NotAllowed, cart=cart.id):
        rules.workflow.approvals.approve(cart.id, approver=rules.ada, mark=cart.request_mark)


@pytest.mark.parametrize(
    ("naming", "code"), [(NO_OVH, "extension_not_allowed"), (NO_NAME, "name_against_rule")], ids=["extension", "rule"]
)
class TestNaming:
    """What the team does not buy is refused at each step, even where the rule is newer than the cart."""

    def test_is_not_added(self, rules, naming, code):
        rules.restart(replace(POLICY, naming=naming))
        with refuses(code, NotPossible):
            add(rules, rules.ada)
        with refuses("no_name_added", NotPossible) as refused:
            rules.workflow.cart_editing.add_all("C1", {NAME: None}, by=rules.ada)
        assert [reason["error"] for reason in refused.value.params["reasons"]] == [code]
        with refuses(code, NotPossible):
            rules.workflow.cart_editing.offers_of(NAME, by=rules.ada)

    def test_is_not_requested(self, rules, naming, code):
        cart = add(rules, rules.ada)
        rules.restart(replace(POLICY, naming=naming))
        with pytest.raises(NotReady) as refused:
            rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="For the launch")
        (finding,) = refused.value.findings
        assert (finding.code, finding.domain, finding.fix) == (FindingCode.REFUSED, NAME, Fix.REMOVE)
        refusal = finding.params["refusal"]
        assert isinstance(refusal, Mapping)
        assert refusal["error"] == code

    def test_is_not_approved(self, rules, naming, code):
        cart = rules.requested()
        rules.restart(replace(POLICY, naming=naming))
        with refuses(code, NotPossible):
            rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
        assert rules.workflow.queries.cart(cart.id).state is S.SUBMITTED

    def test_is_not_ordered(self, rules, naming, code):
        """The approval was given before the rule: nothing is ordered, and the card asks again."""
        cart = rules.approved()
        rules.restart(replace(POLICY, naming=naming))
        after = rules.run_worker(cart.id)
        assert (after.state, after.fact.data["error"]) == (S.SUBMITTED, code)
        assert rules.registrar.orders == {}

    def test_what_is_ordered_can_be_paid(self, rules, naming, code):
        """The order stands at OVH: a rule on names from after it does not decide about its payment."""
        cart = rules.ordered()
        rules.restart(replace(POLICY, naming=naming))
        paid = rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)
        rules.run_worker(paid.id)
        assert [order for order, _ in rules.registrar.payments] == [cart.order.id]


def test_a_pattern_fits_either_spelling():
    rules = NamingRules(refused={"*café*": "no food"})
    with refuses("name_against_rule", NotPossible):
        rules.must_allow(DomainName.parse("my-café.fr"))
    rules.must_allow(DomainName.parse("my-cafe.fr"))


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "CAD", "AUD"])
def test_an_order_has_the_usual_limit(currency):
    """Where the team set no limit, 500 is the limit of one order."""
    policy = replace(POLICY, usual_limit=True)
    policy.within_limits(Money.of("500.00", currency), committed=Money.of("0", currency))
    with refuses("order_limit_exceeded", NotPossible) as refused:
        policy.within_limits(Money.of("500.01", currency), committed=Money.of("0", currency))
    assert refused.value.params["usual"] is True


@pytest.mark.parametrize("currency", ["INR", "PLN", "MAD"])
def test_other_currencies_have_no_usual_limit(currency):
    """500 rupees are six euros: nobody could buy anything."""
    policy = replace(POLICY, usual_limit=True)
    policy.within_limits(Money.of("5000.00", currency), committed=Money.of("0", currency))


@pytest.mark.parametrize(("usual", "own"), [(True, Decimal(900)), (False, None)])
def test_the_teams_own_limit_replaces_the_usual_one(usual, own):
    policy = replace(POLICY, usual_limit=usual, limit_per_order=own)
    policy.within_limits(Money.of("900.00", "EUR"), committed=Money.of("0", "EUR"))


def test_the_usual_limit_holds_at_each_step(rules):
    """A cart above the usual limit is neither requested, nor approved, nor ordered where the limit is newer."""
    rules.registrar.quote = a_quote("600.00", "100.00")
    usual = replace(POLICY, usual_limit=True)
    asked, approved = rules.requested("one.ovh", "C1"), rules.approved("two.ovh", "C2")
    rules.restart(usual)
    with refuses("order_limit_exceeded", NotPossible):
        rules.requested("three.ovh", "C3")
    with refuses("order_limit_exceeded", NotPossible):
        rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark)
    after = rules.run_worker(approved.id)
    assert (after.state, after.fact.data["error"]) == (S.SUBMITTED, "order_limit_exceeded")
    assert rules.registrar.orders == {}


def test_a_large_payment_is_confirmed(rules):
    """*Pay* asks once more above the sum that takes two approvers, else above 100, and for each further payment."""
    small = rules.ordered()
    order = small.order
    large = replace(small, order=replace(order, total=Money.of("100.01", "EUR")))
    exact = replace(small, order=replace(order, total=Money.of("100.00", "EUR")))
    assert [POLICY.confirms_payment(cart) for cart in (small, exact, large)] == [False, False, True]
    strict = replace(POLICY, second_approval_over=Decimal("3.58"))
    loose = replace(POLICY, second_approval_over=Decimal(500))
    assert (strict.confirms_payment(small), loose.confirms_payment(large)) == (True, False)
    methods = tuple(replace(method, refused=True) for method in METHODS)
    assert POLICY.confirms_payment(replace(small, order=replace(order, methods=methods)))
    assert POLICY.confirms_payment(rules.approved("another.ovh", "C2"))  # before there is an order to read
