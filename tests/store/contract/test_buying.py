"""Buying in one go makes a request of its own, on each store, by the rules of a cart and of a request."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.facts import EventKind
from ordering.model.naming import NamingRules
from ordering.model.offer import Action, Offer
from ordering.model.offer_selection import OfferChanged
from ordering.model.policy import Person
from ordering.model.preflight_findings import FindingCode, NotReady
from ordering.model.question import Kind, Question
from ordering.ports.store import MessageRole
from tests.builders import POLICY, a_quote, euros
from tests.conftest import Rules
from tests.refusing import refuses

S, K = CartState, EventKind
NAME, OTHER = DomainName.parse("name.ovh"), DomainName.parse("other.ovh")
PURPOSE = "the otter landing page"


def marks(rules: Rules, *names: DomainName) -> dict[DomainName, str]:
    """What the preview showed of each name."""
    answers = {answer.domain: answer for answer in rules.registrar.look_up(list(names))}
    return {name: answers[name].to_buy(allow_premium=False)[0].mark for name in names}


def buy(rules: Rules, *names: DomainName, by: Person | None = None, purpose: str = PURPOSE, **more):
    seen = marks(rules, *names)
    return rules.workflow.buying.request("C1", seen, requester=by or rules.ada, purpose=purpose, **more)


def test_a_cart_of_its_own_is_requested(rules: Rules):
    """The request has its number, events and messages; the channel's cart stays as it was."""
    team = rules.workflow.cart_editing.add("C1", DomainName.parse("team.ovh"), by=rules.ben)
    cart = buy(rules, NAME, OTHER, private=False)
    assert (cart.state, cart.requester, cart.purpose, cart.private) == (S.SUBMITTED, "U0ADA", PURPOSE, False)
    assert [line.domain for line in cart.lines] == [NAME, OTHER]
    assert {line.added_by for line in cart.lines} == {"U0ADA"}
    assert rules.workflow.queries.open_cart("C1", by=rules.ada) == team
    found, events = rules.workflow.queries.timeline(cart.id, by=rules.ada)
    assert found == cart
    kinds = [(event.kind, event.state) for event in events]
    assert kinds == [(K.CART_OPENED, S.OPEN), (K.NAMES_ADDED, S.OPEN), (K.APPROVAL_REQUESTED, S.SUBMITTED)]
    with rules.store.read() as carts:
        assert {message.role for message in carts.messages(cart.id)} == {MessageRole.CART, MessageRole.APPROVAL}


def test_it_is_approved_and_ordered_like_any_other(rules: Rules):
    cart = buy(rules, NAME, by=rules.cleo)
    with refuses("own_request", NotAllowed, cart=cart.id):
        rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark)
    assert rules.run_worker(cart.id).state is S.CHECKED_OUT


def test_the_same_click_again_requests_nothing_new(rules: Rules):
    """A click that is carried out twice, by one process or two, is one request."""
    first = buy(rules, NAME)
    assert buy(rules, NAME) == first
    assert [cart.id for cart in rules.workflow.queries.pending(by=rules.dan)] == [first.id]
    with refuses("cart_not_ready", NotReady) as refused:
        buy(rules, NAME, purpose="something else")
    assert [finding.code for finding in refused.value.findings] == [FindingCode.NAME_HELD]


def test_a_preview_stores_nothing(rules: Rules):
    shown = rules.workflow.buying.preview("C1", [NAME, OTHER], by=rules.ada, purpose=PURPOSE)
    assert [line.domain for line in shown.lines] == [NAME, OTHER]
    assert (shown.quote, shown.marks) == (a_quote(), marks(rules, NAME, OTHER))
    assert rules.workflow.queries.pending(by=rules.dan) == []
    assert rules.workflow.queries.open_cart("C1", by=rules.ada) is None


def test_what_changed_since_the_preview_is_not_requested(rules: Rules):
    """The price rose while the preview was read: nothing is requested."""
    seen = marks(rules, NAME)
    rules.registrar.offers["name.ovh"] = (
        Offer(NAME, Action.CREATE, "create-default", orderable=True, price=euros("9.99")),
    )
    with refuses("offer_changed", OfferChanged):
        rules.workflow.buying.request("C1", seen, requester=rules.ada, purpose=PURPOSE)
    assert rules.workflow.queries.pending(by=rules.dan) == []


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (replace(POLICY, requesters=frozenset({"U0BEN"})), "not_requester"),
        (replace(POLICY, naming=NamingRules(extensions=frozenset({"com"}))), "extension_not_allowed"),
        (replace(POLICY, naming=NamingRules(refused={"name.*": "no"})), "name_against_rule"),
        (replace(POLICY, limit_per_order=Decimal("3.58")), "order_limit_exceeded"),
        (replace(POLICY, limit_per_month=Decimal("3.58")), "month_limit_exceeded"),
    ],
)
def test_the_rules_of_a_request_hold(rules: Rules, policy, code):
    rules.restart(policy)
    with refuses(code):
        buy(rules, NAME)
    assert rules.workflow.queries.pending(by=rules.dan) == []
    with rules.store.read() as carts:
        assert carts.open_cart("C1") is None


def test_what_the_account_owns_or_another_cart_holds_is_refused(rules: Rules):
    rules.requested("other.ovh", "C2")
    with refuses("cart_not_ready", NotReady):
        buy(rules, NAME, OTHER)
    rules.registrar.names.add(NAME)
    with refuses("name_already_owned", NotPossible):
        buy(rules, NAME)


@pytest.mark.parametrize("purpose", ["", "  ", "\u200b"])
def test_a_purpose_is_needed(rules: Rules, purpose):
    with refuses("purpose_missing", NotPossible):
        buy(rules, NAME, purpose=purpose)


def test_a_request_that_nobody_could_approve_is_refused(rules: Rules):
    with refuses("nobody_may_approve", NotPossible):
        buy(rules, NAME, by=rules.cleo, approvers=[rules.cleo])


def test_open_questions_are_answered_in_a_cart_first(rules: Rules):
    rules.registrar.asks["ovh"] = (Question("TAX_CODE", Kind.TEXT, required=True),)
    with refuses("cart_not_ready", NotReady):
        buy(rules, NAME)
