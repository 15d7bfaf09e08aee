"""What people read of a cart of a private channel, on each store."""

from dataclasses import replace

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed, NotPossible
from ordering.model.policy import Membership, Person
from tests.builders import POLICY
from tests.conftest import Rules
from tests.refusing import refuses

SECRET, PUBLIC = "C0SECRET", "C0TEAM"
NAME = DomainName.parse("secret-otter.com")
EVE = Person("U0EVE")


@pytest.fixture
def cart(rules: Rules):
    opened = rules.workflow.cart_editing.add(SECRET, NAME, by=rules.ada, private=True)
    return rules.workflow.approval_requests.request(opened.id, requester=rules.ada, purpose="secret things")


def everything_read(rules: Rules, person: Person, here: str | None) -> list[str]:
    """All that lists and Home hand to a person, as text."""
    queries = rules.workflow.queries
    overview = queries.overview(person)
    home = [*overview.mine, *overview.recent, *overview.to_approve, *overview.to_pay]
    return [
        repr(cart) for cart in [*queries.pending(by=person, here=here), *queries.history(by=person, here=here), *home]
    ]


@pytest.mark.parametrize("here", [PUBLIC, None])
def test_others_read_a_number_and_an_amount(rules: Rules, cart, here):
    """Neither names nor purpose, channel or people of a private cart reach a person who is not concerned."""
    read = everything_read(rules, EVE, here)
    assert len(read) == 2
    assert not [text for text in read if any(word in text for word in (NAME.ascii, "secret things", SECRET, "U0ADA"))]
    (hidden,) = rules.workflow.queries.pending(by=EVE, here=here)
    assert (hidden.id, hidden.total, hidden.hidden) == (cart.id, cart.total, True)
    with refuses("private_cart", NotAllowed, cart=cart.id, total={"amount": "3.59", "currency": "EUR"}) as refused:
        rules.workflow.queries.timeline(cart.id, by=EVE, here=here)
    assert set(refused.value.params) == {"cart", "total"}


@pytest.mark.parametrize(
    ("who", "here"),
    [(EVE, SECRET), (Person("U0ADA"), PUBLIC), (Person("U0CLEO"), None), (Person("U0DAN"), PUBLIC)],
    ids=["its channel", "its requester", "an approver", "a payer"],
)
def test_those_concerned_read_everything(rules: Rules, cart, who, here):
    found, events = rules.workflow.queries.timeline(cart.id, by=who, here=here)
    assert (found, len(events)) == (cart, 3)
    assert rules.workflow.queries.history(by=who, here=here) == [cart]


def test_a_name_of_a_private_cart_is_found_by_those_concerned(rules: Rules, cart):
    """A word or a name that others type finds no private cart, as if it did not exist."""
    queries = rules.workflow.queries
    assert queries.history(by=rules.ada, word="otter") == queries.carts_with(NAME, by=rules.ada) == [cart]
    assert queries.history(by=EVE, here=SECRET, word="otter") == [cart]
    assert queries.history(by=EVE, here=PUBLIC, word="otter") == []
    with refuses("name_not_on_record", NotPossible, name=NAME.ascii):
        queries.carts_with(NAME, by=EVE, here=PUBLIC)


def test_who_added_a_name_reads_it(rules: Rules):
    opened = rules.workflow.cart_editing.add(SECRET, NAME, by=rules.ada)
    rules.workflow.cart_editing.add(SECRET, DomainName.parse("other.com"), by=EVE)
    assert rules.workflow.queries.timeline(opened.id, by=EVE)[0].lines[0].domain == NAME


def test_a_silent_approver_reads_it_and_a_guest_does_not(rules: Rules, cart):
    silent = replace(POLICY, silent_approvers=frozenset({EVE.id}))
    assert silent.sees(cart, EVE)
    assert not silent.sees(cart, replace(EVE, membership=Membership.GUEST), here=SECRET)


def test_a_cart_is_private_where_nothing_says_otherwise(rules: Rules):
    """What is unknown counts as private; a public channel's cart is read by every member, also after a copy."""
    assert rules.workflow.cart_editing.add("C1", NAME, by=rules.ada).private
    public = rules.workflow.cart_editing.add(PUBLIC, DomainName.parse("open.com"), by=rules.ada, private=False)
    assert not rules.workflow.queries.cart(public.id).private
    asked = rules.workflow.approval_requests.request(public.id, requester=rules.ada, purpose="For all")
    rules.workflow.approvals.reject(asked.id, approver=rules.cleo, reason="Not now")
    assert rules.workflow.queries.timeline(asked.id, by=EVE)[0].purpose == "For all"
    assert not rules.workflow.cart_editing.copy_lines(asked.id, by=rules.ada).private


def test_a_copy_of_a_private_cart_is_private(rules: Rules, cart):
    rules.workflow.approvals.reject(cart.id, approver=rules.cleo, reason="Not now")
    assert rules.workflow.cart_editing.copy_lines(cart.id, by=rules.ada).private


def test_a_warning_names_no_secret_name(rules: Rules, cart):
    """A homograph of a private name is warned of in its own channel alone: the warning would name it elsewhere."""
    alike = DomainName.parse("secret-0tter.com")
    elsewhere = rules.workflow.cart_editing.add(PUBLIC, alike, by=EVE, private=False)
    assert elsewhere.lines[0].warnings == ()
    rules.workflow.cart_editing.remove(elsewhere.id, alike, by=EVE)
    assert rules.workflow.cart_editing.add(SECRET, alike, by=rules.ada).lines[0].warnings != ()


def test_what_was_bought_is_found_by_name(rules: Rules):
    """The newest cart that bought a name is found; a private one is only known to exist."""
    ordered = rules.ordered()
    name = ordered.lines[0].domain
    assert rules.workflow.queries.bought([name], by=rules.ada) == {}
    rules.workflow.payments.pay(ordered.id, payer=rules.dan, method=None, mark=ordered.mark)
    bought = rules.run_worker(ordered.id)
    assert rules.workflow.queries.bought([name, NAME], by=rules.ada) == {name: bought}
    assert rules.workflow.queries.bought([name], by=EVE) == {name: None}
    total = {"amount": str(bought.total.amount), "currency": "EUR"}
    with refuses("private_cart", NotAllowed, cart=bought.id, total=total):
        rules.workflow.queries.carts_with(name, by=EVE)
