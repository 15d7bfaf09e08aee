"""Nobody approves alone what they shaped themselves, no matter who requests it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.offer import Action, Offer
from ordering.model.policy import Membership, Person
from ordering.model.question import Kind, Question
from tests.builders import POLICY, euros
from tests.refusing import refuses

S = CartState
NAME = DomainName.parse("name.ovh")
GROUP = "S0TEAM"
OWNER = Question("OWNER_CONTACT", Kind.TEXT)
TWO_YEARS = Offer(NAME, Action.CREATE, "create-default", orderable=True, price=euros("2.99"), years=(1, 2))


@pytest.fixture
def cart(rules):
    rules.registrar.asks["ovh"] = (OWNER,)
    rules.registrar.offers["name.ovh"] = (TWO_YEARS,)
    opened = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    return rules.workflow.questions.learn(opened.id)


def choose_years(rules, cart, by):
    shown = rules.workflow.queries.cart(cart.id).lines[0].years
    rules.workflow.cart_editing.set_years(cart.id, {NAME: 1 if shown > 1 else 2}, by=by, seen={NAME: shown})


def choose_owner(rules, cart, by):
    rules.workflow.questions.answer(cart.id, {NAME: {"OWNER_CONTACT": "21003345"}}, by=by)


def choose_owner_and_take_it_back(rules, cart, by):
    choose_owner(rules, cart, by)
    rules.workflow.questions.answer(cart.id, {NAME: {"OWNER_CONTACT": ""}}, by=by)


def add_another(rules, cart, by):
    rules.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=by)


def take_back(rules, cart, by):
    """Years there and back: nothing is left of it, but the person decided that, too."""
    choose_years(rules, cart, by)
    choose_years(rules, cart, by)


SHAPING = [choose_years, choose_owner, choose_owner_and_take_it_back, add_another, take_back]


def requested(rules, cart, **more):
    return rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="For the launch", **more)


@pytest.mark.parametrize("shape", SHAPING)
def test_who_shaped_a_name_cannot_approve_it(rules, cart, shape):
    """An approver who chose something about another's name leaves the decision to another approver."""
    shape(rules, cart, rules.cleo)
    asked = requested(rules, cart)
    with refuses("own_name" if shape is add_another else "own_choice", NotAllowed, cart=asked.id):
        rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark)
    assert rules.workflow.approvals.approve(asked.id, approver=rules.dan, mark=asked.request_mark).state is S.APPROVED


@pytest.mark.parametrize("shape", SHAPING)
def test_a_copy_keeps_who_shaped_it(rules, cart, shape):
    """Copying a rejected cart does not wash off who filled it, however often it is copied."""
    shape(rules, cart, rules.cleo)
    for copier in (rules.ben, rules.ada):
        asked = requested(rules, cart)
        rules.workflow.approvals.reject(asked.id, approver=rules.dan, reason="Not now")
        cart = rules.workflow.cart_editing.copy_lines(asked.id, by=copier)
    asked = requested(rules, cart)
    with refuses("own_choice", NotAllowed, cart=asked.id):
        rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark)


def test_a_copier_shapes_what_they_copy(rules, cart):
    """An approver who copies a cart for another user does not approve it."""
    asked = requested(rules, cart)
    rules.workflow.approvals.reject(asked.id, approver=rules.dan, reason="Not now")
    asked = requested(rules, rules.workflow.cart_editing.copy_lines(asked.id, by=rules.cleo))
    with refuses("own_name", NotAllowed, cart=asked.id):
        rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark)


def test_removing_and_adding_again_clears_it(rules, cart):
    """A name that others remove and add again is theirs alone."""
    choose_owner(rules, cart, rules.cleo)
    rules.workflow.cart_editing.remove(cart.id, NAME, by=rules.ben)
    asked = requested(rules, rules.workflow.cart_editing.add("C1", NAME, by=rules.ben))
    assert rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark).state is S.APPROVED


def test_saving_a_form_unchanged_shapes_nothing(rules, cart):
    """Who saves what stands already decided nothing."""
    rules.workflow.cart_editing.set_years(cart.id, {NAME: 1}, by=rules.cleo, seen={NAME: 1})
    asked = requested(rules, cart)
    assert rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark).state is S.APPROVED


@pytest.mark.parametrize("shape", SHAPING)
def test_a_half_approval_by_a_shaper_does_not_count(rules, cart, shape):
    """Self-approval is off for the first of two approvals as well."""
    shape(rules, cart, rules.cleo)
    rules.restart(replace(POLICY, second_approval_over=Decimal(1)))
    asked = requested(rules, cart)
    with pytest.raises(NotAllowed):
        rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark)


def test_self_approval_allows_it(rules, cart):
    """A team that allows self-approval decides so for all of this."""
    rules.restart(replace(POLICY, self_approval=True))
    choose_owner(rules, cart, rules.cleo)
    asked = requested(rules, cart)
    assert rules.workflow.approvals.approve(asked.id, approver=rules.cleo, mark=asked.request_mark).state is S.APPROVED


def test_a_request_that_nobody_could_approve_is_refused(rules, cart):
    """All approvers shaped it: the requester reads what helps, before OVH is asked."""
    for approver in (rules.cleo, rules.dan):
        choose_owner_and_take_it_back(rules, cart, approver)
    with refuses("nobody_may_approve", NotPossible, shaped=True):
        requested(rules, cart, approvers=[rules.cleo, rules.dan])
    assert rules.workflow.queries.cart(cart.id).state is S.OPEN


@pytest.mark.parametrize("membership", [Membership.DEACTIVATED, Membership.GUEST, Membership.STRANGER])
def test_an_approver_without_the_right_is_nobody(rules, cart, membership):
    """An approver who left the team cannot approve, so a request to them alone is refused."""
    with refuses("nobody_may_approve", NotPossible, shaped=False):
        requested(rules, cart, approvers=[Person("U0CLEO", membership)])


def test_the_only_approver_cannot_ask(rules, cart):
    """The requester is the only approver, and self-approval is off."""
    with refuses("nobody_may_approve", NotPossible, shaped=False):
        rules.workflow.approval_requests.request(cart.id, requester=rules.cleo, purpose="x", approvers=[rules.cleo])


@pytest.mark.parametrize(
    "approvers",
    [
        None,
        [Person("U0CLEO", Membership.UNREADABLE)],
        [Person("U0EVE", unread_groups=frozenset({GROUP}))],
        [Person("U0EVE", refused_groups=frozenset({GROUP}))],
    ],
)
def test_silence_of_slack_is_not_nobody(rules, cart, approvers):
    """A right that Slack does not tell may be there: the request goes out."""
    rules.restart(replace(POLICY, approvers=POLICY.approvers | {GROUP}))
    assert requested(rules, cart, approvers=approvers).state is S.SUBMITTED
