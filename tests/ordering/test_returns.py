"""An approver asks for changes: the request is edited by those it belongs to, and no earlier approval of it counts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.cart import CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import CardOutdated, CartChanged, NotAllowed, NotPossible, OnHold
from ordering.model.facts import EventKind
from ordering.model.policy import Membership, Person
from ordering.model.recovery import Cause
from tests.builders import POLICY, a_quote
from tests.refusing import refuses

S, K = CartState, EventKind
BEN, EVE = Person("U0BEN"), Person("U0EVE")
WHY = "Drop .corsica"
TWO = replace(POLICY, second_approval_over=Decimal(3))


def returned(rules, cart=None, *, by=None, why=WHY):
    cart = cart or rules.requested()
    return rules.workflow.approvals.ask_for_changes(
        cart.id, approver=by or rules.cleo, reason=why, mark=cart.request_mark
    )


def again(rules, cart, *, by=None, purpose="For the launch, changed", mark=None):
    return rules.workflow.approval_requests.request(
        cart.id, requester=by or rules.ada, purpose=purpose, mark=cart.mark if mark is None else mark
    )


def shared(rules):
    """A request of Ada's with a name that Ben added."""
    rules.workflow.cart_editing.add("C1", DomainName.parse("by-ben.ovh"), by=BEN)
    return rules.requested()


def test_a_returned_request_has_no_terms_to_approve(rules):
    """Its seal, its price and its approvals are gone; who asked for what is on record."""
    cart = returned(rules)
    assert (cart.state, cart.seal, cart.quote, cart.approved_by) == (S.RETURNED, None, None, ())
    newest = rules.workflow.queries.timeline(cart.id, by=rules.ada)[1][-1]
    assert (newest.kind, newest.by, newest.data["reason"]) == (K.CHANGES_REQUESTED, rules.cleo.id, WHY)
    assert cart.fact.data == newest.data


def test_an_old_approval_counts_for_nothing(rules):
    """A card of an earlier round approves nothing, neither while the request is edited nor in the next round."""
    first = rules.requested()
    cart = returned(rules, first)
    approve = rules.workflow.approvals.approve
    with refuses("already_decided", NotPossible, state="returned"):
        approve(cart.id, approver=rules.dan, mark=first.request_mark)
    with refuses("already_decided", NotPossible, state="returned"):
        approve(cart.id, approver=rules.dan, mark=cart.request_mark)
    rules.clock.pass_by(1)
    second = again(rules, cart)
    assert second.seal == first.seal  # nothing was changed, and still it is another round
    with pytest.raises(CardOutdated):
        approve(cart.id, approver=rules.dan, mark=first.request_mark)
    assert approve(cart.id, approver=rules.dan, mark=second.request_mark).state is S.APPROVED


def test_half_an_approval_does_not_survive(rules):
    """Who approved before the changes did not approve them."""
    rules.restart(TWO)
    first = rules.requested()
    half = rules.workflow.approvals.approve(first.id, approver=rules.cleo, mark=first.request_mark)
    rules.clock.pass_by(1)
    cart = again(rules, returned(rules, half, by=rules.dan))
    approved = rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark)
    assert (approved.state, approved.approved_by) == (S.SUBMITTED, (rules.dan.id,))


def test_what_is_approved_after_changes_is_what_is_ordered(rules):
    """The seal of the next round covers the edited names alone."""
    rules.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=rules.ada)
    cart = returned(rules)
    rules.workflow.cart_editing.remove(cart.id, DomainName.parse("other.ovh"), by=rules.ada)
    cart = again(rules, rules.workflow.queries.cart(cart.id))
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    done = rules.run_worker(cart.id)
    assert done.state is S.CHECKED_OUT
    assert [line.domain.ascii for line in done.lines] == ["name.ovh"]


@pytest.mark.parametrize("who", [EVE, Person("U0CLEO"), Person("U0DAN")])
def test_only_those_it_belongs_to_edit_it(rules, who):
    """Nobody else edits it or sends it again, an approver in particular."""
    cart = returned(rules)
    name = cart.lines[0].domain
    editing, questions = rules.workflow.cart_editing, rules.workflow.questions
    for edit in (
        lambda: editing.remove(cart.id, name, by=who),
        lambda: editing.set_years(cart.id, {name: 2}, by=who, seen={name: 1}),
        lambda: questions.answer(cart.id, {name: {}}, by=who),
        lambda: rules.workflow.approval_requests.may_edit(cart.id, by=who),
        lambda: again(rules, cart, by=who),
    ):
        with refuses("not_a_contributor", NotAllowed, cart=cart.id):
            edit()
    assert rules.workflow.queries.cart(cart.id) == cart


def test_a_contributor_edits_it_for_its_requester(rules):
    """Who added a name may edit and send it; the requester stays the requester, and neither may approve it."""
    rules.restart(replace(POLICY, approvers=frozenset({"U0ADA", "U0BEN", "U0CLEO"})))
    cart = returned(rules, shared(rules))
    cart = again(rules, cart, by=BEN)
    assert (cart.state, cart.requester) == (S.SUBMITTED, rules.ada.id)
    for who, code in ((rules.ada, "own_request"), (BEN, "own_name")):
        with refuses(code, NotAllowed, cart=cart.id):
            rules.workflow.approvals.approve(cart.id, approver=who, mark=cart.request_mark)


def test_a_guest_edits_nothing(rules):
    """Who is no full member any more edits nothing, though it is their request."""
    cart = returned(rules)
    with refuses("person_guest", NotAllowed):
        again(rules, cart, by=Person(rules.ada.id, Membership.GUEST))


def test_the_channel_has_its_open_cart_beside_it(rules):
    """A name that is added goes to the channel's open cart, and a name of the returned request stays its own."""
    cart = returned(rules)
    with refuses("name_held", NotPossible, cart=cart.id):
        rules.workflow.cart_editing.add("C1", cart.lines[0].domain, by=rules.ada)
    opened = rules.workflow.cart_editing.add("C1", DomainName.parse("next.ovh"), by=rules.ada)
    assert (opened.id != cart.id, opened.state) == (True, S.OPEN)
    assert rules.workflow.queries.open_cart("C1", by=rules.ada) == opened
    assert again(rules, cart).state is S.SUBMITTED


@pytest.mark.parametrize("who", [Person("U0ADA"), EVE])
def test_only_an_approver_of_the_request_asks_for_changes(rules, who):
    """Neither its requester nor a colleague returns it."""
    rules.restart(replace(POLICY, approvers=frozenset({"U0ADA", "U0CLEO"})))
    cart = rules.requested()
    with pytest.raises(NotAllowed):
        returned(rules, cart, by=who)
    assert rules.workflow.queries.cart(cart.id) == cart


def test_a_reason_is_needed(rules):
    """The requester has to know what to change."""
    with refuses("reason_missing", NotPossible):
        returned(rules, why=" \u200b")


def test_asking_twice_is_asking_once(rules):
    """A redelivered form changes nothing."""
    first = rules.requested()
    cart = returned(rules, first)
    assert returned(rules, first) == cart


def test_a_form_of_an_earlier_round_returns_nothing(rules):
    """A reason that was typed over the first card does not return the changed request."""
    first = rules.requested()
    cart = returned(rules, first)
    rules.clock.pass_by(1)
    cart = again(rules, cart)
    with pytest.raises(CardOutdated):
        returned(rules, first, by=rules.dan)
    assert rules.workflow.queries.cart(cart.id) == cart


def test_a_form_of_an_earlier_return_sends_nothing(rules):
    """An edit form that was open during a whole round does not send the next one unseen."""
    cart = returned(rules)
    old = cart.mark
    rules.clock.pass_by(1)
    cart = again(rules, cart)
    rules.clock.pass_by(1)
    cart = returned(rules, cart, why="Once more")
    for mark in (old, ""):
        with pytest.raises(CardOutdated):
            again(rules, cart, mark=mark)


def test_an_edit_during_the_check_is_not_sent_unseen(rules):
    """If a name goes while OVH checks the request, nothing is sent."""
    rules.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=rules.ada)
    cart = returned(rules)
    checked = rules.registrar.prepare

    def prepare(lines):
        rules.workflow.cart_editing.remove(cart.id, DomainName.parse("other.ovh"), by=rules.ada)
        return checked(lines)

    rules.registrar.prepare = prepare
    with pytest.raises(CartChanged):
        again(rules, cart)


def test_its_requester_withdraws_it(rules):
    """A contributor does not; the names are free again."""
    cart = returned(rules, shared(rules))
    with refuses("not_the_requester", NotAllowed):
        rules.workflow.approval_requests.withdraw(cart.id, by=BEN)
    assert rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada).state is S.CANCELLED
    assert rules.requested().state is S.SUBMITTED


def test_the_limits_hold_for_the_changed_request(rules):
    """A request that became too dear while it was edited stays returned."""
    cart = returned(rules)
    rules.restart(replace(POLICY, limit_per_order=Decimal(5)))
    rules.registrar.quote = a_quote("9.00", "1.50")
    with refuses("order_limit_exceeded", NotPossible):
        again(rules, cart)
    assert rules.workflow.queries.cart(cart.id).state is S.RETURNED


def test_nobody_could_approve_the_changed_request(rules):
    """Who shaped it does not decide alone, also when another user sends it again."""
    rules.restart(replace(POLICY, approvers=frozenset({"U0ADA", "U0BEN", "U0CLEO"})))
    cart = returned(rules, shared(rules))
    with refuses("nobody_may_approve", NotPossible):
        rules.workflow.approval_requests.request(
            cart.id, requester=BEN, purpose="x", mark=cart.mark, approvers=[rules.ada, BEN]
        )


def test_recover_mode_returns_and_sends_nothing(rules):
    """On hold a request can be returned and withdrawn, but not requested again."""
    cart = rules.requested()
    rules.workflow.recover_mode.begin(Cause.OPERATOR)
    cart = returned(rules, cart)
    with pytest.raises(OnHold):
        again(rules, cart)


def test_each_edit_is_in_the_record(rules):
    """Who removed what while it was returned is on record."""
    rules.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=rules.ada)
    cart = returned(rules)
    rules.workflow.cart_editing.remove(cart.id, DomainName.parse("other.ovh"), by=rules.ada)
    again(rules, rules.workflow.queries.cart(cart.id))
    kinds = [event.kind for event in rules.workflow.queries.timeline(cart.id, by=rules.ada)[1]]
    assert kinds[-3:] == [K.CHANGES_REQUESTED, K.NAME_REMOVED, K.APPROVAL_REQUESTED]


def test_the_approvers_read_what_was_asked(rules):
    """The next round says what was to change."""
    cart = again(rules, returned(rules))
    assert cart.fact.data["asked"] == {"by": rules.cleo.id, "reason": WHY}
