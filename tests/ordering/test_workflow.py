"""The use cases, each with its refusals."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.cart import MOST_LINES, CartState
from ordering.model.domain_name import DomainName, Word
from ordering.model.errors import NoSuchCart, NotAllowed, NotPossible, RegistrarUnavailable
from ordering.model.facts import Data
from ordering.model.offer import OfferKind
from ordering.model.policy import Membership, Person
from ordering.model.preflight_findings import Finding, FindingCode, NotReady
from ordering.workflow import Query
from tests.builders import POLICY, a_quote, euros
from tests.refusing import refuses

S = CartState
NAME = DomainName.parse("name.ovh")


def test_a_query_is_spelt_out_each_name_once(rules):
    query = Query(names=(DomainName.parse("word.ovh"),), words=(Word.parse("word"),))
    assert [n.ascii for n in rules.workflow.search.plan_of(query).names] == ["word.ovh", "word.com"]


def test_too_many_look_ups_are_refused(rules):
    words = tuple(Word.parse(f"w{n}") for n in range(251))
    with refuses("too_many_lookups", NotPossible, lookups=502):
        rules.workflow.search.plan_of(Query(words=words))


def six_hundred_extensions(rules):
    """The team's, and others that are the cheaper the later they come; of the last hundred nobody knows the price."""
    others = [f"ext{number}" for number in range(598)]
    rules.registrar.sold = ("com", *others, "ovh")
    rules.registrar.price_list = {name: euros(str(1000 - n)) for n, name in enumerate(others[:498])}
    return others


def test_search_all_starts_with_the_teams_extensions(rules):
    """A search over everything asks what fits the team's first then the cheapest."""
    others = six_hundred_extensions(rules)
    plan = rules.workflow.search.plan_of(Query(words=(Word.parse("otter"),), every_extension=True))
    assert [n.extension for n in plan.names] == ["ovh", "com", *reversed(others[:498])]
    assert plan.left_out == tuple(others[498:])


def test_several_words_over_everything_share_the_room(rules):
    six_hundred_extensions(rules)
    query = Query((DomainName.parse("full.ovh"),), (Word.parse("otter"), Word.parse("hare")), every_extension=True)
    plan = rules.workflow.search.plan_of(query)
    assert len(plan.names) == 499
    assert len(plan.left_out) == 600 - 249
    assert {n.extension for n in plan.names if n.ascii.startswith("otter")} == {
        n.extension for n in plan.names if n.ascii.startswith("hare")
    }


def test_what_fits_leaves_nothing_out(rules):
    plan = rules.workflow.search.plan_of(Query(words=(Word.parse("otter"),), every_extension=True))
    assert ([n.ascii for n in plan.names], plan.left_out) == (["otter.ovh", "otter.com", "otter.fr"], ())


def perhaps(rules, words, after):
    query = Query(
        words=tuple(map(Word.parse, words)), extensions=("ovh",), after_extensions=tuple(map(Word.parse, after))
    )
    return rules.workflow.search.plan_of(query).perhaps_extensions


def test_notices_extensions_after_words_without_a_call(rules, monkeypatch):
    """Words behind the extensions that are extensions too are noticed without asking."""

    def silent():
        raise RegistrarUnavailable

    monkeypatch.setattr(rules.registrar, "every_extension", silent)
    after = ["com", "ovh", "otter", "ovh"]
    assert perhaps(rules, ["hare", *after], after) == ("com", "ovh")
    assert perhaps(rules, after, after) == ()  # nothing stood before: these are the words


def test_two_people_fill_one_cart(rules):
    first = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    second = rules.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=rules.ben)
    assert first.id == second.id
    assert second.people_who_added == {"U0ADA", "U0BEN"}


@pytest.mark.parametrize(("name", "why"), [("taken.ovh", "name_taken"), ("premium.ovh", "name_premium")])
def test_what_cannot_be_bought_is_not_added(rules, name, why):
    with pytest.raises(NotPossible) as refused:
        rules.workflow.cart_editing.add("C1", DomainName.parse(name), by=rules.ada)
    assert (refused.value.code, refused.value.params["name"]) == (why, name)


def test_premium_can_be_allowed(rules):
    rules.restart(replace(POLICY, allow_premium=True))
    assert (
        rules.workflow.cart_editing.add("C1", DomainName.parse("premium.ovh"), by=rules.ada).lines[0].kind
        is OfferKind.PREMIUM
    )


@pytest.mark.parametrize("membership", [m for m in Membership if m is not Membership.MEMBER])
def test_only_members_add_remove_approve_and_pay(rules, membership):
    cart = rules.requested()
    somebody = Person("U0CLEO", membership)
    for action in (
        lambda: rules.workflow.cart_editing.add("C2", DomainName.parse("x.ovh"), by=somebody),
        lambda: rules.workflow.approvals.approve(cart.id, approver=somebody, mark=cart.request_mark),
        lambda: rules.workflow.approvals.reject(cart.id, approver=somebody, reason="no"),
        lambda: rules.workflow.payments.pay(cart.id, payer=somebody, method=None, mark=rules.mark(cart.id)),
    ):
        with pytest.raises(NotAllowed):
            action()


def lookers(rules):
    """Every way to read a cart."""
    cart = rules.requested()
    return (
        lambda by: rules.workflow.queries.open_cart("C1", by=by),
        lambda by: rules.workflow.queries.timeline(cart.id, by=by),
        lambda by: rules.workflow.queries.pending(by=by),
        lambda by: rules.workflow.queries.history(by=by),
    )


@pytest.mark.parametrize(
    ("membership", "why"),
    [
        (Membership.GUEST, "person_guest"),
        (Membership.UNREADABLE, "person_unreadable"),
    ],
)
def test_shows_carts_to_members_only(rules, membership, why):
    """Carts are shown to members and others is reported why."""
    for look in lookers(rules):
        with refuses(why, NotAllowed, to="look"):
            look(Person("U0GWEN", membership))


def test_a_name_under_way_is_in_no_second_cart(rules):
    rules.requested()
    with refuses("name_held", NotPossible, cart=1, name=NAME.ascii) as refused:
        rules.workflow.cart_editing.add("C2", NAME, by=rules.ben)
    assert refused.value.data == {"error": "name_held", "name": NAME.ascii, "cart": 1}


def test_a_paid_name_is_in_no_second_cart(rules):
    """A name that is paid and not delivered yet is in no second cart."""
    assert rules.paid().state is S.PAID
    with refuses("name_held", NotPossible, cart=1, name=NAME.ascii) as refused:
        rules.workflow.cart_editing.add("C2", NAME, by=rules.ben)
    assert refused.value.data == {"error": "name_held", "name": NAME.ascii, "cart": 1}


def test_a_request_needs_names_a_purpose_and_somebody_to_see_it(rules):
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    with refuses("purpose_missing", NotPossible):
        rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="  ")
    empty = rules.workflow.cart_editing.remove(cart.id, NAME, by=rules.ben)
    with refuses("cart_empty", NotPossible):
        rules.workflow.approval_requests.request(empty.id, requester=rules.ada, purpose="x")
    alone = rules.workflow.cart_editing.add("D1", NAME, by=rules.ada)
    with refuses("nobody_could_approve", NotPossible):
        rules.workflow.approval_requests.request(alone.id, requester=rules.ada, purpose="x")


def test_a_failing_pre_flight_leaves_the_cart_open(rules):
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    rules.registrar.prepare_refuses = "OVH said no: REASON is mandatory."
    with pytest.raises(NotReady) as refused:
        rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")
    said: Data = {"error": "registrar_refused", "ovh": {"said": "OVH said no: REASON is mandatory."}}
    assert refused.value.findings == (Finding(FindingCode.REFUSED, params={"refusal": said}),)
    assert rules.workflow.queries.cart(cart.id).state is S.OPEN


def test_an_approval_is_for_the_card_that_was_shown(rules):
    cart = rules.requested()
    with refuses("card_outdated", NotPossible, cart=cart.id):
        rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark="0" * 12)


def test_a_second_click_is_told_that_it_is_decided(rules):
    cart = rules.approved()
    with refuses("already_decided", NotPossible, state="approved"):
        rules.workflow.approvals.approve(cart.id, approver=rules.dan, mark=cart.request_mark)


def test_the_requester_and_who_added_cannot_approve(rules):
    rules.restart(replace(POLICY, approvers=frozenset({"U0ADA", "U0BEN"})))
    rules.workflow.cart_editing.add("C1", DomainName.parse("bens.ovh"), by=rules.ben)
    cart = rules.requested()
    for person, why in ((rules.ada, "own_request"), (rules.ben, "own_name")):
        with refuses(why, NotAllowed, cart=1):
            rules.workflow.approvals.approve(cart.id, approver=person, mark=cart.request_mark)


def test_above_an_amount_two_approve(rules):
    rules.restart(replace(POLICY, second_approval_over=Decimal(3)))
    cart = rules.requested()
    half = rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    assert half.state is S.SUBMITTED
    assert rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark) == half
    second = {"approver": rules.dan, "mark": cart.request_mark, "earlier": [rules.cleo]}
    assert rules.workflow.approvals.approve(cart.id, **second).state is S.APPROVED


def test_limits_hold_at_the_request_and_over_the_month(rules):
    rules.restart(replace(POLICY, limit_per_order=Decimal("3.00")))
    with refuses("order_limit_exceeded", NotPossible, limit=eur("3.00")):
        rules.requested()
    rules.restart(replace(POLICY, limit_per_month=Decimal("5.00")))
    open_cart = rules.workflow.queries.open_cart("C1", by=rules.ada)
    cart = rules.workflow.approval_requests.request(open_cart.id, requester=rules.ada, purpose="x")
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    with refuses("month_limit_exceeded", NotPossible, committed=eur("3.59"), limit=eur("5.00")):
        rules.requested("second.ovh", "C2")


def being_checked_out(rules):
    cart = rules.approved()
    rules.registrar.next_fault = "lost_before"
    rules.advance(cart.id)
    return rules.workflow.queries.cart(cart.id)


def for_a_person(rules):
    cart = rules.approved()
    rules.registrar.prepare_refuses = "OVH said no."
    stuck = rules.run_worker(cart.id)
    rules.registrar.prepare_refuses = None
    return stuck


def being_paid(rules):
    cart = rules.ordered()
    return rules.workflow.payments.pay(cart.id, payer=rules.dan, method=None, mark=cart.mark)


def delivered(rules):
    cart = rules.paid()
    rules.registrar.deliver()
    return rules.run_worker(cart.id)


@pytest.mark.parametrize(
    ("reach", "state"),
    [
        (lambda rules: rules.approved(), S.APPROVED),
        (being_checked_out, S.CHECKING_OUT),
        (lambda rules: rules.ordered(), S.CHECKED_OUT),
        (being_paid, S.PAYING),
        (lambda rules: rules.paid(), S.PAID),
        (delivered, S.DELIVERED),
        (for_a_person, S.NEEDS_ATTENTION),
    ],
)
def test_a_cart_counts_in_the_month_of_its_approval(rules, reach, state):
    """A cart counts in its month from the approval on however far it is."""
    rules.restart(replace(POLICY, limit_per_month=Decimal("5.00")))
    assert reach(rules).state is state
    with refuses("month_limit_exceeded", NotPossible, committed=eur("3.59"), limit=eur("5.00")):
        rules.requested("second.ovh", "C2")


def test_a_rejection_frees_the_names_and_they_can_be_copied(rules):
    cart = rules.requested()
    with refuses("reason_missing", NotPossible):
        rules.workflow.approvals.reject(cart.id, approver=rules.cleo, reason=" ")
    rules.workflow.approvals.reject(cart.id, approver=rules.cleo, reason="Too long")
    copy = rules.workflow.cart_editing.copy_lines(cart.id, by=rules.ben)
    assert (copy.id, copy.lines[0].added_by) == (2, "U0BEN")
    with refuses("names_already_in_cart", NotPossible, cart=2):
        rules.workflow.cart_editing.copy_lines(cart.id, by=rules.ben)


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


def many(count, start=0):
    return {DomainName.parse(f"n{number}.ovh"): None for number in range(start, start + count)}


@pytest.mark.parametrize("there", [5, 40])
def test_a_copy_that_does_not_fit_says_how_many_would(rules, there):
    """A copy that does not fit says how many would and what to do."""
    full, _, _ = rules.workflow.cart_editing.add_all("C1", many(MOST_LINES), by=rules.ada)
    rules.workflow.approval_requests.request(full.id, requester=rules.ada, purpose="x")
    rules.workflow.approvals.reject(full.id, approver=rules.cleo, reason="Too dear")
    before, _, _ = rules.workflow.cart_editing.add_all("C1", many(there, start=100), by=rules.ada)
    with refuses("no_room_in_cart", NotPossible, cart=2, names=there, most=40, source=1, wanted=40):
        rules.workflow.cart_editing.copy_lines(full.id, by=rules.ben)
    assert rules.workflow.queries.cart(before.id) == before


def test_a_purpose_or_reason_that_nobody_can_see_is_none(rules):
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    with refuses("purpose_missing", NotPossible):
        rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="\u200b\u3164\u2060")
    cart = rules.requested("other.ovh", "C2")
    with refuses("reason_missing", NotPossible):
        rules.workflow.approvals.reject(cart.id, approver=rules.cleo, reason="\u200b")


def test_only_the_requester_withdraws_and_only_in_time(rules):
    cart = rules.requested()
    with pytest.raises(NotAllowed):
        rules.workflow.approval_requests.withdraw(cart.id, by=rules.cleo)
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    with refuses("not_withdrawable", NotPossible):
        rules.workflow.approval_requests.withdraw(cart.id, by=rules.ada)


def test_only_a_payer_pays_with_a_method_of_the_order_and_once(rules):
    cart = rules.ordered()
    with pytest.raises(NotAllowed):
        rules.workflow.payments.pay(cart.id, payer=rules.cleo, method=1, mark=rules.mark(cart.id))
    with refuses("payment_method_not_accepted", NotPossible):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=99, mark=rules.mark(cart.id))
    paying = rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id))
    assert rules.workflow.payments.pay(cart.id, payer=rules.dan, method=2, mark=rules.mark(cart.id)) == paying
    with refuses("not_payable", NotPossible, state="paying"):
        rules.workflow.payments.pay(cart.id, payer=rules.dan, method=1, mark=rules.mark(cart.id))


def test_the_order_link_is_for_payers(rules):
    cart = rules.ordered()
    with pytest.raises(NotAllowed):
        rules.workflow.payments.order_link(cart.id, payer=rules.ada)
    assert rules.workflow.payments.order_link(cart.id, payer=rules.dan).startswith("https://order.example/")


def test_an_unknown_number_is_said(rules):
    with refuses("no_such_cart", NoSuchCart, cart=9):
        rules.workflow.queries.cart(9)


def test_home_shows_what_waits_for_whom(rules):
    rules.requested()
    assert len(rules.workflow.queries.overview(rules.cleo).to_approve) == 1
    mine = rules.workflow.queries.overview(rules.ada)
    assert (len(mine.to_approve), len(mine.mine)) == (0, 1)


def test_an_approver_group_that_cannot_be_read_refuses(rules):
    rules.restart(replace(POLICY, approvers=frozenset({"S0TEAM"})))
    cart = rules.requested()
    unread = Person("U0EVE", unread_groups=frozenset({"S0TEAM"}))
    with refuses("group_not_read", NotAllowed):
        rules.workflow.approvals.approve(cart.id, approver=unread, mark=cart.request_mark)
    member = Person("U0EVE", groups=frozenset({"S0TEAM"}))
    assert rules.workflow.approvals.approve(cart.id, approver=member, mark=cart.request_mark).state is S.APPROVED


def test_an_ovh_that_does_not_answer_loses_nothing(rules, monkeypatch):
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)

    def silent(*_args, **_kwargs):
        raise RegistrarUnavailable

    monkeypatch.setattr(rules.registrar, "prepare", silent)
    with pytest.raises(RegistrarUnavailable):
        rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")
    assert rules.workflow.queries.cart(cart.id) == cart


def test_the_quote_that_was_shown_is_sealed(rules):
    rules.registrar.quote = a_quote("12.34", "2.06")
    assert str(rules.requested().seal.total) == "€12.34"
