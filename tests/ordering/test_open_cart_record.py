"""Who changed an open cart is on record: each kind of change is an event with its person."""

from ordering.model.domain_name import DomainName
from ordering.model.facts import EventKind
from ordering.model.money import Money
from ordering.model.offer import Action, Offer
from ordering.model.question import Kind, Question

K = EventKind
NAME, OTHER, THIRD = (DomainName.parse(each) for each in ("name.ovh", "other.ovh", "third.ovh"))
OFFER = Offer(NAME, Action.CREATE, "create-default", orderable=True, price=Money(299, "EUR"), years=tuple(range(1, 11)))


def record(rules, cart_id):
    """The kinds of a cart's events, each with its person and names."""
    with rules.store.read() as carts:
        events = carts.events(cart_id)
    assert all(event.fact is not None for event in events)
    return [(event.kind, event.by, event.fact.data.get("names")) for event in events]


def test_each_change_of_an_open_cart_names_its_person(rules):
    """Ada opens it; three others add, choose, answer and remove in it."""
    rules.registrar.offers["name.ovh"] = (OFFER,)
    rules.registrar.asks["ovh"] = (Question("DNS", Kind.NAME_SERVERS),)
    editing, questions = rules.workflow.cart_editing, rules.workflow.questions
    cart = editing.add("C1", NAME, by=rules.ada)
    editing.add_all("C1", {OTHER: None}, by=rules.ben)
    editing.set_years(cart.id, {NAME: 10}, by=rules.cleo, seen={NAME: 1})
    questions.learn(cart.id)
    questions.answer(cart.id, {NAME: {"DNS": "ns1.cleo.example,ns2.cleo.example"}}, by=rules.dan)
    editing.remove(cart.id, OTHER, by=rules.cleo)
    names = [NAME.ascii]
    assert record(rules, cart.id) == [
        (K.CART_OPENED, rules.ada.id, None),
        (K.NAMES_ADDED, rules.ada.id, names),
        (K.NAMES_ADDED, rules.ben.id, [OTHER.ascii]),
        (K.YEARS_CHOSEN, rules.cleo.id, names),
        (K.QUESTIONS_ANSWERED, rules.dan.id, names),
        (K.NAME_REMOVED, rules.cleo.id, [OTHER.ascii]),
    ]


def test_names_that_are_copied_name_who_copied_them(rules):
    """Also where nobody asks for approval afterwards."""
    old = rules.requested("third.ovh")
    rules.workflow.approvals.reject(old.id, approver=rules.cleo, reason="no")
    copied = rules.workflow.cart_editing.copy_lines(old.id, by=rules.ben)
    assert record(rules, copied.id) == [
        (K.CART_OPENED, rules.ben.id, None),
        (K.NAMES_COPIED, rules.ben.id, [THIRD.ascii]),
    ]
